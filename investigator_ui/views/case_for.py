"""Why a cluster was flagged: each signal as seen against expected, ready for the chart and for the list of sentences."""

import polars as pl

from graph.beyond_chance import beyond_chance
from graph.foreign_text import show_markdown, show_text
from graph.signal_names import signal_title
from investigator_ui.views.wording import figure

_MEASURED = pl.col("seen").is_not_null() & pl.col("expected").is_not_null()
_WITHIN = " · within the range of chance, counts for nothing"
_LEAST = 0.01  # expectations below this are drawn as if they were this, so that a log axis can hold them


def signal_rows(signals: pl.DataFrame) -> pl.DataFrame:
    """The signals that have an expectation, strongest first; takes SIGNAL_SCHEMA.

    Returns `signal, ratio, low, high, outside, words`: ratio, low and high in times what chance explains (> 0).
    """
    measured = (
        signals.filter(_MEASURED & (pl.col("seen") > 0))
        .with_columns(pl.col("high").fill_null(pl.col("expected")))
        .sort("value", "name", descending=[True, False])
    )
    base = pl.col("expected").clip(lower_bound=_LEAST)
    return measured.select(
        signal=pl.col("name").map_elements(_title, return_dtype=pl.String),
        ratio=pl.col("seen") / base,
        low=(pl.col("low").fill_null(pl.col("expected")) / base).clip(lower_bound=0.1),
        high=(pl.col("high").fill_null(pl.col("expected")) / base).clip(lower_bound=0.1),
        outside=beyond_chance(),
        words=pl.struct("seen", "expected").map_elements(_words, return_dtype=pl.String),
    )


def signal_note(signals: pl.DataFrame) -> str:
    """'4 of 5 signals beyond chance'."""
    rows = signal_rows(signals)
    return f"{rows['outside'].sum()} of {rows.height} signals beyond chance" if rows.height else ""


def signal_sentences(signals: pl.DataFrame) -> list[tuple[str, str]]:
    """Title and sentence of each signal as safe Markdown, strongest first; what chance explains says so in its title."""
    within = _MEASURED & pl.col("high").is_not_null() & ~beyond_chance()
    ordered = signals.with_columns(within=within).sort("within", "value", "name", descending=[False, True, False])
    return [
        (show_markdown(_title(name), 60) + _WITHIN * chance, show_markdown(sentence, 600))
        for name, sentence, chance in ordered.select("name", "sentence", "within").iter_rows()
    ]


def seen_and_expected(signals: pl.DataFrame, most: int = 4) -> list[tuple[str, str]]:
    """The strongest signals beyond chance for the reading pane: 'Quick shares', '412 seen · 13.3 expected'; safe Markdown."""
    rows = signal_rows(signals).filter("outside").head(most)
    return [
        (show_markdown(name, 60), show_markdown(words, 80))
        for name, words in rows.select("signal", "words").iter_rows()
    ]


def _title(name: str) -> str:
    return show_text(signal_title(name), 60)


def _words(row: dict[str, float]) -> str:
    return f"{figure(row['seen'])} seen · {figure(row['expected'])} expected"
