"""How far an account has left its own habits: the cumulative sum of its surprises, beyond what is usual for it."""

import numpy as np
import polars as pl

from detectors.significance import F64
from detectors.takeovers.surprises import Surprises

DRIFT = 0.5  # taken off every event, so that sums fall while nothing happens (DETECTORS section 3, delta)
LENT_EVENTS = 10.0  # events of no surprise that each account is lent before its own mean counts


def heights(found: Surprises, without: str | None = None) -> F64:
    """Page's cumulative sum after each event: max(0, the one before + step), from 0 for each account."""
    # Sums of one account never pass through those of another, so that its digits do not depend on who stands beside it.
    walked = pl.col("step").cum_sum().over("account")
    steps = pl.DataFrame({"account": found.account, "step": _steps(found, without)})
    sums = steps.select("account", walked=walked).with_columns(lowest=pl.col("walked").cum_min().over("account"))
    return sums.select(pl.col("walked") - pl.min_horizontal("lowest", 0.0)).to_series().to_numpy()


def _steps(found: Surprises, without: str | None) -> F64:
    """The surprise of each event less DRIFT, less what the account's earlier events had on average, where that was more than none,
    in units of how much they varied, where that was more than one. Somebody who writes of something new all day never breaks otherwise.
    """
    ratio = found.ratio(without)
    rows = pl.DataFrame({"account": found.account, "ratio": ratio, "one": found.settled.astype(np.float64)})
    before = [pl.col(name).cum_sum().shift(1, fill_value=0.0).over("account") for name in ("ratio", "one", "square")]
    told = rows.with_columns(square=pl.col("ratio") ** 2).select(
        before[0].alias("sum"), before[1].alias("number"), before[2].alias("square")
    )
    number = told["number"].to_numpy() + LENT_EVENTS
    mean = told["sum"].to_numpy() / number
    spread = np.sqrt(np.maximum(told["square"].to_numpy() / number - mean**2, 1.0))
    return np.asarray((ratio - np.maximum(mean, 0.0)) / spread - DRIFT)
