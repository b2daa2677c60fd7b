"""Prefix filtering: the pairs whose cosine can reach a threshold, found without meeting everybody on popular objects."""

from collections.abc import Iterator

import numpy as np
from scipy.sparse import csr_array

from detectors.chunks import cut
from detectors.coding import I64
from detectors.significance import F64

# The bound is summed in another order than the cosine; a pair must not be lost to the last bits.
_ROUNDING = 1e-9


def normalised(matrix: csr_array) -> csr_array:
    """Rows of length 1; an empty row stays empty."""
    squares = np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel()
    length = np.sqrt(squares)
    rows = np.repeat(np.arange(length.size), np.diff(matrix.indptr))
    return csr_array((matrix.data / length[rows], matrix.indices, matrix.indptr), shape=matrix.shape)


def indexed_part(unit: csr_array, above: float) -> csr_array:
    """The entries of each row from which two rows can reach a cosine of `above`: the rest of one row alone cannot.

    Objects in the order of falling popularity; an entry is indexed from the point where the sum over objects of x times the
    largest entry of the object reaches `above`. What comes before it cannot, with any other row, so two rows of at least
    that cosine share an object past the point of both: the rarest that they share.
    Source: Bayardo, Ma and Srikant 2007, "Scaling Up All Pairs Similarity Search".
    """
    popularity = np.bincount(unit.indices, minlength=int(unit.shape[1]))
    largest = np.zeros(int(unit.shape[1]))
    np.maximum.at(largest, unit.indices, unit.data)
    rank = np.empty(popularity.size, dtype=np.int64)
    rank[np.lexsort((np.arange(popularity.size), -popularity))] = np.arange(popularity.size)
    rows = np.repeat(np.arange(int(unit.shape[0])), np.diff(unit.indptr))
    order = np.lexsort((rank[unit.indices], rows))
    things = unit.indices[order]
    reach = np.cumsum(unit.data[order] * largest[things])
    opens = unit.indptr[:-1][np.diff(unit.indptr) > 0]
    before = np.zeros(int(unit.shape[0]))
    before[rows[opens]] = np.concatenate([[0.0], reach])[opens]
    keep = reach - before[rows] >= above - _ROUNDING
    return csr_array((unit.data[order][keep], (rows[keep], things[keep])), shape=unit.shape)


def candidates(unit: csr_array, above: float, budget: int) -> Iterator[tuple[I64, I64]]:
    """Pairs (left, right) of rows, left < right, among which are all with a cosine of at least `above`.

    `unit` holds positive entries in rows of length 1. `budget`: products of two entries at a time.
    """
    part = indexed_part(unit, above)
    ones = csr_array((np.ones(part.nnz, dtype=np.int32), part.indices, part.indptr), shape=part.shape)
    columns = ones.T.tocsr()
    size = np.diff(columns.indptr).astype(np.int64)
    running = np.concatenate([[0], np.cumsum(size[ones.indices])])
    for start, stop in cut(np.diff(running[ones.indptr]), budget):
        met = ones[start:stop] @ columns
        left = np.repeat(np.arange(start, stop), np.diff(met.indptr))
        right = met.indices.astype(np.int64)
        keep = left < right
        yield left[keep], right[keep]


def dots(matrix: csr_array, left: I64, right: I64, budget: int) -> F64:
    """The dot product of row left[i] and row right[i]."""
    found = np.empty(left.size)
    lengths = np.diff(matrix.indptr).astype(np.int64)
    for start, stop in cut(lengths[left] + lengths[right], budget):
        part = slice(start, stop)
        found[part] = np.asarray(matrix[left[part]].multiply(matrix[right[part]]).sum(axis=1)).ravel()
    return found
