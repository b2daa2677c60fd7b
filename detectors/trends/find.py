"""Trends: the rises in the data, what each is made of, and how much of it looks manufactured. Frames in, frames out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl

from detectors.trends.acts import DIMENSIONS, EVERYTHING, Acts
from detectors.trends.anomalies import Q, anomalies
from detectors.trends.attribution import (
    ALIKE_FACTOR,
    LEAST_HISTORY,
    Attribution,
    Split,
    Who,
    attribute,
    control_spans,
    split,
)
from detectors.trends.cause import ACCOUNT, CAUSE_SCHEMA, Rise, causes, most_telling
from detectors.trends.counting import BINS, Series, counts_of, forecast_of, series_of
from detectors.trends.forecast import band
from detectors.trends.words import attribution_sentence, cause_sentence, rise_sentence
from graph.errors import BadSetting
from graph.schemas import TIME, FrameSchema

MOST_RISES = 50  # rises whose cause and makers are worked out; the others are listed with their counts
_BASELINE_DAYS = 28  # four turns of the week before a rise say what is usual in it
_RHYTHM_DAYS = 14  # two turns of the week: one to learn from, one to judge
_DAY = 86_400_000_000

RISE_SCHEMA: FrameSchema = {
    "rise": pl.Int64,
    "dimension": pl.String,
    "value": pl.String,
    "kind": pl.String,  # spike | ramp
    "since": TIME,
    "until": TIME,  # exclusive
    "seen": pl.Float64,
    "expected": pl.Float64,
    "q": pl.Float64,  # null for ramps
    "flagged": pl.Float64,  # shares of the excess; null where not known, and beyond MOST_RISES
    "new": pl.Float64,
    "silent": pl.Float64,
    "organic": pl.Float64,
    "manufactured": pl.Float64,
    "manufactured_low": pl.Float64,
    "manufactured_high": pl.Float64,
    "compared_with": pl.String,  # other rises | nothing: what newcomers were held against
    "controls": pl.Int64,
    "sentence": pl.String,
}
RISE_CAUSE_SCHEMA: FrameSchema = {"rise": pl.Int64, **CAUSE_SCHEMA}
LINE_SCHEMA: FrameSchema = {
    "at": TIME,
    "seen": pl.Float64,
    "expected": pl.Float64,
    "low": pl.Float64,  # 95 % of quiet bins fall in [low, high]
    "high": pl.Float64,
    "judged": pl.Boolean,  # false in the first bins, which the forecast learns from
}


@dataclass(frozen=True, slots=True)
class Trends:
    """`rises`: RISE_SCHEMA, the largest excess first. `causes`: RISE_CAUSE_SCHEMA. `notes`: what was left out, and why."""

    acts: Acts
    series: Series
    rises: pl.DataFrame
    causes: pl.DataFrame
    notes: tuple[str, ...]


def find_trends(
    acts: Acts,
    who: Who | None,
    *,
    by: Sequence[str] = DIMENSIONS,
    width: timedelta = BINS["1h"],
    q: float = Q,
    seed: int = 0,
) -> Trends:
    """Look for rises in the series of the dimensions `by`; causes are sought in every dimension that `acts` bears.

    `who` is None when no run has flagged anybody: then nothing is said about manufacture. Raises BadSetting for a dimension or a bin
    that does not exist, and for data too short or too long for the bin.
    """
    unknown = sorted(set(by) - set(DIMENSIONS))
    if unknown:
        raise BadSetting(f"{unknown[0]!r} is nothing to count by.", f"Choose of {', '.join(DIMENSIONS)}.")
    if width not in BINS.values():
        raise BadSetting("There are no bins of that width.", f"Choose one of {', '.join(BINS)}.")
    series = series_of(acts, by, width)
    found = anomalies(acts, series, q)
    return _explained(acts, series, found, who, seed)


def line_of(trends: Trends, dimension: str, value: str) -> pl.DataFrame:
    """LINE_SCHEMA of one series, bin by bin, for a picture; no rows when the series was not looked at."""
    named = trends.series.named.filter((pl.col("dimension") == dimension) & (pl.col("value") == value))
    if named.is_empty():
        return pl.DataFrame(schema=dict(LINE_SCHEMA))
    counts = counts_of(trends.acts, trends.series.grid, named)
    told, grid = forecast_of(trends.series, counts), trends.series.grid
    rows = [
        (grid.start(t), float(counts[0, t]), float(mu), *band(float(mu), float(alpha)), t >= grid.warm)
        for t, (mu, alpha) in enumerate(zip(told.mu[0], told.alpha[0], strict=True))
    ]
    return pl.DataFrame(rows, schema={**LINE_SCHEMA, "at": pl.Int64}, orient="row").with_columns(
        pl.from_epoch("at", time_unit="us").dt.replace_time_zone("UTC")
    )


def _explained(acts: Acts, series: Series, found: pl.DataFrame, who: Who | None, seed: int) -> Trends:
    rises = [_rise(series, row) for row in found.iter_rows(named=True)]
    splits = _Splits(acts, who)
    rows, told = [], [pl.DataFrame(schema=dict(RISE_CAUSE_SCHEMA))]
    dimensions = [name for name in (*DIMENSIONS, ACCOUNT) if name != EVERYTHING]
    for number, (rise, row) in enumerate(zip(rises, found.iter_rows(named=True), strict=True)):
        plain = (
            number,
            rise.dimension,
            rise.value,
            row["kind"],
            rise.since,
            rise.until,
            rise.seen,
            rise.expected,
            row["q"],
        )
        said = [
            rise_sentence(rise.dimension, rise.value, rise.seen, rise.expected, _time(rise.since), _time(rise.until))
        ]
        shares: tuple[object, ...] = (None,) * 9
        if number < MOST_RISES:
            why = causes(acts, rise, dimensions)
            told.append(why.select(pl.lit(number, pl.Int64).alias("rise"), *CAUSE_SCHEMA))
            made = splits.attribution(rise, row["alpha"], rises, seed) if who is not None else None
            said += [_cause_words(why, rise), *_made_words(made)]
            shares = _shares(made)
        rows.append((*plain, *shares, " ".join(said)))
    frame = pl.DataFrame(rows, schema={**RISE_SCHEMA, "since": pl.Int64, "until": pl.Int64}, orient="row")
    timed = frame.with_columns(
        pl.from_epoch(name, time_unit="us").dt.replace_time_zone("UTC") for name in ("since", "until")
    )
    return Trends(acts, series, timed, pl.concat(told), (*series.notes, *_notes(series, found)))


class _Splits:
    """Rises split by who acted; each split is made once."""

    def __init__(self, acts: Acts, who: Who | None) -> None:
        self._acts, self._who = acts, who or Who(frozenset(), pl.DataFrame())
        self._dated = who is not None and not who.created.is_empty()
        self._start = int(acts.acts["at"][0])
        self._kept: dict[tuple[str, str, int, int], Split] = {}

    def attribution(self, rise: Rise, alpha: float, rises: Sequence[Rise], seed: int) -> Attribution:
        busy = [(one.since, one.until) for one in rises if (one.dimension, one.value) == (rise.dimension, rise.value)]
        quiet = [self._of(rise, *span) for span in control_spans(rise, self._start, busy)]
        like = [self._of(one, one.since, one.until) for one in _like(rise, rises)]
        known = rise.since - self._start >= LEAST_HISTORY * _DAY
        return attribute(rise, alpha, self._of(rise, rise.since, rise.until), quiet, like, seed, known, self._dated)

    def _of(self, rise: Rise, since: int, until: int) -> Split:
        key = (rise.dimension, rise.value, since, until)
        if key not in self._kept:
            mine = self._acts.bearing(rise.dimension, rise.value)
            self._kept[key] = split(mine, self._acts.acts, since, until, self._who, self._start)
        return self._kept[key]


def _like(rise: Rise, rises: Sequence[Rise]) -> Iterator[Rise]:
    """Other rises of the dimension, of the kind and of like size, at another time; at most MOST_RISES."""
    fit = [
        one
        for one in rises
        if (one.dimension, one.kind) == (rise.dimension, rise.kind)
        and (one.until <= rise.since or rise.until <= one.since)
        and 1 / ALIKE_FACTOR <= one.excess / rise.excess <= ALIKE_FACTOR
    ]
    yield from fit[:MOST_RISES]


def _rise(series: Series, row: dict[str, object]) -> Rise:
    grid = series.grid
    since, until = grid.start(int(str(row["since"]))), grid.start(int(str(row["until"])))
    baseline = max(grid.first, since - _BASELINE_DAYS * _DAY)
    seen, expected = float(str(row["seen"])), float(str(row["expected"]))
    return Rise(str(row["dimension"]), str(row["value"]), since, until, seen, expected, baseline, str(row["kind"]))


def _cause_words(why: pl.DataFrame, rise: Rise) -> str:
    if why.is_empty():
        return "The acts bear nothing else to explain it by."
    first = why.filter(pl.col("dimension") == why["dimension"][0])
    telling, surprise = most_telling(first, rise)
    named = first.head(telling)
    return cause_sentence(named["dimension"][0], named["value"].to_list(), named["explained"][-1], surprise)


def _made_words(made: Attribution | None) -> list[str]:
    if made is None:
        return ["No run has flagged anybody yet, so how much of it is manufactured cannot be told."]
    return [attribution_sentence(made)]


def _shares(made: Attribution | None) -> tuple[object, ...]:
    if made is None:
        return (None,) * 9
    new, silent = made.new if made.new_known else None, made.silent if made.silent_known else None
    shares = (made.flagged, new, silent, made.organic, made.manufactured, made.low, made.high)
    return (*shares, made.compared_with, made.controls)


def _notes(series: Series, found: pl.DataFrame) -> Iterator[str]:
    warm = timedelta(microseconds=series.grid.warm * series.grid.width)
    hours = round(warm.total_seconds() / 3600)
    yield f"The first {hours:,} h of the data are not judged: what is usual is learnt from them."
    days = series.grid.bins / series.grid.per_day
    if days < _RHYTHM_DAYS:
        yield f"The data spans {days:.1f} days: too little to know the rhythm of the week, so a usual evening may look like a rise."
    if found.height > MOST_RISES:
        yield f"Causes and makers were worked out for the {MOST_RISES} largest of {found.height:,} rises."


def _time(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1e6, UTC)
