"""Several writers at once, on a server that is killed under them: nothing acknowledged is lost, nothing is counted twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from graph.local.store import LocalGraphStore
from graph.neo4j import load as neo4j_load
from graph.neo4j import runs as neo4j_runs
from graph.neo4j.server import Login, Neo4jServer
from graph.neo4j.store import Neo4jGraphStore
from graph.workspace import Workspace
from tests.graph.kill_trial import NAMES, trial
from tests.graph.neo4j_server import TestServer
from tests.graph.small_runs import save_small_run
from tests.graph.small_worlds import act, meet, publish
from tests.graph.version_1 import SINCE

pytestmark = pytest.mark.neo4j


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of 40 rows, so that small worlds need many transactions."""
    steps = [neo4j_load.Step(s.name, s.read, s.count, s.create, 40) for s in neo4j_load.STEPS]
    monkeypatch.setattr(neo4j_load, "STEPS", tuple(steps))
    monkeypatch.setattr(neo4j_runs, "AT_ONCE", 40)


def test_four_writers_outlive_kills_of_the_server_and_lose_nothing(neo4j_server: TestServer, tmp_path: Path):
    # Three kills here; tests/bench/kill_bench.py does ten (figures in docs/evidence/neo4j.md).
    found = trial(neo4j_server, tmp_path, kills=3)
    assert (found.lost, found.differing) == (0, ())
    assert found.acknowledged > 40
    assert found.retries > 0
    assert max(found.recoveries) < 60
    assert all("does not answer" in fault or "cannot do it" in fault for fault in found.faults)


def together(server: TestServer, workspace: Workspace, graph: str, task: Callable[[Neo4jGraphStore], object]) -> None:
    """Eight writers, each with a connection of its own, do the same at once; a fault of any of them is raised."""

    def work(_: int) -> None:
        with Neo4jServer(server.url, Login("neo4j", server.password)) as connection:
            task(Neo4jGraphStore(workspace, connection, graph))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))


def test_eight_writers_of_the_same_edges_are_exact(neo4j_server: TestServer, workspace: Workspace, tmp_path: Path):
    rows = [act(NAMES[n * n % 37], f"o{n % 23}", n) for n in range(600)]
    facts = publish(workspace, {"actions": rows, "interactions": [meet(r["account_id"], "hub") for r in rows]})
    run = save_small_run(workspace, "r1", {"c1": dict.fromkeys(NAMES[:15], "core")})
    with LocalGraphStore(workspace) as local:
        local.rebuild(facts)
    together(neo4j_server, workspace, str(tmp_path), lambda store: store.rebuild(facts))
    newer = save_small_run(workspace, "r1", {"c1": dict.fromkeys(NAMES[:18], "core")})
    together(neo4j_server, workspace, str(tmp_path), lambda store: store.write_run(newer))
    with Neo4jServer(neo4j_server.url, Login("neo4j", neo4j_server.password)) as connection:
        store = Neo4jGraphStore(workspace, connection, str(tmp_path))
        assert [kind for kind in store.check() if not kind.agrees] == []
        weights = "MATCH (a:Account {version: $version})-[t:INTERACTED]->() RETURN sum(t.n) AS n"
        version = store.read().version  # type: ignore[attr-defined]
        assert connection.read(lambda ask: ask(weights, version=version))[0]["n"] == 600
    assert run.run_id == newer.run_id


def test_eight_programs_that_make_the_constraints_at_once_all_go_on(neo4j_server: TestServer):
    neo4j_server.run("MATCH (s:FlockwatchSchema) DELETE s")  # as on a new server
    for name in SINCE:
        kind = "INDEX" if name in {"run_id", "coordinated_run"} else "CONSTRAINT"
        neo4j_server.run(f"DROP {kind} {name} IF EXISTS")

    def make(_: int) -> None:
        with Neo4jServer(neo4j_server.url, Login("neo4j", neo4j_server.password)) as connection:
            neo4j_load.ensure_schema(connection)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(make, range(8)))
    names = {row["name"] for row in neo4j_server.run("SHOW INDEXES YIELD name").records}
    assert names >= set(SINCE)
