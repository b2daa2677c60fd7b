"""What the readers hand to the formats: a stretch of records of one file, every cell as text, with what was set aside."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

LINE = "__line__"  # Int64: first physical line of the record, counted from 1 (the header is line 1); Parquet: row number from 1

# Columns that hold the list of records of a page (ingest.formats.pages), or what the page says about their authors.
PAGE_LISTS = ("data", "statuses", "posts", "feed", "messages", "includes.users", "includes.tweets")


@dataclass(frozen=True, slots=True)
class Fault:
    """One line or cell at fault. `column` is empty when the whole line is; `reason` is a code of docs/formats.md."""

    line: int
    column: str
    reason: str
    message: str
    original: bytes


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records of one stretch: read = frame.height + records in `faults` + blank.

    `frame`: pl.String columns named as in the header, trimmed and casefolded, plus LINE; an empty cell is null.
    Nested JSON arrives flattened with dots ("user.id_str"); a JSON list arrives as JSON text; a JSON integer digit for
    digit; a JSON true/false as "true"/"false"; null as null.
    `faults`: lines set aside by the reader (one per quarantined record, or per physical line in a damaged region).
    `warnings`: cells that were cleaned (undecodable bytes, control characters, over the cell limit) or repaired quoting.
    `damaged`: column -> lines whose cell did not decode (or held a lone surrogate): harmless in free text, fatal in an id.
    `inexact`: column -> lines whose JSON number had a fraction or an exponent: fatal in an id.
    `original(line)`: the bytes of the record that starts at that line.
    """

    frame: pl.DataFrame
    original: Callable[[int], bytes]
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    damaged: Mapping[str, frozenset[int]] = field(default_factory=dict)
    inexact: Mapping[str, frozenset[int]] = field(default_factory=dict)
    blank: int = 0


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """What the person said about the files. `day_order` None quarantines dates that can be read in two ways."""

    day_order: str | None = None  # "day" | "month"
    timezone: str = "UTC"  # of times that carry no zone
    encoding: str | None = None  # None: by byte order mark, else UTF-8
    year: int | None = None  # of the first line of a log whose times carry none
    networks: str | None = None  # path of a table of networks that fills asn and country (ingest.networks)
    trace: str = "share"  # of a bare account/object/time table
    max_expansion: int = 200  # unpacked : packed (SECURITY section 2)
    max_unpacked: int = 20 * 2**30  # bytes
    max_line: int = 16 * 2**20  # bytes
    max_cell: int = 64 * 2**10  # bytes
    max_columns: int = 1000
