"""The proof that a stretch of CSV is sound: numpy looks at every byte, so that a quick parser may be trusted with it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ingest.chunks import ReadingOptions
from ingest.reading.csv_layout import Layout

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
_LF, _CR, _QUOTE, _TAB = 10, 13, 34, 9


@dataclass(frozen=True, slots=True)
class Proof:
    """A sound stretch of `end` bytes: where its records start and on which physical line (the first line of it is 0)."""

    end: int
    starts: Places
    lines: Places
    line_count: int
    clean: bytes  # the stretch with LF as its only line end, for the quick parser


def prove(stretch: Bytes, layout: Layout, options: ReadingOptions) -> Proof | None:
    """The proof for the records that are whole in `stretch` (which begins with a record); None when anything is unusual.

    Proven: quotes pair up and stand only where RFC 4180 lets them; every record has the header's field count; no bare CR,
    no control byte, valid UTF-8; no cell or line over its limit; no line inside a quoted cell that could be a row.
    """
    quotes = np.flatnonzero(stretch == _QUOTE)
    inside = np.bitwise_xor.accumulate(stretch == _QUOTE) if quotes.size else None
    line_ends = np.flatnonzero(stretch == _LF)
    record_ends = line_ends if inside is None else line_ends[~inside[line_ends]]
    if not record_ends.size or layout.width < 2:  # with one column an empty line cannot be told from an empty cell
        return None
    end = int(record_ends[-1]) + 1
    stretch, quotes = stretch[:end], quotes[quotes < end]
    inside = None if inside is None else inside[:end]
    line_ends = line_ends[line_ends < end]
    sound = (
        _plain_bytes(stretch)
        and _quotes_at_borders(stretch, quotes, layout)
        and _even_records(stretch, inside, record_ends, layout, options)
        and (inside is None or _no_hidden_rows(stretch, inside, line_ends, layout))
    )
    if not sound:
        return None
    starts = np.concatenate(([0], record_ends[:-1] + 1))
    lines = np.arange(starts.size) if inside is None else np.searchsorted(line_ends, starts)
    return Proof(end, starts, lines, int(line_ends.size), _lf_only(stretch, inside))


def _plain_bytes(stretch: Bytes) -> bool:
    control = (stretch < 32) & (stretch != _LF) & (stretch != _TAB)
    odd = np.flatnonzero(control)
    if (stretch[odd] != _CR).any() or (stretch[odd + 1] != _LF).any():  # the last byte is an LF, so odd + 1 exists
        return False
    if stretch.max() < 128:
        return True
    try:
        str(stretch.data, "utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _quotes_at_borders(stretch: Bytes, quotes: Places, layout: Layout) -> bool:
    """Openers follow a delimiter, a line end or a quote; closers come before a delimiter, a line end or a quote."""
    if not quotes.size:
        return True
    border = np.zeros(256, dtype=bool)
    border[[layout.delimiter[0], _LF, _QUOTE]] = True
    openers, closers = quotes[0::2], quotes[1::2]
    before = openers[openers > 0] - 1
    after_closer = stretch[closers + 1]  # the last byte is an LF outside quotes
    border_after = border.copy()
    border_after[_CR] = True  # followed by LF: no bare CR is left by now
    return bool(border[stretch[before]].all() and border_after[after_closer].all())


def _even_records(
    stretch: Bytes, inside: npt.NDArray[np.bool_] | None, record_ends: Places, layout: Layout, options: ReadingOptions
) -> bool:
    """Every record has the header's number of fields, and no cell or record is over its limit."""
    borders = (stretch == layout.delimiter[0]) | (stretch == _LF)
    if inside is not None:
        borders &= ~inside
    cell_ends = np.flatnonzero(borders)
    if cell_ends.size != record_ends.size * layout.width:
        return False
    if not np.array_equal(cell_ends[layout.width - 1 :: layout.width], record_ends):
        return False
    longest_cell = int(np.diff(cell_ends, prepend=-1).max()) - 1
    longest_record = int(np.diff(record_ends, prepend=-1).max())
    return longest_cell <= options.max_cell and longest_record <= options.max_line


def _no_hidden_rows(stretch: Bytes, inside: npt.NDArray[np.bool_], line_ends: Places, layout: Layout) -> bool:
    """No physical line that begins inside a quoted cell has the header's field count when quotes are not heeded."""
    begun_inside = np.flatnonzero(inside[line_ends]) + 1  # lines that follow a line end inside quotes
    if not begun_inside.size:
        return True
    delimiters = np.flatnonzero(stretch == layout.delimiter[0])
    before = np.searchsorted(delimiters, line_ends)
    fields = np.diff(before, prepend=0) + 1
    return not bool((fields[begun_inside] == layout.width).any())


def _lf_only(stretch: Bytes, inside: npt.NDArray[np.bool_] | None) -> bytes:
    returns = stretch == _CR
    if not returns.any():
        return stretch.tobytes()
    if inside is not None:
        returns &= ~inside  # a CRLF inside a quoted cell is part of the cell
    kept: Bytes = stretch[~returns]
    return kept.tobytes()
