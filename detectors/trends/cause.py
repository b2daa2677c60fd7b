"""What a rise is made of: per dimension the fewest values that explain four fifths of the excess, and how surprising they are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.trends.acts import EVERYTHING, NONE, Acts
from graph.schemas import FrameSchema

ENOUGH = 0.8  # DETECTORS 6: the share of the excess that a set of values must explain
MOST_VALUES = 10  # more is not a cause but a list
CANDIDATES = 200  # values of a dimension with the largest excess of their own
LEAST_BEFORE = 20  # acts of the series before, below which everything before says what is usual: a new tag has no past
ACCOUNT = "account"  # who acted is looked at as a cause, never as a trend

CAUSE_SCHEMA: FrameSchema = {
    "dimension": pl.String,
    "value": pl.String,  # "" = acts without a value of the dimension
    "rank": pl.Int64,
    "seen": pl.Float64,
    "expected": pl.Float64,
    "share": pl.Float64,  # of the excess that no value before it explains
    "explained": pl.Float64,  # of the excess, by this value and those before it
    "surprise": pl.Float64,  # its part of the Jensen-Shannon divergence between seen and expected shares, bits
}


@dataclass(frozen=True, slots=True)
class Rise:
    """A span of one series: microseconds [since, until), `seen` acts where `expected` were; `baseline` starts the time before."""

    dimension: str
    value: str
    since: int
    until: int
    seen: float
    expected: float
    baseline: int
    kind: str = "spike"

    @property
    def excess(self) -> float:
        return self.seen - self.expected


def causes(acts: Acts, rise: Rise, dimensions: Sequence[str]) -> pl.DataFrame:
    """CAUSE_SCHEMA: for each dimension the values that explain ENOUGH of the excess, or the best MOST_VALUES; the likeliest cause first.

    An act may bear several values (tags), so a value counts only for acts that no value before it bears: shares add up to
    at most 1. What a value was expected to have is the expectation of the rise times the value's share of the acts before
    it, of everything before it when the series has hardly a past. Dimensions that explain enough come first, by the surprise of their most telling values together: a language that nearly everybody writes explains nearly
    every rise and surprises nobody. After Adtributor (Bhagwan et al. 2014).
    """
    mine = acts.bearing(rise.dimension, rise.value)
    now = mine.filter((pl.col("at") >= rise.since) & (pl.col("at") < rise.until))
    earlier = (pl.col("at") >= rise.baseline) & (pl.col("at") < rise.since)
    before = mine.filter(earlier)
    if before.height < LEAST_BEFORE:
        before = acts.acts.filter(earlier)
    marks = acts.marks.join(pl.concat([now, before]).select("act"), on="act", how="semi")
    told = [_of_dimension(marks, rise, now, before, name) for name in dimensions if name != EVERYTHING]
    told = [frame for frame in told if frame.height]
    if not told:
        return pl.DataFrame(schema=dict(CAUSE_SCHEMA))
    return pl.concat(sorted(told, key=lambda frame: _rank(frame, rise)))


def most_telling(values: pl.DataFrame, rise: Rise) -> tuple[int, float]:
    """How many of the leading values of one dimension are together the most surprising, and how surprising they are.

    Bits between the share that they had in the rise and the one they were expected to have, of all of them together: posts
    and shares make up every rise, and always made up everything.
    """
    seen = np.minimum(values["seen"].cum_sum().to_numpy() / max(rise.seen, 1e-9), 1.0)
    due = np.minimum(values["expected"].cum_sum().to_numpy() / max(rise.expected, 1e-9), 1.0)
    bits = [
        round(_surprise(one, other) + _surprise(1 - one, 1 - other), 9) for one, other in zip(seen, due, strict=True)
    ]
    best = max(range(len(bits)), key=lambda place: (bits[place], -place))
    return best + 1, bits[best]


def _rank(frame: pl.DataFrame, rise: Rise) -> tuple[bool, float, int, str]:
    explained, dimension = frame["explained"][-1], frame["dimension"][0]
    return explained < ENOUGH, -most_telling(frame, rise)[1], frame.height, dimension


def _of_dimension(
    marks: pl.DataFrame, rise: Rise, now: pl.DataFrame, before: pl.DataFrame, dimension: str
) -> pl.DataFrame:
    new, old = _bearing(marks, now, dimension), _bearing(marks, before, dimension)
    if dimension == rise.dimension:  # every act of the rise bears its own value; what else they bear may be the cause
        new, old = (side.filter(pl.col("value") != rise.value) for side in (new, old))
    if new.filter(pl.col("value") != NONE).is_empty():
        return pl.DataFrame(schema=dict(CAUSE_SCHEMA))
    scale = rise.expected / max(before.height, 1)
    rows: list[tuple[object, ...]] = []
    explained = 0.0
    while explained < ENOUGH and len(rows) < MOST_VALUES:
        gains = _gains(new, old, scale)
        if gains.is_empty() or gains["gain"][0] <= 0:
            break
        value, seen, expected, gain = gains.row(0)
        explained += gain / rise.excess
        surprise = _surprise(seen / max(now.height, 1), expected / max(rise.expected, 1e-9))
        rows.append((dimension, value, len(rows) + 1, seen, expected, gain / rise.excess, explained, surprise))
        new, old = (_without(side, value) for side in (new, old))
    return pl.DataFrame(rows, schema=dict(CAUSE_SCHEMA), orient="row")


def _bearing(marks: pl.DataFrame, some: pl.DataFrame, dimension: str) -> pl.DataFrame:
    """act, value: every value of the dimension that the acts bear, NONE for an act without."""
    if dimension == ACCOUNT:
        return some.select("act", value="account_id")
    mine = marks.filter(pl.col("dimension") == dimension).select("act", "value")
    return some.select("act").join(mine, on="act", how="left").with_columns(pl.col("value").fill_null(NONE))


def _gains(new: pl.DataFrame, old: pl.DataFrame, scale: float) -> pl.DataFrame:
    """value, seen, expected, gain: the largest excess first, then the smaller name."""
    counted = new.group_by("value").agg(pl.len().cast(pl.Float64).alias("seen"))
    top = counted.sort("seen", "value", descending=[True, False]).head(CANDIDATES)
    due = old.group_by("value").agg((pl.len() * scale).alias("expected"))
    both = top.join(due, on="value", how="left").with_columns(pl.col("expected").fill_null(0.0))
    return both.with_columns(gain=pl.col("seen") - pl.col("expected")).sort("gain", "value", descending=[True, False])


def _without(side: pl.DataFrame, value: str) -> pl.DataFrame:
    return side.join(side.filter(pl.col("value") == value).select("act"), on="act", how="anti")


def _surprise(seen: float, expected: float) -> float:
    """One value's part of the Jensen-Shannon divergence, in bits."""
    middle = (seen + expected) / 2 or 1.0
    parts = [share * np.log2(share / middle) for share in (seen, expected) if share > 0]
    return float(sum(parts) / 2)
