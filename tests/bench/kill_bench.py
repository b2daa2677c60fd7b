"""Kills a real Neo4j again and again under two writers of loads and two of runs: python -m tests.bench.kill_bench [KILLS]."""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from graph.neo4j import load as neo4j_load
from graph.neo4j import runs as neo4j_runs
from tests.graph.kill_trial import trial
from tests.graph.neo4j_server import running_server

_BATCH = 40  # rows, so that small worlds need many transactions


def main() -> None:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    neo4j_load.STEPS = tuple(neo4j_load.Step(s.name, s.read, s.count, s.create, _BATCH) for s in neo4j_load.STEPS)
    neo4j_runs.AT_ONCE = _BATCH
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder) / "home") as server:
        started = time.monotonic()
        found = trial(server, Path(folder), kills)
        print(f"{found.kills} kills in {time.monotonic() - started:.0f} s, {found.tasks} loads and runs finished")
        print(
            f"{found.acknowledged} batches acknowledged, {found.lost} lost; differing: {found.differing or 'nothing'}"
        )
        print(
            f"{found.retries} retries; {len(found.faults)} tasks begun while the server was away or cut off, then repeated"
        )
        worst, middle = max(found.recoveries), statistics.median(found.recoveries)
        print(f"next commit of each writer after the return: median {middle:.1f} s, worst {worst:.1f} s")
        for fault in sorted(set(found.faults)):
            print(f"said: {fault}")


if __name__ == "__main__":
    main()
