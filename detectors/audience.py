"""Severity apart from risk: how many accounts outside a cluster touched the objects it met on."""

import math
from collections.abc import Sequence

import numpy as np
import polars as pl

from detectors.chunks import cut
from detectors.significance import I64
from detectors.trace_actions import TraceActions

_ACTS_PER_CHUNK = 5_000_000


def reach(
    actions: pl.DataFrame,
    objects: pl.DataFrame,
    traces: Sequence[TraceActions],
    groups: Sequence[I64],
    everyone: pl.Series,
) -> list[int]:
    """Per cluster the distinct accounts outside it that acted on the objects its members met on.

    Takes ACTION rows and the joint objects (cluster, trace, object, popularity). Who merely saw the objects is not in the
    data, so it is a lower bound on who was reached. Memory is bounded: clusters are looked up a few at a time.
    """
    ids = [
        pl.DataFrame({"trace": ready.trace, "object_id": ready.coded.object_ids}).with_row_index("object")
        for ready in traces
    ]
    nothing = pl.DataFrame(schema={"object": pl.UInt32, "trace": pl.String, "object_id": pl.String})
    names = pl.concat([nothing, *(one.select("object", "trace", "object_id") for one in ids)])
    met = (
        objects.with_columns(pl.col("object").cast(pl.UInt32))
        .join(names, on=["trace", "object"], how="inner")
        .sort("cluster")
    )
    acts = actions.select("trace", "object_id", "account_id").join(met, on=["trace", "object_id"], how="semi").unique()
    members = pl.DataFrame(
        {
            "cluster": np.repeat(np.arange(len(groups)), [group.size for group in groups]),
            "account_id": everyone.gather(np.concatenate([np.empty(0, np.int64), *groups])),
        },
        schema={"cluster": pl.Int64, "account_id": pl.String},
    )
    found = [0] * len(groups)
    per_cluster = met.group_by("cluster").agg(pl.col("popularity").sum()).sort("cluster")
    for start, stop in cut(per_cluster["popularity"].to_numpy(), _ACTS_PER_CHUNK):
        few = met.join(per_cluster.slice(start, stop - start), on="cluster", how="semi")
        touched = few.join(acts, on=["trace", "object_id"]).select("cluster", "account_id").unique()
        outside = touched.join(members, on=["cluster", "account_id"], how="anti").group_by("cluster").len()
        for cluster, many in outside.iter_rows():
            found[cluster] = many
    return found


def severity(reached: int, others: int) -> float:
    """0..1: log(1 + reached) / log(1 + others), `others` being all accounts of the data outside the cluster.

    Audiences differ by orders of magnitude, so ten accounts more matter among ten, not among ten thousand. It says how
    far a cluster got, nothing of whether it is coordinated: risk and severity are two axes (DETECTORS 2.5).
    """
    return math.log1p(reached) / math.log1p(others) if others > 0 else 0.0
