"""System logs as chunks: one line, one record, with its time, host, program, process and message as cells."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl

from ingest.chunks import LINE, Chunk, Fault, ReadingOptions
from ingest.reading.cells import CellReader
from ingest.reading.encodings import Utf8Text
from ingest.reading.json_stretches import Stretch, lines
from ingest.reading.log_lines import split_lines
from ingest.reading.log_years import Years
from ingest.reading.originals import Originals
from ingest.reading.table import Table

COLUMNS = ("logged_at", "host", "program", "pid", "message")
_UNREAD = "line {}: no time, host and program stand in front of the message"


def open_log(text: Utf8Text, name: str, options: ReadingOptions) -> Table:
    """The table of a log. Raises BadExport, when it is read, where its times carry no year and none is known."""
    notes: list[str] = []
    return Table(COLUMNS, _chunks(text, name, options, notes), notes=notes)


def _chunks(text: Utf8Text, name: str, options: ReadingOptions, notes: list[str]) -> Iterator[Chunk]:
    years = Years(name, options)
    for stretch in lines(text, name, options):
        yield _chunk(stretch, years, text, options)
        if years.note and years.note not in notes:
            notes.append(years.note)


def _chunk(stretch: Stretch, years: Years, text: Utf8Text, options: ReadingOptions) -> Chunk:
    cells = CellReader((), options.max_cell)
    raw = [stretch.buffer[start:end].removesuffix(b"\r") for _, start, end in stretch.spans]
    numbers = pl.Series(LINE, [line for line, _, _ in stretch.spans], dtype=pl.Int64)
    split = split_lines(pl.Series(_texts(raw, numbers, cells), dtype=pl.String)).with_columns(numbers)
    records = split.filter(pl.col("host").is_not_null())
    frame = records.select(_moment(records, years).alias("logged_at"), "host", "program", "pid", "message", LINE)
    unread = split.filter(pl.col("host").is_null() & ~pl.col("aside"))[LINE].to_list()
    places = np.array(stretch.spans, dtype=np.int64).reshape(-1, 3).T
    originals = Originals(stretch.buffer, places[0], places[1], places[2], text.as_it_came)
    faults = tuple(Fault(line, "", "bad_line", _UNREAD.format(line), originals(line)) for line in unread)
    frame = cells.cut_long(frame).with_columns(pl.when(pl.col(pl.String) != "").then(pl.col(pl.String)))
    warnings = tuple(replace(told, original=text.as_it_came(told.original)) for told in cells.warnings)
    aside = split.height - records.height - len(unread)
    return Chunk(frame, originals, faults, warnings, cells.damaged, {}, stretch.blank + aside)


def _texts(raw: list[bytes], numbers: pl.Series, cells: CellReader) -> list[str | None]:
    try:
        return [line.decode() for line in raw]
    except UnicodeDecodeError:
        return [cells.bytes_text("message", line, number) for line, number in zip(raw, numbers, strict=True)]


def _moment(records: pl.DataFrame, years: Years) -> pl.Series:
    """Times as ISO 8601 text, with the zone that the line gives."""
    year = years.of(records["month"].zip_with(records["year"].is_null(), pl.Series([None], dtype=pl.String)))
    written = pl.format("{}-{}-{}T{}", pl.coalesce("year", pl.Series("counted", year)), "month", "day", "clock")
    return records.select(pl.coalesce("time", written)).to_series()
