"""Gives a built graph its words: what account and object are called, in an index of its own beside the tables."""

import sqlite3
from contextlib import closing
from pathlib import Path

import polars as pl

from graph.local.schema import BULK_LOADING, INSERTS, SCHEMA_VERSION, WORD_TABLES
from graph.words import words_of

_ROWS_AT_ONCE = 100_000
_NAMES = {
    "account": "SELECT key, account_id || ' ' || COALESCE(handle, '') || ' ' || COALESCE(display_name, '') FROM accounts ORDER BY key",
    "object": "SELECT key, object_id FROM objects ORDER BY key",
}


def add_words(target: Path) -> None:
    """Bring a whole file of version 1, nobody's yet, to version 2."""
    with closing(sqlite3.connect(target, isolation_level=None)) as out:
        out.executescript(f"{BULK_LOADING} BEGIN; {WORD_TABLES}")
        for name, asked in _NAMES.items():
            names = out.execute(asked)
            while rows := names.fetchmany(_ROWS_AT_ONCE):
                out.executemany(INSERTS[f"{name}_words"], _worded(rows))
        out.execute("INSERT INTO account_index (account_index) VALUES ('rebuild')")
        out.execute("INSERT INTO object_index (object_index) VALUES ('rebuild')")
        out.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        out.execute("COMMIT")


def _worded(rows: list[tuple[int, str]]) -> list[tuple[int, str]]:
    keys, names = zip(*rows, strict=True)
    words = words_of(pl.Series(names, dtype=pl.String))
    return [(key, text) for key, text in zip(keys, words, strict=True) if text is not None]
