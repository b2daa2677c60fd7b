"""What chance explains of a dense block: touches expected, a bound on the chance of any such block, and the part that surprises."""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from detectors.coding import I64
from detectors.significance import F64, SMALLEST_P
from detectors.touch_graph import UNIT, TouchGraph


@dataclass(frozen=True, slots=True)
class Block:
    """Accounts x objects (codes, ascending), the touches inside and what was to be expected.

    `score`: weight of the touches inside per account and object (FRAUDAR's g), `expected_score` the same by chance.
    """

    accounts: I64
    objects: I64
    touches: int
    expected: float
    score: float
    expected_score: float
    log10_p: float

    @property
    def excess(self) -> float:
        return self.score - self.expected_score


@dataclass(frozen=True, slots=True)
class Margins:
    """What a shuffle keeps: the objects of each account, the accounts of each object, and their sum."""

    degree: I64
    popularity: I64

    @classmethod
    def of(cls, graph: TouchGraph) -> "Margins":
        return cls(graph.degree(), graph.popularity())

    @property
    def touches(self) -> float:
        return float(self.degree.sum())


def judged(dense: TouchGraph, margins: Margins, tried: float = 0.0) -> Block:
    """The most surprising part of the dense block whose touches `dense` holds.

    Chance gives account i a touch on object o at rate k_i d_o / E (Chung-Lu). Objects, then accounts, are kept in
    order of seen over expected as far as p falls: popular objects that padding brought in go. `log10_p` bounds the chance that
    *any* choice of as many accounts and objects holds as many touches, so choosing the part costs nothing
    more; `tried` (log10) is the number of such choices made.
    """
    accounts, objects = np.unique(dense.account), np.unique(dense.object)
    rate = margins.popularity[objects] * (margins.degree[accounts].sum() / margins.touches)
    objects = _part(objects, dense.object, rate, margins.popularity.size)
    left = dense.where(np.isin(dense.object, objects))
    accounts = np.unique(left.account)
    rate = margins.degree[accounts] * (margins.popularity[objects].sum() / margins.touches)
    accounts = _part(accounts, left.account, rate, margins.degree.size)
    return _counted(left.where(np.isin(left.account, accounts)), margins, tried)


def _part(names: I64, touched: I64, rate: F64, many: int) -> I64:
    """The names that make the touches least likely by chance, ascending; ties in the ratio go to the smaller name."""
    inside = np.bincount(touched, minlength=many)[names]
    order = np.lexsort((names, -inside / rate))
    tail = log10_upper_tail(np.cumsum(inside[order]).astype(np.float64), np.cumsum(rate[order]))
    best = int(np.argmin(tail + _log10_choices(many, np.arange(1, names.size + 1))))
    return np.sort(names[order[: best + 1]])


def _counted(block: TouchGraph, margins: Margins, tried: float) -> Block:
    accounts, objects = np.unique(block.account), np.unique(block.object)
    weight = block.weight[objects] / UNIT
    share = float(margins.degree[accounts].sum()) / margins.touches
    seen, size = block.account.size, accounts.size + objects.size
    expected = share * float(margins.popularity[objects].sum())
    tail = float(log10_upper_tail(np.array([float(seen)]), np.array([expected]))[0])
    chosen = sum(
        float(_log10_choices(whole.size, np.array([part.size]))[0]) + float(np.log10(whole.size))  # of any size
        for whole, part in ((margins.degree, accounts), (margins.popularity, objects))
    )
    score = float(block.weight[block.object].sum()) / UNIT / size
    by_chance = share * float((margins.popularity[objects] * weight).sum()) / size
    return Block(accounts, objects, seen, expected, score, by_chance, min(tail + chosen + tried, 0.0))


def log10_upper_tail(seen: F64, expected: F64) -> F64:
    """log10 of Chernoff's bound on P(Poisson(expected) >= seen), which does not run out of digits; expected > 0."""
    apart = seen * np.log(np.maximum(seen, SMALLEST_P) / expected) - seen + expected
    return np.where(seen > expected, -apart / np.log(10), 0.0)


def _log10_choices(many: int, few: I64) -> F64:
    """log10 of the number of ways to choose `few` of `many`."""
    ways = gammaln(many + 1) - gammaln(few + 1) - gammaln(many - few + 1)
    return np.asarray(ways / np.log(10), dtype=np.float64)
