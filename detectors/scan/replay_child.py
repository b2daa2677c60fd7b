"""One replay in a process of its own: `python -m detectors.scan.replay_child FOLDER NUMBER`, started by detectors.scan.replays."""

import os
import sys
from pathlib import Path

import numpy as np

from detectors.scan.replays import read_worlds


def main(folder: Path, number: int) -> None:
    """Search replay `number` of the worlds in `folder` and keep there what was found."""
    parent = os.getppid()

    def still_wanted(*_: int) -> None:
        if os.getppid() != parent:
            sys.exit("The run that asked for this replay is gone.")

    sizes = read_worlds(folder).sizes(number, still_wanted)
    np.savez(folder / f"{number}.npz", net=sizes.net, accounts=sizes.accounts)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
