"""Any text as UTF-8 with LF line ends, without losing a byte that was damaged."""

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from graph.errors import BadExport, BadSetting
from ingest.chunks import ReadingOptions

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = ("utf-16", "utf-32")


@dataclass(frozen=True, slots=True)
class Utf8Text:
    """Blocks of a text: UTF-8 without byte order mark, line ends LF or CRLF; bytes that did not decode are still in it.

    `as_it_came` turns a stretch of it back into the bytes of the file.
    """

    blocks: Iterator[bytes]
    encoding: str
    as_it_came: Callable[[bytes], bytes]


def utf8_text(blocks: Iterator[bytes], name: str, options: ReadingOptions) -> Utf8Text:
    """The text in `blocks`, decoded by its byte order mark, else by `options.encoding`, else as UTF-8."""
    head = next(blocks, b"")
    while len(head) < 4 and (more := next(blocks, b"")):
        head += more
    encoding, mark = _encoding(head, options)
    blocks = chain([head[len(mark) :]], blocks)
    if encoding == "utf-8":
        return Utf8Text(_lf_ended(blocks, name, options.max_line), encoding, bytes)
    return Utf8Text(_lf_ended(_transcoded(blocks, encoding), name, options.max_line), encoding, _back_to(encoding))


def _encoding(head: bytes, options: ReadingOptions) -> tuple[str, bytes]:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, mark
    if options.encoding is None:
        return "utf-8", b""
    try:
        name = codecs.lookup(options.encoding).name
    except LookupError:
        raise BadSetting(
            f"There is no encoding called {options.encoding!r}.", "Try utf-8, utf-16, latin-1 or cp1252."
        ) from None
    return {"utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(name, name), b""


def _handler(encoding: str) -> str:
    return "surrogatepass" if encoding.startswith(_WIDE) else "surrogateescape"


def _transcoded(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """UTF-8 of the text; a lone surrogate or a byte without meaning comes out as bytes that are not valid UTF-8."""
    handler = _handler(encoding)
    decoder = codecs.getincrementaldecoder(encoding)(errors=handler)
    for block in blocks:
        try:
            text = decoder.decode(block)
        except UnicodeError as fault:  # only UTF-32 has numbers beyond Unicode
            raise BadExport(
                f"The file is not valid {encoding.upper()}: {fault}.", "Save it as UTF-8 and import that."
            ) from fault
        yield text.encode("utf-8", handler)
    try:
        yield decoder.decode(b"", final=True).encode("utf-8", handler)
    except UnicodeDecodeError:
        yield b"\xff"  # half a character at the end: leave a sign that something was there


def _back_to(encoding: str) -> Callable[[bytes], bytes]:
    handler = _handler(encoding)

    def as_it_came(part: bytes) -> bytes:
        try:
            return part.decode("utf-8", handler).encode(encoding, handler)
        except UnicodeError:
            return part

    return as_it_came


def _lf_ended(blocks: Iterator[bytes], name: str, max_line: int) -> Iterator[bytes]:
    """The same text; a bare CR ends a line only when the file has no LF, and then it is made an LF."""
    head = b""
    for block in blocks:
        head += block
        if b"\n" in block or len(head) > max_line:
            break
    old_mac = b"\n" not in head and b"\r" in head
    if not old_mac:
        yield head
        yield from blocks
        return
    yield head.replace(b"\r", b"\n")
    for block in blocks:
        if b"\n" in block:  # so a CR ends no line here, and the first line is longer than any may be
            raise BadExport(
                f"{name}, line 1 is longer than {max_line:,} bytes.", "A bare CR ends a line only in a file without LF."
            )
        yield block.replace(b"\r", b"\n")
