"""The evidence for one group: how surprising the company its members keep is, member by member and for the whole group."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from detectors.coding import Flags
from detectors.reach import united
from detectors.scan.description import cover, log10_choices
from detectors.scan.usual import KINDS, LADDER, TILTS, TRUSTED, Kind, Strata, Usual, count_of, rows_of
from detectors.significance import F64, I64

NOBODY: I64 = np.empty(0, dtype=np.int64)
COARSE = 5  # every so many tilts are tried first; a cost, not a result
PAID = float(np.log10(len(LADDER) * len(KINDS)))  # digits for having tried every rung and kind (Bonferroni)


@dataclass(frozen=True)
class Evidence:
    """Of a group, in the order of its members; surprises are -log10 of upper bounds on tail probabilities.

    `member[i]`: i having so much company by the others of the group. `company`, `expected`: its acts with such
    company, and how many an outsider would have had. `group`: the whole group having so many acts that followed
    another member's, `seen` against `usual` of them. `net`: `group` less log10 of the number of groups that could
    have been picked as shortly described: above 0, no group anywhere was expected to look like this. `naming`: that
    description, per member.
    """

    member: F64
    company: I64
    expected: F64
    acts: I64
    group: float
    seen: int
    usual: float
    net: float
    naming: float


@dataclass(frozen=True)
class _Surprise:
    """Of one kind of company: -ln of the bound per member, of the whole, and log10 of what the description costs."""

    member: F64
    group: float
    cost: float


def evidence_of(usual: Usual, members: I64, aside: I64 = NOBODY) -> Evidence:
    """Score `members` (ascending ranks, at least two) by Chernoff bounds on sums of acts with company.

    Under the null each act of a member has company by the group as often as acts of outsiders in the same stratum
    have; acts are taken as independent. The bound is over the KINDS of company and the rungs of LADDER, the best one
    paid for (Bonferroni). Company by a single member is judged against all groups of that size; a crowd of members
    against all groups that can be described as shortly by the objects they have in common, and the acts that describe
    it are no evidence then. Accounts `aside` (ascending ranks) are neither members nor outsiders.
    """
    acts = usual.acts
    mine = usual.acts_of(members)
    rank = np.searchsorted(members, acts.account[mine])
    met = [_near(usual, mine, kind) for kind in KINDS]
    asked = [number for number, (near, _) in enumerate(met) if not number or near.any()]
    beside = [_beside(usual, mine, met[number][0], KINDS[number]) if number else NOBODY for number in asked]
    chances = _Chances(usual, mine, usual.acts_of(aside), [KINDS[number] for number in asked], beside)
    view = _View(usual, mine, rank, members.size, chances)
    named = log10_choices(acts.accounts, members.size)
    told = [
        view.surprise(*met[number], *masses, named if not number else None)
        for number, masses in zip(asked, chances.masses, strict=True)
    ]
    best = max(told, key=lambda one: one.group / np.log(10) - one.cost)
    surprise = max(best.group / np.log(10) - PAID, 0.0)
    naming = np.log10(acts.accounts / members.size) if best.cost >= named else best.cost / members.size
    (near, early), (near_mass, early_mass) = met[0], chances.masses[0]
    return Evidence(
        np.maximum(np.max([one.member for one in told], axis=0) / np.log(10) - PAID, 0.0),
        np.bincount(rank, weights=near, minlength=members.size).astype(np.int64),
        np.asarray(view.per_member @ near_mass.sum(axis=1), dtype=np.float64),
        acts.degree[members].astype(np.int64),
        surprise,
        int(early.sum()),
        float(view.per_context @ early_mass.sum(axis=1)),
        surprise - best.cost,
        float(naming),
    )


def _near(usual: Usual, mine: I64, kind: Kind) -> tuple[Flags, Flags]:
    """Of the group's acts (all of them, ascending), which have such company by the other members, and which by earlier ones."""
    others, before = usual.company.others[mine], usual.company.before[mine]
    first = np.searchsorted(mine, usual.company.low[mine])
    last = np.searchsorted(mine, usual.company.high[mine])
    return kind(last - first - 1, others), kind(np.arange(mine.size) - first, before)


def _beside(usual: Usual, mine: I64, met: Flags, kind: Kind) -> I64:
    """The acts of others with such company by the group, near the acts of it that have: its audience, ascending."""
    company = usual.company
    near = united(company.low[mine[met]], company.high[mine[met]])
    near = near[~np.isin(near, mine, assume_unique=True)]
    inside = np.searchsorted(mine, company.high[near]) - np.searchsorted(mine, company.low[near])
    return near[kind(inside, company.others[near])]


class _View:
    """The acts of a group, by member and by context."""

    def __init__(self, usual: Usual, mine: I64, rank: I64, size: int, chances: "_Chances") -> None:
        self.usual, self.mine, self.rank, self.size = usual, mine, rank, size
        # Acts per member and context, sparse: over years there are more contexts than a member has acts.
        self.per_member = csr_array((np.ones(rank.size), (rank, chances.context)), shape=(size, chances.contexts))
        self.per_context = np.bincount(chances.context, minlength=chances.contexts).astype(np.float64)

    def surprise(self, near: Flags, early: Flags, near_mass: F64, early_mass: F64, named: float | None) -> _Surprise:
        """`named`: the cost of naming the members; None: they are described by their objects, and met twice or not at all."""
        cost = named
        if cost is None:
            description = cover(self.usual.acts, self.mine, self.rank, self.size)
            cost, early = description.cost, early & ~description.told
            near = near & (np.bincount(self.rank, weights=near, minlength=self.size) > 1)[self.rank]
        crowd = count_of(self.usual.crowd[self.mine])
        member, group = np.zeros(self.size), 0.0
        for few, lift in zip(LADDER, self.usual.lifts, strict=True):
            weight = np.minimum(1.0, few / crowd)
            got = np.bincount(self.rank, weights=weight * near, minlength=self.size).astype(np.float64)
            member = np.maximum(member, _bounds(got, self.per_member, near_mass, lift))
            whole = np.array([float((weight * early).sum())])
            group = max(group, float(_bounds(whole, self.per_context[None, :], early_mass, lift)[0]))
        return _Surprise(member, group, cost)


def _bounds(got: F64, acts: csr_array | F64, mass: F64, lift: F64) -> F64:
    """The largest Chernoff exponent over TILTS of each sum in `got`.

    `acts`: sums x contexts, `mass`: contexts x crowd levels, `lift`: crowd levels x TILTS, one of Usual.lifts. The
    exponent is concave in the tilt, so the best of a few tilts says between which neighbours the best of all is.
    """

    def at(tilts: I64) -> F64:
        return np.asarray(TILTS[tilts] * got[:, None] - acts @ np.log1p(mass @ lift[:, tilts]))

    coarse = np.append(np.arange(0, TILTS.size - 1, COARSE), TILTS.size - 1)
    told = at(coarse)
    peak = np.unique(told.argmax(axis=1))
    fine = np.zeros(TILTS.size, dtype=np.bool_)
    for low, high in zip(coarse[np.maximum(peak - 1, 0)], coarse[np.minimum(peak + 1, coarse.size - 1)], strict=True):
        fine[low:high] = True
    fine[coarse] = False
    best = told.max(axis=1)
    return np.asarray(np.maximum(best, at(np.flatnonzero(fine)).max(axis=1)) if fine.any() else best)


class _Chances:
    """The chance of company by the group per context of its acts (spell, block, tongue, octave), from outsiders' acts alone.

    `masses`: of each kind, contexts x crowd levels: an outsider's act being there and having company; near, and by earlier ones.
    `beside`: per kind the acts of others that did have it. Whoever joins what a clique pushes is in its crowd, whatever its
    share of the hour: the chance of a member is never less than what its audience had.
    """

    def __init__(self, usual: Usual, mine: I64, aside: I64, kinds: Sequence[Kind], beside: Sequence[I64]) -> None:
        self.usual, self.mine, self.kinds = usual, mine, kinds
        self.beside = [np.setdiff1d(acts, aside, assume_unique=True) for acts in beside]
        self.out = np.concatenate([mine, aside])  # acts that say nothing of what is usual
        people, self.person = np.unique(usual.acts.account[self.out], return_inverse=True)
        self.people = people.size
        names, self.context = _numbered(usual.context[mine], usual.spell_of.size)
        self.contexts = names.size
        self.masses = self._masses(names)

    def _masses(self, names: I64) -> list[tuple[F64, F64]]:
        everything, nothing = np.zeros(self.out.size, dtype=np.int64), np.zeros(names.size, dtype=np.int64)
        pooled = [np.zeros(acts.size, dtype=np.int64) for acts in self.beside]
        best = self._outside(self.usual.pooled, everything, nothing, pooled, trusted=True)
        for strata, stratum, asked in self.usual.stratified:
            if strata.people.size:
                here = self._outside(strata, stratum[self.out], asked[names], [stratum[acts] for acts in self.beside])
                best = [_more_innocent(*both) for both in zip(best, here, strict=True)]
        return best

    def _outside(
        self, strata: Strata, own: I64, asked: I64, joined: Sequence[I64], *, trusted: bool = False
    ) -> list[tuple[F64, F64]]:
        """The masses of the strata `asked` without the group's own acts; 0 where too few outsiders are left.

        Whoever is near an act is of the group as often as the stratum's acts are: fans fill the block of their star.
        """
        usual = self.usual
        names, place = _numbered(np.maximum(asked, 0), strata.people.size)
        held = np.full(strata.people.size, -1, dtype=np.int64)
        held[names] = np.arange(names.size)
        spot = np.where(own >= 0, held[np.maximum(own, 0)], -1)
        known = spot >= 0
        inside = spot[: self.mine.size][known[: self.mine.size]]
        spot, which = spot[known], self.out[known]
        share = np.minimum(np.bincount(inside, minlength=names.size) / np.maximum(strata.acts[names], 1.0), 1.0)
        lent = np.bincount(spot, weights=usual.lent[which], minlength=names.size)
        there = np.zeros((names.size, self.people), dtype=np.bool_)
        there[spot, self.person[known]] = True
        outside = np.maximum(strata.total[names] - lent, 1e-9)[:, None]
        enough = trusted | (strata.people[names] - there.sum(axis=1) >= TRUSTED)[:, None]
        unknown = (asked < 0)[:, None]
        had = [self._had(held, names.size, *both) for both in zip(self.beside, joined, strict=True)]
        none = [np.zeros((names.size, usual.crowds))] * len(had)
        told: list[list[F64]] = []
        for whole, classes, least in ((strata.near, usual.near, had), (strata.early, usual.early, none)):
            own_weight = np.bincount(
                spot * classes.many + classes.of[which], usual.lent[which], minlength=names.size * classes.many
            )
            left = np.maximum(rows_of(whole, names) - own_weight.reshape(names.size, classes.many), 0.0)
            masses = [
                np.maximum((left * kind.chance(share, classes)) @ classes.of_crowd, seen) / outside
                for kind, seen in zip(self.kinds, least, strict=True)
            ]
            told.append([np.where(unknown, 0.0, np.where(enough, mass, 0.0)[place]) for mass in masses])
        return list(zip(*told, strict=True))

    def _had(self, held: I64, strata: int, acts: I64, stratum: I64) -> F64:
        """strata x crowd levels: lent weight of the outsiders' `acts` that had such company; `held` numbers the strata asked."""
        spot = np.where(stratum >= 0, held[np.maximum(stratum, 0)], -1)
        known = spot >= 0
        place = spot[known] * self.usual.crowds + self.usual.crowd[acts[known]]
        summed = np.bincount(place, self.usual.lent[acts[known]], minlength=strata * self.usual.crowds)
        return np.asarray(summed.reshape(strata, self.usual.crowds), dtype=np.float64)


def _more_innocent(one: tuple[F64, F64], other: tuple[F64, F64]) -> tuple[F64, F64]:
    """Per context the masses (near, early) that make company more usual."""
    more = (other[0].sum(axis=1) > one[0].sum(axis=1))[:, None]
    return np.where(more, other[0], one[0]), np.where(more, other[1], one[1])


def _numbered(codes: I64, many: int) -> tuple[I64, I64]:
    """The distinct codes, ascending, and for each entry the number of its code: np.unique without a sort."""
    there = np.zeros(many, dtype=np.bool_)
    there[codes] = True
    names = np.flatnonzero(there)
    number = np.empty(many, dtype=np.int64)
    number[names] = np.arange(names.size)
    return names, number[codes]
