"""Rows per second of ingest for CSV, packed JSON lines and Parquet, with peak memory; what was stored is checked each time.

    python tests/bench/ingest_bench.py [--rows 1000000] [--runs 3] [--out FILE]

Two tables with heavy tails: bare actions (account, object, time), and posts with a text, a link and a hashtag.
"""

import argparse
import gzip
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import polars as pl

from graph.facts import current_facts
from graph.workspace import open_workspace
from tests.bench.heavy_tails import heavy_tails, with_text_ids

WRITERS = ("csv", "jsonl.gz", "parquet")
INGEST = """
import json, resource, sys, time
from pathlib import Path
from graph.workspace import open_workspace
from ingest import ingest_files
workspace = open_workspace(Path(sys.argv[1]), create=True)
started = time.perf_counter()
(report,) = ingest_files(workspace, [sys.argv[2]]).files
seconds = time.perf_counter() - started
own, child = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"seconds": seconds, "cpu_seconds": child.ru_utime + child.ru_stime, "peak_mb": child.ru_maxrss / 1024,
                  "parent_peak_mb": own.ru_maxrss / 1024, "accepted": report.accepted, "duplicates": report.duplicates,
                  "outcome": report.outcome, "message": report.message}))
"""


def tables(rows: int) -> dict[str, pl.DataFrame]:
    """Bare actions, and posts that carry the same accounts, links and times."""
    actions = with_text_ids(heavy_tails(rows)).with_columns(pl.col("at").dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
    link = pl.col("object_id").str.tail(6)
    posts = actions.with_row_index("number").select(
        (pl.lit(5 * 10**18) + pl.col("number").cast(pl.Int64)).cast(pl.Int64).cast(pl.String).alias("post_id"),
        "account_id",
        pl.col("at").alias("created_at"),
        pl.lit("post").alias("kind"),
        pl.format(
            '"Read this", they said: story {} of today https://ex.org/{} #tag{}', link, link, link.str.tail(2)
        ).alias("text"),
        pl.lit("en").alias("lang"),
        pl.lit("web").alias("client"),
    )
    return {"actions": actions.rename({"at": "timestamp"}), "posts": posts}


def write(frame: pl.DataFrame, path: Path) -> None:
    if path.suffix == ".csv":
        frame.write_csv(path)
    elif path.suffix == ".parquet":
        frame.write_parquet(path)
    else:
        with gzip.open(path, "wb", compresslevel=1) as out:
            out.write(frame.write_ndjson().encode())


def check(workspace: Path, name: str, frame: pl.DataFrame, answer: dict[str, Any]) -> None:
    """Every distinct row is stored, under its own ids and time."""
    facts = current_facts(open_workspace(workspace))
    if name == "posts":
        stored = facts.scan("posts").select("post_id", "account_id", pl.col("at").dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
        given = frame.select("post_id", "account_id", pl.col("created_at").alias("at"))
    else:
        stored = facts.scan("actions").select("account_id", "object_id", pl.col("at").dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
        given = frame.select("account_id", "object_id", pl.col("timestamp").alias("at")).unique()
    if not stored.collect().sort(pl.all()).equals(given.sort(pl.all())):
        raise AssertionError(f"{name}: what is stored is not what was given")
    if answer["accepted"] + answer["duplicates"] != frame.height or answer["outcome"] != "accept":
        raise AssertionError(f"{name}: {answer}")


def measure(name: str, frame: pl.DataFrame, suffix: str, runs: int, folder: Path) -> dict[str, Any]:
    file = folder / f"{name}.{suffix}"
    write(frame, file)
    answers = []
    for run in range(runs):
        workspace = folder / f"{name}-{suffix}-{run}"
        said = subprocess.run(
            [sys.executable, "-c", INGEST, workspace, file], check=True, capture_output=True, text=True
        )
        answers.append(json.loads(said.stdout))
        check(workspace, name, frame, answers[-1])
    seconds = [answer["seconds"] for answer in answers]
    median = statistics.median(seconds)
    result = {
        "table": name,
        "format": suffix,
        "rows": frame.height,
        "file_mb": round(file.stat().st_size / 1e6, 1),
        "seconds": [round(value, 2) for value in (median, min(seconds), max(seconds))],
        "cpu_seconds": round(statistics.median(answer["cpu_seconds"] for answer in answers), 2),
        "rows_per_second": round(frame.height / median),
        "rows_per_cpu_second": round(frame.height / statistics.median(answer["cpu_seconds"] for answer in answers)),
        "peak_mb": round(max(max(answer["peak_mb"], answer["parent_peak_mb"]) for answer in answers)),
        "duplicates": answers[0]["duplicates"],
        "checked": True,
    }
    print(json.dumps(result), flush=True)
    return result


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--runs", type=int, default=3)
    asked.add_argument("--out", type=Path)
    said = asked.parse_args()
    load = os.getloadavg()[0]
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, Polars {pl.__version__}, load {load:.1f} at the start"
    with tempfile.TemporaryDirectory() as folder:
        given = tables(said.rows)
        results = [
            measure(name, frame, suffix, said.runs, Path(folder)) for name, frame in given.items() for suffix in WRITERS
        ]
    if said.out:
        said.out.write_text(
            json.dumps({"machine": machine, "at": time.strftime("%Y-%m-%d"), "results": results}, indent=1) + "\n",
            "utf-8",
        )


if __name__ == "__main__":
    main()
