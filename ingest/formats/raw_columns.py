"""Raw columns: what a format's `derive` needs to look at cells that a stretch of a file may lack."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import polars as pl


def with_raw(frame: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """The frame with every named column, empty where the stretch has none."""
    return frame.with_columns(pl.lit(None, pl.String).alias(name) for name in names if name not in frame.columns)


def each_cell(frame: pl.DataFrame, name: str, read: Callable[[str], str | None]) -> pl.Series:
    """`read` on every distinct cell of a column; for cells that need a parser (nested JSON)."""
    cells = frame[name]
    distinct = cells.drop_nulls().unique()
    if not distinct.len():
        return cells
    results = pl.Series([read(cell) for cell in distinct], dtype=pl.String)
    return cells.replace_strict(distinct, results, default=None, return_dtype=pl.String)


def objects_in(cell: str) -> list[dict[str, Any]]:
    """The objects of a JSON list; none where the cell is something else, for it was written by a stranger."""
    try:
        found = json.loads(cell, parse_int=str)
    except (ValueError, RecursionError):
        return []
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def mark_true(condition: pl.Expr) -> pl.Expr:
    """A condition as the text cells that the canonicaliser reads."""
    return pl.when(condition.fill_null(False)).then(pl.lit("true")).otherwise(pl.lit("false"))
