"""Cells as text: what does not decode is replaced, what is over the limit is cut, and both are said."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import polars as pl

from ingest.chunks import LINE, PAGE_LISTS, Fault


class CellReader:
    """Turns the cells of records into text and remembers which were damaged, until a chunk is made of them.

    A cell that was cut counts as damaged too: harmless in free text, but an id that was cut is another id.
    """

    def __init__(self, columns: Sequence[str], max_cell: int) -> None:
        self._columns = columns
        self._max_cell = max_cell
        self._damaged: dict[str, set[int]] = defaultdict(set)
        self._warnings: list[Fault] = []

    @property
    def warnings(self) -> tuple[Fault, ...]:
        return tuple(self._warnings)

    @property
    def damaged(self) -> Mapping[str, frozenset[int]]:
        return {column: frozenset(lines) for column, lines in sorted(self._damaged.items()) if lines}

    def row(self, cells: Sequence[bytes], line: int) -> list[str | None]:
        """The record's cells; an empty one is None."""
        try:
            if max(map(len, cells)) <= self._max_cell:
                return [cell.decode() or None for cell in cells]
        except UnicodeDecodeError:
            pass
        return [self._cell(column, cell, line) for column, cell in zip(self._columns, cells, strict=True)]

    def text(self, column: str, value: str, line: int) -> str | None:
        """A text that came decoded (JSON, Parquet): half surrogate pairs replaced, cut to the limit."""
        if len(value) <= self._max_cell // 4 and value.isascii():
            return value or None
        try:
            whole = value.encode()
        except UnicodeEncodeError:
            whole = value.encode("utf-8", "surrogatepass")
            return self._cell(column, _lone_to_bytes(value), line, whole)
        if len(whole) <= self._max_cell or (column in PAGE_LISTS and value.startswith("[")):
            return value or None  # the records of a page are many cells: the line limit bounds them
        return self._cell(column, whole, line)

    def bytes_text(self, column: str, value: bytes, line: int) -> str | None:
        """A text that came as bytes."""
        return self._cell(column, value, line)

    def cut_long(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame (text and LINE) with every cell within the limit; quick when none is over it."""
        texts = frame.drop(LINE)
        longest = texts.select(pl.all().str.len_bytes().max()).row(0) if texts.width else ()
        for column, length in zip(texts.columns, longest, strict=True):
            if length is not None and length > self._max_cell:
                pairs = zip(texts[column].to_list(), frame[LINE].to_list(), strict=True)
                cut = [self.text(column, cell, line) if cell else None for cell, line in pairs]
                frame = frame.with_columns(pl.Series(column, cut, dtype=pl.String))
        return frame

    def warn(self, line: int, column: str, reason: str, message: str, original: bytes) -> None:
        self._warnings.append(Fault(line, column, reason, f"line {line}: {message}", original))

    def forget(self, line: int) -> None:
        """Take back what was said about a record that is set aside as a whole."""
        self._warnings = [warning for warning in self._warnings if warning.line != line]
        for lines in self._damaged.values():
            lines.discard(line)

    def _cell(self, column: str, cell: bytes, line: int, original: bytes | None = None) -> str | None:
        original = cell if original is None else original
        if len(cell) > self._max_cell:
            said = f"{column} holds {len(cell):,} bytes and was cut to {self._max_cell:,}"
            self.warn(line, column, "cell_limit", said, original)
            self._damaged[column].add(line)
            cell = _cut_at_character(cell, self._max_cell)
        try:
            return cell.decode() or None
        except UnicodeDecodeError as fault:
            said = f"{column} is not valid UTF-8 (byte 0x{cell[fault.start]:02X})"
            self.warn(line, column, "encoding", said, original)
            self._damaged[column].add(line)
            return cell.decode("utf-8", "replace") or None


def _cut_at_character(cell: bytes, limit: int) -> bytes:
    """At most `limit` bytes, not ending inside a character: continuation bytes are 10xxxxxx and a character has up to three."""
    end = limit
    while end > limit - 4 and cell[end] & 0xC0 == 0x80:
        end -= 1
    return cell[:end]


def _lone_to_bytes(value: str) -> bytes:
    """UTF-8, a half surrogate pair as the one byte 0xFF, which no decoder accepts."""
    return b"".join(b"\xff" if "\ud800" <= letter <= "\udfff" else letter.encode() for letter in value)
