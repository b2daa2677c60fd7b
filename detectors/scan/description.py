"""How many groups of a size there are to pick from: by naming accounts, or by naming objects that the members have in common."""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from detectors.coding import Flags
from detectors.scan.acts import Acts
from detectors.significance import I64


def log10_choices(many: int, few: int) -> float:
    """log10 of the number of ways to choose `few` of `many`."""
    return float((gammaln(many + 1) - gammaln(few + 1) - gammaln(many - few + 1)) / np.log(10))


@dataclass(frozen=True)
class Cover:
    """`told`: the acts (among those given) by which the group is described; `cost`: log10 of the number of such descriptions."""

    told: Flags
    cost: float


def cover(acts: Acts, mine: I64, rank: I64, size: int) -> Cover:
    """Describe a group as "of those on this object, these; of those on that object, these; and these accounts".

    `mine` are all acts of its `size` members, `rank` whose each is. A member is told by one act at most; acts that
    tell who the members are cannot be evidence against them too. Greedy: the object that tells most members first, as long as that is
    shorter than naming them. Source: two-part codes (Rissanen 1978).
    """
    told = np.zeros(mine.size, dtype=np.bool_)
    left = np.ones(size, dtype=np.bool_)
    names, thing = np.unique(acts.object[mine], return_inverse=True)
    crowd = np.zeros(names.size, dtype=np.int64)
    crowd[thing] = acts.crowd[mine]
    objects = int(acts.object.max(initial=0)) + 1
    on, by = _Rows(thing, names.size), _Rows(rank, size)
    inside = np.bincount(thing, minlength=names.size)  # members on each object that are not told yet
    cost = 0.0
    while left.any() and names.size:
        best = int(inside.argmax())
        price = np.log10(objects) + log10_choices(int(crowd[best]), int(inside[best]))
        if price >= inside[best] * np.log10(acts.accounts):
            break
        taken = on.of(best)
        taken = taken[left[rank[taken]]]
        told[taken] = True
        left[rank[taken]] = False
        for member in rank[taken].tolist():
            inside[thing[by.of(member)]] -= 1
        cost += price
    return Cover(told, float(cost + log10_choices(acts.accounts, int(left.sum())) + 2 * np.log10(size)))


class _Rows:
    """The rows of each value of a column, looked up at the cost of the rows found."""

    def __init__(self, column: I64, values: int) -> None:
        self._order = np.argsort(column, kind="stable")
        self._first = np.concatenate([[0], np.cumsum(np.bincount(column, minlength=values))])

    def of(self, value: int) -> I64:
        return self._order[self._first[value] : self._first[value + 1]]
