"""Which bins stand out over all series, and which series climb slowly: spikes and ramps."""

import numpy as np
import polars as pl
from scipy.optimize import brentq
from scipy.special import ndtri

from detectors.significance import benjamini_hochberg
from detectors.trends.acts import Acts
from detectors.trends.counting import Series, counts_of, forecast_of
from detectors.trends.forecast import F64, mid_p
from graph.schemas import FrameSchema

Q = 0.01  # DETECTORS 6
_CELLS = 4_000_000  # series x bins forecast at once
_SLACK = 0.5  # CUSUM: half of the shift of one standard deviation that it is tuned to (Page 1954; Montgomery's choice)
_MOST_Z = 3.0  # so that one bin alone is no ramp: the line is never below four of these

ANOMALY_SCHEMA: FrameSchema = {
    "dimension": pl.String,
    "value": pl.String,
    "kind": pl.String,  # spike | ramp
    "since": pl.Int64,  # bin, inclusive
    "until": pl.Int64,  # bin, exclusive
    "seen": pl.Float64,
    "expected": pl.Float64,
    "alpha": pl.Float64,  # dispersion of what is expected, the mean over its bins
    "p": pl.Float64,  # smallest mid-p of its bins; null for ramps
    "q": pl.Float64,
}


def anomalies(acts: Acts, series: Series, q: float = Q) -> pl.DataFrame:
    """ANOMALY_SCHEMA: spikes (bins with Benjamini-Hochberg q <= `q` over every judged bin of every series; neighbours are one), then ramps (CUSUM) that hold no spike; the largest excess first.

    The line of the CUSUM is set so that `q` false alarms are expected in all series together (Siegmund's approximation of
    the run length).
    """
    if series.named.is_empty():
        return pl.DataFrame(schema=dict(ANOMALY_SCHEMA))
    tests = series.named.height * (series.grid.bins - series.grid.warm)
    line = cusum_line(tests / q)
    found = [_of_block(acts, series, block, q, line) for block in _blocks(series)]
    cells = pl.concat([cell for cell, _ in found])
    adjusted = benjamini_hochberg(cells["p"].to_numpy(), tests)
    loud = cells.with_columns(pl.Series("q", adjusted)).filter(pl.col("q") <= q)
    spikes = _joined(loud)
    ramps = [ramp for _, many in found for ramp in many]
    slow = pl.DataFrame(ramps, schema=dict(ANOMALY_SCHEMA), orient="row")
    overlap = slow.with_row_index("n").join(spikes, on=["dimension", "value"], suffix="_spike")
    loud_ramps = overlap.filter((pl.col("since_spike") < pl.col("until")) & (pl.col("until_spike") > pl.col("since")))
    quiet = slow.with_row_index("n").join(loud_ramps.select("n").unique(), on="n", how="anti").drop("n")
    quiet = quiet.filter(pl.col("seen") > pl.col("expected"))  # many small scores may climb where the sum does not
    both = pl.concat([spikes, quiet])
    excess = pl.col("seen") - pl.col("expected")
    return both.sort(excess, "dimension", "value", "since", descending=[True, False, False, False])


_CELL = {
    "dimension": pl.String,
    "value": pl.String,
    "bin": pl.Int64,
    "seen": pl.Float64,
    "expected": pl.Float64,
    "alpha": pl.Float64,
    "p": pl.Float64,
}


def _blocks(series: Series) -> list[pl.DataFrame]:
    size = max(1, _CELLS // series.grid.bins)
    return [series.named[start : start + size] for start in range(0, series.named.height, size)]


def _of_block(
    acts: Acts, series: Series, named: pl.DataFrame, q: float, line: float
) -> tuple[pl.DataFrame, list[tuple[object, ...]]]:
    """The cells that BH could keep (p <= q), and the ramps."""
    counts = counts_of(acts, series.grid, named)
    told = forecast_of(series, counts)
    warm = series.grid.warm
    p = np.ones_like(counts)
    p[:, warm:] = mid_p(counts[:, warm:], told.mu[:, warm:], told.alpha[:, warm:])
    row, place = np.nonzero(p <= q)
    cells = named.select("dimension", "value")[row].with_columns(
        pl.Series("bin", place, dtype=pl.Int64),
        pl.Series("seen", counts[row, place]),
        pl.Series("expected", told.mu[row, place]),
        pl.Series("alpha", told.alpha[row, place]),
        pl.Series("p", p[row, place]),
    )
    ramps: list[tuple[object, ...]] = []
    for series_row, since, until in ramps_in(p, warm, line):
        inside = slice(since, until)
        figures = (
            counts[series_row, inside].sum(),
            told.mu[series_row, inside].sum(),
            told.alpha[series_row, inside].mean(),
        )
        ramps.append((*named.row(series_row)[:2], "ramp", since, until, *map(float, figures), None, None))
    return cells.select(_CELL.keys()), ramps


def ramps_in(p: F64, warm: int, line: float) -> list[tuple[int, int, int]]:
    """(series, since, until) of every climb of the CUSUM of normal scores over `line`, from where it left zero."""
    score = np.clip(-ndtri(np.clip(p, 1e-12, 1 - 1e-12)), -_MOST_Z, _MOST_Z) - _SLACK
    level, since = np.zeros(p.shape[0]), np.full(p.shape[0], warm)
    found = []
    for t in range(warm, p.shape[1]):
        level = np.maximum(level + score[:, t], 0)
        since[level == 0] = t + 1
        for row in np.flatnonzero(level > line):
            found.append((int(row), int(since[row]), t + 1))
            level[row], since[row] = 0.0, t + 1
    return _touching_joined(sorted(found))


def _touching_joined(found: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """The CUSUM starts anew after an alarm; a climb that went on meanwhile is one climb."""
    joined: list[tuple[int, int, int]] = []
    for row, since, until in found:
        if joined and joined[-1][0] == row and joined[-1][2] == since:
            joined[-1] = (row, joined[-1][1], until)
        else:
            joined.append((row, since, until))
    return joined


def cusum_line(run_length: float) -> float:
    """The line at which a CUSUM of standard normal scores alarms once in `run_length` bins.

    Siegmund 1985: ARL = (exp(2 k b) - 2 k b - 1) / (2 k^2) with b = line + 1.166.
    """

    def short(b: float) -> float:
        return float((np.exp(2 * _SLACK * b) - 2 * _SLACK * b - 1) / (2 * _SLACK**2) - run_length)

    return max(float(brentq(short, 1e-6, 200)) - 1.166, 4 * (_MOST_Z - _SLACK))


def _joined(loud: pl.DataFrame) -> pl.DataFrame:
    ordered = loud.sort("dimension", "value", "bin")
    new = (pl.col("bin") - pl.col("bin").shift(1).over("dimension", "value") > 1).fill_null(value=True)
    marked = ordered.with_columns(run=new.cast(pl.Int64).cum_sum())
    joined = marked.group_by("dimension", "value", "run").agg(
        kind=pl.lit("spike"),
        since=pl.col("bin").min(),
        until=pl.col("bin").max() + 1,
        seen=pl.col("seen").sum(),
        expected=pl.col("expected").sum(),
        alpha=pl.col("alpha").mean(),
        p=pl.col("p").min(),
        q=pl.col("q").min(),
    )
    return joined.select(pl.col(name).cast(kind) for name, kind in ANOMALY_SCHEMA.items())
