"""The graph store of one machine: SQLite beside the facts, a new version per rebuild, many readers while one writes."""

from graph.answering.reader import Reader
from graph.answering.store import AnsweringStore, at_least_one
from graph.answers import ClusterGraph, ClustersAround, GraphSummary, Memberships
from graph.disk_faults import disk_faults_told
from graph.errors import StoreFault
from graph.facts import FACTS_HINT, Facts, current_facts
from graph.local.build import build_graph
from graph.local.files import building_folder, current_path, open_version, publish, version_number
from graph.local.reader import LocalReader
from graph.run_answers import cluster_graph_in, clusters_around_in, memberships_in
from graph.runs import StoredRun, load_run
from graph.store import Cancelled, GraphStore, Progress
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
    return graph_of(workspace, current_facts(workspace), progress, cancelled)


def graph_of(
    workspace: Workspace, facts: Facts, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> GraphSummary:
    """The same for facts that are held already."""
    with LocalGraphStore(workspace) as store:
        built = _readable_summary(store) if graph_number(workspace) == facts.number else None
        if built is not None and not store.read().has_words:
            built = None
        if built is not None and built.facts_version == facts.version:
            return built
        return store.rebuild(facts, progress, cancelled)


def graph_number(workspace: Workspace) -> int | None:
    """The number of the facts the graph was built from, None before the first; a cheap key for caches."""
    path = current_path(workspace)
    return None if path is None else version_number(path.name)


class LocalGraphStore(AnsweringStore):
    """See graph.store.GraphStore. What it read first is what it goes on reading, until it is closed or rebuilds."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace

    def _open(self) -> Reader:
        return LocalReader(open_version(self._workspace))

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

    def memberships(self, account_id: str, limit: int = 50) -> Memberships:
        return memberships_in(self._workspace, account_id, at_least_one(limit))

    def clusters_around(self, account_id: str, limit: int = 50) -> ClustersAround:
        self.read().key_of(account_id)
        return clusters_around_in(self._workspace, account_id, at_least_one(limit))

    def cluster_graph(
        self, cluster_id: str, run_id: str | None = None, limit_members: int = 100, limit_ties: int = 1_000
    ) -> ClusterGraph:
        limits = (at_least_one(limit_members), at_least_one(limit_ties))
        return cluster_graph_in(self._workspace, cluster_id, run_id, *limits)


def _readable_summary(store: LocalGraphStore) -> GraphSummary | None:
    """None when the version is damaged: then it is built again."""
    try:
        return store.summary()
    except StoreFault:
        store.close()
        return None
