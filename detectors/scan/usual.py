"""What is usual: how likely an act of an outsider is to have company by a given group, at its time and place.

The null of the scan. An act of a member is compared with acts of accounts outside the group (leave-cluster-out): what
share of those fell where one of the group would have been near by chance. An act is judged by the most innocent of
five strata: everybody, its spell of time, its block (author, site, tag), those who speak its account's language, and,
in windows of more than an hour, those as active as its account (who reach rare things as it does); the latter four only
where enough outsiders are left to say what is usual (DETECTORS 2.4: an operation that owns its block must not explain
itself; block, topic, language, everybody: 2.1; activity: made-up crowds in which very active accounts met on rare links
within days, tests/detectors/framing.py).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array
from scipy.special import betainc

from detectors.coding import Flags
from detectors.scan.acts import Company
from detectors.significance import F64, I64

SPELL_US = 6 * 3600 * 1_000_000  # an episode of DETECTORS 2.3
LENT = 2.0  # acts per account that count for what is usual: a campaign must not make itself usual (DETECTORS 9)
QUICK_US = 3600 * 1_000_000  # in wider windows very active accounts meet on what few others reach
TRUSTED = 30  # outside accounts from which a spell or block can say what is usual (DETECTORS 2.4: 10-30 good)
# How much an act counts, by the accounts on its object: min(1, few / accounts), for each `few` of the ladder. Steep
# rungs see campaigns on rare objects through viral noise, flat ones see large cliques; the best rung is paid for. The
# flattest must let acts on objects of a hundred accounts count almost whole: the tilt ends at 14 (docs/evidence/detection.md).
LADDER = (2.0, 5.0, 15.0, 150.0)
# theta of the exponential tilt: a Chernoff bound holds for every theta, a grid only loosens it (by < 1 % here).
TILTS: F64 = np.concatenate([[0.0], np.geomspace(1e-2, 14.0, 40)])

# A crowd that is mostly the group: of five, the least that a block of DETECTORS 4 calls a group, half of all who were near.
# One of the group near is what pools and rings leave; a crowd of theirs is what cliques leave where an audience, or
# their own bursts, make a single meeting usual (docs/evidence/detection.md: cliques of 220 with an audience).
CROWD, MANY, MOSTLY = 5, 20, 0.5

DENSE = 1_000_000  # cells of a table up to which it is kept dense: looking rows up is then ten times quicker

_LEVELS_PER_OCTAVE = 2  # crowds and numbers of others are kept in half octaves


def level_of(count: I64) -> I64:
    """0 for none, 1 for one, then half octaves, so that few classes stand for many counts."""
    found = np.zeros(count.size, dtype=np.int64)
    some = count > 0
    found[some] = 1 + np.ceil(_LEVELS_PER_OCTAVE * np.log2(count[some])).astype(np.int64)
    return found


def count_of(level: I64) -> F64:
    """The largest count of a level: rounding up makes company more usual, never less."""
    return np.where(level > 0, np.exp2((level - 1.0) / _LEVELS_PER_OCTAVE), 0.0)


@dataclass(frozen=True)
class Classes:
    """The pairs (level of the crowd, level of the others near) that occur: `of[act]` numbers them."""

    of: I64
    level: I64  # per class, the place of its number of others in the next two
    most: F64  # the largest count of each level of others that occurs
    fewest: F64  # and the smallest
    of_crowd: F64  # classes x crowd levels: 1 where the class has its crowd, to add classes up by crowd

    @classmethod
    def made(cls, crowd: I64, others: I64, crowds: int) -> "Classes":
        radix = int(others.max(initial=0)) + 1
        names, number = np.unique(crowd * radix + others, return_inverse=True)
        told, level = np.unique(names % radix, return_inverse=True)
        fewest = np.where(told > 1, np.floor(count_of(told - 1)) + 1, count_of(told))
        of_crowd = (names[:, None] // radix == np.arange(crowds)[None, :]).astype(np.float64)
        return cls(number.astype(np.int64), level.astype(np.int64), count_of(told), fewest, of_crowd)

    @property
    def many(self) -> int:
        return self.level.size


@dataclass(frozen=True)
class Kind:
    """What counts as company by a group: at least `least` of it near, and `part` of all who are near."""

    least: int
    part: float

    def __call__(self, near: I64, others: I64) -> Flags:
        """Per act: `near` members of the group among `others` accounts."""
        return (near >= self.least) & (near >= self.part * others)

    def chance(self, share: F64, classes: Classes) -> F64:
        """shares x classes: the chance of such company when `share` of those near are of the group (a bound from above)."""
        if (self.least, self.part) == (1, 0.0):
            told = 1 - (1 - share[:, None]) ** classes.most
        else:
            least = np.maximum(np.floor(self.part * classes.fewest), self.least) - 1
            few, many = (_above(least, size, share[:, None]) for size in (classes.fewest, np.floor(classes.most)))
            told = np.maximum(few, many)
        return np.asarray(told[:, classes.level], dtype=np.float64)


def _above(least: F64, size: F64, share: F64) -> F64:
    """P(X > least) of X ~ Binomial(size, share)."""
    within = np.minimum(least, size - 1)
    return np.where(least < size, betainc(within + 1, np.maximum(size - within, 1), share), 0.0)


KINDS = (
    Kind(1, 0.0),
    Kind(CROWD, MOSTLY),
    Kind(MANY, MOSTLY),
)  # the first is what is told of a group; the best is evidence


@dataclass(frozen=True)
class Strata:
    """Lent weight per stratum and class of the others near; and the accounts of each stratum."""

    near: csr_array | F64  # strata x classes; sparse where there are many, so that it never holds more than the acts
    early: csr_array | F64  # the same for the others that came earlier
    people: I64  # distinct accounts per stratum
    total: F64  # lent weight per stratum
    acts: F64  # acts per stratum


class Usual:
    """The acts of one trace and window, classed, so that any group can be scored at the cost of its own acts."""

    def __init__(self, company: Company) -> None:
        acts = company.acts
        self.acts, self.company = acts, company
        self.lent = np.minimum(1.0, LENT / np.maximum(acts.degree[acts.account], 1.0))
        self.crowd = level_of(acts.crowd)
        self.crowds = int(self.crowd.max(initial=0)) + 1
        self.near = Classes.made(self.crowd, level_of(company.others), self.crowds)
        self.early = Classes.made(self.crowd, level_of(company.before), self.crowds)
        self.spell = np.unique(acts.at // SPELL_US, return_inverse=True)[1].astype(np.int64)
        self.block = self._large_blocks()
        self.tongue = acts.tongue[acts.account]
        self.octave = np.floor(np.log2(np.maximum(acts.degree[acts.account], 1.0))).astype(np.int64)
        blocks, tongues = (int(told.max(initial=-1)) + 2 for told in (self.block, self.tongue))
        octaves = int(self.octave.max(initial=0)) + 1
        code = ((self.spell * blocks + self.block + 1) * tongues + self.tongue + 1) * octaves + self.octave
        names, context = np.unique(code, return_inverse=True)
        self.context = context.astype(
            np.int64
        )  # of each act: its spell, block, tongue, octave; and these of each context:
        self.octave_of, names = names % octaves, names // octaves
        self.spell_of, self.block_of = names // (blocks * tongues), names // tongues % blocks - 1
        self.tongue_of = names % tongues - 1
        self.order = np.argsort(acts.account, kind="stable")
        self.first = np.searchsorted(acts.account[self.order], np.arange(acts.accounts + 1))

    def _large_blocks(self) -> I64:
        """Per act the number of its block among those with enough accounts, -1 elsewhere."""
        block = self.acts.block
        known_blocks = block >= 0
        told = _distinct_accounts(block[known_blocks], self.acts.account[known_blocks], self.acts.accounts)
        names, people = np.unique(told, return_counts=True)
        large = names[(people >= TRUSTED) & (names >= 0)]
        place = np.searchsorted(large, block)
        place[place == large.size] = 0
        known = large[place] == block if large.size else np.zeros(block.size, dtype=np.bool_)
        return np.where(known, place, -1).astype(np.int64)

    @cached_property
    def lifts(self) -> tuple[F64, ...]:
        """Per rung of LADDER, crowd levels x TILTS: what an act there adds to the moment generating function, less one."""
        levels = np.maximum(count_of(np.arange(self.crowds)), 1.0)
        return tuple(np.expm1(TILTS[None, :] * np.minimum(1.0, few / levels)[:, None]) for few in LADDER)

    @cached_property
    def by_spell(self) -> Strata:
        return self._strata(self.spell, np.ones(self.spell.size, dtype=np.bool_))

    @cached_property
    def by_block(self) -> Strata:
        return self._strata(self.block, self.block >= 0)

    @cached_property
    def pooled(self) -> Strata:
        """Everybody as one stratum."""
        spells = self.by_spell
        return Strata(
            np.asarray(spells.near.sum(axis=0), dtype=np.float64).reshape(1, -1),
            np.asarray(spells.early.sum(axis=0), dtype=np.float64).reshape(1, -1),
            np.array([self.acts.accounts]),
            spells.total.sum(keepdims=True),
            spells.acts.sum(keepdims=True),
        )

    @cached_property
    def by_tongue(self) -> Strata:
        return self._strata(self.tongue, self.tongue >= 0)

    @cached_property
    def by_octave(self) -> Strata:
        """Accounts alike in activity, within a factor of two."""
        return self._strata(self.octave, np.ones(self.octave.size, dtype=np.bool_))

    @property
    def stratified(self) -> list[tuple[Strata, I64, I64]]:
        """The strata that may explain a group, with the stratum of each act and of each context."""
        told = [
            (self.by_spell, self.spell, self.spell_of),
            (self.by_block, self.block, self.block_of),
            (self.by_tongue, self.tongue, self.tongue_of),
        ]
        if self.company.window_us > QUICK_US:
            told.append((self.by_octave, self.octave, self.octave_of))
        return told

    def _strata(self, stratum: I64, known: Flags) -> Strata:
        stratum, account, lent = stratum[known], self.acts.account[known], self.lent[known]
        strata = int(stratum.max(initial=-1)) + 1
        told = _distinct_accounts(stratum, account, self.acts.accounts)
        near, early = (
            _table(lent, stratum, classes.of[known], (strata, classes.many)) for classes in (self.near, self.early)
        )
        return Strata(
            near,
            early,
            np.bincount(told, minlength=strata).astype(np.int64),
            np.bincount(stratum, weights=lent, minlength=strata).astype(np.float64),
            np.bincount(stratum, minlength=strata).astype(np.float64),
        )

    def acts_of(self, members: I64) -> I64:
        """The acts (indices) of these accounts, ascending."""
        parts = [self.order[self.first[one] : self.first[one + 1]] for one in members]
        return np.sort(np.concatenate(parts)) if parts else np.empty(0, dtype=np.int64)


def rows_of(table: csr_array | F64, names: I64) -> F64:
    """The rows of a table of Strata, dense."""
    rows = table[names]
    return np.asarray(rows.toarray() if isinstance(rows, csr_array) else rows, dtype=np.float64)


def _table(lent: F64, rows: I64, columns: I64, shape: tuple[int, int]) -> csr_array | F64:
    """Sums of `lent` by row and column."""
    if shape[0] * shape[1] > DENSE:
        return csr_array((lent, (rows, columns)), shape=shape)
    summed = np.bincount(rows * shape[1] + columns, lent, minlength=shape[0] * shape[1])
    return np.asarray(summed.reshape(shape), dtype=np.float64)


def _distinct_accounts(stratum: I64, account: I64, accounts: int) -> I64:
    """The stratum of every distinct pair of stratum and account."""
    return np.unique(stratum * accounts + account) // accounts
