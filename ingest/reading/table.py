"""A file opened for reading: its columns, a sample of its rows, and its chunks, in order and once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain

import polars as pl

from ingest.chunks import LINE, Chunk

SAMPLE_ROWS = 1000


@dataclass(slots=True)
class Table:
    """`columns` as far as known before reading (a JSON file may bring more later); `stream` gives each chunk once.

    `want`, when the reader has one, tells it which columns are needed from here on (None: all).
    `notes`: sentences about the file as a whole, complete when the stream has ended.
    """

    columns: tuple[str, ...]
    stream: Iterator[Chunk]
    want: Callable[[frozenset[str] | None], None] | None = None
    notes: list[str] = field(default_factory=list)

    def sample(self) -> pl.DataFrame:
        """The first rows, without LINE; empty with the right columns when there are none. Does not use up the stream."""
        first = next(self.stream, None)
        if first is None:
            return pl.DataFrame(schema=dict.fromkeys(self.columns, pl.String))
        self.stream = chain([first], self.stream)
        return first.frame.drop(LINE).head(SAMPLE_ROWS)

    def chunks(self, wanted: frozenset[str] | None = None) -> Iterator[Chunk]:
        """The chunks; from a reader that can leave columns out, with no others than the wanted."""
        if self.want is None or wanted is None:
            return self.stream
        self.want(wanted)
        return (_narrowed(chunk, wanted) for chunk in self.stream)


def _narrowed(chunk: Chunk, wanted: frozenset[str]) -> Chunk:
    kept = [column for column in chunk.frame.columns if column in wanted or column == LINE]
    return replace(chunk, frame=chunk.frame.select(kept))
