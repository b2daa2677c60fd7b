"""Parquet tables of the workspace, read so that a missing or damaged file is said in one sentence."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from graph.errors import BadWorkspace
from graph.schemas import FrameSchema

_MAGIC = b"PAR1"  # a Parquet file starts and ends with it (parquet-format, File Format)
_LEAST_BYTES = 12  # magic, length of the footer, magic


def scan_tables(files: Sequence[Path], schema: FrameSchema, hint: str) -> pl.LazyFrame:
    """The files one after the other; a column that an older program did not write yet is null.

    Raises BadWorkspace, with `hint`, when a file is missing, cut off or not Parquet. Damage in the middle of a file
    shows only when its rows are read: `collect_table` says that one.
    """
    for file in files:
        _check(file, hint)
    if not files:
        return pl.LazyFrame(schema=dict(schema))
    return pl.scan_parquet(list(files), schema=dict(schema), missing_columns="insert", extra_columns="ignore")


def collect_table(rows: pl.LazyFrame, place: Path, hint: str) -> pl.DataFrame:
    """Read the rows; raises BadWorkspace, with `hint`, when a file under `place` turns out damaged."""
    try:
        return rows.collect()
    except (OSError, pl.exceptions.PolarsError) as fault:
        first_line = next(iter(str(fault).splitlines()), type(fault).__name__)
        raise BadWorkspace(f"A table in {place} cannot be read: {first_line}.", hint) from fault


@contextmanager
def damage_told(place: Path, hint: str) -> Iterator[None]:
    """Turn what Polars says about a damaged Parquet file into BadWorkspace; its other faults pass."""
    try:
        yield
    except pl.exceptions.ComputeError as fault:
        if "parquet" not in str(fault).casefold():
            raise
        raise BadWorkspace(f"A table in {place} is damaged: {str(fault).splitlines()[0]}.", hint) from fault


def _check(file: Path, hint: str) -> None:
    try:
        with open(file, "rb") as table:
            start = table.read(len(_MAGIC))
            size = table.seek(0, 2)
            table.seek(max(0, size - len(_MAGIC)))
            end = table.read()
    except OSError as fault:
        reason = "is missing" if isinstance(fault, FileNotFoundError) else f"cannot be read: {fault.strerror}"
        raise BadWorkspace(f"The table {file} {reason}.", hint) from fault
    if size < _LEAST_BYTES or start != _MAGIC or end != _MAGIC:
        raise BadWorkspace(f"The table {file} is damaged or cut off.", hint)
