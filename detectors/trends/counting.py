"""Counts of acts per value and bin: which series are looked at, and what was left out for size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl

from detectors.trends.acts import EVERYTHING, Acts
from detectors.trends.forecast import F64, I64, Forecast, forecast
from graph.errors import BadSetting

BINS = {"15min": timedelta(minutes=15), "1h": timedelta(hours=1), "1d": timedelta(days=1)}  # DETECTORS 6
MOST_BINS = 20_000  # 208 days of quarter hours; one bin is one step of a loop
MOST_SERIES = 2_000  # per dimension: what is rarer than the 2,000th value is seldom a trend
LEAST_ACTS = 20  # a value with fewer acts in all the data cannot stand out by much
LEAST_BINS = 24
_WARM = timedelta(days=7)  # one turn of the week
_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Grid:
    """The bins: `first` in microseconds, `width` in microseconds, how many, how many to learn from before judging."""

    first: int
    width: int
    bins: int
    warm: int

    @property
    def per_day(self) -> float:
        return _DAY_US / self.width

    def bin_of(self, at: pl.Expr) -> pl.Expr:
        return (at - self.first) // self.width

    def start(self, place: int) -> int:
        return self.first + place * self.width

    def hours_of_day(self) -> I64:
        """The hour of each bin (0 for bins of a day)."""
        return self._starts() // 3_600_000_000 % 24 if self.per_day > 1 else np.zeros(self.bins, dtype=np.int64)

    def places_in_week(self) -> I64:
        """The hour of the week of each bin; the day of the week for bins of a day."""
        return self._starts() // 3_600_000_000 % 168 if self.per_day > 1 else self._starts() // _DAY_US % 7

    def _starts(self) -> I64:
        return self.first + self.width * np.arange(self.bins, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Series:
    """`named`: dimension, value, acts, one row per series, sorted; `notes` say what was left out."""

    grid: Grid
    named: pl.DataFrame
    rhythm: F64  # the season of everything, per bin: what the rhythm of a small series is shrunk to
    notes: tuple[str, ...]


def grid_of(acts: pl.DataFrame, width: timedelta) -> Grid:
    """Bins from the first act to the last; raises BadSetting when they are too many, or too few to learn a rhythm from."""
    step = int(width.total_seconds() * 1e6)
    if acts.is_empty():
        raise BadSetting("There are no acts to count.", "flockwatch ingest FILE...")
    first, last = (int(x) // step * step for x in acts.select(a=pl.col("at").min(), b=pl.col("at").max()).row(0))
    bins = (last - first) // step + 1
    if bins > MOST_BINS:
        raise BadSetting(
            f"The data spans {bins:,} bins; {MOST_BINS:,} are the most.", "Take a wider --bin, such as 1d."
        )
    if bins < LEAST_BINS:
        raise BadSetting(
            f"The data spans only {bins:,} bins; what is usual cannot be learnt from fewer than {LEAST_BINS}.",
            "Take a narrower --bin, such as 15min, or more data.",
        )
    return Grid(first, step, bins, max(8, min(int(_WARM.total_seconds() * 1e6) // step, bins // 3)))


def series_of(acts: Acts, dimensions: Sequence[str], width: timedelta) -> Series:
    """The series of `dimensions` with at least LEAST_ACTS acts, the MOST_SERIES most frequent of each dimension."""
    grid = grid_of(acts.acts, width)
    counted = acts.marks.filter(pl.col("dimension").is_in(list(dimensions))).group_by("dimension", "value").len("acts")
    enough = counted.filter(pl.col("acts") >= LEAST_ACTS).sort(
        "dimension", "acts", "value", descending=[False, True, False]
    )
    kept = enough.group_by("dimension", maintain_order=True).head(MOST_SERIES)
    notes = [
        f"{enough.height - kept.height:,} series beyond the {MOST_SERIES:,} most frequent of a dimension were left out."
    ]
    whole = pl.DataFrame({"dimension": [EVERYTHING], "value": [EVERYTHING], "acts": [acts.acts.height]})
    named = pl.concat([whole if EVERYTHING in dimensions else whole.clear(), kept.cast({"acts": pl.Int64})])
    said = tuple(notes if kept.height < enough.height else ())
    return Series(grid, named.sort("dimension", "value"), rhythm_of(acts, grid), said)


def counts_of(acts: Acts, grid: Grid, named: pl.DataFrame) -> F64:
    """Acts per series (rows as in `named`) and bin."""
    table = np.zeros((named.height, grid.bins))
    rows = named.select("dimension", "value").with_row_index("row")
    binned = acts.acts.select("act", bin=grid.bin_of(pl.col("at")))
    counted = acts.marks.join(rows, on=["dimension", "value"]).join(binned, on="act").group_by("row", "bin").len("n")
    table[counted["row"].to_numpy(), counted["bin"].to_numpy()] = counted["n"].to_numpy()
    for place in rows.filter(pl.col("dimension") == EVERYTHING)["row"]:
        table[place] = everything_of(acts, grid)
    return table


def everything_of(acts: Acts, grid: Grid) -> F64:
    return np.bincount(acts.acts.select(grid.bin_of(pl.col("at"))).to_series().to_numpy(), minlength=grid.bins).astype(
        np.float64
    )


def rhythm_of(acts: Acts, grid: Grid) -> F64:
    """The season of everything: hours of the week shrunk to hours of the day, hours of the day to none."""
    whole = everything_of(acts, grid)[None, :]
    by_day = forecast(whole, grid.hours_of_day(), np.ones(grid.bins), grid.per_day, grid.warm)
    by_week = forecast(whole, grid.places_in_week(), by_day.season[0], grid.per_day, grid.warm)
    return np.asarray(by_week.season[0], dtype=np.float64)


def forecast_of(series: Series, counts: F64) -> Forecast:
    """The forecast of those series, shrunk to the rhythm of everything."""
    grid = series.grid
    return forecast(counts, grid.places_in_week(), series.rhythm, grid.per_day, grid.warm)
