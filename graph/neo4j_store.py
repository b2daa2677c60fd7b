"""The graph store of a team: a Neo4j server that holds the same graph as the local store, version by version."""

from contextlib import closing
from pathlib import Path

from graph.answering.reader import Reader
from graph.answering.store import AnsweringStore, at_least_one
from graph.answers import GraphSummary, Memberships
from graph.disk_faults import disk_faults_told
from graph.facts import FACTS_HINT, Facts
from graph.local_build import build_graph
from graph.local_files import building_folder, open_version, read_version
from graph.local_reader import LocalReader
from graph.neo4j_check import Agreement, agreements
from graph.neo4j_load import Loading, ensure_schema, load, version_of
from graph.neo4j_reader import open_current
from graph.neo4j_server import Neo4jServer
from graph.neo4j_summary import summary_text
from graph.run_memberships import memberships_in
from graph.runs import StoredRun, load_run
from graph.store import Cancelled, Progress
from graph.tables import damage_told
from graph.team_server import GRAPH
from graph.workspace import Workspace, writing


class Neo4jGraphStore(AnsweringStore):
    """See graph.store.GraphStore. A version that is replaced while it is held raises StoreFault; the server stays open."""

    def __init__(self, workspace: Workspace, server: Neo4jServer, graph: str = GRAPH) -> None:
        super().__init__()
        self._workspace = workspace
        self._server = server
        self.graph = graph

    def _open(self) -> Reader:
        return open_current(self._server, self.graph)

    def rebuild(
        self, facts: Facts, progress: Progress | None = None, cancelled: Cancelled | None = None
    ) -> GraphSummary:
        """Aggregate the facts on this machine, as the local store does, then load the result batch by batch.

        Stopped or killed, the next rebuild of the same facts goes on after the last batch that was stored.
        """
        self._server.check()
        ensure_schema(self._server)
        workspace = self._workspace
        with disk_faults_told(workspace.graph, "the graph"), writing(workspace), building_folder(workspace) as folder:
            built = folder / "graph.sqlite"
            with damage_told(facts.folder, FACTS_HINT):
                build_graph(facts, built, folder, progress, cancelled)
            loading = Loading(self._server, self.graph, built, version_of(built, self.graph), progress, cancelled)
            load(loading, summary_text(_summary_of(built)))
        self.close()
        return self.summary()

    def check(self) -> tuple[Agreement, ...]:
        """Whether the server holds what the local graph of the workspace holds; raises NothingThere without either."""
        with closing(open_version(self._workspace)) as here:
            return agreements(here.path, self._server, open_current(self._server, self.graph).version)

    def write_run(self, run: StoredRun) -> None:
        # Runs stay in their Parquet folders, where `memberships` reads them, on every store so far.
        load_run(self._workspace, run.run_id)

    def memberships(self, account_id: str, limit: int = 50) -> Memberships:
        return memberships_in(self._workspace, account_id, at_least_one(limit))


def _summary_of(built: Path) -> GraphSummary:
    with closing(LocalReader(read_version(built))) as reader:
        return reader.summary()
