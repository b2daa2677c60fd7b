"""The layout of a CSV file: its delimiter, its columns, and what its rows look like."""

from collections import Counter
from dataclasses import dataclass

from graph.errors import BadExport
from ingest.chunks import ReadingOptions
from ingest.reading.csv_quotes import cut_record

MARK = "\ufeff"
DELIMITERS = (b",", b"\t", b";", b"|")  # a tie goes to the first
_SAMPLE_RECORDS = 200
_ROW_LIKE = 0.5  # share of the word-like columns that must hold a word for a line to look like a row


@dataclass(frozen=True, slots=True)
class Layout:
    """`columns`: names trimmed and casefolded; `header` the same before unnamed ones got a name. `words`: positions of columns whose cells hold no white space in the file's
    first rows (ids, times, links), by which a row hidden in a text is told from a text with commas."""

    name: str
    delimiter: bytes
    columns: tuple[str, ...]
    header: tuple[str, ...]
    words: frozenset[int] = frozenset()

    @property
    def width(self) -> int:
        return len(self.columns)

    def repeats_header(self, cells: list[str]) -> bool:
        """Whether a record is the header again; files that were joined may bring their byte order mark along."""
        names = tuple(cell.removeprefix(MARK).strip().casefold() for cell in cells)
        return len(cells) == self.width and names == self.header

    def looks_like_row(self, line: bytes) -> bool:
        """Whether a physical line on its own would be a row: as many fields as the header, and words where words belong."""
        cells = line.rstrip(b"\r").split(self.delimiter)
        if len(cells) != self.width:
            return False
        held = sum(1 for at in self.words if cells[at] and not _has_space(cells[at]))
        return held >= _ROW_LIKE * len(self.words)


def detect_delimiter(header: bytes) -> bytes:
    """The delimiter that stands most often outside quotes in the header line."""
    outside = b"".join(header.split(b'"')[::2])
    return max(DELIMITERS, key=outside.count)


def column_names(cells: list[str], fields: int, name: str, line: int, options: ReadingOptions) -> tuple[str, ...]:
    """Names as compared everywhere: trimmed, casefolded, an empty one named by its place; raises BadExport when two agree."""
    if fields > options.max_columns:
        raise BadExport(
            f"{name}, line {line} has {fields:,} columns; at most {options.max_columns:,} are read.",
            "Export only the columns that matter.",
        )
    names = tuple(cell.strip().casefold() or f"unnamed_{at}" for at, cell in enumerate(cells, 1))
    twice = [column for column, count in Counter(names).items() if count > 1]
    if twice:
        raise BadExport(
            f"{name}, line {line}: two columns are both named {twice[0]}.",
            "Rename or remove one of them, then import again.",
        )
    return names


def word_columns(body: bytes, layout: Layout, options: ReadingOptions) -> frozenset[int]:
    """Positions whose cells are never empty and never hold white space in the first records that stand on one line."""
    rows, at = [], 0
    for _ in range(_SAMPLE_RECORDS):
        cut = cut_record(body, at, layout.delimiter, options.max_line, False, layout.width)
        if cut is None:
            break
        if cut.closed and cut.line_count == 1 and cut.fields == layout.width:
            rows.append(cut.cells)
        at = cut.end + 1
    return frozenset(
        at for at in range(layout.width) if rows and all(row[at] and not _has_space(row[at]) for row in rows)
    )


def _has_space(cell: bytes) -> bool:
    return b" " in cell or b"\t" in cell
