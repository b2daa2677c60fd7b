"""Cut one CSV record out of a text, by the rules of RFC 4180 and with mercy for quotes that stand alone."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Cut:
    """A record of `line_count` physical lines that ends before byte `end`; the next one begins at `end + 1`.

    `cells` holds no more than the caller asked for, `fields` counts them all.
    `closed` is False when a quote opens and never closes properly: then the cut is the first physical line, without cells.
    `repaired`: a quote inside a quoted cell was not doubled, and was taken as a character of the cell.
    """

    end: int
    first_line_end: int
    cells: list[bytes] = field(default_factory=list)
    fields: int = 0
    line_count: int = 1
    closed: bool = True
    repaired: bool = False

    def add(self, cell: bytes, most: int) -> None:
        self.fields += 1
        if self.fields <= most:
            self.cells.append(cell)


def cut_record(text: bytes, start: int, delimiter: bytes, limit: int, at_end: bool, most: int) -> Cut | None:
    """The record that begins at `start`; None when it may go on beyond `text` (never so `at_end`).

    A record of several lines is followed for at most `limit` bytes. Quotes inside an unquoted cell are plain characters.
    """
    line_end = text.find(b"\n", start)
    if line_end < 0:
        if not at_end:
            return None
        line_end = len(text)
    if text.find(b'"', start, line_end) >= 0:
        return _cut_quoted(text, start, line_end, delimiter, limit, at_end, most)
    cut = Cut(line_end, line_end, fields=text.count(delimiter, start, line_end) + 1)
    if cut.fields <= most:
        cut.cells = text[start : _without_returns(text, start, line_end)].split(delimiter)
    return cut


def _cut_quoted(
    text: bytes, start: int, line_end: int, delimiter: bytes, limit: int, at_end: bool, most: int
) -> Cut | None:
    cut = Cut(line_end, line_end)
    at = start
    while True:
        if text[at : at + 1] == b'"':
            close, lone = _closing_quote(text, at, cut.end, delimiter, start + limit)
            if close is None:
                undecided = not at_end and not lone and len(text) <= start + limit
                return None if undecided else Cut(line_end, line_end, closed=False)
            cut.repaired |= lone
            cut.add(text[at + 1 : close].replace(b'""', b'"'), most)
            at = close + 1
            if close > cut.end:  # the cell ended on a later line
                cut.end = _line_end(text, at)
            while text[at : at + 1] == b"\r":
                at += 1
        else:
            stop = text.find(delimiter, at, cut.end)
            until = stop if stop >= 0 else _without_returns(text, at, cut.end)
            cut.add(text[at:until], most)
            at = stop if stop >= 0 else cut.end
        if text[at : at + 1] != delimiter:
            break
        at += 1
    if cut.end == len(text) and not at_end:
        return None  # the next byte may still belong to this line
    cut.line_count = text.count(b"\n", start, cut.end) + 1
    return cut


def _closing_quote(text: bytes, opener: int, line_end: int, delimiter: bytes, limit: int) -> tuple[int | None, bool]:
    """Where the quote that opens at `opener` closes (None: nowhere before `limit`), and whether lone quotes were passed.

    A lone quote is a character of the cell while the cell is still on its first line; after that it means that the opener
    was no opener, or other records would vanish in it.
    """
    at, lone = opener + 1, False
    while (quote := text.find(b'"', at, limit)) >= 0:
        if text[quote + 1 : quote + 2] == b'"':
            at = quote + 2
        elif _is_border(text, quote + 1, delimiter):
            return (None, True) if lone and quote > line_end else (quote, lone)
        elif quote > line_end:
            return None, True
        else:
            lone = True
            at = quote + 1
    return None, lone


def _is_border(text: bytes, at: int, delimiter: bytes) -> bool:
    """Whether a cell may end before `at`: a delimiter, the end of the line (CRs before it included) or of the text."""
    while text[at : at + 1] == b"\r":
        at += 1
    return text[at : at + 1] in (delimiter, b"\n", b"")


def _line_end(text: bytes, at: int) -> int:
    end = text.find(b"\n", at)
    return end if end >= 0 else len(text)


def _without_returns(text: bytes, start: int, end: int) -> int:
    while end > start and text[end - 1 : end] == b"\r":
        end -= 1
    return end
