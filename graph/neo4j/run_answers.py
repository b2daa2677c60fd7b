"""What the runs in one version of a Neo4j graph say of an account and of a cluster."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from graph.answering.reader import Reader, Row, Rows
from graph.answers import ClusterGraph, ClustersAround, Memberships
from graph.errors import NothingThere, StoreFault
from graph.foreign_text import show_text
from graph.neo4j import cypher
from graph.neo4j.server import Ask, Neo4jServer
from graph.run_answers import around_from, cluster_graph_from, memberships_from, no_such_cluster

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Current:
    """The runs that count, within one transaction."""

    ask: Ask
    version: int
    runs: Rows

    @property
    def keys(self) -> list[int]:
        return [run["key"] for run in self.runs]

    def rows(self, statement: str, **given: Any) -> list[dict[str, Any]]:
        """Rows about clusters, each with the id and the place of its run."""
        named = {run["key"]: {"run_id": run["id"], "place": run["place"]} for run in self.runs}
        found = self.ask(statement, version=self.version, runs=self.keys, **given)
        return [{**_plain(row), **named[row["run"]]} for row in found]


class RunReader:
    """Asks one version that `reader` holds; a run that is replaced while it is read is said, never half answered."""

    def __init__(self, server: Neo4jServer, graph: str, version: int, reader: Reader) -> None:
        self._server = server
        self._graph = graph
        self._version = version
        self._reader = reader

    def memberships(self, account_id: str, limit: int) -> Memberships:
        key = self._reader.known([account_id]).get(account_id)
        rows = [] if key is None else self._read(lambda now: now.rows(cypher.CLUSTERS_OF, account=key))
        return memberships_from(account_id, rows, limit)

    def clusters_around(self, account_id: str, limit: int) -> ClustersAround:
        key = self._reader.key_of(account_id)

        def look(now: _Current) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
            near = now.ask(cypher.TIED_TO, version=now.version, account=key, runs=now.keys)
            others = now.rows(cypher.CLUSTERS_OF_MANY, accounts=[row["account"] for row in near])
            return now.rows(cypher.CLUSTERS_OF, account=key), others, len(near)

        return around_from(account_id, *self._read(look), limit)

    def cluster_graph(self, cluster_id: str, run_id: str | None, limit_members: int, limit_ties: int) -> ClusterGraph:
        return self._read(lambda now: self._cluster_graph(now, cluster_id, run_id, limit_members, limit_ties))

    def _cluster_graph(
        self, now: _Current, cluster_id: str, run_id: str | None, limit_members: int, limit_ties: int
    ) -> ClusterGraph:
        run = self._run(now, run_id)
        given = {"version": now.version, "run": run["key"], "cluster": cluster_id}
        found = now.ask(cypher.CLUSTER, **given)
        if not found:
            raise no_such_cluster(cluster_id, run["id"])
        inside = now.ask(cypher.MEMBERS_OF, **given, limit=limit_members)
        shown = [row["key"] for row in inside]
        return cluster_graph_from(
            _plain(found[0]),
            _with_total(inside),
            _with_total(now.ask(cypher.BESIDE, **given, limit=limit_members)),
            _with_total(now.ask(cypher.TIES_OF, **given, shown=shown, limit=limit_ties)),
            [_plain(row) for row in now.ask(cypher.ENTITIES_OF, **given, shown=shown)],
        )

    def _run(self, now: _Current, run_id: str | None) -> Row:
        """The run of that id, or the newest."""
        fit = [run for run in now.runs if run_id in {None, run["id"]}]
        if not fit:
            asked = "any run" if run_id is None else f"the run {show_text(run_id, 80)}"
            raise NothingThere(
                f"The graph {self._graph!r} at {self._server.url} does not hold {asked}.",
                "Start one with flockwatch detect, or bring the graph up with flockwatch graph sync.",
            )
        return fit[-1]

    def _read(self, look: Callable[[_Current], T]) -> T:
        return self._server.read(lambda ask: self._whole(ask, look))

    def _whole(self, ask: Ask, look: Callable[[_Current], T]) -> T:
        now = _Current(ask, self._version, self._runs(ask))
        found = look(now)
        if not ask(cypher.IS_CURRENT, version=self._version) or _keys(self._runs(ask)) != _keys(now.runs):
            raise StoreFault(f"The graph at {self._server.url} was replaced while it was read.", "Ask again.")
        return found

    def _runs(self, ask: Ask) -> Rows:
        return ask(cypher.CURRENT_RUNS, version=self._version)


def _keys(runs: Rows) -> set[int]:
    return {run["key"] for run in runs}


def _with_total(rows: Rows) -> tuple[list[dict[str, Any]], int]:
    return [_plain(row) for row in rows], rows[0]["total"] if rows else 0


def _plain(row: Any) -> dict[str, Any]:
    return dict(row.items())
