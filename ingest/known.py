"""What is stored already: posts with their accounts, and rows of the tables whose rows have no id. Loaded when asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from graph.schemas import DERIVED_COLUMNS
from ingest.key_index import KeyIndex, Keys
from ingest.reading.row_hash import row_keys

_PROVENANCE = ("source", "line")
_BATCH = 500_000  # rows


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A Parquet file of one fact table that is published, or accepted and waiting to be."""

    table: str
    file: Path
    source: str


class Known:
    """Indexes over the stored parts; each part is read at most once per index, when a file first needs that index."""

    def __init__(self, parts: Sequence[StoredPart]) -> None:
        self._parts = list(parts)
        self._indexes: dict[str, KeyIndex] = {}
        self._seen: dict[str, int] = {}  # how many of the parts an index covers

    def add(self, parts: Sequence[StoredPart]) -> None:
        """Parts of a file that was accepted: what they hold is known from now on."""
        self._parts.extend(parts)

    def posts(self) -> KeyIndex:
        """post id -> account, of every post."""
        return self._index("posts", lambda part: _rows_of(part) if part.table == "posts" else None, post_keys)

    def claims(self) -> KeyIndex:
        """post id -> account, of every post and of every action that has a post id of its own."""
        with_posts = {part.source for part in self._parts if part.table == "posts"}

        def claims(part: StoredPart) -> pl.LazyFrame | None:
            if part.table not in ("posts", "actions"):
                return None
            rows = _rows_of(part).drop_nulls("post_id")
            # Where a source gave posts its actions repeat their ids, likes excepted: they are no posts.
            repeats = part.table == "actions" and part.source in with_posts
            return rows.filter(pl.col("trace") == "like") if repeats else rows

        return self._index("claims", claims, post_keys)

    def rows(self, table: str) -> KeyIndex:
        """Rows of a table, provenance left out."""
        return self._index(
            table + " rows", lambda part: _rows_of(part) if part.table == table else None, partial(table_keys, table)
        )

    def _index(
        self,
        name: str,
        rows: Callable[[StoredPart], pl.LazyFrame | None],
        keys: Callable[[pl.DataFrame], tuple[Keys, ...]],
    ) -> KeyIndex:
        index = self._indexes.setdefault(name, KeyIndex())
        new = self._parts[self._seen.get(name, 0) :]
        self._seen[name] = len(self._parts)
        for part in new:
            if (lazy := rows(part)) is not None:
                for frame in lazy.collect_batches(chunk_size=_BATCH, maintain_order=True):
                    index.add_new(*keys(frame))
        return index


def _rows_of(part: StoredPart) -> pl.LazyFrame:
    return pl.scan_parquet(part.file, glob=False)


def post_keys(frame: pl.DataFrame) -> tuple[Keys, Keys, Keys]:
    """Key of `post_id`, and a number for `account_id`, per row."""
    high, low = row_keys(frame.select("post_id"))
    account, _ = row_keys(frame.select("account_id"))
    return high, low, account


def table_keys(table: str, frame: pl.DataFrame) -> tuple[Keys, Keys]:
    """Key of each row of a fact table, by what the export said: provenance and derived columns are left out."""
    return row_keys(frame.drop(*_PROVENANCE, *DERIVED_COLUMNS.get(table, ()), strict=False))
