"""The graph store of one machine: SQLite beside the facts, a new version per rebuild, many readers while one writes."""

from collections.abc import Collection
from types import TracebackType
from typing import Self

from graph import local_near, local_objects, local_search
from graph.answers import (
    Account,
    CoActors,
    EvidencePath,
    Found,
    GraphSummary,
    Memberships,
    Neighbourhood,
    ObjectAccounts,
    SharedObjects,
    TopObjects,
)
from graph.disk_faults import disk_faults_told
from graph.errors import BadSetting, StoreFault
from graph.facts import FACTS_HINT, Facts, current_facts
from graph.local_build import build_graph
from graph.local_files import building_folder, current_path, open_version, publish, version_number
from graph.local_reader import Reader
from graph.run_memberships import memberships_in
from graph.runs import StoredRun, load_run
from graph.store import PATH_WAYS, POPULAR_ACCOUNTS, Cancelled, GraphStore, Progress
from graph.tables import damage_told
from graph.workspace import Workspace, writing


def open_graph(workspace: Workspace) -> GraphStore:
    """The graph as it is now; it stays this version until closed. Raises NothingThere when none was built."""
    store = LocalGraphStore(workspace)
    store.read()
    return store


def rebuild_graph(
    workspace: Workspace, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> GraphSummary:
    """Build the graph of the facts published now and switch to it; nothing to do when it is that graph already."""
    facts = current_facts(workspace)
    with LocalGraphStore(workspace) as store:
        built = _readable_summary(store) if graph_number(workspace) == facts.number else None
        if built is not None and built.facts_version == facts.version:
            return built
        return store.rebuild(facts, progress, cancelled)


def graph_number(workspace: Workspace) -> int | None:
    """The number of the facts the graph was built from, None before the first; a cheap key for caches."""
    path = current_path(workspace)
    return None if path is None else version_number(path.name)


class LocalGraphStore:
    """See graph.store.GraphStore. What it read first is what it goes on reading, until it is closed or rebuilds."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._reader: Reader | None = None

    def read(self) -> Reader:
        """The held version; taken at the first question."""
        if self._reader is None:
            self._reader = Reader(open_version(self._workspace))
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

    def rebuild(
        self, facts: Facts, progress: Progress | None = None, cancelled: Cancelled | None = None
    ) -> GraphSummary:
        workspace = self._workspace
        with disk_faults_told(workspace.graph, "the graph"), writing(workspace), building_folder(workspace) as folder:
            built = folder / "graph.sqlite"
            with damage_told(facts.folder, FACTS_HINT):
                build_graph(facts, built, folder, progress, cancelled)
            publish(workspace, built, facts.number)
        self.close()
        return self.summary()

    def write_run(self, run: StoredRun) -> None:
        # Runs stay in their Parquet folders, where `memberships` reads them: nothing to copy, only to be sure of.
        load_run(self._workspace, run.run_id)

    def summary(self) -> GraphSummary:
        return self.read().summary()

    def account(self, account_id: str) -> Account:
        key = self.read().key_of(account_id)
        return self.read().accounts([key])[key]

    def accounts(self, account_ids: Collection[str]) -> tuple[Account, ...]:
        return tuple(self.read().accounts(self.read().known(account_ids).values()).values())

    def find(self, text: str, limit: int = 20) -> Found:
        return local_search.find(self.read(), text, _at_least_one(limit))

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
        limits = (_at_least_one(limit_nodes), kinds, _at_least_one(limit_interactions))
        return local_near.neighbourhood(self.read(), account_id, hops, *limits)

    def co_actors(self, account_id: str, limit: int = 100, popular: int = POPULAR_ACCOUNTS) -> CoActors:
        return local_near.co_actors(self.read(), account_id, _at_least_one(limit), popular)

    def shortest_path(
        self,
        left: str,
        right: str,
        max_hops: int = 4,
        over: Collection[str] = PATH_WAYS,
        popular: int = POPULAR_ACCOUNTS,
    ) -> EvidencePath:
        if not over or not set(over) <= set(PATH_WAYS):
            raise BadSetting(f"A path goes over {' and '.join(PATH_WAYS)}, not over {sorted(over)}.")
        return local_near.shortest_path(self.read(), left, right, _at_least_one(max_hops), over, popular)

    def shared_objects(self, left: str, right: str, limit: int = 50) -> SharedObjects:
        return local_objects.shared_objects(self.read(), left, right, _at_least_one(limit))

    def top_objects(self, account_ids: Collection[str], limit: int = 20) -> TopObjects:
        return local_objects.top_objects(self.read(), account_ids, _at_least_one(limit))

    def accounts_of(self, trace: str, object_id: str, limit: int = 100) -> ObjectAccounts:
        return local_objects.accounts_of(self.read(), trace, object_id, _at_least_one(limit))

    def memberships(self, account_id: str, limit: int = 50) -> Memberships:
        return memberships_in(self._workspace, account_id, _at_least_one(limit))


def _readable_summary(store: LocalGraphStore) -> GraphSummary | None:
    """None when the version is damaged: then it is built again."""
    try:
        return store.summary()
    except StoreFault:
        store.close()
        return None


def _at_least_one(limit: int) -> int:
    if limit < 1:
        raise BadSetting(f"A limit must be 1 or more, not {limit}.")
    return limit
