"""Open any export as a table: unpack it, tell its kind, decode it, and hand it to the reader of that kind."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from graph.errors import BadExport
from ingest.chunks import ReadingOptions
from ingest.reading.csv_table import open_csv
from ingest.reading.encodings import utf8_text
from ingest.reading.json_document import on_one_line
from ingest.reading.json_table import open_json
from ingest.reading.kinds import HEAD, Kind, kind_of
from ingest.reading.log_table import open_log
from ingest.reading.packed import unpacked
from ingest.reading.parquet_table import open_parquet
from ingest.reading.table import Table


def open_table(path: Path, options: ReadingOptions) -> tuple[Kind, Table]:
    """The kind and the table of a file; raises BadExport when it is no table, damaged as a whole or beyond a limit."""
    if not path.is_file():
        raise BadExport(f"{path} is not a file.", "Name a file, a folder or a pattern.")
    try:
        head, blocks = _peeked(unpacked(path, options))
    except OSError as fault:
        raise BadExport(
            f"{path.name} cannot be read: {fault.strerror}.", "Check its permissions and the disk."
        ) from fault
    kind = kind_of(path, head, options.encoding)
    if kind is Kind.PARQUET:
        return kind, open_parquet(path, blocks, options)
    text = utf8_text(blocks, path.name, options)
    if kind is Kind.CSV:
        return kind, open_csv(text, path.name, options)
    if kind is Kind.LOG:
        return kind, open_log(text, path.name, options)
    if kind is Kind.JSON_LINES:
        text = on_one_line(text, path.name, options)
    return kind, open_json(text, path.name, kind, options)


def _peeked(blocks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first bytes and the blocks with them still in front."""
    head = b""
    while len(head) < HEAD and (block := next(blocks, b"")):
        head += block
    return head[:HEAD], chain([head], blocks)
