"""The multiplex view: one layer per trace, each with the same say, and how far it agrees with the clusters."""

import numpy as np
import polars as pl

from detectors.agreement import Partition, adjusted_rand, partition
from detectors.communities import communities
from detectors.link_groups import pair_weights
from detectors.significance import F64, I64


def multiplex_groups(links: pl.DataFrame, *, resolution: float, smallest: int, seed: int) -> list[I64]:
    """Communities of the layers laid on one another, each scaled to the same mean weight; links as in TESTED.

    A trace with many strong links cannot drown the others, and a pair linked on several traces weighs their sum, where
    the clusters take its strongest link alone. Slices coupled in one large graph (Mucha et al. 2010) need a null per
    slice: igraph's CPM charges the resolution for every two vertices of a group, of whichever layers, so a group of n
    accounts would fall apart by trace unless the coupling exceeds resolution x n.
    """
    left, right, weight = _layers(links)
    return communities(left, right, weight, resolution=resolution, smallest=smallest, seed=seed)


def agreement(
    links: pl.DataFrame, clusters: Partition, groups: list[I64], *, resolution: float, smallest: int, seed: int
) -> tuple[F64, float]:
    """Per cluster the best Jaccard index with a group of the multiplex view, and the adjusted Rand index overall.

    All NaN where the links are of one trace: a single layer agrees with itself, which says nothing.
    """
    if links["trace"].n_unique() < 2:
        return np.full(len(groups), np.nan), float("nan")
    found = multiplex_groups(links, resolution=resolution, smallest=smallest, seed=seed)
    other = partition(found, clusters.label.size)
    return np.asarray([other.best_match(group)[1] for group in groups]), adjusted_rand(clusters, other)


def _layers(links: pl.DataFrame) -> tuple[I64, I64, F64]:
    told = []
    for trace in links["trace"].unique().sort():
        left, right, weight = pair_weights(links.filter(pl.col("trace") == trace))
        told.append(pl.DataFrame({"left": left, "right": right, "weight": weight}))
    every = pl.concat([pl.DataFrame(schema={"left": pl.Int64, "right": pl.Int64, "weight": pl.Float64}), *told])
    mean = float(every["weight"].mean() or 1.0)  # type: ignore[arg-type]
    scaled = [layer.with_columns(pl.col("weight") * (mean / pl.col("weight").mean())) for layer in told]
    summed = (
        pl.concat([every.clear(), *scaled]).group_by("left", "right", maintain_order=True).agg(pl.col("weight").sum())
    )
    pairs = summed.sort("left", "right")
    return pairs["left"].to_numpy(), pairs["right"].to_numpy(), pairs["weight"].to_numpy()
