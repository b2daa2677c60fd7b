"""How coarse times are: seconds, whole minutes, hours or days. What was rounded looks like a clock and is none."""

import numpy as np
import polars as pl

from detectors.coding import I64
from detectors.significance import F64

STEPS = (60, 300, 600, 900, 1800, 3600, 86_400)  # seconds, to which exports are seen to round
NEARLY_ALL = 0.99  # some exports are joined from two sources; a few odd seconds do not make the rest exact
_SECOND = 1_000_000


def resolution_seconds(at: pl.Series) -> int:
    """The longest of STEPS on whose multiples at least 99 % of the times (datetimes) lie; 1 where there is none."""
    moments = at.drop_nulls().cast(pl.Datetime("us", "UTC")).to_physical().to_numpy()
    if not moments.size:
        return 1
    coarse = [step for step in STEPS if (moments % (step * _SECOND) == 0).mean() >= NEARLY_ALL]
    return max(coarse, default=1)


def own_resolutions(account: I64, at: I64, accounts: int) -> F64:
    """Seconds per account code: 60 where all its times (microseconds) are whole minutes, else 1.

    A data set may be joined from exports of which one rounds to the minute; such an account must not pass for a clock.
    Coarser steps are asked of the whole data only: an account whose every post comes on the hour *is* a clock.
    """
    on_minutes = np.bincount(account, weights=at % (60 * _SECOND) == 0, minlength=accounts)
    all_of_them = on_minutes == np.bincount(account, minlength=accounts)
    return np.where(all_of_them, 60.0, 1.0)
