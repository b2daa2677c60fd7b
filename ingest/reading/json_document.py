"""One JSON object spread over many lines, as page exports are often saved: brought on one line, where it is a record."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from graph.errors import BadExport
from ingest.chunks import ReadingOptions
from ingest.reading.encodings import Utf8Text
from ingest.reading.kinds import HEAD

# An opening brace alone on its line, then a key whose line closes no object. (Lines of records with one broken line do.)
_SPREAD = re.compile(rb"\s*\{[ \t\r]*\n\s*\"[^\n]*[^}\s][ \t\r]*\n")


def on_one_line(text: Utf8Text, name: str, options: ReadingOptions) -> Utf8Text:
    """The text, unless it is one object over many lines: then its one line. In JSON a line break is never part of a value.

    Raises BadExport for such an object over the line limit.
    """
    head = b""
    while len(head) < HEAD and (block := next(text.blocks, b"")):
        head += block
    blocks = chain([head], text.blocks)
    if not _SPREAD.match(head):
        return replace(text, blocks=blocks)
    return replace(text, blocks=iter([_joined(blocks, name, options)]))


def _joined(blocks: Iterator[bytes], name: str, options: ReadingOptions) -> bytes:
    parts, size = [], 0
    for block in blocks:
        parts.append(block.replace(b"\n", b" "))
        size += len(block)
        if size > options.max_line:
            raise BadExport(
                f"{name} is one JSON object of more than {options.max_line:,} bytes.",
                "Save its list with one record per line, for instance with `jq -c '.messages[]'`.",
            )
    return b"".join(parts)
