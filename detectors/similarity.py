"""Cosine similarity of accounts over the objects they touched, without time: sparse products in bounded blocks of rows."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import csr_array

from detectors.chunks import cut
from detectors.coding import I64, codes_of
from detectors.prefix_filter import candidates, dots, normalised

F64 = npt.NDArray[np.float64]
PRODUCT_BUDGET = 20_000_000  # products of two entries at a time, at most 24 bytes each


@dataclass(frozen=True)
class Touches:
    """How often each account touched each object: counts[account code, object code], codes in order of the ids."""

    counts: csr_array
    account_ids: pl.Series
    object_ids: pl.Series

    def events(self) -> I64:
        """Touches per account."""
        return np.asarray(self.counts.sum(axis=1)).astype(np.int64)

    def distinct(self) -> I64:
        """Distinct objects per account."""
        return np.diff(self.counts.indptr).astype(np.int64)

    def popularity(self) -> I64:
        """Distinct accounts per object."""
        return np.bincount(self.counts.indices, minlength=len(self.object_ids)).astype(np.int64)


def touches(table: pl.DataFrame) -> Touches:
    """Count the rows (account_id, object_id) of each account and object; a repeated row counts again."""
    account, account_ids = codes_of(table["account_id"])
    thing, object_ids = codes_of(table["object_id"])
    shape = (len(account_ids), len(object_ids))
    counts = csr_array((np.ones(len(account)), (account.astype(np.int64), thing.astype(np.int64))), shape=shape)
    counts.sum_duplicates()
    return Touches(counts, account_ids, object_ids)


def weighted(counts: csr_array, weight_of_object: F64) -> csr_array:
    """The counts times the weight of their object."""
    return csr_array(
        (counts.data * weight_of_object[counts.indices], counts.indices, counts.indptr), shape=counts.shape
    )


def similar_pairs(
    matrix: csr_array,
    account_ids: pl.Series,
    *,
    above: float = -np.inf,
    min_common: int = 1,
    budget: int = PRODUCT_BUDGET,
) -> pl.DataFrame:
    """left, right, similarity, common of the pairs with cosine > `above` and >= `min_common` common objects; sorted.

    `matrix` holds positive entries, one row per account of `account_ids`, in order. The cosine is (dot / |left|) / |right|
    with reciprocal norms. For a positive `above`, only pairs that can reach it are met (detectors.prefix_filter); else the
    cost is the sum over objects of accounts squared. Memory: `budget` products and the answer.
    """
    ones = csr_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), shape=matrix.shape)
    squares = csr_array((matrix.data**2, matrix.indices, matrix.indptr), shape=matrix.shape)
    with np.errstate(divide="ignore"):
        reciprocal = 1 / np.sqrt(np.asarray(squares.sum(axis=1)))
    parts = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), np.empty(0))]
    for left, right, dot, common in _met(matrix, ones, above, budget):
        cosine = dot * reciprocal[left] * reciprocal[right]
        kept = (left < right) & (cosine > above) & (common >= min_common)
        parts.append((left[kept], right[kept], cosine[kept], common[kept]))
    left, right, cosine, common_objects = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    pairs = pl.DataFrame(
        {"left": left, "right": right, "similarity": cosine, "common": common_objects.astype(np.int64)}
    )
    pairs = pairs.sort("left", "right")
    return pairs.with_columns(account_ids.gather(pairs[side]).alias(side) for side in ("left", "right"))


def _met(matrix: csr_array, ones: csr_array, above: float, budget: int) -> Iterator[tuple[I64, I64, F64, F64]]:
    """Rows left and right, their dot product and their common objects, for all pairs that can have a cosine over `above`."""
    if above > 0:
        for left, right in candidates(normalised(matrix), above, budget):
            yield left, right, dots(matrix, left, right, budget), dots(ones, left, right, budget)
        return
    for start, stop in cut(_effort(matrix), budget):
        dot, common = (half[start:stop] @ half[start:].T.tocsr() for half in (matrix, ones))
        left, right = _places(dot, start)
        yield left, right, dot.data, common.data


def _effort(matrix: csr_array) -> I64:
    """For each row the products it takes part in: the popularity of its objects, summed."""
    popularity = np.bincount(matrix.indices, minlength=int(matrix.shape[1]))
    running = np.concatenate([[0], np.cumsum(popularity[matrix.indices])])
    return np.diff(running[matrix.indptr])


def _places(product: csr_array, start: int) -> tuple[I64, I64]:
    """Row and column of each entry of a block that begins at row and column `start` of the whole."""
    row = np.repeat(np.arange(start, start + int(product.shape[0])), np.diff(product.indptr))
    return row, product.indices.astype(np.int64) + start
