"""Accounts as TF-IDF vectors of what they touched, and the cosines between them: the base of three of the rivals."""

from typing import Literal

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from detectors.similarity import similar_pairs, touches, weighted

# Ours, not of the papers: an object with more accounts is left out, because it alone would make two million pairs.
CROWD = 2_000

Frequency = Literal["count", "log", "once"]


def tf_idf_pairs(acted: pl.DataFrame, *, min_accounts: int = 1, frequency: Frequency = "count") -> pl.DataFrame:
    """left, right, similarity > 0, common; sorted. Objects of one trace that `min_accounts` to 2,000 accounts touched.

    idf = ln((1 + n) / (1 + df)) + 1 over the accounts of `acted`; tf is the count, 1 + ln(count), or 1.
    The idf is scikit-learn's default, which the authors' code uses. Cost: the sum over objects of accounts squared.
    """
    touched = touches(acted)
    popularity = touched.popularity()
    idf = np.log((1 + len(touched.account_ids)) / (1 + popularity)) + 1
    counts = touched.counts
    if frequency != "count":
        entries = 1 + np.log(counts.data) if frequency == "log" else np.ones(counts.nnz)
        counts = csr_array((entries, counts.indices, counts.indptr), shape=counts.shape)
    kept = (popularity >= min_accounts) & (popularity <= CROWD)
    matrix = weighted(counts, np.where(kept, idf, 0.0))
    matrix.eliminate_zeros()
    return similar_pairs(matrix, touched.account_ids, above=0.0)
