"""By how much the sum of an account's surprises rose within a day of each of its events."""

import numpy as np

from detectors.significance import F64, I64
from detectors.takeovers.breaks import heights
from detectors.takeovers.surprises import Surprises
from detectors.time_windows import starts_of

BESIDE_US = 24 * 3_600_000_000  # a break belongs to what was taken up within a day of it (DETECTORS section 3)


def rise(found: Surprises, without: str, day: tuple[I64, I64]) -> F64:
    """Per event, how far the sum goes within the `day` around it above where it stood before that day."""
    height = heights(found, without)
    first, end = day
    stood = np.where(starts_of(found.account)[first], 0.0, np.append(0.0, height)[first]) if height.size else height
    return np.asarray(highest(height, first, end) - stood)


def days_around(found: Surprises) -> tuple[I64, I64]:
    """Per event, the first event of its account within BESIDE_US of it, and the last one plus one."""
    return (
        _place(found, found.at - BESIDE_US, after=False),
        _place(found, found.at + BESIDE_US, after=True),
    )


def _place(found: Surprises, asked: I64, after: bool) -> I64:
    """Per event, how many events (of the accounts before it, too) come before the time asked of its account; or not after it."""
    many = found.at.size
    later = np.repeat([0, 1] if after else [1, 0], many)
    order = np.lexsort((later, np.concatenate([found.at, asked]), np.tile(found.account, 2)))
    place = np.empty(order.size, dtype=np.int64)
    place[order] = np.cumsum(order < many)
    return place[many:]


def highest(height: F64, first: I64, end: I64) -> F64:
    """max(height[first[i]:end[i]]) for every i, by doubling: the usual sparse table, one level at a time."""
    size = end - first
    level = np.floor(np.log2(np.maximum(size, 1))).astype(np.int64)
    best, table = np.empty(size.size), height
    for step in range(int(level.max(initial=0)) + 1):
        here = np.flatnonzero(level == step)
        best[here] = np.maximum(table[first[here]], table[end[here] - 2**step])
        if table.size > 2**step:
            table = np.append(np.maximum(table[: -(2**step)], table[2**step :]), table[-(2**step) :])
    return best
