"""The graph store of a team: a Neo4j server that holds the same graph as the local store, version by version."""

from contextlib import closing

from graph.answering.reader import Reader
from graph.answering.store import AnsweringStore, at_least_one
from graph.answers import GraphSummary, Memberships
from graph.facts import Facts
from graph.local_files import open_version
from graph.local_reader import LocalReader
from graph.local_store import graph_of
from graph.neo4j_check import Agreement, agreements
from graph.neo4j_load import Loading, claim, ensure_schema, load, version_of
from graph.neo4j_reader import open_current
from graph.neo4j_server import Neo4jServer
from graph.neo4j_summary import summary_text
from graph.run_memberships import memberships_in
from graph.runs import StoredRun, load_run
from graph.store import Cancelled, Progress
from graph.team_server import GRAPH, owner_mark
from graph.workspace import Workspace


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
        """Send the local graph of these facts, built first where there is none, batch by batch.

        Stopped or killed, the next rebuild of the same facts goes on after the last batch that was stored. The workspace
        is free for other writers meanwhile: the file that is sent is held. Raises BadSetting when the name of the graph
        belongs to another workspace.
        """
        self.claim()
        graph_of(self._workspace, facts, progress, cancelled)
        with closing(open_version(self._workspace)) as built:
            loading = Loading(self._server, self.graph, built, version_of(built, self.graph), progress, cancelled)
            load(loading, summary_text(LocalReader(built).summary()))
        self.close()
        return self.summary()

    def claim(self) -> None:
        """Make the name of the graph this workspace's own, the schema first; raises BadSetting when it is another's."""
        self._server.check()
        ensure_schema(self._server)
        claim(self._server, self.graph, owner_mark(self._workspace))

    def check(self) -> tuple[Agreement, ...]:
        """Whether the server holds what the local graph of the workspace holds; raises NothingThere without either."""
        with closing(open_version(self._workspace)) as here:
            return agreements(here, self._server, open_current(self._server, self.graph).version)

    def write_run(self, run: StoredRun) -> None:
        # Runs stay in their Parquet folders, where `memberships` reads them, on every store so far.
        load_run(self._workspace, run.run_id)

    def memberships(self, account_id: str, limit: int = 50) -> Memberships:
        return memberships_in(self._workspace, account_id, at_least_one(limit))
