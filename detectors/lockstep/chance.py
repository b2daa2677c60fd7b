"""What chance explains of a dense block: touches expected, a bound on the chance of any such block, and the part that surprises."""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from detectors.coding import I64
from detectors.lockstep.touch_graph import UNIT, TouchGraph
from detectors.significance import F64


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

    By chance the d touches of the objects fall on the k touches of the accounts as cards are dealt, d k / E of them.
    Objects, then accounts, are kept in order of seen over expected as far as p falls: popular objects that padding
    brought in go. `log10_p` bounds the chance that *any* choice of as many accounts and objects holds as many touches,
    so choosing the part costs nothing more; `tried` is log10 of the number of searches.
    """
    accounts, objects = np.unique(dense.account), np.unique(dense.object)
    objects = _part(objects, dense.object, margins.popularity, margins.degree[accounts].sum(), margins.touches)
    left = dense.where(np.isin(dense.object, objects))
    accounts = np.unique(left.account)
    accounts = _part(accounts, left.account, margins.degree, margins.popularity[objects].sum(), margins.touches)
    return _counted(left.where(np.isin(left.account, accounts)), margins, tried)


def linked_to(graph: TouchGraph, margins: Margins, block: Block, p: float, least: int) -> I64:
    """Accounts outside the block with at least `least` of its objects, more than their own activity explains; ascending.

    Each is tested by itself at p / number of accounts (DETECTORS 2.4, step 3). They are near the block, not of it: enough
    copying of a ring's objects brings anybody here.
    """
    inside = np.bincount(graph.account[np.isin(graph.object, block.objects)], minlength=graph.accounts)
    inside[block.accounts] = 0
    near = np.flatnonzero(inside >= least)
    theirs = float(margins.popularity[block.objects].sum())
    tail = log10_overlap_tail(
        inside[near].astype(np.float64), margins.degree[near].astype(np.float64), theirs, margins.touches
    )
    return np.asarray(near[tail <= np.log10(p / graph.accounts)], dtype=np.int64)


def _part(names: I64, touched: I64, touches_of: I64, others: int, touches: float) -> I64:
    """The names that make the touches inside least likely by chance, ascending; ties in the ratio go to the smaller name.

    `touches_of` holds all touches of each account (or object), `others` is the sum of all touches of the other side.
    """
    inside = np.bincount(touched, minlength=touches_of.size)[names]
    order = np.lexsort((names, -inside / touches_of[names]))
    seen, drawn = np.cumsum(inside[order]), np.cumsum(touches_of[names[order]])
    tail = log10_overlap_tail(seen.astype(np.float64), drawn.astype(np.float64), float(others), touches)
    best = int(np.argmin(tail + _log10_choices(touches_of.size, np.arange(1, names.size + 1))))
    return np.sort(names[order[: best + 1]])


def _counted(block: TouchGraph, margins: Margins, tried: float) -> Block:
    accounts, objects = np.unique(block.account), np.unique(block.object)
    weight = block.weight[objects] / UNIT
    mine, theirs = float(margins.degree[accounts].sum()), float(margins.popularity[objects].sum())
    share = mine / margins.touches
    seen, size = block.account.size, accounts.size + objects.size
    tail = float(log10_overlap_tail(np.array([float(seen)]), np.array([mine]), theirs, margins.touches)[0])
    chosen = sum(
        float(_log10_choices(whole.size, np.array([part.size]))[0]) + float(np.log10(whole.size))  # of any size
        for whole, part in ((margins.degree, accounts), (margins.popularity, objects))
    )
    score = float(block.weight[block.object].sum()) / UNIT / size
    by_chance = share * float((margins.popularity[objects] * weight).sum()) / size
    return Block(accounts, objects, seen, share * theirs, score, by_chance, min(tail + chosen + tried, 0.0))


def log10_overlap_tail(seen: F64, drawn: F64, marked: float, touches: float) -> F64:
    """log10 of a bound on the chance that at least `seen` of `drawn` touches are among `marked` ones of all `touches`.

    The overlap is hypergeometric; exp(-n KL(seen/n || m/N)) bounds its tail with n and m either way round, and the smaller
    counts (Hoeffding 1963, section 6). Unlike a Poisson bound it stays sharp where a ring is a large part of the trace.
    """
    both = [-n * _divergence(seen / n, m / touches) for n, m in ((drawn, marked), (marked, drawn))]
    return np.where(seen * touches > drawn * marked, np.minimum(*both) / np.log(10), 0.0)


def _divergence(share: F64, chance: F64 | float) -> F64:
    """Kullback-Leibler divergence of two coins, in nats; infinite where chance says never."""
    with np.errstate(divide="ignore", invalid="ignore"):
        hits = np.where(share > 0, share * np.log(share / chance), 0.0)
        misses = np.where(share < 1, (1 - share) * np.log((1 - share) / (1 - chance)), 0.0)
    return np.asarray(hits + misses, dtype=np.float64)


def _log10_choices(many: int, few: I64) -> F64:
    """log10 of the number of ways to choose `few` of `many`."""
    ways = gammaln(many + 1) - gammaln(few + 1) - gammaln(many - few + 1)
    return np.asarray(ways / np.log(10), dtype=np.float64)
