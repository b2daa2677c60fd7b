"""Frames as files for other people's tools: CSV in which nothing is a formula, and Parquet in which every byte is kept."""

from pathlib import Path

import polars as pl

from casework.whole_files import appearing
from graph.foreign_text import spreadsheet_cell

LIST_JOINT = " | "
_TIME_FORMAT = "%Y-%m-%dT%H:%M:%S%.6fZ"


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """The frame as it is; ids keep their bytes."""
    with appearing(path) as part:
        frame.write_parquet(part)


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """UTF-8, every cell quoted, `'` before what a spreadsheet would run; see `spreadsheet_form` for the columns."""
    with appearing(path) as part:
        spreadsheet_form(frame).write_csv(part, quote_style="always", line_terminator="\r\n")


def spreadsheet_form(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame as a person reads it in a sheet: times in ISO 8601 UTC, lists joined, text unable to start a formula.

    A signed gap becomes `first` (who acted first: left, right, both) and `seconds_apart`; places in a drawing are left
    out. So no cell of ours starts with the minus that a sheet may take for a formula.
    """
    shaped = frame.drop("x", "y", strict=False)
    if "gap_s" in shaped.columns:
        shaped = _with_unsigned_gap(shaped)
    texts = [_as_text(name, kind) for name, kind in shaped.schema.items()]
    return shaped.select(texts).with_columns(_escaped(column) for column in shaped.select(texts).iter_columns())


def _with_unsigned_gap(frame: pl.DataFrame) -> pl.DataFrame:
    gap = pl.col("gap_s")
    first = (
        pl.when(gap > 0).then(pl.lit("left")).when(gap < 0).then(pl.lit("right")).when(gap == 0).then(pl.lit("both"))
    )
    place = frame.columns.index("gap_s")
    columns = [*frame.columns[:place], "first", "seconds_apart", *frame.columns[place + 1 :]]
    return frame.with_columns(first=first, seconds_apart=gap.abs()).select(columns)


def _as_text(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(kind, pl.List):
        return column.cast(pl.List(pl.String)).list.join(LIST_JOINT)
    if isinstance(kind, pl.Datetime):
        return column.dt.strftime(_TIME_FORMAT)
    return column


def _escaped(column: pl.Series) -> pl.Series:
    if column.dtype != pl.String:
        return column
    # What begins with a plain letter or digit begins no formula; only the rest has to pass the slow way.
    doubtful = column.filter(~column.str.contains("^[0-9A-Za-z]")).drop_nulls().unique()
    return column.replace(doubtful, pl.Series([spreadsheet_cell(text) for text in doubtful], dtype=pl.String))
