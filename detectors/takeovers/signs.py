"""What ties accounts to one actor: new things with breaks beside them, couples of new things, guessed passwords; tested together."""

from dataclasses import dataclass

import numpy as np

from detectors.significance import F64, I64, benjamini_hochberg
from detectors.takeovers.adoption import WINDOWS_US, Adoptions, Entities
from detectors.takeovers.couples import Couples
from detectors.takeovers.rises import BESIDE_US
from detectors.takeovers.stuffing import Stuffed

NONE = -1


@dataclass(frozen=True)
class Signs:
    """One row per sign: its `value`, the `other` of a couple (NONE for a single one), p and q over both kinds together.
    Members of sign s: account[first[s]:first[s + 1]], with the time (`at`) of each, in the order of time.
    """

    value: I64
    other: I64
    p: F64
    q: F64
    first: I64
    account: I64
    at: I64

    def members(self, sign: int) -> tuple[I64, I64]:
        span = slice(self.first[sign], self.first[sign + 1])
        return self.account[span], self.at[span]


def signs(taken: Adoptions, single: Entities, joint: Couples, guessed: Stuffed, q: float) -> Signs:
    """The significant ones of all kinds, Benjamini-Hochberg over all that could have been tested."""
    p = np.concatenate([single.p, joint.p, guessed.p])
    adjusted = benjamini_hochberg(p, max(single.tests + joint.tests + guessed.tests, p.size))
    kept = np.flatnonzero(adjusted <= q)
    alone, together = single.value.size, single.value.size + joint.value.size
    parts = [
        *(_alone(taken, single, row) for row in kept[kept < alone].tolist()),
        *(_both(taken, joint, row - alone) for row in kept[(kept >= alone) & (kept < together)].tolist()),
        *(_entered(taken, guessed, row - together) for row in kept[kept >= together].tolist()),
    ]
    sizes = np.array([0, *(part[0].size for part in parts)], dtype=np.int64)
    nothing = np.empty(0, dtype=np.int64)
    return Signs(
        np.concatenate([single.value, joint.value, guessed.value])[kept],
        np.concatenate([np.full(alone, NONE), joint.other, np.full(guessed.value.size, NONE)])[kept],
        p[kept],
        adjusted[kept],
        np.cumsum(sizes),
        np.concatenate([nothing, *(part[0] for part in parts)]),
        np.concatenate([nothing, *(part[1] for part in parts)]),
    )


def _alone(taken: Adoptions, found: Entities, row: int) -> tuple[I64, I64]:
    """Who took it up then and broke."""
    rows = _rows(taken, int(found.value[row]), int(found.since[row]), int(found.until[row]))
    rows = rows[taken.rose[rows] > found.level[row]]
    return taken.account[rows], taken.at[rows]


def _both(taken: Adoptions, found: Couples, row: int) -> tuple[I64, I64]:
    """Who took both up then, at the time of the first."""
    since, until = int(found.since[row]), int(found.until[row])
    one, other = (_rows(taken, int(value[row]), since, until) for value in (found.value, found.other))
    account, left, right = np.intersect1d(taken.account[one], taken.account[other], return_indices=True)
    first, second = taken.at[one][left], taken.at[other][right]
    near = np.abs(first - second) <= BESIDE_US
    at = np.minimum(first, second)[near]
    order = np.argsort(at, kind="stable")
    return account[near][order], at[order]


def _entered(taken: Adoptions, found: Stuffed, row: int) -> tuple[I64, I64]:
    """Who was entered with it then."""
    rows = _rows(
        taken, int(found.value[row]), int(found.since[row]) - WINDOWS_US[0], int(found.until[row]) + WINDOWS_US[0]
    )
    return taken.account[rows], taken.at[rows]


def _rows(taken: Adoptions, value: int, since: int, until: int) -> I64:
    low, high = np.searchsorted(taken.value, [value, value + 1])
    at = taken.at[low:high]
    return np.flatnonzero((at >= since - BESIDE_US) & (at <= until + BESIDE_US)) + int(low)
