"""JSON lines and JSON lists as chunks: each record through the quick lane, what that lane doubts through the careful one."""

import re
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np
import polars as pl

from graph.errors import BadExport
from ingest.chunks import LINE, Chunk, Fault, ReadingOptions
from ingest.reading.cells import CellReader
from ingest.reading.encodings import Utf8Text
from ingest.reading.json_quick import Cells, KeyTree, quick_record
from ingest.reading.json_records import BadRecord, careful_record
from ingest.reading.json_stretches import Stretch, elements, lines
from ingest.reading.kinds import Kind
from ingest.reading.originals import Originals
from ingest.reading.table import Table

_SPACE_BEFORE_COLON = re.compile(rb'"\s+:')


@dataclass(slots=True)
class _Records:
    """What came of a stretch: cells per record beside its place."""

    cells: CellReader
    records: list[Cells] = field(default_factory=list)
    places: list[tuple[int, int, int]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    inexact: dict[str, set[int]] = field(default_factory=dict)


def open_json(text: Utf8Text, name: str, kind: Kind, options: ReadingOptions) -> Table:
    """The table of a JSON text. Its columns are those of the first chunk; later chunks may bring more.

    LINE is the physical line; in a JSON list, where many records may stand on one line, the number of the element.
    """
    tree = [KeyTree()]
    stretches = elements(text, name, options) if kind is Kind.JSON_LIST else lines(text, name, options)
    stream = (_chunk(stretch, tree[0], text, name, options) for stretch in stretches)
    first = next(stream, None)
    columns = tuple(column for column in first.frame.columns if column != LINE) if first else ()

    def want(wanted: frozenset[str] | None) -> None:
        tree[0] = KeyTree(wanted)

    return Table(columns, chain([first] if first else [], stream), want)


def _chunk(stretch: Stretch, tree: KeyTree, text: Utf8Text, name: str, options: ReadingOptions) -> Chunk:
    read = _Records(CellReader((), options.max_cell), faults=list(stretch.faults))
    keys_end_plainly = _SPACE_BEFORE_COLON.search(stretch.buffer) is None
    for line, start, end in stretch.spans:
        raw = stretch.buffer[start:end]
        record = quick_record(raw, tree) if keys_end_plainly else None
        if record is None:
            record = _read_carefully(read, raw, line, tree)
        if record is not None:
            read.records.append(record)
            read.places.append((line, start, end))
    frame = _frame(read, name, options)
    places = np.array(read.places, dtype=np.int64).reshape(-1, 3).T
    return Chunk(
        frame,
        Originals(stretch.buffer, places[0], places[1], places[2], text.as_it_came),
        tuple(replace(fault, original=text.as_it_came(fault.original)) for fault in read.faults),
        read.cells.warnings,
        read.cells.damaged,
        {column: frozenset(at) for column, at in sorted(read.inexact.items())},
        stretch.blank,
    )


def _read_carefully(read: _Records, raw: bytes, line: int, tree: KeyTree) -> Cells | None:
    try:
        record = careful_record(raw)
    except BadRecord as bad:
        read.faults.append(Fault(line, "", bad.reason, f"line {line}: {bad}", raw.removesuffix(b"\r")))
        return None
    wanted = tree.wanted
    kept = {name: value for name, value in record.cells.items() if wanted is None or name in wanted}
    for name in record.inexact & kept.keys():
        read.inexact.setdefault(name, set()).add(line)
    # Names are read from the file too: half a surrogate pair in one must not reach the frame.
    return {
        name.encode("utf-8", "replace").decode(): read.cells.text(name, value, line) if value else None
        for name, value in kept.items()
    }


def _frame(read: _Records, name: str, options: ReadingOptions) -> pl.DataFrame:
    """The union of the keys of all records, in the order in which they came."""
    names: dict[str, None] = {}
    for record in read.records:
        if not record.keys() <= names.keys():
            names.update(dict.fromkeys(record))
    if len(names) > options.max_columns:
        raise BadExport(
            f"{name} has {len(names):,} different keys within {len(read.records):,} records; at most {options.max_columns:,} are read.",
            "Export only the fields that matter.",
        )
    lines = pl.Series(LINE, [place[0] for place in read.places], dtype=pl.Int64)
    if not names:
        return pl.DataFrame([lines])
    frame = pl.from_dicts(read.records, schema=dict.fromkeys(names, pl.String))
    return read.cells.cut_long(frame.with_columns(lines)).with_columns(
        pl.when(pl.col(pl.String) != "").then(pl.col(pl.String))
    )
