"""A process that decides without end and notes each acknowledged key; the crash test kills it at a random moment."""

import os
import sys
from pathlib import Path

from casework.actors import LOCAL_ROLE, Actor
from casework.decisions import decide
from casework.work_store import open_work_store
from graph.runs import load_run
from graph.workspace import open_workspace


def main(place: str, acknowledged: str, name: str) -> None:
    """Go on behind the last acknowledged key of `name`: the one in flight at the last crash is sent once more."""
    workspace = open_workspace(Path(place))
    store, run = open_work_store(workspace), load_run(workspace)
    notes = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    number = sum(line.startswith(f"{name}-") for line in Path(acknowledged).read_text().splitlines())
    while True:
        key = f"{name}-{number}"
        decide(
            store,
            run=run,
            cluster_id="c-ring",
            verdict="violating",
            reason=f"Seen {number} times.",
            actor=Actor(name, LOCAL_ROLE),
            key=key,
        )
        os.write(notes, f"{key}\n".encode())  # what the kernel has, a killed process cannot take back
        number += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
