"""Whether the members of a ring acted together before they were taken over: then nobody took them over, somebody owned them."""

import numpy as np
from scipy.sparse import csr_array

from detectors.significance import poisson_tail
from detectors.takeovers.habits import CODES
from detectors.takeovers.population import Names, Observed
from detectors.takeovers.rings import Ring

SHOWN = ("domain", "text")  # what coordinated accounts push (DETECTORS section 2)
PAIR_P = 0.01  # of one pair; a ring is judged by the share of its pairs, so that chance makes one in a hundred
MOST_MEMBERS = 100  # in the order of their ids: 4,950 pairs say what the share is


def coordinated_pairs(observed: Observed, names: Names, ring: Ring, after: bool) -> float | None:
    """Share of the pairs of members that had more sites and texts in common, before they were taken over (or since), than accounts that
    take up things as often as these are, each as popular as it is. None when fewer than two members did anything of the kind.
    """
    members, at = ring.members[:MOST_MEMBERS], ring.at[:MOST_MEMBERS]
    kinds = np.isin(names.feature, [CODES[name] for name in SHOWN])
    place = np.searchsorted(members, observed.account)
    mine = np.flatnonzero(members[np.minimum(place, members.size - 1)] == observed.account)
    mine = mine[kinds[observed.value[mine]] & ((observed.at[mine] >= at[place[mine]]) == after)]
    held = csr_array((np.ones(mine.size), (place[mine], observed.value[mine])), shape=(members.size, len(names.values)))
    held.sum_duplicates()
    held.data[:] = 1.0
    number = np.asarray(held.sum(axis=1), dtype=np.float64).ravel()
    active = np.flatnonzero(number)
    if active.size < 2:
        return None
    left, right = np.triu_indices(active.size, k=1)
    common = (held[active] @ held[active].T).toarray()[left, right]
    popular = names.held[kinds].astype(np.float64)
    chance = float((popular**2).sum() / max(popular.sum(), 1.0) ** 2)
    expected = np.asarray(number[active[left]] * number[active[right]] * chance, dtype=np.float64)
    return float((poisson_tail(common.astype(np.int64), expected) <= PAIR_P)[common > 0].sum() / left.size)
