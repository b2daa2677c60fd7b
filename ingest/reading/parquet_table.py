"""Parquet files as chunks: read in slices, every column cast to text without losing a digit."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson
import polars as pl

from graph.errors import BadExport
from ingest.chunks import LINE, Chunk, ReadingOptions
from ingest.reading.cells import CellReader
from ingest.reading.csv_layout import column_names
from ingest.reading.parquet_cells import TextColumn, text_columns
from ingest.reading.table import Table

SLICE = 50_000  # rows cast at a time
_HINT = "Export or download the file again, or convert it to CSV."


def open_parquet(path: Path, blocks: Iterator[bytes], options: ReadingOptions) -> Table:
    """The table of a Parquet file (`blocks`: its unpacked bytes, used when it lies packed). LINE is the row number from 1.

    Raises BadExport when the file is cut or damaged, or has a column of a type that has no text.
    """
    spilled = None if _lies_open(path) else _spill(blocks)
    source = spilled or path
    try:
        schema = pl.Schema(pl.read_parquet_schema(source))
    except (pl.exceptions.PolarsError, OSError, ValueError) as fault:
        raise _damaged(path, fault) from fault
    columns = text_columns(schema, path.name, options)
    names = column_names([column.name for column in columns], len(columns), path.name, 1, options)
    return Table(names, _chunks(path, source, spilled, columns, names, options))


def _lies_open(path: Path) -> bool:
    with open(path, "rb") as file:
        return file.read(4) == b"PAR1"


def _spill(blocks: Iterator[bytes]) -> Path:
    """The unpacked file, in a place of its own: Parquet is read from its end."""
    handle, name = tempfile.mkstemp(prefix="flockwatch-", suffix=".parquet")
    try:
        with os.fdopen(handle, "wb") as out:
            for block in blocks:
                out.write(block)
    except BaseException:
        Path(name).unlink()
        raise
    return Path(name)


def _damaged(path: Path, fault: Exception) -> BadExport:
    said = str(fault).split("\n", 1)[0]
    return BadExport(f"{path.name} is no whole Parquet file, the download is incomplete or damaged ({said}).", _HINT)


def _chunks(
    path: Path,
    source: Path,
    spilled: Path | None,
    columns: list[TextColumn],
    names: tuple[str, ...],
    options: ReadingOptions,
) -> Iterator[Chunk]:
    try:
        row = 1
        batches = pl.scan_parquet(source, glob=False).collect_batches(chunk_size=SLICE, maintain_order=True)
        for batch in batches:
            for part in batch.iter_slices(SLICE):
                yield _chunk(part, row, columns, names, options)
                row += part.height
    except (pl.exceptions.PolarsError, OSError) as fault:
        raise _damaged(path, fault) from fault
    finally:
        if spilled is not None:
            spilled.unlink(missing_ok=True)


def _chunk(
    part: pl.DataFrame, row: int, columns: list[TextColumn], names: tuple[str, ...], options: ReadingOptions
) -> Chunk:
    cells = CellReader(names, options.max_cell)
    lines = pl.Series(LINE, np.arange(row, row + part.height), dtype=pl.Int64)
    texts = [column.text(part, name, lines, cells) for column, name in zip(columns, names, strict=True)]
    frame = cells.cut_long(pl.DataFrame([*texts, lines]))
    frame = frame.with_columns(pl.when(pl.col(pl.String) != "").then(pl.col(pl.String)))
    inexact = {
        name: frozenset(lines.filter(frame[name].is_not_null()).to_list())
        for column, name in zip(columns, names, strict=True)
        if column.is_inexact
    }

    def original(line: int) -> bytes:
        if not row <= line < row + part.height:
            raise KeyError(f"no record starts at line {line}")
        return orjson.dumps(part.row(line - row, named=True), default=str)

    return Chunk(frame, original, (), cells.warnings, cells.damaged, inexact)
