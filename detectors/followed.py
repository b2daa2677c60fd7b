"""Who is followed by a group, or follows it, on more objects than outsiders whose acts had as many others near."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.coding import Flags
from detectors.reach import expanded
from detectors.scan.usual import QUICK_US, Usual, level_of
from detectors.significance import F64, I64, poisson_tail
from detectors.standing import chance_of_leading
from detectors.time_windows import starts_of
from graph.schemas import FrameSchema

# Accounts outside the group on an object from which meeting a few of the group says nothing (d_max of DETECTORS 2.2).
VIRAL = 200
# Acts that an account counts for in what is usual: one in all, so that whoever was copied too moves it as little as
# can be. With two, as in the scan, none of the 12 framed in one of five worlds was found (docs/explanations.md).
LENT = 1.0
LIKELY = 0.05  # Poisson tail from which the exact chance is not asked for: nothing is said of such an account anyway

MET: FrameSchema = {
    "account": pl.Int64,  # rank among all accounts of the run
    "seen": pl.Int64,  # of its objects those on which one of the group came after it within the window (or before it)
    "expected": pl.Float64,  # and on how many that would be so if it were like outsiders
    "p": pl.Float64,  # the chance of so many (Poisson-binomial)
}


@dataclass(frozen=True)
class _Spoken:
    """What outsiders say is usual: per kind of stratum a table strata x levels of their lent weight, all and those who met."""

    all: list[F64]
    met: list[F64]


class Order:
    """The acts of one view, each with the acts on its object that came strictly later within the window (or earlier).

    A group is met by an act when one of it came later; or when one of it was the earliest, everybody counted.
    """

    def __init__(self, usual: Usual, *, later: bool) -> None:
        acts, company = usual.acts, usual.company
        opens = np.flatnonzero(starts_of(acts.object, acts.at)) if acts.at.size else np.empty(0, np.int64)
        ends = np.append(opens[1:], acts.at.size)
        moment = np.repeat(np.arange(opens.size), ends - opens)
        self.usual = usual
        self.begin: I64 = ends[moment] if later else company.low
        self.end: I64 = company.high if later else opens[moment]
        # Whoever came after a member may have come after somebody whom the member copied: only the first count.
        origin = ends[moment[np.minimum(self.begin, max(acts.at.size - 1, 0))]]
        self.until: I64 = self.end if later else np.minimum(self.end, origin)
        self.lent = np.minimum(1.0, LENT / np.maximum(acts.degree[acts.account], 1.0))
        self.level = level_of(self.end - self.begin)
        self.levels = int(self.level.max(initial=0)) + 1
        self.strata = [usual.spell, usual.block + 1, usual.tongue + 1]
        if company.window_us > QUICK_US:
            self.strata.append(usual.octave)
        few = np.flatnonzero(acts.crowd <= VIRAL)
        self.everybody = self._tables(few, self.level[few])

    def met(self, members: I64, least: int, aside: Flags, asked: Flags | None = None) -> pl.DataFrame:
        """MET of those outside `members` (asked: flags per account, all by default) that met them on at least `least` objects.

        Under the null each act of an account meets the group as often as acts of other outsiders with as many others
        near; times the largest of four ratios, at least 1: how much more often than that it happens in its spell of
        time, its block, its language and among those as active. An account never speaks for itself, and those `aside`
        (flags per account) for nobody; one act that met the group is added, so that nothing is impossible.
        Objects with more than VIRAL accounts outside the group are left out. Sorted by account.
        """
        acts = self.usual.acts
        mine = self.usual.acts_of(members)
        held = np.bincount(acts.object[mine], minlength=int(acts.object.max(initial=0)) + 1)
        there = _acts_on(acts.object, np.flatnonzero(held))
        silent = aside.copy()
        silent[members] = True
        few = acts.crowd - held[acts.object] <= VIRAL
        out = there[few[there] & ~silent[acts.account[there]]]
        theirs, level = self._near(mine, out)
        often = np.bincount(acts.account[out][theirs > 0], minlength=acts.accounts) >= least
        who = np.flatnonzero(often if asked is None else often & asked)
        if not who.size:
            return pl.DataFrame(schema=dict(MET))
        spoken = self._spoken(there, np.flatnonzero(aside), out, theirs > 0, level)
        own = self.usual.acts_of(who)
        own = own[few[own]]
        theirs, level = self._near(mine, own)
        place = np.searchsorted(who, acts.account[own])
        return _told(who, place, theirs > 0, self._chances(spoken, own, place, theirs > 0, level))

    def _near(self, mine: I64, which: I64) -> tuple[I64, I64]:
        """Of each act: how many of the acts `mine` met it, and the level of the others in its span."""
        begin, until, end = (np.searchsorted(mine, side[which]) for side in (self.begin, self.until, self.end))
        others = self.end[which] - self.begin[which] - (end - begin)
        return until - begin, level_of(others)

    def _spoken(self, there: I64, aside: I64, out: I64, met: Flags, level: I64) -> _Spoken:
        """`there`: all acts on objects of the group, whose place outsiders' acts `out` take at their `level` without it."""
        gone = np.union1d(there, self.usual.acts_of(aside)) if aside.size else there
        gone = gone[self.usual.acts.crowd[gone] <= VIRAL]
        changed = zip(self.everybody, self._tables(gone, self.level[gone]), self._tables(out, level), strict=True)
        return _Spoken([whole - less + more for whole, less, more in changed], self._tables(out[met], level[met]))

    def _tables(self, which: I64, level: I64) -> list[F64]:
        return [_table(stratum, which, self.lent[which], level, self.levels) for stratum in self.strata]

    def _chances(self, spoken: _Spoken, own: I64, place: I64, met: Flags, level: I64) -> F64:
        """Of each act of those asked (their number: `place`) the chance of meeting the group."""
        lent = self.lent[own]
        everyone, hits = spoken.all[0].sum(axis=0), spoken.met[0].sum(axis=0)
        usual = hits / np.maximum(everyone, 1e-9)
        here = place * self.levels + level
        rate = _smoothed(hits[level] - _of_each(here, lent * met), everyone[level] - _of_each(here, lent))
        ratio = np.ones(own.size)
        for stratum, whole, seen in zip(self.strata, spoken.all, spoken.met, strict=True):
            at, here = stratum[own], place * whole.shape[0] + stratum[own]
            expected = (whole @ usual)[at] - _of_each(here, lent * usual[level])
            ratio = np.maximum(ratio, _smoothed(seen.sum(axis=1)[at] - _of_each(here, lent * met), expected))
        return np.minimum(rate * ratio, 1.0)


def _acts_on(objects: I64, chosen: I64) -> I64:
    """The acts on the objects `chosen`, ascending."""
    return expanded(np.searchsorted(objects, chosen), np.searchsorted(objects, chosen, side="right"))[0]


def _table(stratum: I64, which: I64, lent: F64, level: I64, levels: int) -> F64:
    many = int(stratum.max(initial=0)) + 1
    told = np.bincount(stratum[which] * levels + level, weights=lent, minlength=many * levels)
    return np.asarray(told.reshape(many, levels), dtype=np.float64)


def _of_each(key: I64, weight: F64) -> F64:
    """For each entry the sum of the weights under its key."""
    names, spot = np.unique(key, return_inverse=True)
    return np.asarray(np.bincount(spot, weight, names.size)[spot], dtype=np.float64)


def _smoothed(part: F64, whole: F64) -> F64:
    """part / whole with one more that is of the part; rounding may leave less than nothing."""
    return np.asarray((np.maximum(part, 0.0) + 1) / (np.maximum(whole, 0.0) + 1), dtype=np.float64)


def _told(who: I64, place: I64, met: Flags, chance: F64) -> pl.DataFrame:
    seen, expected = (
        np.asarray(np.bincount(place, weights=told, minlength=who.size), dtype=np.float64) for told in (met, chance)
    )
    # Past expected + 1 the Poisson tail is no smaller than the exact one, which costs the square of the acts.
    p = np.where(seen > expected + 1, poisson_tail(seen, expected), 1.0)
    for one in np.flatnonzero(p <= LIKELY):
        p[one] = min(p[one], chance_of_leading(int(seen[one]), np.sort(chance[place == one])))
    return pl.DataFrame({"account": who, "seen": seen.astype(np.int64), "expected": expected, "p": p}, schema=dict(MET))
