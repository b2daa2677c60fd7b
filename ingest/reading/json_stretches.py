"""JSON text cut into records: one per line, or one per element of a list."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.errors import BadExport
from ingest.chunks import Fault, ReadingOptions
from ingest.reading.encodings import Utf8Text

BLOCK = 8 * 2**20
_BETWEEN_OBJECTS = re.compile(rb"(?<=\})\s*,\s*(?=\{)")
_COMMA, _QUOTE, _BACKSLASH = 44, 34, 92
_STEP = np.zeros(256, np.int8)
_STEP[list(b"[{")] = 1
_STEP[list(b"]}")] = -1


@dataclass(frozen=True, slots=True)
class Stretch:
    """Records as slices of a buffer: `spans` of (line, start, end); blank lines are left out and counted."""

    buffer: bytes
    spans: list[tuple[int, int, int]]
    blank: int = 0
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class _Split:
    """Elements found in a buffer, how far they reach, whether the list closed, and whether the rest is a whole element."""

    spans: list[tuple[int, int]]
    consumed: int
    closed: bool
    rest_is_whole: bool


def lines(text: Utf8Text, name: str, options: ReadingOptions) -> Iterator[Stretch]:
    """Stretches of lines, numbered from 1; a line over the limit raises BadExport."""
    line, carried, at_end = 1, b"", False
    while not at_end:
        buffer, at_end = _filled(carried, text.blocks)
        end = len(buffer) if at_end else buffer.rfind(b"\n") + 1
        if not end and len(buffer) > options.max_line:
            raise _too_long(f"{name}, line {line}", options)
        if end:
            stretch, count = _cut_lines(buffer[:end], line, name, options)
            yield stretch
            line += count
        carried = buffer[end:]


def elements(text: Utf8Text, name: str, options: ReadingOptions) -> Iterator[Stretch]:
    """Stretches of the elements of a list, numbered from 1; an element over the line limit raises BadExport.

    What stands behind the list is one fault, and so is a list that never closes.
    """
    number, at_end, closed = 1, False, False
    buffer = next(text.blocks, b"").lstrip()
    while not buffer and (block := next(text.blocks, None)) is not None:
        buffer = block.lstrip()
    buffer = buffer[1:]  # the opening bracket, seen by whoever told the kind
    while not at_end and not closed:
        buffer, at_end = _filled(buffer, text.blocks)
        split = _split(buffer)
        if not split.closed and (at_end or (not split.consumed and len(buffer) > options.max_line)):
            split = _split_roughly(buffer, split, at_end)
            if not split.consumed and not at_end:
                raise _too_long(f"{name}, element {number}", options)
        spans = [(number + at, *_trimmed(buffer, start, end)) for at, (start, end) in enumerate(split.spans)]
        number += len(spans)
        closed = split.closed
        faults = _ending_faults(buffer[split.consumed :], split, text.blocks, number) if closed or at_end else ()
        yield Stretch(buffer, spans, 0, faults)
        buffer = buffer[split.consumed :]


def _filled(carried: bytes, blocks: Iterator[bytes]) -> tuple[bytes, bool]:
    parts, size = [carried], 0
    while size < BLOCK and (block := next(blocks, None)) is not None:
        parts.append(block)
        size += len(block)
    return b"".join(parts), size < BLOCK


def _cut_lines(buffer: bytes, line: int, name: str, options: ReadingOptions) -> tuple[Stretch, int]:
    ends = np.flatnonzero(np.frombuffer(buffer, np.uint8) == 10)
    if not buffer.endswith(b"\n"):
        ends = np.append(ends, len(buffer))
    starts = np.concatenate(([0], ends[:-1] + 1))
    lengths = ends - starts
    if lengths.max() > options.max_line:
        raise _too_long(f"{name}, line {line + int(lengths.argmax())}", options)
    full = np.flatnonzero(lengths > 0)
    spans = zip((full + line).tolist(), starts[full].tolist(), ends[full].tolist(), strict=True)
    kept = [span for span in spans if not buffer[span[1] : span[2]].isspace()]
    return Stretch(buffer, kept, ends.size - len(kept)), int(ends.size)


def _too_long(place: str, options: ReadingOptions) -> BadExport:
    return BadExport(
        f"{place} is longer than {options.max_line:,} bytes.",
        "No record of a known export is so long; export the file again.",
    )


def _split(buffer: bytes) -> _Split:
    """Cut at the commas of the list itself: outside strings, at depth 0."""
    view = np.frombuffer(buffer, np.uint8)
    inside = np.bitwise_xor.accumulate(_string_borders(view)) if view.size else np.zeros(0, bool)
    depth = np.cumsum(np.where(inside, 0, _STEP[view]), dtype=np.int32)
    ended = np.flatnonzero(depth < 0)[:1]
    closing = int(ended[0]) if ended.size else len(buffer)
    cuts = np.flatnonzero((view[:closing] == _COMMA) & ~inside[:closing] & (depth[:closing] == 0))
    starts = [0, *(cuts + 1).tolist()]
    spans = list(zip(starts, cuts.tolist(), strict=False))
    if ended.size:
        if buffer[starts[-1] : closing].strip():
            spans.append((starts[-1], closing))
        return _Split(spans, closing + 1, True, True)
    return _Split(spans, starts[-1], False, not view.size or not (inside[-1] or depth[-1]))


def _trimmed(buffer: bytes, start: int, end: int) -> tuple[int, int]:
    part = buffer[start:end]
    return start + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip()) if part.strip() else 0)


def _string_borders(view: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Quotes that open or close a string: those behind an even number of backslashes."""
    borders: npt.NDArray[np.bool_] = view == _QUOTE
    slashes = np.flatnonzero(view == _BACKSLASH)
    if slashes.size:
        run_starts = slashes[np.flatnonzero(np.diff(slashes, prepend=-2) != 1)]
        quotes = np.flatnonzero(borders)
        behind = quotes[(quotes > 0) & (view[quotes - 1] == _BACKSLASH)]
        run = behind - run_starts[np.searchsorted(run_starts, behind) - 1]
        borders[behind[run % 2 == 1]] = False
    return borders


def _split_roughly(buffer: bytes, split: _Split, at_end: bool) -> _Split:
    """The elements found, and the rest cut wherever one object seems to end and another to begin: it is damaged anyway."""
    rest = split.consumed
    cuts = list(_BETWEEN_OBJECTS.finditer(buffer, rest))
    starts, ends = [rest, *(cut.end() for cut in cuts)], [cut.start() for cut in cuts]
    spans = [*split.spans, *zip(starts, ends, strict=False)]
    if not at_end:
        return _Split(spans, starts[-1], False, False)
    tail = buffer[starts[-1] :].rstrip()
    closed = bool(cuts) and tail.endswith(b"]")
    end = starts[-1] + len(tail) - (1 if closed else 0)
    if buffer[starts[-1] : end].strip():
        spans.append((starts[-1], end))
    return _Split(spans, len(buffer), closed, split.rest_is_whole)


def _ending_faults(rest: bytes, split: _Split, blocks: Iterator[bytes], number: int) -> tuple[Fault, ...]:
    if not split.closed:
        message = f"element {number}: the list never closes; the file may be cut off"
        return (Fault(number, "", "bad_json", message, b""),) if split.rest_is_whole else ()
    behind = rest.strip()
    for block in blocks:
        behind = behind or block.strip()
    if not behind:
        return ()
    return (Fault(number, "", "bad_json", f"element {number}: something stands behind the end of the list", behind),)
