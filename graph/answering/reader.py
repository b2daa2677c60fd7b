"""One held version of a graph, whatever store it lies in: rows of named questions to accounts, objects and ties."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from graph.answering.questions import Question
from graph.answers import Account, GraphSummary, Interaction, Object, Span
from graph.errors import NothingThere
from graph.foreign_text import show_text
from graph.words import Word

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Row(Protocol):
    """One row of an answer, by name of the column or by its place."""

    def __getitem__(self, column: Any, /) -> Any: ...

    def __iter__(self) -> Iterator[Any]: ...


Rows = Sequence[Row]


class Reader(ABC):
    """Asks one version; several threads may ask."""

    @abstractmethod
    def rows(self, question: Question, **given: Any) -> Rows:
        """All rows; raises StoreFault when the version cannot be read."""

    @abstractmethod
    def kinds_asked(self, kinds: Collection[str] | None) -> list[Any]:
        """The kinds of interactions as the questions take them, sorted; None gives all there are."""

    @property
    @abstractmethod
    def has_words(self) -> bool:
        """Whether the version can be searched by words; older programs wrote none."""

    @abstractmethod
    def words_asked(self, words: Sequence[Word]) -> str:
        """Words, at least one, as the questions take them: a name must have every one."""

    @abstractmethod
    def summary(self) -> GraphSummary:
        """See GraphStore.summary."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the version."""

    def known(self, account_ids: Collection[str]) -> dict[str, int]:
        """The keys of those ids that are in the graph, in the order of the ids."""
        asked = {name for name in account_ids if is_storable(name)}
        rows = self.rows(Question.ACCOUNTS_BY_ID, ids=sorted(asked))
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
        rows = self.rows(Question.ACCOUNTS_BY_KEY, keys=sorted(set(keys)))
        return {row["key"]: account_of(row) for row in rows}

    def interactions(self, rows: Rows) -> tuple[Interaction, ...]:
        """Rows of source, target, kind, n, first_at, last_at with keys; gives ids, in the order of the rows."""
        names = self.accounts({key for row in rows for key in (row["source"], row["target"])})
        return tuple(
            Interaction(
                names[row["source"]].account_id,
                names[row["target"]].account_id,
                row["kind"],
                row["n"],
                moment(row["first_at"]),
                moment(row["last_at"]),
            )
            for row in rows
        )


def account_of(row: Row) -> Account:
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


def object_of(row: Row) -> Object:
    return Object(
        row["name"],
        row["object_id"],
        row["accounts"],
        row["actions"],
        moment(row["first_at"]),
        moment(row["last_at"]),
    )


def span_of(row: Row, side: str = "") -> Span:
    """The columns n, first_at, last_at; with a side `few_n`, `few_first`, `few_last`."""
    names = (f"{side}_n", f"{side}_first", f"{side}_last") if side else ("n", "first_at", "last_at")
    return Span(row[names[0]], moment(row[names[1]]), moment(row[names[2]]))


def moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else _EPOCH + timedelta(microseconds=microseconds)


def is_storable(text: str) -> bool:
    """Ids with NUL or broken Unicode never pass ingest; a store would cut them and find somebody else."""
    return "\0" not in text and (text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text))
