"""Objects with a crowd inside one window: looked up for the pairs found elsewhere instead of expanded into all their pairs.

A pair that shares at least k objects shares at least k - H objects outside any H objects. So the H < k most crowded
objects can wait: the other objects give the candidates, and each candidate is then checked against the crowd. Exact.
"""

from dataclasses import dataclass

import numpy as np

from detectors.chunks import cut
from detectors.coding import I64, U32, Flags
from detectors.fast_sort import U64
from detectors.reach import Reach, by_account, expanded

U32_SHIFT = np.uint64(32)


@dataclass(frozen=True)
class Crowd:
    """The rows of one crowded object as account << 32 | row number, sorted, and the reach of its accounts."""

    keys: U64
    reach: Reach


def crowd_of(account: U32, row_numbers: I64, reach: Reach) -> Crowd:
    """The crowd of the rows `row_numbers` (ascending), all on one object, with `reach` of that object alone."""
    order = by_account(account)
    keys = account[order].astype(np.uint64) << U32_SHIFT
    keys |= row_numbers[order].view(np.uint64)
    return Crowd(keys, reach)


def choose_crowded(pairs_of_object: I64, objects: U32, min_shared: int, budget: int) -> U32:
    """The at most min_shared - 1 objects whose expansion alone passes the budget, most crowded first."""
    heavy = np.flatnonzero(pairs_of_object > budget)
    order = np.lexsort((objects[heavy], -pairs_of_object[heavy]))
    return objects[heavy[order]][: min_shared - 1]


def met_in(crowd: Crowd, left: U32, right: U32, budget: int) -> Flags:
    """Flags the pairs that acted on the crowd's object within the window."""
    first = np.searchsorted(crowd.reach.account, left, side="left")
    last = np.searchsorted(crowd.reach.account, left, side="right")
    met = np.zeros(len(left), dtype=np.bool_)
    for start, stop in cut(last - first, budget):
        spans, pair = expanded(first[start:stop], last[start:stop])
        other = right[start:stop][pair].astype(np.uint64) << U32_SHIFT
        low = np.searchsorted(crowd.keys, other | crowd.reach.low[spans].view(np.uint64))
        high = np.searchsorted(crowd.keys, other | crowd.reach.high[spans].view(np.uint64))
        met[start + pair[high > low]] = True
    return met
