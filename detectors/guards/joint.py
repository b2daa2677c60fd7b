"""What each cluster did together in the widest window: its objects, and who acted on them when."""

from collections.abc import Sequence

import polars as pl

from detectors.content import CONTENT
from detectors.evidence import Evidence
from detectors.guards.origins import origins, unfused
from detectors.trace_actions import TraceActions
from graph.schemas import FrameSchema

_OBJECTS: FrameSchema = {
    "cluster": pl.Int64,
    "trace": pl.String,
    "object": pl.UInt32,
    "object_id": pl.String,
    "members": pl.Int64,
    "popularity": pl.Int64,
    "often": pl.Int64,
    "block": pl.String,
    "at": pl.Int64,
    "until": pl.Int64,
}
_ACTS: FrameSchema = {
    "cluster": pl.Int64,
    "trace": pl.String,
    "object_id": pl.String,
    "account": pl.UInt32,
    "at": pl.Int64,
    "post_id": pl.String,
}


def joint_objects(traces: Sequence[TraceActions], evidence: Evidence) -> pl.DataFrame:
    """What each cluster met on in the widest window, sorted by cluster, trace, object; `at`, `until` in microseconds.

    `often` counts the members who joined another one there; `popularity` all accounts on the object.
    """
    told = [pl.DataFrame(schema=dict(_OBJECTS)), *(_objects(actions, evidence) for actions in traces)]
    keys = ["cluster", "trace", "object_id"]
    once = pl.concat(told).sort(*keys, "often", descending=[False, False, False, True]).unique(keys, keep="first")
    return once.sort("cluster", "trace", "object_id")


def joint_acts(traces: Sequence[TraceActions], evidence: Evidence) -> pl.DataFrame:
    """cluster, trace, object_id, account (rank), at, post_id: the first act of each member on each joint object."""
    told = [pl.DataFrame(schema=dict(_ACTS))]
    for actions in traces:
        widest = _widest(actions, evidence)
        rows = actions.rows[widest["row"].to_numpy()]
        acted = widest.select("cluster", "trace", "account").with_columns(
            rows["object_id"],
            pl.Series("at", actions.coded.at[widest["row"].to_numpy()], dtype=pl.Int64),
            rows["post_id"],
        )
        named = unfused(acted, origins(actions.rows)) if actions.trace == CONTENT else acted
        told.append(named.select(pl.col(column).cast(kind) for column, kind in _ACTS.items()))
    keys = ["cluster", "trace", "object_id", "account"]
    return pl.concat(told).sort(*keys, "at", "post_id").unique(keys, keep="first", maintain_order=True)


def _widest(actions: TraceActions, evidence: Evidence) -> pl.DataFrame:
    joint = evidence.joint.filter((pl.col("trace") == actions.trace) & pl.col("cluster").is_not_null())
    return joint.filter(pl.col("window_seconds") == pl.col("window_seconds").max().over("cluster"))


def _objects(actions: TraceActions, evidence: Evidence) -> pl.DataFrame:
    widest = _widest(actions, evidence)
    rows = widest["row"].to_numpy()
    named = widest.with_columns(
        pl.Series("at", actions.coded.at[rows], dtype=pl.Int64),
        pl.Series("popularity", actions.popularity[widest["object"].to_numpy()], dtype=pl.Int64),
        actions.rows["object_id"].gather(rows),
        actions.rows["block"].gather(rows),
    )
    met = named.group_by("cluster", "trace", "object").agg(
        pl.len().cast(pl.Int64).alias("members"),
        (pl.col("meetings").sum() // 2).alias("pairs"),
        pl.col("object_id").first(),
        pl.col("popularity").first(),
        pl.col("block").drop_nulls().min(),
        pl.col("at").min(),
        pl.col("at").max().alias("until"),
    )
    often = pl.min_horizontal(pl.col("members") - 1, "pairs")
    if actions.trace == CONTENT:
        met = unfused(met, origins(actions.rows))
    return met.with_columns(often=often).select(pl.col(column).cast(kind) for column, kind in _OBJECTS.items())
