"""The part of a graph store that only reads: each question of the contract over whatever version the store holds."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from types import TracebackType
from typing import Self

from graph.answering import near, objects, search
from graph.answering.reader import Reader
from graph.answers import (
    Account,
    CoActors,
    EvidencePath,
    Found,
    GraphSummary,
    Neighbourhood,
    ObjectAccounts,
    SharedObjects,
    TopObjects,
)
from graph.errors import BadSetting
from graph.store import PATH_ROWS, PATH_STEPS, PATH_WAYS, POPULAR_ACCOUNTS


class AnsweringStore(ABC):
    """What it read first is what it goes on reading, until it is closed or rebuilds. See graph.store.GraphStore."""

    def __init__(self) -> None:
        self._reader: Reader | None = None

    @abstractmethod
    def _open(self) -> Reader:
        """The version that counts now; raises NothingThere when none was built."""

    def read(self) -> Reader:
        """The held version; taken at the first question."""
        if self._reader is None:
            self._reader = self._open()
        return self._reader

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def summary(self) -> GraphSummary:
        return self.read().summary()

    def account(self, account_id: str) -> Account:
        key = self.read().key_of(account_id)
        return self.read().accounts([key])[key]

    def accounts(self, account_ids: Collection[str]) -> tuple[Account, ...]:
        return tuple(self.read().accounts(self.read().known(account_ids).values()).values())

    def find(self, text: str, limit: int = 20) -> Found:
        return search.find(self.read(), text, at_least_one(limit))

    def neighbourhood(
        self,
        account_id: str,
        hops: int = 1,
        limit_nodes: int = 100,
        kinds: Collection[str] | None = None,
        limit_interactions: int = 2_000,
    ) -> Neighbourhood:
        if hops not in {1, 2}:
            raise BadSetting(f"hops must be 1 or 2, not {hops}.")
        limits = (at_least_one(limit_nodes), kinds, at_least_one(limit_interactions))
        return near.neighbourhood(self.read(), account_id, hops, *limits)

    def co_actors(self, account_id: str, limit: int = 100, popular: int = POPULAR_ACCOUNTS) -> CoActors:
        return near.co_actors(self.read(), account_id, at_least_one(limit), popular)

    def shortest_path(
        self,
        left: str,
        right: str,
        max_hops: int = PATH_STEPS,
        over: Collection[str] = PATH_WAYS,
        popular: int = POPULAR_ACCOUNTS,
        read_most: int = PATH_ROWS,
    ) -> EvidencePath:
        if not over or not set(over) <= set(PATH_WAYS):
            raise BadSetting(f"A path goes over {' and '.join(PATH_WAYS)}, not over {sorted(over)}.")
        if not 1 <= max_hops <= PATH_STEPS:
            raise BadSetting(f"A path has 1 to {PATH_STEPS} steps, not {max_hops}.")
        return near.shortest_path(self.read(), left, right, max_hops, over, popular, at_least_one(read_most))

    def shared_objects(self, left: str, right: str, limit: int = 50) -> SharedObjects:
        return objects.shared_objects(self.read(), left, right, at_least_one(limit))

    def top_objects(self, account_ids: Collection[str], limit: int = 20) -> TopObjects:
        return objects.top_objects(self.read(), account_ids, at_least_one(limit))

    def accounts_of(self, trace: str, object_id: str, limit: int = 100) -> ObjectAccounts:
        return objects.accounts_of(self.read(), trace, object_id, at_least_one(limit))


def at_least_one(limit: int) -> int:
    if limit < 1:
        raise BadSetting(f"A limit must be 1 or more, not {limit}.")
    return limit
