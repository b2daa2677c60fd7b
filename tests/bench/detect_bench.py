"""A whole run on many actions, in a process of its own: seconds per stage, peak memory, and whether the planted rings are found.

    python -m tests.bench.detect_bench [--rows N] [--traces 1|2] [--crowd N] [--replays N] [--profile]

Actions as in heavy_tails: long tails of accounts and objects, and one object on which `--crowd` accounts act within a minute.
"""

import argparse
import cProfile
import json
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from detectors import Settings, Tables, detect
from graph.schemas import ACTION_SCHEMA
from tests.bench.heavy_tails import DAY, START, heavy_tails, with_text_ids

NAMES = ("share", "url")
RING, RING_THINGS = 20, 30


def written(rows: int, traces: int, crowd: int, folder: Path) -> Path:
    """The actions (ACTION_SCHEMA) as Parquet: the rows shared among the traces, and one ring whose members are named ring-N."""
    parts = []
    for number, trace in enumerate(NAMES[:traces]):
        acted = with_text_ids(heavy_tails(rows // traces, seed=number, crowd=0 if number else crowd))
        acted = pl.concat([acted, ring(acted)])
        parts.append(acted.with_columns(trace=pl.lit(trace), post_id=pl.lit(None, pl.String), block=pl.lit("")))
    path = folder / "actions.parquet"
    whole = pl.concat(parts)
    whole.select(pl.col(name).cast(ACTION_SCHEMA[name]) for name in whole.columns).write_parquet(path)
    return path


def ring(acted: pl.DataFrame) -> pl.DataFrame:
    """Rows of RING accounts that act within 30 s on RING_THINGS objects of the crowd, each at an hour of its own."""
    things = acted["object_id"].unique().sort().gather_every(max(acted["object_id"].n_unique() // RING_THINGS, 1))
    thing = pl.DataFrame({"object_id": things.head(RING_THINGS)}).with_row_index("thing")
    member = pl.DataFrame({"account_id": [f"ring-{one:02d}" for one in range(RING)]}).with_row_index("member")
    second = START + DAY + pl.col("thing") * 7_777 + pl.col("member") * 30 // RING
    both = thing.join(member, how="cross").with_columns(at=pl.from_epoch(second).dt.cast_time_unit("us"))
    return both.select("account_id", "object_id", pl.col("at").dt.replace_time_zone("UTC"))


def measured(path: Path, options: argparse.Namespace) -> dict[str, Any]:
    """One run over the file, in this process."""
    started = time.perf_counter()
    told_at = [started]

    def progress(stage: str, done: int, total: int) -> None:
        if time.perf_counter() - told_at[0] > 5:
            told_at[0] = time.perf_counter()
            print(
                f"{told_at[0] - started:7.0f} s  {_peak_gib():5.2f} GiB  {stage} {done}/{total}",
                file=sys.stderr,
                flush=True,
            )

    settings = Settings(
        traces=NAMES[: options.traces],
        windows=tuple(options.windows),
        slow_windows=tuple(options.slow),
        replays=options.replays,
    )
    profiler = cProfile.Profile()
    if options.profile:
        profiler.enable()
    run = detect(Tables(pl.scan_parquet(path)), settings, seed=0, progress=progress)
    if options.profile:
        profiler.disable()
        for order in ("cumulative", "tottime"):
            pstats.Stats(profiler, stream=sys.stderr).sort_stats(order).print_stats(35)
    seconds = time.perf_counter() - started
    tiers = run.frames["accounts"].select("account_id", "tier")
    planted = tiers.filter(pl.col("account_id").str.starts_with("ring-"))
    flagged = pl.col("tier").is_in(["alert", "review"])
    return {
        "rows": options.rows,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(_cpu_seconds(), 1),
        "peak_gib": round(_peak_gib(), 2),
        "stages": [[stage.name, stage.rows_in, stage.rows_out, stage.seconds] for stage in run.stages],
        "accounts": tiers.height,
        "flagged": tiers.filter(flagged).height,
        "ring_members": planted.height,
        "ring_flagged": planted.filter(flagged).height,
        "notes": list(run.record.notes),
    }


def _peak_gib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def _cpu_seconds() -> float:
    """Of this process and of the replays that it waited for: what the run costs, however busy the machine is."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def _child(options: argparse.Namespace, path: Path) -> dict[str, Any]:
    """Run in a fresh process, so that the peak is that of the run alone."""
    told = ["--measure", str(path), "--rows", str(options.rows), "--traces", str(options.traces)]
    told += ["--windows", *map(str, options.windows), "--slow", *map(str, options.slow)]
    told += ["--replays", str(options.replays), *(["--profile"] if options.profile else [])]
    ran = subprocess.run(
        [sys.executable, "-m", "tests.bench.detect_bench", *told], stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--traces", type=int, choices=(1, 2), default=1)
    parser.add_argument("--crowd", type=int, default=100_000)
    parser.add_argument("--replays", type=int, default=Settings().replays)
    parser.add_argument(
        "--windows", type=int, nargs="+", default=[60], help="seconds (issue 4: all timed traces at 60 s)"
    )
    parser.add_argument(
        "--slow", type=int, nargs="*", default=[], help="seconds; the default of a run is a day and a week"
    )
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args(arguments)
    if options.measure:
        print(json.dumps(measured(options.measure, options)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        found = _child(options, written(options.rows, options.traces, options.crowd, Path(folder)))
    for name, rows_in, rows_out, seconds in found["stages"]:
        print(f"{seconds:9.1f} s  {rows_in:>12,} -> {rows_out:>12,}  {name}")
    print({name: value for name, value in found.items() if name != "stages"})
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    return 0 if found["ring_flagged"] >= 0.9 * found["ring_members"] else 1


if __name__ == "__main__":
    sys.exit(main())
