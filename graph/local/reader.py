"""One held version of the local graph, asked in SQL; faults come out as sentences."""

import json
import sqlite3
import threading
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from graph.answering.questions import Question
from graph.answering.reader import Reader, moment
from graph.answers import GraphSummary, KindCount, TraceCount
from graph.errors import StoreFault
from graph.local.files import OpenVersion
from graph.local.queries import SQL
from graph.words import Word


class LocalReader(Reader):
    """Runs queries on one version; several threads may ask, one at a time is answered."""

    def __init__(self, version: OpenVersion) -> None:
        self._version = version
        self._one_at_a_time = threading.Lock()
        self._version.connection.row_factory = sqlite3.Row

    def close(self) -> None:
        self._version.close()

    def rows(self, question: Question, **given: Any) -> list[sqlite3.Row]:
        """A list or set among the parameters is handed over as JSON, for json_each."""
        return self._asked(SQL[question], **given)

    def kinds_asked(self, kinds: Collection[str] | None) -> list[int]:
        rows = self._asked("SELECT code, kind FROM kinds ORDER BY code")
        return [row["code"] for row in rows if kinds is None or row["kind"] in kinds]

    @property
    def has_words(self) -> bool:
        return self._version.has_words

    def words_asked(self, words: Sequence[Word]) -> str:
        return " AND ".join(f'"{word.text}"{"" if word.whole else " *"}' for word in words)

    def summary(self) -> GraphSummary:
        figures: Mapping[str, Any] = {row["name"]: row["value"] for row in self._asked("SELECT * FROM figures")}
        counts = (
            "facts_number", "facts_version", "accounts", "listed_accounts", "objects", "lone_objects", "touches",
            "interactions", "self_interactions", "handles_resolved", "handles_open",
        )  # fmt: skip
        return GraphSummary(
            **{name: figures.get(name, 0) for name in counts},
            first_at=moment(figures.get("first_at")),
            last_at=moment(figures.get("last_at")),
            traces=tuple(
                TraceCount(row["trace"], row["objects"], row["lone_objects"], row["touches"])
                for row in self._asked("SELECT * FROM traces ORDER BY trace")
            ),
            kinds=tuple(
                KindCount(row["kind"], row["ties"], row["times"])
                for row in self._asked("SELECT * FROM kinds ORDER BY kind")
            ),
        )

    def _asked(self, query: str, **given: Any) -> list[sqlite3.Row]:
        try:
            with self._one_at_a_time:
                found = self._version.connection.execute(query, {name: _bound(v) for name, v in given.items()})
                return found.fetchall()
        except sqlite3.Error as fault:
            raise StoreFault(
                f"The graph {self._version.path} cannot be read: {fault}.", "Build it again: flockwatch ingest FILE."
            ) from fault


def _bound(value: Any) -> Any:
    return json.dumps(list(value)) if isinstance(value, list | tuple | set | frozenset) else value
