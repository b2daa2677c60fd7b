"""Leader assignment: who resembles an earlier leader follows it, and nobody follows a follower, so nothing chains."""

import numpy as np

from detectors.coding import I64
from detectors.time_windows import starts_of


def follow(leader: I64, low: I64, high: I64) -> None:
    """Enter into `leader` who follows whom, from the pairs low[i] < high[i] of ranks that are alike.

    Greedy in rank order: who follows nobody leads, and takes along the alike that follow nobody yet. `leader[a]` is a while
    a leads. Pairs may repeat. Pairs may come in several calls when the `high` of each call lie above those of the calls before.
    """
    if not low.size:
        return
    order = np.lexsort((high, low))
    low, high = low[order], high[order]
    starts = np.flatnonzero(starts_of(low))
    for start, end in zip(starts, np.append(starts[1:], low.size), strict=True):
        first = low[start]
        if leader[first] == first:
            alike = high[start:end]
            leader[alike[leader[alike] == alike]] = first
