"""What a risk model may look at: named figures of a cluster's behaviour, from the frames of a run."""

from collections.abc import Mapping

import polars as pl

from detectors.risk import SAYS_SOMETHING
from graph.traces import TRACES

# DETECTORS 2.5, as far as the frames of a run tell; what accounts say is not among them, only what they did.
FEATURES: Mapping[str, str] = {
    "log10_lift": "log10 of joint acts seen over expected, over the strongest link of each pair",
    "surprise": "-log10 of the smallest p of an overlap or company sign, 300 at most",
    "density": "linked pairs over possible pairs",
    "log10_size": "log10 of the number of accounts",
    "families": "families of evidence that say something",
    "within_60s": "share of the joint acts at most 60 s apart",
    "same_text": "share of the joint acts that are near-identical texts or media",
    "infrastructure": "share of the joint acts on infrastructure",
    "automation": "strength of the strongest sign of automation",
    "concentration": "Herfindahl-Hirschman index of the joint acts over objects",
    "camouflage": "share of the members' acts that were not joint",
    "audience_outside": "share of outsiders among the accounts on a joint object, averaged over objects",
    "innocent": "share of the innocent explanations tried that are open or explain part",
}


def cluster_features(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """cluster_id and FEATURES (Float64, finite), one row per cluster, sorted by cluster_id.

    Takes the frames clusters, members, edges, evidence, signals, guards of RUN_SCHEMAS, and accounts with at least
    account_id and actions. The evidence table may be capped; shares are those of what it holds.
    """
    parts = (
        _of_edges(frames["edges"]),
        _of_signals(frames["signals"]),
        _of_evidence(frames),
        _of_guards(frames["guards"]),
    )
    table = frames["clusters"].select("cluster_id", "density", pl.col("size").log(10).alias("log10_size"))
    for part in (*parts, _camouflage(frames)):
        table = table.join(part, on="cluster_id", how="left")
    filled = (pl.col(name).cast(pl.Float64).fill_null(0.0).round(9) for name in FEATURES)
    return table.select("cluster_id", *filled).sort("cluster_id")


def _of_edges(edges: pl.DataFrame) -> pl.DataFrame:
    per_pair = edges.drop_nulls("cluster_id").sort("p", "window_seconds", "trace")
    strongest = per_pair.unique(["cluster_id", "left", "right"], keep="first", maintain_order=True)
    sums = strongest.group_by("cluster_id").agg(pl.col("n").sum(), pl.col("expected").sort().sum())
    # An expectation of nothing at all is a limit of the model: one millionth of an act stands for it.
    return sums.select("cluster_id", log10_lift=(pl.col("n") / pl.col("expected").clip(1e-6)).log(10))


def _of_signals(signals: pl.DataFrame) -> pl.DataFrame:
    together = pl.col("name").str.contains("_(overlap|company)$")
    per_family = signals.group_by("cluster_id", "family").agg(pl.col("value").max())
    families = per_family.group_by("cluster_id").agg(
        families=(pl.col("value") >= SAYS_SOMETHING).sum(),
        automation=pl.col("value").filter(pl.col("family") == "automation").max(),
    )
    p = pl.col("p").filter(together).min().clip(1e-300)
    return families.join(signals.group_by("cluster_id").agg(surprise=-p.log(10)), on="cluster_id", how="left")


def _of_evidence(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    evidence = frames["evidence"].drop_nulls("cluster_id")
    of_text = [name for name, trace in TRACES.items() if trace.family == "text"]
    of_infrastructure = [name for name, trace in TRACES.items() if trace.family == "infrastructure"]
    shares = evidence.group_by("cluster_id").agg(
        within_60s=(pl.col("gap_s").abs() <= 60).mean(),
        same_text=pl.col("trace").is_in(of_text).mean(),
        infrastructure=pl.col("trace").is_in(of_infrastructure).mean(),
    )
    key = ["cluster_id", "trace", "object_id"]
    per_object = evidence.group_by(key).agg(
        pl.len().alias("meetings"),
        pl.concat_list("left", "right").explode().n_unique().alias("members"),
        pl.col("popularity").max(),
    )
    outside = (1 - pl.col("members") / pl.col("popularity")).clip(0.0, 1.0)
    spread = (
        per_object.sort(key)
        .group_by("cluster_id", maintain_order=True)
        .agg(
            concentration=((pl.col("meetings") / pl.col("meetings").sum()) ** 2).sum(), audience_outside=outside.mean()
        )
    )
    return shares.join(spread, on="cluster_id", how="left")


def _of_guards(guards: pl.DataFrame) -> pl.DataFrame:
    return guards.group_by("cluster_id").agg(innocent=pl.col("verdict").is_in(["open", "explains part"]).mean())


def _camouflage(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    evidence = frames["evidence"].drop_nulls("cluster_id")
    sides = [
        evidence.select("cluster_id", pl.col(side).alias("account_id"), "trace", "object_id")
        for side in ("left", "right")
    ]
    joint = pl.concat(sides).unique().group_by("cluster_id").len("joint")
    acted = frames["members"].join(frames["accounts"].select("account_id", "actions"), on="account_id", how="left")
    every = acted.group_by("cluster_id").agg(pl.col("actions").sum())
    share = (pl.col("joint").fill_null(0) / pl.col("actions").clip(1)).clip(0.0, 1.0)
    return every.join(joint, on="cluster_id", how="left").select("cluster_id", camouflage=1 - share)
