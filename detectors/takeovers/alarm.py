"""When an account left its own habits by so much that the alarm goes: at most once in a thousand months of accounts nobody took over."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.significance import F64, I64
from detectors.takeovers.breaks import heights
from detectors.takeovers.surprises import Surprises
from detectors.time_windows import starts_of
from graph.schemas import TIME, FrameSchema

MONTH_US = 30 * 86_400 * 1_000_000
MONTHS_PER_ALARM = 1_000  # DETECTORS section 3
LOW = 2.0  # excursions below are not kept: a level so low would give more than one alarm in a hundred months in all data looked at

ALARM_SCHEMA: FrameSchema = {
    "account": pl.Int64,
    "alarm_not_before": TIME,  # the last event at which nothing was unusual (DETECTORS section 3, t-hat)
    "alarm_at": TIME,  # the event that took the sum over the level
}


@dataclass(frozen=True)
class Excursions:
    """How high the sums of accounts went between two events at which they were 0, one row per excursion above LOW; and the `months` that
    each of the accounts with habits (`settled`) was seen with them.
    """

    account: I64
    peak: F64
    settled: I64
    months: F64


@dataclass(frozen=True)
class Level:
    """Sums above `height` are alarms. `months` of accounts and the `alarms` they had at that level, on which it was set."""

    height: float
    months: float
    alarms: int


def excursions(found: Surprises) -> Excursions:
    height = heights(found)
    runs = np.flatnonzero(starts_of(found.account) | (height == 0)) if height.size else np.empty(0, np.int64)
    peak = np.maximum.reduceat(height, runs) if runs.size else np.empty(0)
    high = peak > LOW
    first = np.flatnonzero(found.settled & starts_of(found.account, found.settled))
    last = np.searchsorted(found.account, found.account[first], side="right") - 1
    return Excursions(
        found.account[runs][high],
        peak[high],
        found.account[first],
        (found.at[last] - found.at[first]) / MONTH_US,
    )


def all_excursions(parts: Sequence[Excursions]) -> Excursions:
    """Those of several accounts, sorted by account."""
    account, peak, settled, months = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("account", "peak", "settled", "months")
    )
    order, of_months = np.lexsort((peak, account)), np.argsort(settled, kind="stable")
    return Excursions(account[order], peak[order], settled[of_months], months[of_months])


def level(seen: Excursions, without: I64) -> Level | None:
    """The lowest level that the accounts `seen`, but for those `without`, pass at most once in MONTHS_PER_ALARM months; None when they
    have fewer months than that.
    """
    months = float(seen.months[~np.isin(seen.settled, without)].sum())
    allowed = int(months / MONTHS_PER_ALARM)
    if not allowed:
        return None
    peak = np.sort(seen.peak[~np.isin(seen.account, without)])[::-1]
    height = float(peak[allowed]) if peak.size > allowed else LOW
    return Level(height, months, int((peak > height).sum()))


def alarms(found: Surprises, above: Level | None) -> pl.DataFrame:
    """ALARM_SCHEMA: the first alarm of each account that had one, by account."""
    if above is None or not found.account.size:
        return pl.DataFrame(schema=dict(ALARM_SCHEMA))
    height = heights(found)
    over = np.flatnonzero(height > above.height)
    over = over[starts_of(found.account[over])] if over.size else over
    calm = np.flatnonzero(height == 0)
    before = calm[np.searchsorted(calm, over) - 1]
    columns = {
        "account": found.account[over],
        "alarm_not_before": found.at[before],
        "alarm_at": found.at[over],
    }
    return pl.DataFrame(columns).select(pl.col(name).cast(dtype) for name, dtype in ALARM_SCHEMA.items())
