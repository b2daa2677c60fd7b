"""Real files as raw chunks, cell by cell, in the way the readers hand them over."""

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import polars as pl

from ingest.chunks import LINE, Chunk, ReadingOptions
from ingest.formats import Canonical, Mapping, canonicalise, recognise
from ingest.formats.pages import _flat


def parquet_chunk(path: Path, rows: int | None = None) -> Chunk:
    frame = pl.read_parquet(path, n_rows=rows)
    lists = [
        pl.col(name).map_elements(_json, pl.String)
        for name, dtype in frame.schema.items()
        if isinstance(dtype, pl.List)
    ]
    frame = frame.with_columns(lists).cast(pl.String)
    return _chunk(frame)


def csv_chunk(path: Path, encoding: str = "utf-8-sig", rows: int | None = None) -> Chunk:
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    found = list(csv.reader(io.StringIO(raw.decode(encoding, "replace"), newline="")))
    header, body = found[0], [row for row in found[1:] if len(row) == len(found[0])][:rows]
    names = [name or f"column_{place}" for place, name in enumerate(header)]
    columns = {name: [row[place] or None for row in body] for place, name in enumerate(names)}
    return _chunk(pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String)))


def json_chunk(path: Path) -> Chunk:
    with gzip.open(path, "rt", encoding="utf-8") as text:
        whole = text.read()
    records: list[Any] = (
        json.loads(whole, parse_int=str)
        if whole.startswith("[")
        else [json.loads(line, parse_int=str) for line in whole.splitlines()]
    )
    flat = [_flat(record) for record in records]
    names = list(dict.fromkeys(name for row in flat for name in row))
    return _chunk(pl.from_dicts(flat, schema=dict.fromkeys(names, pl.String)))


def through(
    chunk: Chunk, mapping: Mapping | None = None, options: ReadingOptions | None = None
) -> tuple[str, Canonical]:
    """The name of the format, and what canonicalisation made of the chunk."""
    options = options or ReadingOptions()
    columns = [name for name in chunk.frame.columns if name != LINE]
    profile = recognise(columns, chunk.frame.head(1000), "file", options, mapping)
    return profile.name, canonicalise(chunk, profile, options)


def _chunk(frame: pl.DataFrame) -> Chunk:
    frame = frame.rename({name: name.strip().casefold() for name in frame.columns})
    frame = frame.with_columns(pl.when(pl.all() != "").then(pl.all()))
    return Chunk(frame.with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias(LINE)), lambda _: b"")


def _json(items: pl.Series) -> str:
    return json.dumps(items.to_list(), ensure_ascii=False)
