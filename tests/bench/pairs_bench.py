"""Measure the projection: interleaved runs in fresh processes, every answer checked, bars of the issue at the end.

python -m tests.bench.pairs_bench [--rows 1000000 10000000] [--repeats 5] [--crowd 200000]

CPU seconds count the work alone (imports and reading aside); peak memory is that of the whole process. A ratio is the
median of the ratios of neighbouring runs, so that load from elsewhere falls on both. Exit 1 when an answer differs or
a bar is missed.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import polars as pl

from tests.bench.heavy_tails import heavy_tails, with_text_ids

WINDOW, MIN_SHARED = "60", "3"
NEEDS_TEXT = {"product_text"}
SMALL = 2_000_000  # rows up to which the relational oracle is run
CODED_BAR, TEXT_BAR, MEMORY_BAR = 1.5, 4.0, 2048  # times the packed-key baseline, times it with text ids, MiB

Run = dict[str, Any]


def run(engine: str, file: Path) -> Run:
    """One engine on one file in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.pairs_engines", engine, str(file), WINDOW, MIN_SHARED]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told: Run = json.loads(done.stdout)
    return told


def measure(rows: int, repeats: int, crowd: int, folder: Path) -> bool:
    """Print the table of one size; True when all answers agree and all bars hold."""
    frame = heavy_tails(rows, crowd=crowd)
    numbers, texts = folder / f"numbers-{rows}.parquet", folder / f"texts-{rows}.parquet"
    frame.write_parquet(numbers)
    with_text_ids(frame).write_parquet(texts)
    engines = ["product", "product_text"] if crowd else ["product", "packed", "packed_fast", "product_text"]
    runs: dict[str, list[Run]] = {engine: [] for engine in engines}
    for _ in range(repeats):
        for engine in engines:
            runs[engine].append(run(engine, texts if engine in NEEDS_TEXT else numbers))
    if frame.height <= SMALL and not crowd:
        runs["relational"] = [run("relational", numbers)]
    print(f"\n### {frame.height:,} rows" + (f", {crowd:,} accounts on one object in a minute" if crowd else "") + "\n")
    print(
        "| engine | CPU s median (min-max) | wall s median | peak MiB | times baseline, CPU | pairs | sum of weights |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for engine, all_runs in runs.items():
        print(row_of(engine, all_runs, runs.get("packed_fast", [])))
    return agree(runs) and bars_hold(runs)


def ratio(runs: list[Run], base: list[Run]) -> float:
    """Median of run by run."""
    return median(one["cpu"] / other["cpu"] for one, other in zip(runs, base, strict=False)) if base else float("nan")


def row_of(engine: str, runs: list[Run], base: list[Run]) -> str:
    """One line of the table."""
    cpu = [one["cpu"] for one in runs]
    cells = [
        engine,
        f"{median(cpu):.2f} ({min(cpu):.2f}-{max(cpu):.2f})",
        f"{median(one['wall'] for one in runs):.2f}",
        str(max(one["peak_mb"] for one in runs)),
        f"{ratio(runs, base):.2f}" if base else "",
        f"{runs[0]['pairs']:,}",
        f"{runs[0]['weight']:,}",
    ]
    return "| " + " | ".join(cells) + " |"


def agree(runs: dict[str, list[Run]]) -> bool:
    """Equal pairs and weights everywhere; equal checksums where accounts are named by the same numbers."""
    totals = {(one["pairs"], one["weight"]) for all_runs in runs.values() for one in all_runs}
    sums = {one["checksum"] for engine, all_runs in runs.items() if engine not in NEEDS_TEXT for one in all_runs}
    same = len(totals) == len(sums) == 1
    print(f"\nSame pairs from all: {'yes' if same else 'NO'}")
    return same


def bars_hold(runs: dict[str, list[Run]]) -> bool:
    """The bars of the issue, in words."""
    base = runs.get("packed_fast", [])
    bars = [("peak MiB", max(one["peak_mb"] for part in ("product", "product_text") for one in runs[part]), MEMORY_BAR)]
    if base:
        bars.append(("coded rows, times baseline", ratio(runs["product"], base), CODED_BAR))
        bars.append(("text ids, times baseline", ratio(runs["product_text"], base), TEXT_BAR))
    for name, value, bar in bars:
        print(f"{name}: {value:.2f} (bar {bar}) {'holds' if value <= bar else 'MISSED'}")
    return all(value <= bar for _, value, bar in bars)


def main() -> int:
    """Measure each size, then one crowd beside a million rows."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, nargs="*", default=[1_000_000, 10_000_000])
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--crowd", type=int, default=200_000)
    chosen = options.parse_args()
    print(
        f"{os.cpu_count()} cores, {platform.processor() or platform.machine()}, Python {platform.python_version()},",
        end=" ",
    )
    print(f"numpy {np.__version__}, Polars {pl.__version__}; window {WINDOW} s, min_shared {MIN_SHARED}", end="; ")
    print(f"load {os.getloadavg()[0]:.1f} at the start")
    with tempfile.TemporaryDirectory() as folder:
        good = [measure(rows, chosen.repeats, 0, Path(folder)) for rows in chosen.rows]
        if chosen.crowd:
            good.append(measure(1_000_000, chosen.repeats, chosen.crowd, Path(folder)))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
