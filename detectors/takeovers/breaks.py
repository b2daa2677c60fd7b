"""How far an account has left its own habits: the cumulative sum of its surprises."""

import polars as pl

from detectors.significance import F64
from detectors.takeovers.surprises import Surprises

DRIFT = 0.5  # taken off every event, so that sums fall while nothing happens (DETECTORS section 3, delta)


def heights(found: Surprises, without: str | None = None) -> F64:
    """Page's cumulative sum after each event: max(0, the one before + ratio - DRIFT), from 0 for each account."""
    # Sums of one account never pass through those of another, so that its digits do not depend on who stands beside it.
    walked = pl.col("step").cum_sum().over("account")
    steps = pl.DataFrame({"account": found.account, "step": found.ratio(without) - DRIFT})
    sums = steps.select("account", walked=walked).with_columns(lowest=pl.col("walked").cum_min().over("account"))
    return sums.select(pl.col("walked") - pl.min_horizontal("lowest", 0.0)).to_series().to_numpy()
