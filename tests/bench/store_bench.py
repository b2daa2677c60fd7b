"""How fast the local graph loads and answers, with heavy tails like those of real exports; every answer is checked.

    python tests/bench/store_bench.py [--actions 4000000] [--accounts 200000] [--asked 300] [--out FILE]

Synthetic facts: Zipf accounts and objects, one object with 100,000 actors, interactions between accounts.
"""

import argparse
import json
import os
import platform
import random
import resource
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from graph.facts import Facts, Part, Source, publish_facts
from graph.local.store import open_graph, rebuild_graph
from graph.schemas import FACT_SCHEMAS
from graph.store import GraphStore
from graph.workspace import Workspace, open_workspace

SEED = 20261123
START = int(datetime(2016, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
SPAN = 365 * 86_400 * 1_000_000
ROWS_PER_PART = 1_000_000
TRACES = ("share", "url", "hashtag", "text")
KINDS = ("reply", "mention", "share", "quote")


def ranks(chance: np.random.Generator, among: int, rows: int, exponent: float) -> np.ndarray:
    """Ranks 0..among-1 with a Zipf tail (exponents of PERFORMANCE.md: accounts 0.7, objects 0.8)."""
    weights = np.arange(1, among + 1) ** -exponent
    return np.searchsorted(np.cumsum(weights / weights.sum()), chance.random(rows)).clip(max=among - 1)


def named(prefix: str, numbers: np.ndarray, digits: int) -> pl.Series:
    return pl.Series(numbers).cast(pl.String).str.zfill(digits).str.replace("^", prefix)


def times(chance: np.random.Generator, rows: int) -> pl.Series:
    return pl.Series(chance.integers(START, START + SPAN, rows)).cast(pl.Datetime("us", "UTC"))


def actions_part(chance: np.random.Generator, rows: int, accounts: int, objects: int) -> pl.DataFrame:
    object_ids = named("https://ex.org/page/", ranks(chance, objects, rows, 0.8), 12)
    return pl.DataFrame(
        {
            "account_id": named("acct", ranks(chance, accounts, rows, 0.7), 15),
            "trace": pl.Series(TRACES).gather(chance.integers(0, len(TRACES), rows)),
            "object_id": object_ids,
            "at": times(chance, rows),
        }
    )


def viral_part(chance: np.random.Generator, accounts: int) -> pl.DataFrame:
    rows = min(100_000, accounts)
    who = chance.permutation(accounts)[:rows]
    return pl.DataFrame({"account_id": named("acct", who, 15), "at": times(chance, rows)}).with_columns(
        trace=pl.lit("share"), object_id=pl.lit("viral")
    )


def interactions_part(chance: np.random.Generator, rows: int, accounts: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "account_id": named("acct", ranks(chance, accounts, rows, 0.7), 15),
            "other_id": named("acct", ranks(chance, accounts, rows, 0.9), 15),
            "kind": pl.Series(KINDS).gather(chance.integers(0, len(KINDS), rows)),
            "at": times(chance, rows),
        }
    )


def write(workspace: Workspace, table: str, name: str, frame: pl.DataFrame) -> Part:
    schema = FACT_SCHEMAS[table]
    missing = [pl.lit(None).cast(kind).alias(column) for column, kind in schema.items() if column not in frame]
    workspace.facts.mkdir(exist_ok=True)
    frame.with_columns(missing).select(list(schema)).write_parquet(workspace.facts / name)
    return Part(table, name, frame.height, "bench")


def make_facts(workspace: Workspace, actions: int, accounts: int) -> Facts:
    chance = np.random.default_rng(SEED)
    parts = [write(workspace, "actions", "viral.parquet", viral_part(chance, accounts))]
    for number, start in enumerate(range(0, actions, ROWS_PER_PART)):
        rows = min(ROWS_PER_PART, actions - start)
        acted = actions_part(chance, rows, accounts, actions // 5)
        parts.append(write(workspace, "actions", f"actions-{number}.parquet", acted))
        met = interactions_part(chance, rows // 2, accounts)
        parts.append(write(workspace, "interactions", f"interactions-{number}.parquet", met))
    listed = pl.DataFrame({"account_id": named("acct", np.arange(accounts), 15)}).with_columns(
        handle=pl.col("account_id").str.replace("acct", "User")
    )
    parts.append(write(workspace, "accounts", "accounts.parquet", listed))
    return publish_facts(workspace, [Source("bench", "bench", "bench", 1, 1, 0, 0, 0, 0)], parts)


def check_load(facts: Facts, path: Path) -> dict[str, int]:
    """The graph against a second way to count: one plain Polars aggregation per direction."""
    acted = facts.scan("actions").group_by("trace", "object_id", "account_id").agg(n=pl.len())
    shared = (acted.with_columns(accounts=pl.len().over("trace", "object_id")).filter(pl.col("accounts") >= 2)).select(
        ties=pl.len(), times=pl.col("n").sum(), objects=pl.struct("trace", "object_id").n_unique()
    )
    met = (
        facts.scan("interactions")
        .filter(pl.col("account_id") != pl.col("other_id"))
        .group_by("account_id", "other_id", "kind")
        .agg(n=pl.len())
        .select(ties=pl.len(), times=pl.col("n").sum())
    )
    expected = (*shared.collect().row(0), *met.collect().row(0))
    with sqlite3.connect(path) as db:
        one = lambda query: db.execute(query).fetchone()  # noqa: E731
        for acted_table, met_table in (("acted", "interacted"), ("acted_by", "interacted_by")):
            seen = (
                *one(f"SELECT count(*), sum(n) FROM {acted_table}"),
                *one("SELECT count(*) FROM objects"),
                *one(f"SELECT count(*), sum(n) FROM {met_table}"),
            )
            assert seen == expected, (seen, expected)
    db.close()
    return dict(zip(("touches", "actions", "objects", "ties", "times"), expected, strict=True))


def questions(
    store: GraphStore, chance: random.Random, busiest: list[str], asked: int
) -> dict[str, Callable[[], object]]:
    """One random question of each sort; accounts are drawn by how much they act, as people look at the busy ones."""
    pick = lambda: chance.choice(busiest)  # noqa: E731
    return {
        "account": lambda: store.account(pick()),
        "neighbourhood 1 hop": lambda: store.neighbourhood(pick()),
        "neighbourhood 2 hops": lambda: store.neighbourhood(pick(), hops=2),
        "shared objects": lambda: store.shared_objects(pick(), pick()),
        "top objects of 50": lambda: store.top_objects([pick() for _ in range(50)]),
        "accounts of an object": lambda: store.accounts_of(
            "share", f"https://ex.org/page/{chance.randrange(999):012d}"
        ),
        "co-actors": lambda: store.co_actors(pick()),
        "path": lambda: store.shortest_path(pick(), pick()),
        "find": lambda: store.find(f"user{chance.randrange(10**3):03d}"),
        "viral object": lambda: store.accounts_of("share", "viral"),
    }


def ask(store: GraphStore, names: list[str], asked: int) -> dict[str, dict[str, float]]:
    chance = random.Random(SEED)
    figures = {}
    for name, question in questions(store, chance, names, asked).items():
        wall, cpu = [], []
        for _ in range(asked):
            started = time.perf_counter(), time.process_time()
            question()
            wall.append((time.perf_counter() - started[0]) * 1000)
            cpu.append((time.process_time() - started[1]) * 1000)
        figures[name] = {
            "p50_ms": middle(wall, 0.5),
            "p99_ms": middle(wall, 0.99),
            "cpu_p50_ms": middle(cpu, 0.5),
            "cpu_p99_ms": middle(cpu, 0.99),
        }
    return figures


def middle(taken: list[float], share: float) -> float:
    return round(sorted(taken)[min(int(len(taken) * share), len(taken) - 1)], 2)


def check_answers(facts: Facts, store: GraphStore, names: list[str]) -> int:
    """Some answers against plain Polars over the facts."""
    acted = facts.scan("actions").select("account_id", "trace", "object_id")
    chance, checked = random.Random(1), 0
    for _ in range(5):
        left, right = chance.choice(names), chance.choice(names)
        both = acted.filter(pl.col("account_id") == left).join(
            acted.filter(pl.col("account_id") == right), on=("trace", "object_id"), how="semi"
        )
        expected = both.select(pl.struct("trace", "object_id").n_unique()).collect().item() if left != right else 0
        assert store.shared_objects(left, right).total == expected
        others = facts.scan("interactions").filter((pl.col("account_id") == left) ^ (pl.col("other_id") == left))
        strength = (
            others.select(other=pl.when(pl.col("account_id") == left).then("other_id").otherwise("account_id"))
            .group_by("other")
            .len()
            .sort(["len", "other"], descending=[True, False])
            .head(100)
            .collect()
            .rows()
        )
        assert [(n.account.account_id, n.strength) for n in store.neighbourhood(left).accounts[1:]] == strength
        checked += 2
    return checked


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--actions", type=int, default=4_000_000)
    given.add_argument("--accounts", type=int, default=200_000)
    given.add_argument("--asked", type=int, default=300)
    given.add_argument("--out", type=Path)
    said = given.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        figures = bench(folder, said.actions, said.accounts, said.asked)
    finally:
        shutil.rmtree(folder)
    text = json.dumps(figures, indent=1)
    print(text)
    if said.out:
        said.out.write_text(text + "\n", "utf-8")


def bench(folder: Path, actions: int, accounts: int, asked: int) -> dict[str, Any]:
    workspace = open_workspace(folder / "w", create=True)
    facts = make_facts(workspace, actions, accounts)
    before = peak_mib()
    started, cpu = time.perf_counter(), time.process_time()
    stages: dict[str, float] = {}

    def progress(stage: str, done: int, total: int) -> None:
        stages.setdefault(stage, round(time.perf_counter() - started, 2))

    summary = rebuild_graph(workspace, progress)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    peak = peak_mib()
    path = next(workspace.graph.glob("*.sqlite"))
    checked = check_load(facts, path)
    rows = sum(part.rows for part in facts.parts)
    loaded = 2 * checked["touches"] + 2 * checked["ties"] + summary.accounts + summary.objects
    with sqlite3.connect(path) as db:
        names = [n for (n,) in db.execute("SELECT account_id FROM accounts ORDER BY actions DESC LIMIT 20000")]
    db.close()
    with open_graph(workspace) as store:
        answers = check_answers(facts, store, names)
        return {
            "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}, Polars {pl.__version__}, "
            f"SQLite {sqlite3.sqlite_version}, load {os.getloadavg()[0]:.1f}",
            "facts_rows": rows,
            "load": {
                "seconds": round(seconds, 1),
                "cpu_seconds": round(cpu, 1),
                "facts_rows_per_s": round(rows / seconds),
                "stored_rows": loaded,
                "stored_rows_per_s": round(loaded / seconds),
                "file_mib": round(path.stat().st_size / 2**20),
                "peak_mib": round(peak),
                "peak_before_mib": round(before),
                "stage_started_at_s": stages,
                **checked,
                "counts_checked": "yes",
            },
            "answers_checked": answers,
            "queries": ask(store, names, asked),
        }


def peak_mib() -> float:
    unit = 2**10 if sys.platform != "darwin" else 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


if __name__ == "__main__":
    main()
