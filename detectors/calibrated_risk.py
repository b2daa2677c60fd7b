"""The risk of a run's clusters by a fitted model, under the same caps and rules as the noisy-or."""

from collections.abc import Callable, Mapping

import polars as pl

from detectors import risk
from detectors.calibration.features import cluster_features
from detectors.calibration.model import RiskModel


def with_model(
    frames: Mapping[str, pl.DataFrame],
    guards: pl.DataFrame,
    model: RiskModel,
    line: float,
    may_alert: Callable[[int], bool],
) -> pl.DataFrame:
    """The frame `clusters` with risk and tier by the model, the riskiest first.

    `frames` as for cluster_features; `guards` has cluster, cap and covers, `clusters` the number `cluster`. A cluster
    whose evidence alone is enough (`may_alert`), and that nothing explains, alerts whatever the model says.
    """
    clusters, table = frames["clusters"], cluster_features(frames)
    said = dict(zip(table["cluster_id"], model.probability(table).tolist(), strict=True))
    families = dict(table.select("cluster_id", "families").iter_rows())
    covering = dict(guards.filter(pl.col("covers") & (pl.col("cap") < 1)).group_by("cluster").agg("cap").iter_rows())
    values, tiers = [], []
    for number, cluster_id in clusters.select("cluster", "cluster_id").iter_rows():
        many = int(families[cluster_id])
        value = risk.calibrated(said[cluster_id], many, covering.get(number, ()))
        values.append(round(value, 6))
        tiers.append(risk.tier_of(many, value, line, enough=number not in covering and may_alert(number)))
    told = clusters.with_columns(pl.Series("risk", values, dtype=pl.Float64), pl.Series("tier", tiers, dtype=pl.String))
    return told.sort(["risk", "size", "cluster_id"], descending=[True, True, False])
