"""Shape: what one can measure of any collection without knowing what it is about, as points of distribution functions."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import polars as pl

from detectors.worlds.drafts import F64

# Where the distribution functions are read. Between two of these points a tail may differ unseen; they are dense where
# the real sets differ (docs/generator.md), and few enough to be written down as figures.
POINTS: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "posts_per_account": (1, 2, 3, 4, 5, 7, 10, 20, 50, 100),
        "sharers_per_object": (1, 2, 3, 5, 10, 30, 100, 300, 1_000, 3_000),
        "gap_seconds": (1, 10, 60, 600, 3_600, 21_600, 86_400, 604_800),
    }
)
HOURS = 24


@dataclass(frozen=True, slots=True)
class Shape:
    """P(value <= point) for each measure of POINTS, the share of acts per hour of the day, and how many values stand behind each."""

    at: Mapping[str, tuple[float, ...]]
    hours: tuple[float, ...]
    values: Mapping[str, int]


def shape_of(shares: pl.DataFrame, acts: pl.DataFrame | None = None) -> Shape:
    """The shape of `shares` (account_id, object_id, at); activity and hours are those of `acts` (account_id, at) if given.

    Sharers are distinct accounts; gaps lie between one sharer of an object and the next in time.
    """
    acts = shares if acts is None else acts
    sharers = shares.group_by("object_id").agg(pl.col("account_id").n_unique())["account_id"]
    activity = acts.group_by("account_id").len()["len"]
    ordered = shares.sort("object_id", "at")
    apart = ordered.select(pl.col("at").diff().over("object_id").dt.total_microseconds() / 1e6)["at"].drop_nulls()
    measured = {"posts_per_account": activity, "sharers_per_object": sharers, "gap_seconds": apart}
    hours = np.bincount(acts["at"].dt.hour().to_numpy(), minlength=HOURS) / max(acts.height, 1)
    return Shape(
        {name: _below(values, POINTS[name]) for name, values in measured.items()},
        tuple(round(float(share), 4) for share in hours),
        {name: values.len() for name, values in measured.items()} | {"hours": acts.height},
    )


def _below(values: pl.Series, points: tuple[float, ...]) -> tuple[float, ...]:
    ordered = np.sort(values.cast(pl.Float64).to_numpy())
    within: F64 = np.searchsorted(ordered, points, side="right") / max(ordered.size, 1)
    return tuple(round(float(share), 4) for share in within)


def distance(left: Shape, right: Shape) -> dict[str, float]:
    """Kolmogorov-Smirnov distance at POINTS per measure, and for hours the total variation at the best rotation.

    Collections come from different time zones: only the form of the day is compared, not where it starts.
    """
    apart = {
        name: max(abs(a - b) for a, b in zip(left.at[name], right.at[name], strict=True))
        for name in POINTS
        if name in left.at and name in right.at
    }
    if left.hours and right.hours:
        turns = [np.roll(right.hours, hour) for hour in range(HOURS)]
        apart["hours"] = min(float(np.abs(np.array(left.hours) - turn).sum() / 2) for turn in turns)
    return apart
