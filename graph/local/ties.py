"""From facts to ties: who acted on what and who interacted with whom, aggregated in bounded stretches, in the order of keys."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

# Rows held at once while aggregating: about half a gigabyte with ids and links of usual length (store_bench measures it).
ROWS_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class Touched:
    """One stretch of actions, aggregated. `objects` and `touches` hold what >= 2 accounts acted on, sorted by key."""

    objects: pl.DataFrame  # key, trace (code), object_id, accounts, actions, first_at, last_at
    touches: pl.DataFrame  # object, account, n, first_at, last_at
    per_account: pl.DataFrame  # account, actions, shared_objects, lone_objects
    per_trace: pl.DataFrame  # trace (code), objects, lone_objects, touches


def keyed_actions(actions: pl.LazyFrame, accounts: pl.DataFrame, traces: pl.DataFrame) -> pl.LazyFrame:
    """Actions as (account, trace, object_id, at): account by key, trace by code, time in microseconds."""
    keys = accounts.lazy().select("account_id", account="key")
    return (
        actions.select("account_id", "trace", "object_id", pl.col("at").cast(pl.Int64))
        .filter(pl.all_horizontal(pl.col("account_id", "trace", "object_id").is_not_null()))
        .join(keys, on="account_id")
        .join(traces.lazy().rename({"trace": "name"}), left_on="trace", right_on="name")
        .select("account", trace="code", object_id="object_id", at="at")
    )


def in_stretches(
    actions: pl.LazyFrame, rows: int, folder: Path, at_once: int
) -> Iterator[tuple[int, int, pl.LazyFrame]]:
    """(done, total, actions): stretches of about `at_once` rows that never part the actions on one object."""
    total = max(1, -(-rows // at_once))
    if total == 1:
        yield 1, 1, actions
        return
    part = pl.struct("trace", "object_id").hash(0) % total
    actions.sink_parquet(
        pl.PartitionBy(folder, key={"part": part}, include_key=False), compression="lz4", mkdir=True, engine="streaming"
    )
    for number in range(total):
        files = sorted((folder / f"part={number}").glob("*.parquet"))
        if files:
            yield number + 1, total, pl.scan_parquet(files, hive_partitioning=False)


def aggregated(actions: pl.LazyFrame, first_key: int) -> Touched:
    """Aggregate one stretch; keys of objects go up from `first_key` in the order of trace and object_id."""
    every = (
        actions.group_by("trace", "object_id", "account")
        .agg(n=pl.len().cast(pl.Int64), first_at=pl.col("at").min(), last_at=pl.col("at").max())
        .collect(engine="streaming")
    )
    counts = every.group_by("trace", "object_id").agg(
        accounts=pl.len().cast(pl.Int64),
        actions=pl.col("n").sum(),
        first_at=pl.col("first_at").min(),
        last_at=pl.col("last_at").max(),
    )
    shared = counts.filter(pl.col("accounts") >= 2).sort("trace", "object_id")
    objects = shared.with_row_index("key", offset=first_key)
    keyed = every.join(objects.select("trace", "object_id", object="key"), on=("trace", "object_id"), how="left")
    touches = keyed.filter(pl.col("object").is_not_null()).select("object", "account", "n", "first_at", "last_at")
    return Touched(
        objects,
        touches.sort("object", "account"),
        _per_account(keyed),
        counts.group_by("trace").agg(
            objects=(pl.col("accounts") >= 2).sum().cast(pl.Int64),
            lone_objects=(pl.col("accounts") == 1).sum().cast(pl.Int64),
            touches=pl.col("accounts").filter(pl.col("accounts") >= 2).sum(),
        ),
    )


def keyed_interactions(interactions: pl.LazyFrame, accounts: pl.DataFrame, kinds: pl.DataFrame) -> pl.LazyFrame:
    """Interactions as (source, target, kind, at), all by key; those of an account with itself are still in."""
    keys = accounts.lazy().select("account_id", "key")
    return (
        interactions.join(keys.rename({"key": "source"}), on="account_id")
        .join(keys.rename({"key": "other", "account_id": "id"}), left_on="target", right_on="id")
        .join(kinds.lazy().rename({"kind": "name"}), left_on="kind", right_on="name")
        .select("source", target="other", kind="code", at=pl.col("at").cast(pl.Int64))
    )


def interactions_between(interactions: pl.LazyFrame, column: str, low: int, high: int) -> pl.DataFrame:
    """INTERACTED of the keys low..high of `column` (source or target), sorted by that column, the other one, kind."""
    other = "target" if column == "source" else "source"
    return (
        interactions.filter(pl.col(column).is_between(low, high), pl.col("source") != pl.col("target"))
        .group_by(column, other, "kind")
        .agg(n=pl.len().cast(pl.Int64), first_at=pl.col("at").min(), last_at=pl.col("at").max())
        .sort(column, other, "kind")
        .collect(engine="streaming")
    )


def key_ranges(rows: pl.LazyFrame, column: str, at_once: int) -> list[tuple[int, int]]:
    """(low, high) of the keys in `column`, both included, ascending, each range with about `at_once` rows or one key."""
    counts = rows.group_by(column).agg(rows=pl.len().cast(pl.Int64)).sort(column).collect(engine="streaming")
    # A range is closed when what came before its key fills it.
    before = pl.col("rows").cum_sum() - pl.col("rows")
    ranges = counts.group_by(stretch=before // at_once).agg(low=pl.col(column).min(), high=pl.col(column).max())
    return [(low, high) for _, low, high in ranges.sort("stretch").rows()]


def _per_account(keyed: pl.DataFrame) -> pl.DataFrame:
    return keyed.group_by("account").agg(
        actions=pl.col("n").sum(),
        shared_objects=pl.col("object").is_not_null().sum().cast(pl.Int64),
        lone_objects=pl.col("object").is_null().sum().cast(pl.Int64),
    )
