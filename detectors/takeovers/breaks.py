"""How far an account has left its own habits: the cumulative sum of its surprises."""

import numpy as np

from detectors.significance import F64, I64
from detectors.takeovers.surprises import Surprises
from detectors.time_windows import starts_of

DRIFT = 0.5  # taken off every event, so that sums fall while nothing happens (DETECTORS section 3, delta)


def heights(found: Surprises, without: str | None = None) -> F64:
    """Page's cumulative sum after each event: max(0, the one before + ratio - DRIFT), from 0 for each account."""
    walked = _running(found.account, found.ratio(without) - DRIFT)
    return np.asarray(walked - np.minimum(_lowest(found.account, walked), 0.0))


def _running(account: I64, step: F64) -> F64:
    """Sums within each account."""
    total = np.cumsum(step)
    starts = np.flatnonzero(starts_of(account))
    base = total[starts] - step[starts]
    return np.asarray(total - np.repeat(base, np.diff(np.append(starts, account.size))))


def _lowest(account: I64, walked: F64) -> F64:
    """The lowest value so far within each account."""
    starts = np.flatnonzero(starts_of(account))
    # Accounts are lifted one below the other, so that one running minimum serves all.
    lift = np.repeat(np.arange(starts.size), np.diff(np.append(starts, account.size))).astype(np.float64)
    span = float(walked.max(initial=0.0) - walked.min(initial=0.0)) + 1.0
    return np.asarray(np.minimum.accumulate(walked - lift * span) + lift * span)
