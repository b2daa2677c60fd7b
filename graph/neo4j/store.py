"""The graph store of a team: a Neo4j server that holds the same graph as the local store, version by version."""

from contextlib import closing
from functools import partial
from typing import cast

from graph.answering.reader import Reader
from graph.answering.store import AnsweringStore, at_least_one
from graph.answers import ClusterGraph, ClustersAround, GraphSummary, Memberships
from graph.facts import Facts
from graph.local.files import open_version
from graph.local.reader import LocalReader
from graph.local.store import graph_of
from graph.neo4j import cypher
from graph.neo4j.check import Agreement, agreements, words_agreement
from graph.neo4j.forget import forget_run
from graph.neo4j.load import Loading, claim, ensure_schema, load, version_at
from graph.neo4j.reader import Neo4jReader, open_current
from graph.neo4j.run_answers import RunReader
from graph.neo4j.run_check import damaged_runs, run_agreements
from graph.neo4j.runs import Lineage, RunReplaced, drop_unlisted, key_of, link_runs, write_run
from graph.neo4j.server import Neo4jServer
from graph.neo4j.summary import summary_text
from graph.runs import StoredRun, list_runs
from graph.store import Cancelled, Progress
from graph.team_server import GRAPH, owner_mark
from graph.workspace import Workspace

_ATTEMPTS = 5  # to write a run while others load; each failure means that a whole load ended in between


class Neo4jGraphStore(AnsweringStore):
    """See graph.store.GraphStore. A version that is replaced while it is held raises StoreFault; the server stays open."""

    def __init__(
        self, workspace: Workspace, server: Neo4jServer, graph: str = GRAPH, lineage: Lineage | None = None
    ) -> None:
        """`lineage` says which cluster became which; without it, ties between clusters stay as they are."""
        super().__init__()
        self._lineage = lineage
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
            here = LocalReader(built)
            summary = summary_text(here.summary())
            version = version_at(self._server, built, self.graph, summary)
            loading = Loading(self._server, self.graph, built, version, progress, cancelled)
            self._mend(loading, here)
            load(loading, summary, partial(self._carry, loading, set()))
        self.close()
        self._reader = open_current(self._server, self.graph, patient=True)
        return self._reader.summary()

    def claim(self) -> None:
        """Make the name of the graph this workspace's own, the schema first; raises BadSetting when it is another's."""
        self._server.check()
        ensure_schema(self._server)
        claim(self._server, self.graph, owner_mark(self._workspace))

    def write_run(self, run: StoredRun) -> None:
        """Store the run in the version that counts, and tie its clusters to those of the runs around it.

        Raises NothingThere when no graph was loaded, RunReplaced when the graph is replaced again and again meanwhile.
        """
        self.claim()
        for _ in range(_ATTEMPTS):
            version = self._current()
            try:
                write_run(self._server, version, run, [one.run_id for one in list_runs(self._workspace)])
                self._link(version)
            except RunReplaced:
                continue
            if self._current() == version:
                return
        raise RunReplaced(
            f"The run {run.run_id} was not written: the graph at {self._server.url} is replaced again and again.",
            "Bring it up when the other load has ended: flockwatch graph sync.",
        )

    def _current(self) -> int:
        return open_current(self._server, self.graph, patient=True).version

    def _mend(self, loading: Loading, here: LocalReader) -> None:
        """Let go of runs that somebody changed where these facts are loaded already; `_carry` writes them again."""
        for run in damaged_runs(here, list_runs(self._workspace), self._server, loading.version):
            forget_run(self._server, loading.version, run)
        self._server.write(lambda ask: ask(cypher.LINK_ANEW, version=loading.version))

    def _carry(self, loading: Loading, carried: set[tuple[int, ...]]) -> None:
        """All runs of the workspace into the version that is being loaded, or was; nothing when none was saved since."""
        runs = list_runs(self._workspace)
        found = tuple(key_of(run, loading.version) for run in runs)
        if found in carried:
            return
        carried.add(found)
        order = [run.run_id for run in runs]
        loading.tell("neo4j runs", 0, max(len(runs), 1))
        drop_unlisted(self._server, loading.version, order)
        for done, run in enumerate(runs, 1):
            write_run(self._server, loading.version, run, order)
            loading.tell("neo4j runs", done, len(runs))
        self._link(loading.version)

    def _link(self, version: int) -> None:
        if self._lineage is not None:
            link_runs(self._server, version, self._lineage())

    def check(self) -> tuple[Agreement, ...]:
        """Whether the server holds what the workspace does, runs and all; raises NothingThere without a graph on a side."""
        with closing(open_version(self._workspace)) as here:
            version = open_current(self._server, self.graph).version
            lineage = None if self._lineage is None else self._lineage()
            of_runs = run_agreements(LocalReader(here), list_runs(self._workspace), self._server, version, lineage)
            of_graph = (*agreements(here, self._server, version), words_agreement(here, self._server, version))
            return (*of_graph, *of_runs)

    def memberships(self, account_id: str, limit: int = 50) -> Memberships:
        return self._runs().memberships(account_id, at_least_one(limit))

    def clusters_around(self, account_id: str, limit: int = 50) -> ClustersAround:
        return self._runs().clusters_around(account_id, at_least_one(limit))

    def cluster_graph(
        self, cluster_id: str, run_id: str | None = None, limit_members: int = 100, limit_ties: int = 1_000
    ) -> ClusterGraph:
        limits = (at_least_one(limit_members), at_least_one(limit_ties))
        return self._runs().cluster_graph(cluster_id, run_id, *limits)

    def _runs(self) -> RunReader:
        reader = cast(Neo4jReader, self.read())
        return RunReader(self._server, self.graph, reader.version, reader)
