"""What kind of file it is, told from its content; what is no table is refused with one sentence."""

import re
from enum import StrEnum
from pathlib import Path

from graph.errors import BadExport
from ingest.reading.log_lines import looks_like_log

HEAD = 64 * 2**10  # bytes of content looked at


class Kind(StrEnum):
    """How a file is cut into records."""

    CSV = "csv"
    JSON_LINES = "jsonl"
    JSON_LIST = "json"
    PARQUET = "parquet"
    LOG = "log"


_NO_TABLES = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or a spreadsheet"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"SQLite format 3\0", "a SQLite database"),
    (b"BZh9", "packed with bzip2"),
    (b"\xfd7zXZ", "packed with xz"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x93NUMPY", "a NumPy file"),
    (b"ARROW1", "an Arrow file"),
    (b"Obj\x01", "an Avro file"),
    (b"\x80\x04\x95", "a Python pickle, which could run code"),
    (b"\x80\x05\x95", "a Python pickle, which could run code"),
)
_BOMS = (b"\xff\xfe", b"\xfe\xff")
_OTHER_TEXT = {
    ".yaml": "a YAML file", ".yml": "a YAML file", ".xml": "an XML file", ".html": "a web page", ".htm": "a web page",
    ".graphml": "a graph file (GraphML)", ".gexf": "a graph file (GEXF)", ".gml": "a graph file (GML)", ".toml": "a settings file",
}  # fmt: skip
_HINT = "Export the posts, actions, accounts or sessions as CSV, JSON lines or Parquet."
_CONTROL = bytes(range(9)) + bytes(range(14, 32))  # of text, only TAB, LF, VT, FF and CR are expected
_MAX_CONTROL = 0.1  # share of control bytes above which content is no text; a text with a stray NUL stays far below
_MARKUP = re.compile(rb"\s*<(\?xml|!doctype|!--|html|graphml|gexf|rss|svg|[a-z][\w:.-]*[\s>/])", re.IGNORECASE)
_YAML = re.compile(rb"\s*(%YAML|---\s*\n)|[^\n,;\t]*:\s+!!python/")


def kind_of(path: Path, head: bytes, encoding: str | None = None) -> Kind:
    """The kind of a file that begins with `head` (unpacked bytes); raises BadExport for anything that is no table.

    `encoding`: what the person says the text is in; then NUL bytes are no sign of binary data.
    """
    _refuse_other_content(path, head, encoding)
    if head.startswith(b"PAR1"):
        return Kind.PARQUET
    text = head.lstrip(b"\xef\xbb\xbf")
    if head.startswith(_BOMS) or encoding:
        text = head.lstrip(b"\xff\xfe").replace(b"\0", b"")
    _refuse_other_text(path, text)
    first = text.lstrip()[:1]
    if first == b"[":
        return Kind.JSON_LIST
    if looks_like_log(text):
        return Kind.LOG
    names_json = any(suffix in (".json", ".jsonl", ".ndjson") for suffix in map(str.lower, path.suffixes))
    return Kind.JSON_LINES if first == b"{" or names_json else Kind.CSV


def _refuse_other_content(path: Path, head: bytes, encoding: str | None) -> None:
    if not head.strip(b" \t\r\n\x0b\x0c"):
        raise BadExport(f"{path.name} is empty.", _HINT)
    for magic, what in _NO_TABLES:
        if head.startswith(magic):
            raise BadExport(f"{path.name} is {what}, not a table.", _HINT)
    if encoding or head.startswith((b"PAR1", *_BOMS)):
        return
    if _looks_wide(head):
        raise BadExport(
            f"{path.name} looks like UTF-16 without a byte order mark.",
            "Pass --encoding utf-16-le, or save it as UTF-8.",
        )
    control = len(head) - len(head.translate(None, _CONTROL))
    if control > _MAX_CONTROL * len(head):
        raise BadExport(f"{path.name} is not text: it holds binary data.", _HINT)


def _looks_wide(head: bytes) -> bool:
    """Nearly every other byte is NUL, on one side only."""
    even, odd = head[0:2000:2], head[1:2000:2]
    zeros = sorted((even.count(0) / max(len(even), 1), odd.count(0) / max(len(odd), 1)))
    return len(head) >= 16 and zeros[0] < 0.1 and zeros[1] > 0.6


def _refuse_other_text(path: Path, text: bytes) -> None:
    if not text.strip():
        raise BadExport(f"{path.name} is empty.", _HINT)
    what = _OTHER_TEXT.get(path.suffix.lower(), "")
    if _MARKUP.match(text):
        what = what or "an XML or HTML file"
    elif _YAML.match(text):
        what = what or "a YAML file"
    if what:
        raise BadExport(f"{path.name} is {what}, not a table of records.", _HINT)
