"""Two new things of different causes that the same accounts took up together: a device and a link, a client and a provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl

from detectors.hypergeometric import hypergeometric_tail
from detectors.significance import F64, I64
from detectors.takeovers.adoption import LEAST_BROKEN, WINDOWS_US, Adoptions
from detectors.takeovers.habits import CAUSES, FEATURES
from detectors.takeovers.population import Names
from detectors.takeovers.rises import BESIDE_US
from detectors.takeovers.surprises import Surprises
from detectors.time_windows import starts_of

DAY_US = 86_400 * 1_000_000
# Of those who took up the rarer of the two. Who buys the new phone of a season may change the provider, too, more often than
# chance says; but most of either did not do the other.
MOST_OF = 0.5
Daily = Mapping[int, int]  # settled accounts that did anything, by day since 1970
AT_ONCE = 40  # new things of an account within a day that are coupled, those few took up first; an account with more is a newcomer


@dataclass(frozen=True)
class Couples:
    """One row per couple of values: `both` accounts took both up within BESIDE_US, within WINDOWS_US of one another, where chance
    gives `expected`; p of that many or more. `tests`: how many couples could have been told.
    """

    value: I64
    other: I64
    since: I64
    until: I64
    both: I64
    expected: F64
    p: F64
    tests: int


def couples(names: Names, daily: Daily, taken: Adoptions) -> Couples:
    """Couples that at least LEAST_BROKEN accounts took up. Chance: each of the two is taken up by accounts that day as often
    as it is, by busy ones more often (a configuration model on the adoptions of the accounts).
    """
    met = _met(names, taken)
    starts = np.flatnonzero(starts_of(met.couple))
    busy = _busyness(taken)
    rows = []
    for low, high in pairwise(np.append(starts, met.couple.size).tolist()):
        pair = int(met.value[low]), int(met.other[low])
        spans = (
            dict.fromkeys(densest(met.at[low:high], window) for window in WINDOWS_US)
            if high - low >= LEAST_BROKEN
            else {}
        )
        told = [_told(pair, met.at[low:high][slice(*span)], taken, daily, busy) for span in spans]
        if best := min((one for one in told if one is not None), key=lambda one: one[-1], default=None):
            rows.append((*pair, *best))
    columns = list(zip(*rows, strict=True)) or [()] * 7
    value, other, since, until, both = (np.array(column, dtype=np.int64) for column in columns[:5])
    expected, p = (np.array(column, dtype=np.float64) for column in columns[5:])
    return Couples(value, other, since, until, both, expected, p, _tests(names, taken))


def _told(
    pair: tuple[int, int], at: I64, taken: Adoptions, daily: Daily, busy: float
) -> tuple[int, int, int, float, float] | None:
    """since, until, both, expected, p of one couple in one window; None where too few of either took both up."""
    since, until, both = int(at[0]), int(at[-1]), at.size
    one, other = (_adopters(taken, value, since, until) for value in pair)
    if both < LEAST_BROKEN or both < MOST_OF * min(one, other):
        return None
    pool = max(int(around(daily, since, until) / busy), one, other)
    # Any of its accounts might have opened the window, and there are several windows.
    p = hypergeometric_tail(both, one, other, pool) * both * len(WINDOWS_US)
    return since, until, both, one * other / pool, min(p, 1.0)


_MEANS = {"account": pl.Int64, "at": pl.Int64, "means": pl.Boolean}


@dataclass(frozen=True)
class _Met:
    """Sorted by (couple, at): an account took up `value` and `other` (of a later cause) within BESIDE_US, the later one at `at`."""

    couple: I64
    value: I64
    other: I64
    account: I64
    at: I64


def _met(names: Names, taken: Adoptions) -> _Met:
    many = np.bincount(taken.value, minlength=len(names.values))[taken.value]
    kept = np.flatnonzero(many >= LEAST_BROKEN)
    cause = _cause(names, taken.value[kept])
    rows = pl.DataFrame(
        {
            "account": taken.account[kept],
            "value": taken.value[kept],
            "at": taken.at[kept],
            "cause": cause,
            "many": many[kept],
        }
    )
    day = pl.col("at") // DAY_US
    few = rows.filter(pl.struct("many", "value").rank("ordinal").over("account", day) <= AT_ONCE).drop("many")
    # Both days that touch the span of a day are asked, so that midnight parts nothing.
    left = few.with_columns(day=day)
    right = pl.concat([few.with_columns(day=day + step) for step in (-1, 0, 1)])
    both = left.join(right, on=["account", "day"], suffix="_other").filter(
        (pl.col("cause") < pl.col("cause_other")) & ((pl.col("at") - pl.col("at_other")).abs() <= BESIDE_US)
    )
    told = (
        _not_of_a_journey(both.with_columns(at=pl.max_horizontal("at", "at_other")), names, taken)
        .group_by("value", "value_other", "account")
        .agg(pl.col("at").min())
        .sort("value", "value_other", "at", "account")
    )
    value, other = told["value"].to_numpy(), told["value_other"].to_numpy()
    return _Met(value * len(names.values) + other, value, other, told["account"].to_numpy(), told["at"].to_numpy())


def _not_of_a_journey(both: pl.DataFrame, names: Names, taken: Adoptions) -> pl.DataFrame:
    """Those of the couples that hold a device or client, and of the others those of accounts that took up one of these within
    BESIDE_US, too: everybody at a conference has its network and its site, but his own telephone.
    """
    means = CAUSES.index("means")
    rows = np.flatnonzero(_cause(names, taken.value) == means)
    new = pl.DataFrame({"account": taken.account[rows], "at": taken.at[rows], "means": True}, schema=_MEANS).sort("at")
    near = both.sort("at").join_asof(
        new, on="at", by="account", strategy="nearest", tolerance=BESIDE_US, check_sortedness=False
    )
    holds = (pl.col("cause") == means) | (pl.col("cause_other") == means)
    return near.filter(holds | pl.col("means").fill_null(False))


def _cause(names: Names, value: I64) -> I64:
    causes = np.array([CAUSES.index(feature.cause) for feature in FEATURES])
    return np.asarray(causes[names.feature[value]], dtype=np.int64)


def densest(at: I64, window: int) -> tuple[int, int]:
    """The span [first, last) of `window` with most of the ascending times; the earliest of several."""
    ends = np.searchsorted(at, at + window, side="right")
    first = int((ends - np.arange(at.size)).argmax())
    return first, int(ends[first])


def _adopters(taken: Adoptions, value: int, since: int, until: int) -> int:
    low, high = np.searchsorted(taken.value, [value, value + 1])
    at = taken.at[low:high]
    return int(((at >= since - BESIDE_US) & (at <= until + BESIDE_US)).sum())


def _busyness(taken: Adoptions) -> float:
    """By how much uneven activity raises the chance that an account takes up two things: mean of squares over square of mean."""
    each = np.unique(taken.account, return_counts=True)[1].astype(np.float64)
    return float((each**2).mean() / each.mean() ** 2) if each.size else 1.0


def active_by_day(found: Surprises) -> Daily:
    """How many settled accounts did anything on each day."""
    settled = found.settled
    pairs = np.unique(np.stack([found.at[settled] // DAY_US, found.account[settled]], axis=1), axis=0)
    days, accounts = np.unique(pairs[:, 0], return_counts=True)
    return dict(zip(days.tolist(), accounts.tolist(), strict=True))


def around(daily: Daily, since: int, until: int) -> float:
    """Accounts that were there: those of the busiest day, which is less than those of all the days."""
    days = range((since - BESIDE_US) // DAY_US, (until + BESIDE_US) // DAY_US + 1)
    return float(max(*(daily.get(day, 0) for day in days), 1))


def _tests(names: Names, taken: Adoptions) -> int:
    """Couples of values of different causes that enough accounts took up within the same span of WINDOWS_US."""
    span = pl.DataFrame({"value": taken.value, "span": taken.at // WINDOWS_US[-1]})
    often = span.group_by("value", "span").len().filter(pl.col("len") >= LEAST_BROKEN)
    cause = pl.Series(_cause(names, often["value"].to_numpy()), dtype=pl.Int64)
    each = often.with_columns(cause=cause).group_by("span", "cause").len()
    of_span = each.group_by("span").agg(
        all=pl.col("len").sum().cast(pl.Int64), same=(pl.col("len").cast(pl.Int64) ** 2).sum()
    )
    return int(of_span.select(((pl.col("all") ** 2 - pl.col("same")) / 2).sum()).item())
