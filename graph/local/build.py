"""Builds the local graph: reads facts lazily, aggregates in bounded stretches, and loads one SQLite file in key order."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from graph.errors import FlockwatchError
from graph.facts import Facts
from graph.local.accounts import account_table, handle_owners, resolved_interactions
from graph.local.schema import APPLICATION_ID, BEFORE_WORDS, BULK_LOADING, INDEXES, INSERTS, TABLES
from graph.local.ties import (
    ROWS_AT_ONCE,
    aggregated,
    in_stretches,
    interactions_between,
    key_ranges,
    keyed_actions,
    keyed_interactions,
)
from graph.local.words import add_words
from graph.store import Cancelled, Progress

_INSERT_ROWS = 100_000  # rows handed to SQLite at once; more only costs memory


class RebuildStopped(FlockwatchError):
    """Somebody asked the rebuild to stop; the old graph is still in place."""


@dataclass(slots=True)
class Building:
    """One rebuild while it runs."""

    facts: Facts
    scratch: Path
    out: sqlite3.Connection
    progress: Progress | None = None
    cancelled: Cancelled | None = None
    rows_at_once: int = ROWS_AT_ONCE
    figures: dict[str, Any] = field(default_factory=dict)

    def tell(self, stage: str, done: int, total: int) -> None:
        if self.cancelled is not None and self.cancelled():
            raise RebuildStopped(
                f"The graph was not rebuilt: stopped during {stage}.", "The old one is still in place."
            )
        if self.progress is not None:
            self.progress(stage, done, total)

    def insert(self, table: str, rows: pl.DataFrame) -> None:
        for part in rows.iter_slices(_INSERT_ROWS):
            self.out.executemany(INSERTS[table], part.rows())


def build_graph(
    facts: Facts,
    target: Path,
    scratch: Path,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    rows_at_once: int = ROWS_AT_ONCE,
) -> None:
    """Write the graph of `facts` to the new file `target`, synced; `scratch` is an empty folder for what does not fit."""
    with _new_file(target) as out:
        building = Building(facts, scratch, out, progress, cancelled, rows_at_once)
        building.tell("graph accounts", 0, 1)
        owners = handle_owners(facts)
        interactions = resolved_interactions(facts, owners)
        accounts = account_table(facts, interactions)
        building.tell("graph accounts", 1, 1)
        acted = _load_actions(building, accounts)
        ties = _load_interactions(building, interactions, accounts)
        _load_accounts(building, accounts, acted, ties)
        _finish(building, accounts)
    building.tell("graph words", 0, 1)
    add_words(target)
    building.tell("graph words", 1, 1)
    with target.open("rb+") as written:
        os.fsync(written.fileno())


@contextmanager
def _new_file(target: Path) -> Iterator[sqlite3.Connection]:
    target.unlink(missing_ok=True)
    out = sqlite3.connect(target, isolation_level=None)
    try:
        out.executescript(f"PRAGMA page_size = 8192; {BULK_LOADING} {TABLES}")
        out.execute("BEGIN")
        yield out
        out.execute("COMMIT")
    finally:
        out.close()


def _load_actions(building: Building, accounts: pl.DataFrame) -> pl.DataFrame:
    """Objects and both directions of ACTED_ON; gives account, actions, shared_objects, lone_objects."""
    actions = building.facts.scan("actions")
    traces = _coded(actions, "trace")
    rows = sum(part.rows for part in building.facts.parts if part.table == "actions")
    per_account: list[pl.DataFrame] = []
    per_trace: list[pl.DataFrame] = []
    files: list[Path] = []
    next_key = 0
    stretches = in_stretches(
        keyed_actions(actions, accounts, traces), rows, building.scratch / "actions", building.rows_at_once
    )
    for done, total, stretch in stretches:
        building.tell("graph objects", done - 1, total)
        touched = aggregated(stretch, next_key)
        next_key += touched.objects.height
        building.insert("objects", touched.objects)
        building.insert("acted_by", touched.touches)
        per_account = [_summed([*per_account, touched.per_account], "account")]
        per_trace.append(touched.per_trace)
        files.append(building.scratch / f"touches-{done:05d}.parquet")
        touched.touches.write_parquet(files[-1], compression="lz4")
    building.tell("graph objects", 1, 1)
    _load_other_direction(building, files)
    _load_traces(building, traces, per_trace)
    return per_account[0] if per_account else _nobody_acted()


def _nobody_acted() -> pl.DataFrame:
    kinds = {"account": pl.UInt32, "actions": pl.Int64, "shared_objects": pl.Int64, "lone_objects": pl.Int64}
    return pl.DataFrame(schema=kinds)


def _load_other_direction(building: Building, files: list[Path]) -> None:
    if not files:
        return
    touches = pl.scan_parquet(files)
    ranges = key_ranges(touches, "account", building.rows_at_once)
    for done, (low, high) in enumerate(ranges):
        building.tell("graph actions", done, len(ranges))
        part = touches.filter(pl.col("account").is_between(low, high))
        columns = ("account", "object", "n", "first_at", "last_at")
        building.insert("acted", part.select(columns).sort("account", "object").collect(engine="streaming"))
    building.tell("graph actions", 1, 1)


def _load_traces(building: Building, traces: pl.DataFrame, counted: list[pl.DataFrame]) -> None:
    columns = ("code", "trace", "objects", "lone_objects", "touches")
    if not counted:
        return
    totals = _summed(counted, "trace").rename({"trace": "code"})
    rows = traces.join(totals, on="code", how="left").fill_null(0).select(columns).sort("code")
    building.insert("traces", rows)
    for name in ("objects", "lone_objects", "touches"):
        building.figures[name] = int(rows[name].sum())


def _load_interactions(building: Building, interactions: pl.LazyFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """Both directions of INTERACTED; gives account, ties (rows that touch it)."""
    building.tell("graph interactions", 0, 1)
    kinds = _coded(interactions, "kind")
    kept = building.scratch / "interactions.parquet"
    keyed_interactions(interactions, accounts, kinds).sink_parquet(kept, compression="lz4", engine="streaming")
    keyed = pl.scan_parquet(kept)
    resolved = interactions.filter("by_handle").select(pl.col("target").n_unique())
    building.figures["handles_resolved"] = int(resolved.collect(engine="streaming").item())
    building.figures["self_interactions"] = _count(keyed.filter(pl.col("source") == pl.col("target")))
    ties, per_kind = [], []
    for column, table in (("source", "interacted"), ("target", "interacted_by")):
        ranges = key_ranges(keyed, column, building.rows_at_once)
        for done, (low, high) in enumerate(ranges):
            building.tell("graph interactions", done, len(ranges))
            part = interactions_between(keyed, column, low, high)
            building.insert(table, part if column == "source" else part.drop("first_at", "last_at"))
            ties.append(part.group_by(account=column).agg(ties=pl.len().cast(pl.Int64)))
            if column == "source":
                per_kind.append(part.group_by("kind").agg(ties=pl.len().cast(pl.Int64), times=pl.col("n").sum()))
    building.tell("graph interactions", 1, 1)
    _load_kinds(building, kinds, per_kind)
    return _summed(ties, "account") if ties else pl.DataFrame(schema={"account": pl.UInt32, "ties": pl.Int64})


def _load_kinds(building: Building, kinds: pl.DataFrame, counted: list[pl.DataFrame]) -> None:
    if not counted:
        return
    totals = _summed(counted, "kind").rename({"kind": "code"})
    rows = kinds.join(totals, on="code", how="left").fill_null(0)
    building.insert("kinds", rows.select("code", "kind", "ties", "times").sort("code"))
    building.figures["interactions"] = int(rows["ties"].sum())


def _load_accounts(building: Building, accounts: pl.DataFrame, acted: pl.DataFrame, ties: pl.DataFrame) -> None:
    building.tell("graph accounts", 0, 1)
    counted = ("actions", "shared_objects", "lone_objects", "ties")
    rows = (
        accounts.join(acted, left_on="key", right_on="account", how="left")
        .join(ties, left_on="key", right_on="account", how="left")
        .with_columns(pl.col(counted).fill_null(0))
        .select(
            "key", "account_id", "handle", "display_name", "platform", "created_at", "protection_tier", "status",
            "listed", "folded_handle", *counted,
        )
        .sort("key")
    )  # fmt: skip
    building.insert("accounts", rows)


def _finish(building: Building, accounts: pl.DataFrame) -> None:
    for number, index in enumerate(INDEXES):
        building.tell("graph index", number, len(INDEXES))
        building.out.execute(index)
    handles = accounts.filter(pl.col("account_id").str.starts_with("@"))
    figures = {
        "facts_number": building.facts.number,
        "facts_version": building.facts.version,
        "accounts": accounts.height,
        "listed_accounts": int(accounts["listed"].sum()),
        "handles_open": handles.height,
        **_span(building.facts),
        **building.figures,
    }
    building.out.executemany(INSERTS["figures"], sorted(figures.items()))
    building.out.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    building.out.execute(f"PRAGMA user_version = {BEFORE_WORDS}")
    building.tell("graph index", 1, 1)


def _span(facts: Facts) -> dict[str, int | None]:
    """The first and last moment of actions and interactions, in microseconds."""
    times = [facts.scan(table).select(pl.col("at").cast(pl.Int64)) for table in ("actions", "interactions")]
    ends = pl.concat(times).select(first_at=pl.col("at").min(), last_at=pl.col("at").max())
    return ends.collect(engine="streaming").row(0, named=True)


def _coded(rows: pl.LazyFrame, column: str) -> pl.DataFrame:
    names = rows.select(pl.col(column).drop_nulls().unique()).collect(engine="streaming")
    return names.sort(column).with_row_index("code")


def _count(rows: pl.LazyFrame) -> int:
    return int(rows.select(pl.len()).collect(engine="streaming").item())


def _summed(frames: list[pl.DataFrame], key: str) -> pl.DataFrame:
    return pl.concat(frames).group_by(key).agg(pl.all().sum())
