"""How commands speak: data on standard output, everything else on standard error, foreign text made harmless."""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import polars as pl
import typer
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from graph.foreign_text import show_text
from graph.takeover_words import ring_type

_SMALL = 0.005  # two decimals would show nothing of it

errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def say(sentence: str) -> None:
    """A sentence for the person, on standard error."""
    errors.print(sentence)


def print_json(document: object) -> None:
    """One JSON document on standard output; times in ISO with Z, no NaN."""
    typer.echo(json.dumps(_plain(document), ensure_ascii=False, indent=1, allow_nan=False))


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table for people; cells come from exports, so each passes `show_text`."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    Console(highlight=False, markup=False).print(table)


def print_clusters(title: str, clusters: pl.DataFrame) -> None:
    """Clusters for people (CLUSTER_SCHEMA): one line of figures each, and below it the sentence that says why."""
    out = Console(highlight=False, markup=False)
    out.print(title, style="bold")
    for row in clusters.iter_rows(named=True):
        figures = f"{row['tier']:<7} risk {row['risk']:.2f}  confidence {row['confidence']:.2f}"
        figures += f"  {row['badge']}" if row["badge"] else ""
        ring = ring_type(row["kind"], row["type"])
        figures += f"  {ring.chip}" if ring else ""
        out.print(f"\n{row['cluster_id']}  {figures}  {show_text(row['title'])}", style="bold")
        care = f"{ring.care} " if ring else ""
        out.print(Padding(f"{care}{show_text(row['sentence'], limit=1000)}", (0, 0, 0, 2)))


def print_entries(title: str, entries: Sequence[tuple[str, str]]) -> None:
    """A line of figures for each entry, and below it the sentence that says what it means; both may hold foreign text."""
    out = Console(highlight=False, markup=False)
    out.print(title, style="bold")
    for figures, sentence in entries:
        out.print(f"\n{show_text(figures)}", style="bold")
        out.print(Padding(show_text(sentence, limit=1000), (0, 0, 0, 2)))


@contextmanager
def stage_progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar per stage on standard error; the callable takes (stage, done, total)."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f}"),
        TimeElapsedColumn(),
        console=errors,
        transient=True,
    ) as bars:
        tasks: dict[str, Any] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=max(total, 1))
            bars.update(tasks[stage], completed=done, total=max(total, 1))

        yield report


def records(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame as JSON-ready dictionaries."""
    return [_plain(row) for row in frame.iter_rows(named=True)]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.1e}" if 0 < abs(value) < _SMALL else f"{value:,.2f}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, list):
        return show_text(", ".join(map(str, value)))
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else show_text(str(value))


def _plain(value: Any) -> Any:  # noqa: PLR0911 - one return per kind of value is the table it looks like
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case float() if not math.isfinite(value):
            return None
        case Enum():
            return value.value
        case Path():
            return str(value)
        case bytes():
            return value.decode("utf-8", "backslashreplace")
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(item) for item in value]
        case pl.Series():
            return [_plain(item) for item in value.to_list()]
        case str():
            return value.encode("utf-8", "backslashreplace").decode("utf-8")
    return value
