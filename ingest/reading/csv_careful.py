"""The careful lane of CSV: one record at a time, every damaged line set aside under its own name."""

import re
from dataclasses import dataclass, field
from itertools import count

from graph.errors import BadExport
from ingest.chunks import Fault, ReadingOptions
from ingest.reading.cells import CellReader
from ingest.reading.csv_layout import Layout
from ingest.reading.csv_quotes import Cut, cut_record

BLOCK = 8 * 2**20  # bytes read at a time: about 60,000 rows; larger blocks gained nothing and cost memory
_BLANK_LINES = re.compile(rb"(?:[ \t\r\x0b\x0c]*\n)+")


@dataclass(slots=True)
class CarefulRecords:
    """What the careful lane read: rows of cells beside their line, start and end; `consumed` bytes and `line_count` lines."""

    cells: CellReader
    rows: list[list[str | None]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    blank: int = 0
    consumed: int = 0
    line_count: int = 0


def read_carefully(
    text: bytes, start: int, stop: int, line: int, layout: Layout, options: ReadingOptions, at_end: bool
) -> CarefulRecords:
    """Read records from `start` until `stop` is reached or passed, or until a record needs bytes beyond `text`.

    `line`: physical line number at `start`. `at_end`: nothing follows `text`. A physical line over the limit raises BadExport.
    """
    done = CarefulRecords(CellReader(layout.columns, options.max_cell), consumed=start)
    while done.consumed < stop:
        if blank := _BLANK_LINES.match(text, done.consumed):
            lines = text.count(b"\n", done.consumed, blank.end())
            done.blank, done.line_count, done.consumed = done.blank + lines, done.line_count + lines, blank.end()
            continue
        cut = cut_record(text, done.consumed, layout.delimiter, options.max_line, at_end, layout.width)
        at = line + done.line_count
        if cut is None:
            _refuse_endless(text, done.consumed, at, layout, options)
            break
        if cut.first_line_end - done.consumed > options.max_line:
            raise too_long(layout.name, at, options)
        _judge(done, cut, text, at, layout)
        done.line_count += cut.line_count
        done.consumed = min(cut.end + 1, len(text))
    return done


def _refuse_endless(text: bytes, start: int, line: int, layout: Layout, options: ReadingOptions) -> None:
    """A record that is not whole yet may grow, but no physical line beyond its limit and no record beyond twice that."""
    waiting = len(text) - start
    no_line_end = waiting > options.max_line and text.find(b"\n", start, start + options.max_line + 1) < 0
    if no_line_end or waiting > 2 * options.max_line + BLOCK:
        raise too_long(layout.name, line, options)


def too_long(name: str, line: int, options: ReadingOptions) -> BadExport:
    return BadExport(
        f"{name}, line {line} is longer than {options.max_line:,} bytes.",
        "No record of a known export is so long; export the file again.",
    )


def _judge(done: CarefulRecords, cut: Cut, text: bytes, line: int, layout: Layout) -> None:
    """Put the record where it belongs: rows, blank, or faults under the first reason of the contract's order."""
    original = text[done.consumed : cut.end]
    physical = original.split(b"\n")
    if cut.line_count == 1 and not original.strip():
        done.blank += 1
    elif not cut.closed:
        done.faults.append(
            _fault(
                line, "unterminated_quote", "a quote opens and never closes properly; the line was set aside", original
            )
        )
    elif cut.line_count > 1 and _hides_rows(physical, layout):
        until = line + cut.line_count - 1
        message = f"lines {line}-{until} look like rows hidden inside one quoted cell"
        done.faults += [
            _fault(at, "suspicious_multiline", message, part) for at, part in zip(count(line), physical, strict=False)
        ]
    elif cut.fields != layout.width:
        _judge_count(done, cut, original, line, layout)
    else:
        _accept(done, cut, original, line, layout)


def _judge_count(done: CarefulRecords, cut: Cut, original: bytes, line: int, layout: Layout) -> None:
    if cut.line_count == 1 and original.decode("utf-8", "replace").isspace():
        done.blank += 1
        return
    if cut.repaired:
        done.faults.append(_fault(line, "unterminated_quote", "the quotes of the line do not pair up", original))
        return
    cut_off = "; the file may be cut off" if cut.fields < layout.width else ""
    message = f"{cut.fields} fields, the header has {layout.width}{cut_off}"
    done.faults.append(_fault(line, "field_count", message, original))


def _accept(done: CarefulRecords, cut: Cut, original: bytes, line: int, layout: Layout) -> None:
    row = done.cells.row(cut.cells, line)
    if layout.repeats_header([cell or "" for cell in row]):
        done.cells.forget(line)
        done.faults.append(_fault(line, "repeated_header", "the line repeats the header", original))
        return
    if cut.repaired:
        done.cells.warn(
            line, "", "quoting", "quotes inside a quoted cell were not doubled; read up to the closing quote", original
        )
    done.rows.append(row)
    done.lines.append(line)
    done.starts.append(done.consumed)
    done.ends.append(cut.end)


def _hides_rows(physical: list[bytes], layout: Layout) -> bool:
    """Whether an inner line could be a row, or both the first and the last line could: a quote that swallowed lines."""
    if layout.width < 3:  # account, object and time make three; a narrower table has no row to hide
        return False
    if any(layout.looks_like_row(inner) for inner in physical[1:-1]):
        return True
    first_is_row = physical[0].count(layout.delimiter) + 1 == layout.width
    return first_is_row and layout.looks_like_row(physical[-1])


def _fault(line: int, reason: str, message: str, original: bytes) -> Fault:
    return Fault(line, "", reason, f"line {line}: {message}", original)
