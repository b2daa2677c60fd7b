"""Which cluster of one run is which of the next: one to one where they are alike, then what split off and what merged."""

import numpy as np
import polars as pl
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from graph.schemas import FrameSchema

ALIKE = 0.3  # DETECTORS 6: the least similarity of one cluster that goes on as another
PART = 0.3  # DETECTORS 6: the least overlap, as a share of the smaller, of what split or merged

MATCH_SCHEMA: FrameSchema = {
    "cluster_before": pl.String,
    "cluster_after": pl.String,
    "relation": pl.String,  # continues | split | merged
    "similarity": pl.Float64,
    "overlap": pl.Float64,
    "shared": pl.Int64,
}


def matched(pairs: pl.DataFrame) -> pl.DataFrame:
    """MATCH_SCHEMA from the pairs of `alikeness.alike`; a cluster in no row has neither past nor future here.

    `continues`: the one-to-one assignment of the largest total similarity, among pairs of at least ALIKE. Of those left
    over, whoever overlaps by PART of the smaller: a later cluster **split** from an earlier one that goes on elsewhere, or
    that was larger; an earlier one **merged** into a later one that has another origin, or that is larger.
    """
    ones = one_to_one(pairs)
    befores, afters = set(ones["cluster_before"]), set(ones["cluster_after"])
    placed = pairs.with_columns(
        old=pl.col("cluster_before").is_in(sorted(befores)), new=pl.col("cluster_after").is_in(sorted(afters))
    )
    left = placed.filter((pl.col("overlap") >= PART) & ~(pl.col("old") & pl.col("new")))
    # Free on both sides (alike too little for their sizes): the smaller is a part of the larger.
    apart = pl.col("old") | (~pl.col("new") & (pl.col("size_before") >= pl.col("size_after")))
    parts = left.with_columns(relation=pl.when(apart).then(pl.lit("split")).otherwise(pl.lit("merged")))
    told = pl.concat([ones.with_columns(relation=pl.lit("continues")), parts], how="diagonal")
    return told.select(pl.col(name).cast(kind) for name, kind in MATCH_SCHEMA.items()).sort(
        "cluster_before", "cluster_after"
    )


def one_to_one(pairs: pl.DataFrame) -> pl.DataFrame:
    """The rows of the assignment that minimises the sum of 1 - similarity, solved for each group that hangs together."""
    fit = pairs.filter(pl.col("similarity") >= ALIKE).sort("cluster_before", "cluster_after")
    if fit.is_empty():
        return fit
    befores, afters = sorted(set(fit["cluster_before"])), sorted(set(fit["cluster_after"]))
    row = fit["cluster_before"].replace_strict(befores, range(len(befores)), return_dtype=pl.Int64).to_numpy()
    column = fit["cluster_after"].replace_strict(afters, range(len(afters)), return_dtype=pl.Int64).to_numpy()
    size = len(befores) + len(afters)
    graph = coo_array((np.ones(row.size), (row, column + len(befores))), shape=(size, size))
    _, group = connected_components(graph, directed=False)
    similarity = fit["similarity"].to_numpy()
    kept = [
        place
        for number in sorted(set(group[row].tolist()))
        for place in _assigned(np.flatnonzero(group[row] == number), row, column, similarity)
    ]
    return fit[sorted(kept)]


def _assigned(
    places: np.typing.NDArray[np.int64],
    row: np.typing.NDArray[np.int64],
    column: np.typing.NDArray[np.int64],
    similarity: np.typing.NDArray[np.float64],
) -> list[int]:
    rows, at_row = np.unique(row[places], return_inverse=True)
    columns, at_column = np.unique(column[places], return_inverse=True)
    cost = np.ones((rows.size, columns.size))
    which = np.full(cost.shape, -1, dtype=np.int64)
    cost[at_row, at_column] = 1 - similarity[places]
    which[at_row, at_column] = places
    chosen = which[linear_sum_assignment(cost)]
    return [int(place) for place in chosen if place >= 0]  # -1: they were assigned for want of anything alike
