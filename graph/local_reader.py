"""One held version of the local graph, asked in SQL: rows to accounts and objects, faults to sentences."""

import json
import sqlite3
import threading
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from graph import local_queries as sql
from graph.answers import Account, GraphSummary, Interaction, KindCount, Object, Span, TraceCount
from graph.errors import NothingThere, StoreFault
from graph.foreign_text import show_text
from graph.local_files import OpenVersion

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Reader:
    """Runs queries on one version; several threads may ask, one at a time is answered."""

    def __init__(self, version: OpenVersion) -> None:
        self._version = version
        self._one_at_a_time = threading.Lock()
        self._version.connection.row_factory = sqlite3.Row

    def close(self) -> None:
        self._version.close()

    def rows(self, query: str, **given: Any) -> list[sqlite3.Row]:
        """All rows; a list or set among the parameters is handed over as JSON, for json_each."""
        try:
            with self._one_at_a_time:
                found = self._version.connection.execute(query, {name: _bound(v) for name, v in given.items()})
                return found.fetchall()
        except sqlite3.Error as fault:
            raise StoreFault(
                f"The graph {self._version.path} cannot be read: {fault}.", "Build it again: flockwatch ingest FILE."
            ) from fault

    def known(self, account_ids: Collection[str]) -> dict[str, int]:
        """The keys of those ids that are in the graph, in the order of the ids."""
        asked = {name for name in account_ids if is_storable(name)}
        rows = self.rows(sql.ACCOUNTS_BY_ID, ids=sorted(asked))
        return {row["account_id"]: row["key"] for row in rows if row["account_id"] in asked}

    def key_of(self, account_id: str) -> int:
        key = self.known([account_id]).get(account_id)
        if key is None:
            raise NothingThere(
                f"There is no account {show_text(account_id, 80)} in the graph.",
                "Search for a part of its id or handle.",
            )
        return key

    def accounts(self, keys: Collection[int]) -> dict[int, Account]:
        return {row["key"]: account_of(row) for row in self.rows(sql.ACCOUNTS_BY_KEY, keys=sorted(set(keys)))}

    def kind_codes(self, kinds: Collection[str] | None) -> list[int]:
        rows = self.rows("SELECT code, kind FROM kinds ORDER BY code")
        return [row["code"] for row in rows if kinds is None or row["kind"] in kinds]

    def interactions(self, rows: Iterable[sqlite3.Row]) -> tuple[Interaction, ...]:
        """Rows of source, target, kind, n, first_at, last_at with keys; gives ids, in the order of the rows."""
        found = list(rows)
        names = self.accounts({key for row in found for key in (row["source"], row["target"])})
        return tuple(
            Interaction(
                names[row["source"]].account_id,
                names[row["target"]].account_id,
                row["kind"],
                row["n"],
                moment(row["first_at"]),
                moment(row["last_at"]),
            )
            for row in found
        )

    def summary(self) -> GraphSummary:
        figures: Mapping[str, Any] = {row["name"]: row["value"] for row in self.rows("SELECT * FROM figures")}
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
                for row in self.rows("SELECT * FROM traces ORDER BY trace")
            ),
            kinds=tuple(
                KindCount(row["kind"], row["ties"], row["times"])
                for row in self.rows("SELECT * FROM kinds ORDER BY kind")
            ),
        )


def account_of(row: sqlite3.Row) -> Account:
    return Account(
        account_id=row["account_id"],
        handle=row["handle"],
        display_name=row["display_name"],
        platform=row["platform"],
        created_at=moment(row["created_at"]),
        protection_tier=row["protection_tier"],
        status=row["status"],
        listed=bool(row["listed"]),
        actions=row["actions"],
        shared_objects=row["shared_objects"],
        lone_objects=row["lone_objects"],
    )


def object_of(row: sqlite3.Row) -> Object:
    return Object(
        row["name"],
        row["object_id"],
        row["accounts"],
        row["actions"],
        moment(row["first_at"]),
        moment(row["last_at"]),
    )


def span_of(row: sqlite3.Row, side: str = "") -> Span:
    """The columns n, first_at, last_at; with a side `few_n`, `few_first`, `few_last`."""
    names = (f"{side}_n", f"{side}_first", f"{side}_last") if side else ("n", "first_at", "last_at")
    return Span(row[names[0]], moment(row[names[1]]), moment(row[names[2]]))


def moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else _EPOCH + timedelta(microseconds=microseconds)


def is_storable(text: str) -> bool:
    """Ids with NUL or broken Unicode never pass ingest; SQLite would cut them and find somebody else."""
    return "\0" not in text and (text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text))


def _bound(value: Any) -> Any:
    return json.dumps(list(value)) if isinstance(value, list | tuple | set | frozenset) else value
