"""Small raw tables for the tests of formats: text in, a chunk as the readers hand it over out."""

import io
from collections.abc import Iterable, Mapping

import polars as pl

from ingest.chunks import LINE, Chunk, ReadingOptions
from ingest.formats import Canonical, canonicalise, recognise
from ingest.formats.mapping import Mapping as MappingFile


def chunk(rows: Iterable[Mapping[str, str | None]], first_line: int = 2) -> Chunk:
    """Rows as records of a file with a header: the first one is line 2."""
    rows = list(rows)
    names = list(dict.fromkeys(name for row in rows for name in row))
    frame = pl.DataFrame(
        {name: [row.get(name) for row in rows] for name in names}, schema=dict.fromkeys(names, pl.String)
    )
    lines = pl.Series(LINE, range(first_line, first_line + frame.height), dtype=pl.Int64)
    return Chunk(frame.with_columns(lines), lambda line: f"bytes of {line}".encode())


def table(text: str) -> list[dict[str, str | None]]:
    """A table written with columns parted by two or more spaces; "-" is an empty cell."""
    header, *rows = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in text.strip().splitlines()]
    return [{name: None if cell == "-" else cell for name, cell in zip(header, row, strict=True)} for row in rows]


def csv(text: str) -> list[dict[str, str | None]]:
    """A CSV text as its cells, an empty cell as nothing."""
    frame = pl.read_csv(io.BytesIO(text.strip().encode()), infer_schema=False)
    return frame.rename({name: name.strip().casefold() for name in frame.columns}).to_dicts()


def read(
    rows: Iterable[Mapping[str, str | None]], options: ReadingOptions | None = None, mapping: MappingFile | None = None
) -> Canonical:
    """The rows through recognition and canonicalisation."""
    raw, options = chunk(rows), options or ReadingOptions()
    columns = [name for name in raw.frame.columns if name != LINE]
    return canonicalise(raw, recognise(columns, raw.frame, "file.csv", options, mapping), options)


def rows_of(canonical: Canonical, name: str, *columns: str) -> list[tuple[object, ...]]:
    """The chosen columns of one fact table, times as short text."""
    frame = canonical.frames[name].select(columns)
    return [
        tuple(value.strftime("%Y-%m-%d %H:%M:%S") if hasattr(value, "strftime") else value for value in row)
        for row in frame.iter_rows()
    ]
