"""Run every benchmark one after the other; each checks its result and exits non-zero when it is wrong.

python tests/bench/run_all.py
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parents[2]
BENCHES = ("ingest_bench", "pairs_bench", "store_bench", "stores_bench", "audit_chain", "real_data")


def main() -> int:
    wrong = []
    for name in BENCHES:
        print(f"== {name}", flush=True)
        done = subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], cwd=HERE, check=False)
        if done.returncode:
            wrong.append(name)
    print(f"Wrong: {', '.join(wrong)}" if wrong else "All results are right.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
