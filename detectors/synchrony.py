"""Were the members of a cluster closer in time than others are on the same objects? Tested given that they met at all."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl

from detectors.meetings import pairs_per_group
from detectors.significance import F64, I64, hoeffding_tail
from detectors.trace_actions import TraceActions
from graph.schemas import FrameSchema

SHRINK = 20.0  # pairs that the rate of equally popular objects is worth against an object's own (DETECTORS 2.3)
EVEN = 0.5  # before any data: a coin. Cautious, because even timing would make close meetings rarer


@dataclass(frozen=True, slots=True)
class Pace:
    """How quickly everybody meets: per object code of a trace the pairs within the window, and within the widest."""

    close: I64
    joint: I64


def pace_of(actions: TraceActions, cluster_of: I64, window: timedelta, widest: timedelta) -> Pace:
    """The pace of all accounts of the trace, without the meetings inside the clusters given (-1: in none).

    For asking many what-ifs of one cluster: give the other clusters, whose pace is not the usual one either.
    """
    first = _first_actions(actions, cluster_of)
    close, joint = _meetings(first, actions.popularity.size, window, widest)
    inside = _inside(first.filter(pl.col("cluster") >= 0), window, widest)
    for counts, name in ((close, "close"), (joint, "joint")):
        np.subtract.at(counts, inside["object"].to_numpy(), inside[name].to_numpy())
    return Pace(close, joint)


def synchrony(
    actions: TraceActions, cluster_of: I64, window: timedelta, widest: timedelta, pace: Pace | None = None
) -> pl.DataFrame:
    """Per cluster: of the pairs of members that met within `widest`, how many met within `window`, against the others.

    `cluster_of[a]` is the cluster of account rank a, or -1. Returns cluster, close, joint, expected, low, high, p,
    sorted by cluster. Only first actions on an object count. The chance of being close is that of all pairs outside
    the cluster on the same object, shrunk towards objects of like popularity.
    With `pace` (of all accounts, by `pace_of`), `actions` need hold no other rows than those of the clusters.
    p is Hoeffding's bound, with floor(m/2) trials for m members on one object: pairs of one object are not independent.
    """
    first = _first_actions(actions, cluster_of)
    everyone = _meetings(first, actions.popularity.size, window, widest) if pace is None else (pace.close, pace.joint)
    inside = _inside(first.filter(pl.col("cluster") >= 0), window, widest)
    if inside.is_empty():
        return pl.DataFrame(schema=dict(_SCHEMA))
    chance = _chances(inside, everyone, actions.popularity)
    return (
        inside.with_columns(chance=pl.Series(chance))
        .group_by("cluster")
        .agg(
            pl.col("close").sum(),
            pl.col("joint").sum(),
            (pl.col("joint") * pl.col("chance")).sum().alias("expected"),
            pl.col("trials").sum(),
            (pl.col("trials") * pl.col("close") / pl.col("joint")).sum().alias("success"),
            (pl.col("trials") * pl.col("chance")).sum().alias("mean"),
            (pl.col("joint") ** 2 / pl.col("trials") * pl.col("chance") * (1 - pl.col("chance")))
            .sum()
            .alias("variance"),
        )
        .sort("cluster")
        .with_columns(
            low=(pl.col("expected") - 1.96 * pl.col("variance").sqrt()).clip(0),
            high=(pl.col("expected") + 1.96 * pl.col("variance").sqrt()).clip(None, pl.col("joint")),
            p=pl.struct("success", "trials", "mean").map_elements(_p, return_dtype=pl.Float64),
        )
        .select(pl.col(column).cast(kind) for column, kind in _SCHEMA.items())
    )


_SCHEMA: FrameSchema = {
    "cluster": pl.Int64,
    "close": pl.Int64,
    "joint": pl.Int64,
    "expected": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "p": pl.Float64,
}


def _p(row: dict[str, float]) -> float:
    return hoeffding_tail(row["success"], row["trials"], row["mean"] / row["trials"])


def _first_actions(actions: TraceActions, cluster_of: I64) -> pl.DataFrame:
    rows = pl.DataFrame(
        {
            "object": actions.coded.object.astype(np.int64),
            "account": actions.coded.account,
            "at": actions.coded.at,
            "cluster": cluster_of[actions.number][actions.coded.account],
        }
    )
    return rows.group_by("object", "account").agg(pl.col("at").min(), pl.col("cluster").first())


def _meetings(first: pl.DataFrame, objects: int, window: timedelta, widest: timedelta) -> tuple[I64, I64]:
    rows = first.sort("object", "at")
    group, at = rows["object"].to_numpy(), rows["at"].to_numpy()
    close, joint = (pairs_per_group(group, at, span // timedelta(microseconds=1), objects) for span in (window, widest))
    return close, joint


def _inside(first: pl.DataFrame, window: timedelta, widest: timedelta) -> pl.DataFrame:
    """cluster, object, close, joint, trials: meetings among the members of one cluster on one object."""
    rows = first.sort("cluster", "object", "at").with_columns(
        group=pl.struct("cluster", "object").rle_id().cast(pl.Int64)
    )
    groups = rows.group_by("group", maintain_order=True).agg(
        pl.col("cluster").first(), pl.col("object").first(), pl.len().alias("members")
    )
    group, at = rows["group"].to_numpy(), rows["at"].to_numpy()
    close, joint = (
        pairs_per_group(group, at, span // timedelta(microseconds=1), groups.height) for span in (window, widest)
    )
    return groups.select(
        "cluster",
        "object",
        pl.Series("close", close),
        pl.Series("joint", joint),
        pl.min_horizontal(pl.col("members") // 2, pl.Series(joint)).alias("trials"),
    ).filter(pl.col("joint") > 0)


def _chances(inside: pl.DataFrame, everyone: tuple[I64, I64], popularity: I64) -> F64:
    """The chance of a meeting to be close, from pairs that are not both members."""
    member_close, member_joint = (
        inside.group_by("object").agg(pl.col(name).sum()).sort("object") for name in ("close", "joint")
    )
    close, joint = (counts.astype(np.float64) for counts in everyone)
    close[member_close["object"].to_numpy()] -= member_close["close"].to_numpy()
    joint[member_joint["object"].to_numpy()] -= member_joint["joint"].to_numpy()
    kind = np.floor(np.log2(np.maximum(popularity, 1))).astype(np.int64)
    overall = (close.sum() + SHRINK * EVEN) / (joint.sum() + SHRINK)
    alike = (np.bincount(kind, weights=close) + SHRINK * overall) / (np.bincount(kind, weights=joint) + SHRINK)
    rate = (close + SHRINK * alike[kind]) / (joint + SHRINK)
    return np.asarray(rate[inside["object"].to_numpy()], dtype=np.float64)
