"""The evidence for one group: how surprising the company its members keep is, member by member and for the whole group."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.special import gammaln

from detectors.coding import Flags
from detectors.scan.usual import LADDER, TILTS, TRUSTED, Strata, Usual, count_of, rows_of
from detectors.significance import F64, I64


@dataclass(frozen=True)
class Evidence:
    """Of a group, in the order of its members; surprises are -log10 of upper bounds on tail probabilities.

    `member[i]`: i having so much company by the others of the group. `company`, `expected`: its acts with such
    company, and how many an outsider would have had. `group`: the whole group having so many acts that followed
    another member's, `seen` against `usual` of them. `net`: `group` less log10 of the number of groups of that size
    that could have been picked: above 0, no group anywhere was expected to look like this.
    """

    member: F64
    company: I64
    expected: F64
    acts: I64
    group: float
    seen: int
    usual: float
    net: float


NOBODY: I64 = np.empty(0, dtype=np.int64)


def evidence_of(usual: Usual, members: I64, aside: I64 = NOBODY) -> Evidence:
    """Score `members` (ascending ranks, at least two) by Chernoff bounds on sums of acts with company.

    Under the null each act of a member has company by the group as often as acts of outsiders in the same stratum
    have; acts are taken as independent. The bound is over the rungs of LADDER, the best one paid for (Bonferroni).
    Accounts `aside` (ascending ranks) are neither members nor outsiders: nobody's evidence, and no part of what is usual.
    """
    acts = usual.acts
    mine = usual.acts_of(members)
    rank = np.searchsorted(members, acts.account[mine])
    near, early = _near(usual, mine)
    chances = _Chances(usual, mine, usual.acts_of(aside))
    # Acts per member and context, sparse: over years there are more contexts than a member has acts.
    per_member = csr_array((np.ones(rank.size), (rank, chances.context)), shape=(members.size, chances.contexts))
    per_context = np.bincount(chances.context, minlength=chances.contexts).astype(np.float64)
    member, group = np.zeros(members.size), 0.0
    for few in LADDER:
        weight = np.minimum(1.0, few / count_of(usual.crowd[mine]))
        scale = np.minimum(1.0, few / np.maximum(count_of(np.arange(usual.crowds)), 1.0))
        got = np.bincount(rank, weights=weight * near, minlength=members.size)
        bound = TILTS * got[:, None] - per_member @ chances.log_mgf(chances.near, scale)
        member = np.maximum(member, bound.max(axis=1))
        whole = TILTS * float((weight * early).sum()) - per_context @ chances.log_mgf(chances.early, scale)
        group = max(group, float(whole.max()))
    paid = np.log10(len(LADDER))
    surprise = max(group / np.log(10) - paid, 0.0)
    return Evidence(
        np.maximum(member / np.log(10) - paid, 0.0),
        np.bincount(rank, weights=near, minlength=members.size).astype(np.int64),
        np.asarray(per_member @ chances.mean(chances.near), dtype=np.float64),
        acts.degree[members].astype(np.int64),
        surprise,
        int(early.sum()),
        float(per_context @ chances.mean(chances.early)),
        surprise - log10_choices(acts.accounts, members.size),
    )


def _near(usual: Usual, mine: I64) -> tuple[Flags, Flags]:
    """Of the group's acts (all of them, ascending), which have another member near, and which one that came earlier."""
    first = np.searchsorted(mine, usual.company.low[mine])
    last = np.searchsorted(mine, usual.company.high[mine])
    return last - first > 1, np.arange(mine.size) > first


class _Chances:
    """The chance of company by the group per context of its acts (spell, block and tongue), from outsiders' acts alone."""

    def __init__(self, usual: Usual, mine: I64, aside: I64) -> None:
        self.usual, self.mine = usual, mine
        self.out = np.concatenate([mine, aside])  # acts that say nothing of what is usual
        people, self.person = np.unique(usual.acts.account[self.out], return_inverse=True)
        self.people = people.size
        names, self.context = _numbered(usual.context[mine], usual.spell_of.size)
        self.contexts = names.size
        self.near, self.early = self._masses(names)

    def _masses(self, names: I64) -> tuple[F64, F64]:
        """Per context and crowd level the chance of an outsider's act to be there and have company: near, early."""
        usual = self.usual
        everything = np.zeros(self.out.size, dtype=np.int64)
        near, early = self._outside(usual.pooled, everything, np.zeros(names.size, dtype=np.int64), trusted=True)
        for strata, stratum, asked in usual.stratified:
            if strata.people.size:
                here, here_early = self._outside(strata, stratum[self.out], asked[names])
                innocent = (here.sum(axis=1) > near.sum(axis=1))[:, None]
                near, early = np.where(innocent, here, near), np.where(innocent, here_early, early)
        return near, early

    def _outside(self, strata: Strata, own: I64, asked: I64, *, trusted: bool = False) -> tuple[F64, F64]:
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
        share = np.bincount(inside, minlength=names.size) / np.maximum(strata.acts[names], 1.0)
        lent = np.bincount(spot, weights=usual.lent[which], minlength=names.size)
        there = np.zeros((names.size, self.people), dtype=np.bool_)
        there[spot, self.person[known]] = True
        outside = np.maximum(strata.total[names] - lent, 1e-9)[:, None]
        enough = trusted | (strata.people[names] - there.sum(axis=1) >= TRUSTED)[:, None]
        unknown = (asked < 0)[:, None]
        masses = []
        for whole, classes in ((strata.weight, usual.near), (strata.early, usual.early)):
            own_weight = np.bincount(
                spot * classes.many + classes.of[which], usual.lent[which], minlength=names.size * classes.many
            )
            left = np.maximum(rows_of(whole, names) - own_weight.reshape(names.size, classes.many), 0.0)
            left *= 1 - (1 - np.minimum(share, 1.0))[:, None] ** classes.others[None, :]
            mass = left @ _one_hot(classes.crowd, usual.crowds)
            masses.append(np.where(unknown, 0.0, np.where(enough, mass / outside, 0.0)[place]))
        return masses[0], masses[1]

    def log_mgf(self, mass: F64, scale: F64) -> F64:
        """contexts x TILTS: log of the moment generating function of one act's weight."""
        return np.asarray(np.log1p(mass @ np.expm1(TILTS[None, :] * scale[:, None])), dtype=np.float64)

    def mean(self, mass: F64) -> F64:
        """Per context the chance of company, every act counted whole."""
        return np.asarray(mass.sum(axis=1), dtype=np.float64)


def _one_hot(rows: I64, columns: int) -> F64:
    """rows x columns: 1 where the row has its column."""
    return np.asarray(rows[:, None] == np.arange(columns)[None, :], dtype=np.float64)


def _numbered(codes: I64, many: int) -> tuple[I64, I64]:
    """The distinct codes, ascending, and for each entry the number of its code: np.unique without a sort."""
    there = np.zeros(many, dtype=np.bool_)
    there[codes] = True
    names = np.flatnonzero(there)
    number = np.empty(many, dtype=np.int64)
    number[names] = np.arange(names.size)
    return names, number[codes]


def log10_choices(many: int, few: int) -> float:
    """log10 of the number of ways to choose `few` of `many`."""
    return float((gammaln(many + 1) - gammaln(few + 1) - gammaln(many - few + 1)) / np.log(10))
