"""CSV files as chunks: the quick lane where a stretch is proven sound, the careful lane for just the rest."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from graph.errors import BadExport
from ingest.chunks import LINE, Chunk, Fault, ReadingOptions
from ingest.reading.csv_careful import BLOCK, CarefulRecords, read_carefully, too_long
from ingest.reading.csv_layout import MARK, Layout, column_names, detect_delimiter, word_columns
from ingest.reading.csv_proof import Proof, prove
from ingest.reading.csv_quotes import cut_record
from ingest.reading.encodings import Utf8Text
from ingest.reading.originals import Originals
from ingest.reading.table import Table

PIECE = 256 * 2**10  # bytes that go to the careful lane together when a block is not sound


@dataclass(slots=True)
class _Stretch:
    """What was read of one buffer, piece by piece."""

    frames: list[pl.DataFrame] = field(default_factory=list)
    places: list[npt.NDArray[np.int64]] = field(default_factory=list)  # rows of (line, start, end)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    damaged: dict[str, frozenset[int]] = field(default_factory=dict)
    blank: int = 0
    consumed: int = 0
    line_count: int = 0


def open_csv(text: Utf8Text, name: str, options: ReadingOptions) -> Table:
    """The table of a CSV text; raises BadExport when it has no usable header."""
    layout, body, line = _read_header(text, name, options)
    return Table(layout.columns, _csv_chunks(text, layout, body, line, options))


def _read_header(text: Utf8Text, name: str, options: ReadingOptions) -> tuple[Layout, bytes, int]:
    """The layout, what was read beyond the header, and the line number there."""
    head, line = next(text.blocks, b""), 1
    delimiter: bytes | None = None
    while True:
        bare = head.lstrip(b" \t\r\n\x0b\x0c") if delimiter is None else head
        end = bare.find(b"\n")
        if end < 0:
            if len(bare) > options.max_line:
                raise too_long(name, line, options)
            more = next(text.blocks, None)
            if more is None and not bare:
                raise BadExport(f"{name} is empty.", "Export it again; nothing was stored.")
            head += more if more is not None else b"\n"
            continue
        line += head.count(b"\n", 0, len(head) - len(bare))
        if bare[:4].lower() == b"sep=" and end <= 6:  # a spreadsheet's way to name the delimiter
            delimiter, head, line = bare[4:5], bare[end + 1 :], line + 1
            continue
        head = bare
        break
    delimiter = delimiter or detect_delimiter(head[: head.find(b"\n")])
    return _layout(text, head, line, name, delimiter, options)


def _layout(
    text: Utf8Text, head: bytes, line: int, name: str, delimiter: bytes, options: ReadingOptions
) -> tuple[Layout, bytes, int]:
    at_end = False
    while (cut := cut_record(head, 0, delimiter, options.max_line, at_end, options.max_columns + 1)) is None:
        more = next(text.blocks, None)
        at_end, head = more is None, head + (more or b"")
    if not cut.closed:
        raise BadExport(f"{name}, line {line}: a quote opens in the header and never closes.", "Export the file again.")
    cells = [cell.decode("utf-8", "replace") for cell in cut.cells]
    names = column_names(cells, cut.fields, name, line, options)
    header = tuple(cell.strip().casefold() for cell in cells)
    layout = Layout(name, delimiter, names, header)
    body = head[cut.end + 1 :]
    return replace(layout, words=word_columns(body, layout, options)), body, line + cut.line_count


def _csv_chunks(text: Utf8Text, layout: Layout, buffer: bytes, line: int, options: ReadingOptions) -> Iterator[Chunk]:
    at_end = False
    while not at_end:
        buffer, at_end = _filled(buffer, text.blocks)
        stretch = _read(buffer, line, layout, options, at_end)
        if stretch.consumed:
            yield _chunk(stretch, buffer, text)
        line += stretch.line_count
        buffer = buffer[stretch.consumed :]


def _filled(buffer: bytes, blocks: Iterator[bytes]) -> tuple[bytes, bool]:
    """The buffer with a block more, and whether the text ends with it (then an LF ends its last line)."""
    parts, size = [buffer], 0
    while size < BLOCK and (block := next(blocks, None)) is not None:
        parts.append(block)
        size += len(block)
    filled = b"".join(parts)
    at_end = size < BLOCK
    return filled + b"\n" if at_end and filled and not filled.endswith(b"\n") else filled, at_end


def _read(buffer: bytes, line: int, layout: Layout, options: ReadingOptions, at_end: bool) -> _Stretch:
    stretch = _Stretch()
    if _try_quick_lane(stretch, buffer, len(buffer), line, layout, options) and stretch.consumed == len(buffer):
        return stretch
    while stretch.consumed < len(buffer):
        stop = min(stretch.consumed + PIECE, len(buffer))
        if _try_quick_lane(stretch, buffer, stop, line, layout, options):
            continue
        careful = read_carefully(buffer, stretch.consumed, stop, line + stretch.line_count, layout, options, at_end)
        if careful.consumed == stretch.consumed:
            break  # the next record needs bytes that are not read yet
        _add_careful(stretch, careful, layout)
    return stretch


def _try_quick_lane(
    stretch: _Stretch, buffer: bytes, stop: int, line: int, layout: Layout, options: ReadingOptions
) -> bool:
    start = stretch.consumed
    proof = prove(np.frombuffer(buffer, np.uint8, stop - start, start), layout, options)
    frame = _parsed(proof, layout) if proof else None
    if proof is None or frame is None:
        return False
    lines = proof.lines + line + stretch.line_count
    ends = np.append(proof.starts[1:], proof.end) - 1
    stretch.frames.append(frame.with_columns(pl.Series(LINE, lines, dtype=pl.Int64)))
    stretch.places.append(np.stack((lines, proof.starts + start, ends + start)))
    stretch.consumed += proof.end
    stretch.line_count += proof.line_count
    return True


def _parsed(proof: Proof, layout: Layout) -> pl.DataFrame | None:
    """The records of a proven stretch; None when one repeats the header or is blank, which the careful lane sorts out."""
    frame = pl.read_csv(
        proof.clean,
        has_header=False,
        separator=layout.delimiter.decode(),
        schema=dict.fromkeys(layout.columns, pl.String),
        extra_columns="raise",
        missing_columns="raise",
    )
    if frame.height != proof.starts.size:
        raise AssertionError(f"{layout.name}: {proof.starts.size} records were proven, {frame.height} were read")
    key = next((at for at, cell in enumerate(layout.header) if cell), 0)
    suspects = frame.filter(_folded(layout.columns[key]) == pl.lit(layout.header[key]))
    if any(layout.repeats_header([cell or "" for cell in row]) for row in suspects.iter_rows()):
        return None
    if layout.delimiter == b"\t" and _has_blank(frame):
        return None
    return frame.with_columns(pl.when(pl.all() != "").then(pl.all())) if b'""' in proof.clean else frame


def _folded(column: str) -> pl.Expr:
    name = pl.col(column).fill_null("").str.strip_prefix(MARK).str.strip_chars()
    return name.str.to_lowercase() if column.isascii() else name.map_elements(str.casefold, pl.String)


def _has_blank(frame: pl.DataFrame) -> bool:
    return bool(frame.select(pl.all_horizontal(pl.all().fill_null("").str.strip_chars() == "").any()).item())


def _add_careful(stretch: _Stretch, careful: CarefulRecords, layout: Layout) -> None:
    columns = zip(*careful.rows, strict=True) if careful.rows else [()] * layout.width
    cells = [pl.Series(name, column, dtype=pl.String) for name, column in zip(layout.columns, columns, strict=True)]
    stretch.frames.append(pl.DataFrame([*cells, pl.Series(LINE, careful.lines, dtype=pl.Int64)]))
    stretch.places.append(np.array([careful.lines, careful.starts, careful.ends], dtype=np.int64))
    stretch.faults += careful.faults
    stretch.warnings += careful.cells.warnings
    for column, lines in careful.cells.damaged.items():
        stretch.damaged[column] = stretch.damaged.get(column, frozenset()) | lines
    stretch.blank += careful.blank
    stretch.line_count += careful.line_count
    stretch.consumed = careful.consumed


def _chunk(stretch: _Stretch, buffer: bytes, text: Utf8Text) -> Chunk:
    lines, starts, ends = np.concatenate(stretch.places, axis=1)
    return Chunk(
        pl.concat(stretch.frames),
        Originals(buffer, lines, starts, ends, text.as_it_came),
        tuple(replace(fault, original=text.as_it_came(fault.original)) for fault in stretch.faults),
        tuple(replace(warning, original=text.as_it_came(warning.original)) for warning in stretch.warnings),
        stretch.damaged,
        {},
        stretch.blank,
    )
