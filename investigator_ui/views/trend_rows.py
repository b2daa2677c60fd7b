"""The page of trends: the sentence at its head, the table of rises, one rise with its band, its causes and its makers."""

from datetime import timedelta
from typing import Any

import polars as pl

from detectors.trends import Trends, line_of
from detectors.trends.acts import EVERYTHING
from detectors.trends.words import value_name
from graph.foreign_text import show_markdown, show_text
from investigator_ui.views.names import shorten
from investigator_ui.views.wording import count, figure, moment, percent, plural

_AROUND = 3  # the picture shows the rise and three times its length on each side, two days at least
_LEAST_AROUND = timedelta(days=2)
_MOST_BINS = 2_000
CLASSES = (
    ("flagged", "Accounts in flagged clusters"),
    ("new", "Created within 30 days before"),
    ("silent", "Silent for 30 days before"),
    ("organic", "The others"),
)


def trends_sentence(trends: Trends, by: str) -> str:
    """How many series were looked at and how many rises stand out; safe Markdown."""
    spikes = trends.rises.filter(pl.col("kind") == "spike").height
    slow = trends.rises.height - spikes
    rises = f"**{plural(spikes, 'spike')}** and **{plural(slow, 'slow climb')}**" if spikes + slow else "nothing"
    leave = "leaves" if spikes + slow < 2 else "leave"
    if by == EVERYTHING:
        return f"Of all activity together, {rises} {leave} the usual rhythm."
    series = f"**{plural(trends.series.named.height, 'series', 'series')}**"
    return f"Of {series} by {show_markdown(by, 40)}, {rises} {leave} the usual rhythm."


def rise_rows(trends: Trends) -> pl.DataFrame:
    """`what, kind, since, seen, expected, manufactured`, in the order of the rises."""
    rows = [
        (
            show_text(value_name(row["dimension"], _short(row["dimension"], row["value"])), 80),
            "spike" if row["kind"] == "spike" else "slow climb",
            moment(row["since"]),
            row["seen"],
            figure(row["expected"]),
            _manufactured(row),
        )
        for row in trends.rises.iter_rows(named=True)
    ]
    names = ("what", "kind", "since")
    schema = {**dict.fromkeys(names, pl.String), "seen": pl.Float64, "expected": pl.String, "manufactured": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def rise_sentence(trends: Trends, place: int) -> str:
    """The sentences of one rise, as safe Markdown."""
    return show_markdown(trends.rises["sentence"][place], 1500)


def rise_line(trends: Trends, place: int) -> pl.DataFrame:
    """LINE_SCHEMA around one rise, with `inside`: whether a bin belongs to it."""
    row = trends.rises.row(place, named=True)
    margin = max(_LEAST_AROUND, _AROUND * (row["until"] - row["since"]))
    line = line_of(trends, row["dimension"], row["value"])
    near = line.filter(pl.col("at").is_between(row["since"] - margin, row["until"] + margin))
    return near.head(_MOST_BINS).with_columns(inside=(pl.col("at") >= row["since"]) & (pl.col("at") < row["until"]))


def cause_rows(trends: Trends, place: int) -> pl.DataFrame:
    """`dimension, value, seen, expected, share, so_far` of one rise, the likeliest cause first."""
    rows = [
        (
            row["dimension"],
            show_text(_short(row["dimension"], row["value"]) or value_name(row["dimension"], ""), 60),
            row["seen"],
            figure(row["expected"]),
            percent(row["share"]),
            percent(min(row["explained"], 1.0)),
        )
        for row in trends.causes.filter(pl.col("rise") == place).iter_rows(named=True)
    ]
    texts = dict.fromkeys(("expected", "share", "so_far"), pl.String)
    schema = {"dimension": pl.String, "value": pl.String, "seen": pl.Float64, **texts}
    return pl.DataFrame(rows, schema=schema, orient="row")


def maker_rows(trends: Trends, place: int) -> pl.DataFrame:
    """`who, share` of the excess of one rise; no rows when it was not worked out."""
    row = trends.rises.row(place, named=True)
    if row["organic"] is None:
        return pl.DataFrame(schema={"who": pl.String, "share": pl.String})
    rows = [(words, "not known" if row[name] is None else percent(row[name])) for name, words in CLASSES]
    return pl.DataFrame(rows, schema={"who": pl.String, "share": pl.String}, orient="row")


def manufactured_note(trends: Trends, place: int) -> str:
    """'61 % (52–69 %) looks manufactured' for the head of the makers, or that it is not known."""
    row = trends.rises.row(place, named=True)
    if row["manufactured"] is None:
        return "how much is manufactured was not worked out"
    return f"{_manufactured(row)} looks manufactured"


def rise_title(trends: Trends, place: int) -> str:
    """'#x · 412 acts where 13 were expected', as safe Markdown."""
    row = trends.rises.row(place, named=True)
    name = show_markdown(value_name(row["dimension"], _short(row["dimension"], row["value"])), 80)
    return f"{name} · {count(row['seen'])} acts where {figure(row['expected'])} were expected"


def _manufactured(row: dict[str, Any]) -> str:
    if row["manufactured"] is None:
        return "not known"
    low, high = round(100 * row["manufactured_low"]), round(100 * row["manufactured_high"])
    return f"{percent(row['manufactured'])} ({low}–{high})"


def _short(dimension: str, value: str) -> str:
    return shorten(value) if dimension in {"share", "account"} else value
