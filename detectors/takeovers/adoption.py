"""New things that accounts took up together: how many of those who took one up broke with their habits, and how many would."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.special import betainc

from detectors.significance import F64, I64
from detectors.takeovers.habits import CODES, FEATURES
from detectors.takeovers.population import Names, Observed
from detectors.takeovers.rises import days_around, rise
from detectors.takeovers.surprises import Surprises
from detectors.time_windows import starts_of

HOUR_US = 3_600_000_000
# Within what time a new thing is taken up together: W of DETECTORS section 3, and the ten days that slower work queues take. What
# says more is paid for.
WINDOWS_US = (72 * HOUR_US, 240 * HOUR_US)
DAY_US = 86_400 * 1_000_000
WEEK_US = 7 * 86_400 * 1_000_000
LEAST_BROKEN, LEAST_SHARE = 3, 0.3  # x and x / n of DETECTORS section 3
# What counts as a break beside an adoption: one event with two strange things about it; several; many.
LEVELS = (2.5, 6.0, 10.0)
# Devices that two accounts take up, at least, and households of two that are of three, of three that are of four: assumptions, on the
# high side (a third person shares the tablet less often). A device that nine accounts took up at once is no household's.
SHARED, ONE_MORE = 0.02, 0.25
LENT = 20.0  # adoptions that all cohorts lend to one: a week with three adoptions says little by itself


@dataclass(frozen=True)
class Adoptions:
    """First uses of values by settled accounts, sorted by (value, at, account). `rose`: by how much the account's sum of
    surprise rose within a day of it, the cause of the value itself left out: what else about it was strange. `days`: on how many days a
    settled account was seen; `broken_days`: by feature and level, on how many of those it broke so.
    """

    account: I64
    value: I64
    at: I64
    rose: F64
    days: int
    broken_days: I64


def adoptions(observed: Observed, found: Surprises) -> Adoptions:
    """Of the accounts of `observed`, whose surprises `found` are."""
    parts = []
    day = days_around(found)
    rises = {cause: rise(found, cause, day) for cause in dict.fromkeys(one.cause for one in FEATURES if one.ties)}
    opens = np.flatnonzero(starts_of(found.account, found.at // DAY_US) & found.settled)
    for code, feature in enumerate(FEATURES):
        rows = np.flatnonzero(found.new & (observed.feature == code)) if feature.ties else np.empty(0, np.int64)
        parts.append(
            Adoptions(
                observed.account[rows].astype(np.int64),
                observed.value[rows].astype(np.int64),
                observed.at[rows],
                rises[feature.cause][found.event[rows]] if feature.ties else np.empty(0),
                opens.size if code == 0 else 0,
                _broken(code, rises[feature.cause][opens] if feature.ties else np.empty(0)),
            )
        )
    return all_adoptions(parts)


def all_adoptions(parts: Sequence[Adoptions]) -> Adoptions:
    """Those of several parts in one order."""
    account, value, at, rose = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("account", "value", "at", "rose")
    )
    order = np.lexsort((account, at, value))
    days, broken = sum(part.days for part in parts), np.sum([part.broken_days for part in parts], axis=0)
    return Adoptions(account[order], value[order], at[order], rose[order], days, broken)


def _broken(feature: int, rose: F64) -> I64:
    """FEATURES x LEVELS: how many rose above each level, in the row of one feature."""
    counts = np.zeros((len(FEATURES), len(LEVELS)), dtype=np.int64)
    counts[feature] = [(rose > level).sum() for level in LEVELS]
    return counts


@dataclass(frozen=True)
class Entities:
    """What several accounts took up within WINDOWS_US, one row per value: `adopted` in that time, `broke` of them (rose above
    `level`), the share that breaks beside such adoptions usually (`usual`), and p; `since` and `until` in microseconds. `tests`: values that enough accounts took up to be tested.
    """

    value: I64
    since: I64
    until: I64
    adopted: I64
    broke: I64
    level: F64
    usual: F64
    p: F64
    tests: int


def entities(names: Names, taken: Adoptions) -> Entities:
    """Every value that LEAST_BROKEN accounts took up within WINDOWS_US; the window that says most, paid for by their number.

    An adoption of the same feature in the same week breaks as often as the others of that week did (the value's own left
    out): an app release, a carrier's change, a conference gives nothing, however many take part.
    """
    starts = np.flatnonzero(starts_of(taken.value))
    company = _Company(names, taken)
    cohorts = [_Cohorts(names, taken, level) for level in LEVELS]
    rows = []
    for low, high in pairwise(np.append(starts, taken.value.size).tolist()):
        told = [one for cohort in cohorts if (one := cohort.test(low, high)) is not None]
        if told:
            best = min(told, key=lambda one: (one[-1], one[5]))
            feature = int(names.feature[best[0]])
            rows.append(
                (*best[:-1], both_by_chance(best[-1], company(best[3])) if feature == CODES["device"] else best[-1])
            )
    columns = list(zip(*rows, strict=True)) or [()] * 8
    value, since, until, adopted, broke = (np.array(column, dtype=np.int64) for column in columns[:5])
    level, usual, p = (np.array(column, dtype=np.float64) for column in columns[5:])
    tests = int((np.diff(np.append(starts, taken.value.size)) >= LEAST_BROKEN).sum())
    return Entities(value, since, until, adopted, broke, level, usual, p, tests)


class _Company:
    """How likely so many accounts take up one device: as often as two do, and each more as often as one more of a household does."""

    def __init__(self, names: Names, taken: Adoptions) -> None:
        number = np.bincount(taken.value, minlength=len(names.values))[names.feature == CODES["device"]]
        self.shared = float((number > 1).sum() / max((number > 0).sum(), 1))

    def __call__(self, accounts: int) -> float:
        return float(min(max(self.shared, SHARED) * ONE_MORE ** (accounts - 2), 1.0))


def both_by_chance(one: float, other: float) -> float:
    """Fisher's p of two independent ones: the chance that their product is so small."""
    product = max(one * other, 1e-300)
    return min(product * (1.0 - float(np.log(product))), 1.0)


class _Cohorts:
    """How often adoptions of a feature and week come with a break of one level.

    Counted over what hardly anybody else took up: an intruder's things would say that breaks are usual. Where there is little of that,
    over the days of all accounts.
    """

    def __init__(self, names: Names, taken: Adoptions, level: float) -> None:
        self.taken, self.level = taken, level
        self.kind = names.feature[taken.value]
        alone = np.bincount(taken.value, minlength=len(names.values))[taken.value] < LEAST_BROKEN
        week = (taken.at - taken.at.min(initial=0)) // WEEK_US
        self.broken = (taken.rose > level).astype(np.float64)
        self.cohort = self.kind * (int(week.max(initial=0)) + 1) + week
        size = int(self.cohort.max(initial=0)) + 1
        self.adopted = np.bincount(self.cohort[alone], minlength=size)
        self.broke = np.bincount(self.cohort[alone], self.broken[alone], minlength=size)
        by_day = (taken.broken_days[:, LEVELS.index(level)] + 0.5) / (taken.days + 1.0)
        ever = np.bincount(self.kind[alone], minlength=len(FEATURES))
        broke_ever = np.bincount(self.kind[alone], self.broken[alone], minlength=len(FEATURES))
        self.base = (broke_ever + LENT * by_day) / (ever + LENT)

    def test(self, low: int, high: int) -> tuple[int, int, int, int, int, float, float, float] | None:
        """value, since, until, adopted, broke, level, usual, p of the adoptions low..high; None where too few broke."""
        own, broken = slice(low, high), self.broken[low:high]
        if broken.sum() < LEAST_BROKEN:
            return None
        usual = self._usual(own, int(self.kind[low]))
        each = [_best_window(self.taken.at[own], broken, usual, window) for window in WINDOWS_US]
        told = [one for one in each if one is not None]
        if not told:
            return None
        best = min(told, key=lambda one: one[4])
        paid = len(LEVELS) * len(WINDOWS_US)
        return (int(self.taken.value[low]), *best[:4], self.level, usual, min(best[4] * paid, 1.0))

    def _usual(self, own: slice, kind: int) -> float:
        weeks = np.unique(self.cohort[own])
        of_weeks = self.broke[weeks].sum() + LENT * self.base[kind]
        return float(min(of_weeks / (self.adopted[weeks].sum() + LENT), 1.0))


def _best_window(at: I64, broken: F64, usual: float, window: int) -> tuple[int, int, int, int, float] | None:
    """since, until, adopted, broke, p of the window that starts and ends with a break and says most; None without one."""
    marks = np.flatnonzero(broken)
    sums = np.append(0, np.cumsum(broken))
    best: tuple[int, int, int, int, float] | None = None
    ends = np.searchsorted(at[marks], at[marks] + window, side="right")
    for place, end in enumerate(ends):
        first, lasts = marks[place], marks[place:end]
        adopted, broke = lasts - first + 1, sums[lasts + 1] - sums[first]
        fits = (broke >= LEAST_BROKEN) & (broke >= LEAST_SHARE * adopted)
        if not fits.any():
            continue
        p = np.minimum(betainc(broke[fits], adopted[fits] - broke[fits] + 1, usual) * marks.size, 1.0)
        least = int(p.argmin())
        if best is None or p[least] < best[4]:
            last = lasts[fits][least]
            best = (int(at[first]), int(at[last]), int(adopted[fits][least]), int(broke[fits][least]), float(p[least]))
    return best
