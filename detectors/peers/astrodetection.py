"""Co-share pairs as astrodetection makes them: TF-IDF cosine of accounts that share enough objects."""

import numpy as np
import polars as pl

from detectors.peers.bare_table import bare_table
from detectors.similarity import PRODUCT_BUDGET, similar_pairs, touches, weighted


def coshare_like_astrodetection(
    table: pl.DataFrame | pl.LazyFrame,
    min_events: int = 3,
    min_overlap: int = 3,
    min_cosine: float | None = None,
    *,
    budget: int = PRODUCT_BUDGET,
) -> pl.DataFrame:
    """left, right, similarity, common (>= `min_overlap`); accounts with >= `min_events` rows. Sorted by left, right.

    Objects seen in one row are dropped first. idf = ln((1 + n) / (1 + df)) + 1 over all accounts that are left, also
    those with too few events. `min_cosine` (inclusive) is the tool's "fast" path, 0.9 there.
    Memory follows the pairs with anything in common, one block at a time; the tool fills an N x N matrix.
    Source: astrodetection 0.3.6, co-share graph.
    """
    rows = bare_table(table, timed=False).filter(pl.len().over("object_id") > 1)
    touched = touches(rows)
    accounts = len(touched.account_ids)
    idf = np.log((1 + accounts) / (1 + touched.popularity())) + 1
    active = np.flatnonzero(touched.events() >= min_events)
    matrix = weighted(touched.counts, idf)[active]
    above = -np.inf if min_cosine is None else np.nextafter(min_cosine, -np.inf)
    ids = touched.account_ids.gather(active)
    return similar_pairs(matrix, ids, above=float(above), min_common=min_overlap, budget=budget)
