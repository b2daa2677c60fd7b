"""Ten million session events: how long the search for rings takes, in how much memory, and whether it finds them.

    python -m tests.bench.takeover_sessions_bench --folder SOMEWHERE [--rows 10000000] [--at-once N]

Synthetic: the generator's preset `sessions`, district by district, written to Parquet with the blocks that ingest reads out of addresses, and
scanned from there. The search runs in a process of its own, so that its peak is not that of the generator.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from detectors.stages import Funnel
from detectors.takeovers import find_takeovers
from detectors.takeovers.histories import AT_ONCE
from detectors.worlds.takeovers import takeover_parts
from graph.schemas import ACCOUNT_SCHEMA, ACTION_SCHEMA, POST_SCHEMA, SESSION_SCHEMA
from ingest.canonical.addresses import block_of
from tests.bench.takeovers_bench import as_table, scored


def written(folder: Path, rows: int, seed: int) -> None:
    """sessions-N.parquet, accounts-N.parquet and labels-N.parquet, one of each per district, unless they are there."""
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / f"made-{rows}-{seed}").exists():
        return
    for number, part in enumerate(takeover_parts(rows, seed, posts=False)):
        sessions = part.sessions.with_columns(ip_block=block_of("ip"))
        as_table(sessions, SESSION_SCHEMA).collect().write_parquet(folder / f"sessions-{number}.parquet")
        as_table(part.accounts, ACCOUNT_SCHEMA).collect().write_parquet(folder / f"accounts-{number}.parquet")
        part.labels.write_parquet(folder / f"labels-{number}.parquet")
    (folder / f"made-{rows}-{seed}").touch()


def measured(folder: Path, at_once: int) -> dict[str, object]:
    """Seconds, CPU seconds, peak memory in MiB, steps and scores of a search in this process."""
    started, funnel = time.perf_counter(), Funnel()
    sessions = pl.scan_parquet(folder / "sessions-*.parquet")
    nothing = [pl.LazyFrame(schema=dict(schema)) for schema in (POST_SCHEMA, ACTION_SCHEMA)]
    accounts = pl.scan_parquet(folder / "accounts-*.parquet")
    found = find_takeovers(nothing[0], sessions, nothing[1], accounts, funnel=funnel, at_once=at_once)
    seconds = time.perf_counter() - started
    usage = resource.getrusage(resource.RUSAGE_SELF)
    labels = pl.concat([pl.read_parquet(path) for path in sorted(folder.glob("labels-*.parquet"))])
    return {
        "rows": sessions.select(pl.len()).collect().item(),
        "at_once": at_once,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 1),
        "peak_mib": usage.ru_maxrss // 1024,
        "steps": {stage.name: stage.seconds for stage in funnel.stages},
        **scored(found.rings, found.members, labels),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--at-once", type=int, default=AT_ONCE)
    parser.add_argument("--only-search", action="store_true")
    options = parser.parse_args(arguments)
    if options.only_search:
        print(json.dumps(measured(options.folder, options.at_once)))
        return 0
    written(options.folder, options.rows, options.seed)
    command = ["--folder", str(options.folder), "--at-once", str(options.at_once), "--only-search"]
    return subprocess.run(
        [sys.executable, "-m", "tests.bench.takeover_sessions_bench", *command], check=False
    ).returncode


if __name__ == "__main__":
    raise SystemExit(main())
