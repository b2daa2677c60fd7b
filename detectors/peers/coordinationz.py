"""Similarity pairs as coordinationz makes them: bipartite cosine without a time window."""

from typing import Literal

import numpy as np
import polars as pl

from detectors.peers.bare_table import bare_table
from detectors.similarity import F64, PRODUCT_BUDGET, similar_pairs, touches, weighted
from graph.errors import BadSetting

Idf = Literal["none", "smoothlog", "log", "linear"]


def similarity_like_coordinationz(
    table: pl.DataFrame | pl.LazyFrame,
    min_similarity: float = 0.3,
    min_distinct: int = 2,
    idf: Idf = "smoothlog",
    *,
    budget: int = PRODUCT_BUDGET,
) -> pl.DataFrame:
    """left, right, similarity > `min_similarity`, common objects; accounts with >= `min_distinct` distinct objects.

    Repeated rows add up. idf of an object that df of N accounts touched (both after the filter): smoothlog
    ln(N/df + 1), log ln(N/df), linear N/df. Sorted by left, right. Equal to the tool's similarities up to the last bit,
    which there depends on the order of a set. Its null model is not reproduced: it draws without a seed.
    Source: coordinationz 0.2.2, `bipartite.nullModelP`.
    """
    if not -1 <= min_similarity <= 1:
        raise BadSetting(f"min_similarity is {min_similarity}", hint="a cosine lies from -1 to 1; 0.3 is usual")
    rows = bare_table(table, timed=False)
    rows = rows.filter(pl.col("object_id").n_unique().over("account_id") >= min_distinct)
    touched = touches(rows)
    matrix = weighted(touched.counts, _weights(idf, len(touched.account_ids), touched.popularity().astype(np.float64)))
    matrix.eliminate_zeros()  # an object that every account touched weighs ln(1) = 0 under "log"
    return similar_pairs(matrix, touched.account_ids, above=min_similarity, budget=budget)


def _weights(idf: str, accounts: int, popularity: F64) -> F64:
    match idf:
        case "none":
            return np.ones_like(popularity)
        case "smoothlog":
            return np.log(accounts / popularity + 1)
        case "log":
            return np.log(accounts / popularity)
        case "linear":
            return accounts / popularity
    raise BadSetting(f"idf '{idf}' is not known", hint="choose none, smoothlog, log or linear")
