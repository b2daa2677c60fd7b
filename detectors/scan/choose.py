"""From overlapping candidates to groups without overlap: the split with the most evidence, then the best first."""

import heapq
import itertools
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from detectors.reach import united
from detectors.scan.core import LEAST, few
from detectors.scan.description import log10_choices
from detectors.scan.evidence import NOBODY, Evidence, evidence_of
from detectors.scan.usual import Usual
from detectors.significance import I64

WITHIN = 0.9  # share of a candidate inside a larger one from which it is a part of it
# A member's own surprise is at least what naming it costs: then outsiders with as much company are expected to be no more
# than the group is large. Where the group is described by its objects, naming is cheap: one in ten still is the least.
OWN = 1.0
# A part of that, in digits, from which one who is no member is no outsider either: let in among the outsiders, the weaker half
# of a ring would make the company of the stronger half look usual (measured: rings of 37 fell apart to nothing).
DOUBTFUL = 0.5
# Share of all accounts up to which a group is judged: of twelve channels dealt at random eleven had net evidence of 670,
# because the one left over was quiet (telegram_ru_news_dev, replays of a run).
ALL_BUT = 0.75
MOST = 3  # times its size that a group may grow at once; more would be another group
WIDE = (
    200  # accounts on an object up to which acting there beside the group says something of one account (DETECTORS 2.2)
)


@dataclass(frozen=True, eq=False)
class Candidate:
    """A group seen through one trace and window, with its evidence; `aside` are neither members nor outsiders to it."""

    usual: Usual
    members: I64
    evidence: Evidence
    aside: I64 = field(default_factory=lambda: NOBODY)

    @property
    def window_us(self) -> int:
        return self.usual.company.window_us

    @property
    def rank(self) -> tuple[float, str, int, tuple[int, ...]]:
        """The most evidence first, then the shorter window: one order, whatever the order of finding."""
        return (-self.evidence.net, self.usual.acts.trace, self.window_us, tuple(self.members.tolist()))


def contracted(usual: Usual, members: I64, smallest: int, aside: I64 = NOBODY) -> Candidate | None:
    """The group without members that keep no company of their own, again and again; None when too few are left, or outsiders."""
    while smallest <= members.size <= ALL_BUT * usual.acts.accounts:
        if 2 * aside.size > usual.acts.accounts - members.size:
            aside = NOBODY  # more are left to say what is usual than stand aside
        evidence = evidence_of(usual, members, aside)
        wanted = max(evidence.naming, OWN)
        own = evidence.member >= wanted
        if own.all():
            return Candidate(usual, members, evidence, aside)
        aside = np.union1d(aside, members[~own & (evidence.member >= DOUBTFUL * wanted)])
        members = members[own]
    return None


def grown(one: Candidate, smallest: int, taken: Collection[int] = frozenset()) -> Candidate:
    """The group with those not `taken` who keep company with it, as long as that is more evidence."""
    while True:
        free = [other for other in companions(one).tolist() if other not in taken]
        joined = np.union1d(one.members, np.array(free, dtype=np.int64))
        if not one.members.size < joined.size <= MOST * one.members.size:
            return one
        again = contracted(one.usual, joined, smallest, np.setdiff1d(one.aside, joined))
        if again is None or again.evidence.net <= one.evidence.net:
            return one
        one = again


def companions(one: Candidate) -> I64:
    """Accounts with LEAST acts in company of the group, ascending."""
    company, acts = one.usual.company, one.usual.acts
    mine = one.usual.acts_of(one.members)
    mine = mine[acts.crowd[mine] <= WIDE]
    near = united(company.low[mine], company.high[mine])
    near = near[~np.isin(acts.account[near], one.members)]
    account, place = np.unique(acts.account[near], return_inverse=True)
    weight = np.bincount(place, weights=few(acts.crowd[near]), minlength=account.size)
    return np.asarray(account[weight >= LEAST], dtype=np.int64)


def chosen(candidates: Sequence[Candidate], smallest: int) -> list[Candidate]:
    """Groups without overlap. A candidate whose parts together have more evidence gives way to them."""
    number = itertools.count()
    waiting = [(one.rank, next(number), one) for one in _unsplit(sorted(candidates, key=lambda one: one.rank))]
    heapq.heapify(waiting)
    taken: set[int] = set()
    found = []
    while waiting:
        *_, best = heapq.heappop(waiting)
        if best.evidence.net <= 0:
            break
        left = np.array([one for one in best.members.tolist() if one not in taken], dtype=np.int64)
        if left.size == best.members.size:
            best = grown(best, smallest, taken)
            taken.update(best.members.tolist())
            found.append(best)
            continue
        again = contracted(best.usual, left, smallest, np.union1d(best.aside, np.setdiff1d(best.members, left)))
        if again is not None:
            heapq.heappush(waiting, (again.rank, next(number), again))
    return found


def _unsplit(ordered: Sequence[Candidate]) -> list[Candidate]:
    """Those that no packing of their own parts surpasses. From small to large, so parts were judged before."""
    holders: dict[int, list[int]] = defaultdict(list)
    for number, one in enumerate(ordered):
        for member in one.members.tolist():
            holders[member].append(number)
    alive = np.ones(len(ordered), dtype=np.bool_)
    for number in sorted(range(len(ordered)), key=lambda n: (ordered[n].members.size, n)):
        alive[number] = _parts(number, ordered, holders, alive) <= max(ordered[number].evidence.net, 0.0)
    return [one for one, is_alive in zip(ordered, alive, strict=True) if is_alive]


def _parts(number: int, ordered: Sequence[Candidate], holders: dict[int, list[int]], alive: np.ndarray) -> float:
    """The evidence of the best disjoint parts of a candidate, greedily; 0 with fewer than two.

    Two groups that have nothing to do with one another cost less to name together than one by one, by the number of ways
    to divide them: that is added to the parts, or any two groups would be one.
    """
    whole = ordered[number].members
    shared: dict[int, int] = defaultdict(int)
    for member in whole.tolist():
        for other in holders[member]:
            shared[other] += 1
    inside = [
        other
        for other, many in sorted(shared.items())
        if other != number
        and alive[other]
        and ordered[other].members.size < whole.size
        and many >= WITHIN * ordered[other].members.size
        and ordered[other].evidence.net > 0
    ]
    used: set[int] = set()
    parts, total = 0, 0.0
    for other in inside:  # in the order of evidence, because `ordered` is
        mine = ordered[other].members.tolist()
        if used.isdisjoint(mine):
            used.update(mine)
            parts, total = parts + 1, total + ordered[other].evidence.net + log10_choices(len(used), len(mine))
    return total if parts > 1 else 0.0
