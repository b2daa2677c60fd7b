"""A server that is there and does nothing: frozen, or stopped by its own disk. It is noticed in bounded time, and work goes on by itself."""

import os
import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from graph.errors import StoreFault
from graph.local.store import LocalGraphStore
from graph.neo4j import load as neo4j_load
from graph.neo4j.server import Login, Neo4jServer
from graph.neo4j.store import Neo4jGraphStore
from graph.workspace import Workspace
from tests.graph.neo4j_server import TestServer
from tests.graph.small_worlds import Tables, act, meet, publish

pytestmark = pytest.mark.neo4j

TOWN: Tables = {
    "actions": [act(f"u{n:03}", f"p{n % 50}", n) for n in range(400)],
    "interactions": [meet(f"u{n:03}", f"u{(n + 1) % 400:03}") for n in range(400)],
}
# 15 s of the program, made short: a pulse of 1 s, then what a new connection may take. Waking up takes a loaded machine seconds.
BOUND = 1 + 2 * 3.0 + 5


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.neo4j.server._CONNECT_SECONDS", 3.0)
    monkeypatch.setattr("graph.neo4j.server._PULSE_SECONDS", 1.0)


@pytest.fixture
def server(neo4j_server: TestServer) -> Iterator[Neo4jServer]:
    with Neo4jServer(neo4j_server.url, Login("neo4j", neo4j_server.password)) as connection:
        yield connection


@contextmanager
def frozen(server: TestServer) -> Iterator[None]:
    assert server.process is not None
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.process.pid, signal.SIGCONT)


@pytest.mark.parametrize("idle", [0.0, 2.5])
def test_a_question_to_a_frozen_server_ends_in_bounded_time_and_the_next_one_is_answered(
    server: Neo4jServer, neo4j_server: TestServer, idle: float
):
    assert server.read(lambda ask: ask("RETURN 1 AS one"))[0]["one"] == 1
    with frozen(neo4j_server):
        time.sleep(idle)  # longer than a connection is trusted without asking it
        began = time.monotonic()
        with pytest.raises(StoreFault, match="does not answer"):
            server.read(lambda ask: ask("RETURN 1 AS one"))
        assert time.monotonic() - began < BOUND
    assert server.read(lambda ask: ask("RETURN 2 AS two"), patient=True)[0]["two"] == 2


def test_a_slow_question_is_not_taken_for_a_frozen_server(server: Neo4jServer):
    slow = "UNWIND range(1, 6000000) AS x WITH x % 1000 AS y, count(*) AS n RETURN count(y) AS groups"
    assert server.read(lambda ask: ask(slow))[0]["groups"] == 1000


def test_a_load_waits_while_the_server_is_frozen_and_goes_on_exactly(
    workspace: Workspace, server: Neo4jServer, neo4j_server: TestServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    steps = [neo4j_load.Step(s.name, s.read, s.count, s.create, 40) for s in neo4j_load.STEPS]
    monkeypatch.setattr(neo4j_load, "STEPS", tuple(steps))
    facts, freezes = publish(workspace, TOWN), []

    def freeze(stage: str, done: int, _total: int) -> None:
        if stage in {"neo4j accounts", "neo4j interacted"} and done == 80 and neo4j_server.process is not None:
            freezes.append(stage)
            os.kill(neo4j_server.process.pid, signal.SIGSTOP)
            threading.Timer(9, os.kill, (neo4j_server.process.pid, signal.SIGCONT)).start()

    with Neo4jGraphStore(workspace, server, str(tmp_path)) as store, LocalGraphStore(workspace) as here:
        assert store.rebuild(facts, freeze) == here.summary()
        assert all(kind.agrees for kind in store.check())
    assert len(freezes) == 2
    assert server.retries > 0


def test_a_disk_without_room_is_said_and_a_restart_with_room_goes_on_where_it_was(workspace: Workspace, tmp_path: Path):
    facts = publish(workspace, TOWN)
    own = TestServer(tmp_path / "home")
    try:
        own.start()
        with Neo4jServer(own.url, Login("neo4j", own.password), patience_seconds=30) as connection:
            store = Neo4jGraphStore(workspace, connection, "town")
            assert own.process is not None
            # No file of this server may grow past 64 KiB, as on a disk that is full.
            resource.prlimit(own.process.pid, resource.RLIMIT_FSIZE, (65_536, resource.RLIM_INFINITY))
            with pytest.raises(StoreFault, match="its disk is full or takes no writes") as said:
                store.rebuild(facts)
            assert "start it again" in said.value.hint
            with pytest.raises(StoreFault, match="its disk is full or takes no writes"):
                store.summary()
            own.kill()
            own.start()
            assert store.rebuild(facts).accounts == 400
            assert all(kind.agrees for kind in store.check())
    finally:
        own.kill()
