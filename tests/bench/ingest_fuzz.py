"""Ten thousand damaged files through the reader: none may crash it, hide a line or take a gigabyte.

python tests/bench/ingest_fuzz.py [--files 10000] [--seed 0] [--corpus FOLDER]
"""

import argparse
import json
import random
import resource
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from graph.errors import BadExport
from tests.ingest.mutations import mutated, seeds, survive


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--files", type=int, default=10_000)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--corpus", type=Path, help="a folder of hostile files to start from, besides our own")
    said = asked.parse_args()
    chance, files = random.Random(said.seed), seeds(said.corpus)
    names, contents, counted = list(files), list(files.values()), Counter[str]()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(said.files):
            path = Path(folder) / chance.choice(names)
            path.write_bytes(mutated(files[path.name], contents, chance))
            try:
                counted[str(survive(path, Path(folder) / "staged").outcome)] += 1
            except BadExport:
                counted["refuse"] += 1
            except BaseException:
                traceback.print_exc()
                kept = Path(tempfile.gettempdir()) / f"fuzz-{said.seed}-{number}-{path.name}"
                kept.write_bytes(path.read_bytes())
                counted["crash"] += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds = time.perf_counter() - started
    print(
        json.dumps(
            {"files": said.files, "seed": said.seed, **counted, "peak_mb": round(peak), "seconds": round(seconds)}
        )
    )
    raise SystemExit(1 if counted["crash"] or peak > 1000 else 0)


if __name__ == "__main__":
    main()
