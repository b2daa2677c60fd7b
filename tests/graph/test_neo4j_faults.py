"""What can be wrong with a server or its address, each told in one sentence that says what to do."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.errors import BadSetting, FlockwatchError, StoreFault
from graph.neo4j.load import ensure_schema
from graph.neo4j.server import Login, Neo4jServer, refuse_old
from graph.workspace import open_workspace
from tests.graph.neo4j_server import TestServer
from tests.graph.small_worlds import Tables, build_neo4j, meet, publish

PASSWORD = "a-secret-of-the-team"  # noqa: S105 - made up for the tests


def said(url: str, login: Login) -> FlockwatchError:
    with Neo4jServer(url, login, patience_seconds=0) as server, pytest.raises(FlockwatchError) as fault:
        server.check()
    assert PASSWORD not in f"{fault.value} {login!r}"
    assert fault.value.hint
    return fault.value


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


def test_a_server_that_is_down_is_said_with_its_address():
    url = f"bolt://127.0.0.1:{free_port()}"
    assert said(url, Login("neo4j", PASSWORD)).message == f"The graph server at {url} does not answer."


def test_writing_to_a_server_that_is_down_ends_when_patience_does(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("graph.neo4j.server._RETRY_SECONDS", 0.1)
    with Neo4jServer(f"bolt://127.0.0.1:{free_port()}", Login("neo4j", PASSWORD), patience_seconds=1.5) as server:
        with pytest.raises(StoreFault, match="does not answer"):
            server.write(lambda ask: ask("RETURN 1"))
        assert server.retries >= 1


@pytest.fixture
def mute() -> Iterator[str]:
    """A port that speaks another language."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            while True:
                try:
                    client, _ = listening.accept()
                except OSError:
                    return
                with client:
                    client.sendall(b"SSH-2.0-other\r\n")

        threading.Thread(target=answer, daemon=True).start()
        yield f"bolt://127.0.0.1:{listening.getsockname()[1]}"


def test_a_port_of_something_else_is_said_not_to_be_the_server(mute: str):
    assert mute in said(mute, Login("neo4j", PASSWORD)).message


@pytest.mark.parametrize(
    "url",
    ["http://localhost:7687", "bolt://", "localhost:7687", "bolt://h:port", "bolt://h:7687/db?x=1", "bolt:///x", ""],
)
def test_an_address_of_something_else_is_refused(url: str):
    with pytest.raises(BadSetting, match="not the address of a Neo4j server"):
        Neo4jServer(url, Login("neo4j", PASSWORD))


def test_an_address_with_a_password_in_it_is_refused_and_not_repeated():
    with pytest.raises(BadSetting) as fault:
        Neo4jServer(f"bolt://neo4j:{PASSWORD}@localhost:7687", Login("neo4j", "x"))
    assert PASSWORD not in str(fault.value)
    assert "FLOCKWATCH_NEO4J_PASSWORD" in fault.value.hint


@pytest.mark.parametrize("agent", ["Neo4j/5.26.0", "Neo4j/5.26.30", "Neo4j/5.27-aura", "Neo4j/2025.08.0"])
def test_the_long_term_release_and_newer_ones_are_taken(agent: str):
    refuse_old(agent, "bolt://h")


@pytest.mark.parametrize("agent", ["Neo4j/5.25.1", "Neo4j/4.4.40", "Memgraph/3.1", "Neo4j/v5.2 compatible", ""])
def test_older_servers_and_other_products_are_named_and_refused(agent: str):
    with pytest.raises(StoreFault, match=r"Flockwatch needs Neo4j 5\.26 or newer"):
        refuse_old(agent, "bolt://h")


@pytest.mark.neo4j
def test_a_wrong_password_is_said_without_showing_it(neo4j_server: TestServer):
    fault = said(neo4j_server.url, Login("neo4j", PASSWORD))
    assert fault.message == f"The graph server at {neo4j_server.url} refuses the user or the password."


@pytest.mark.neo4j
def test_a_first_password_that_must_be_changed_is_said(neo4j_server: TestServer):
    neo4j_server.run("CREATE USER newcomer SET PASSWORD $first CHANGE REQUIRED", "system", first=PASSWORD)
    try:
        server = Neo4jServer(neo4j_server.url, Login("newcomer", PASSWORD))
        with server, pytest.raises(StoreFault, match="first password changed"):
            server.read(lambda ask: ask("RETURN 1"))
    finally:
        neo4j_server.run("DROP USER newcomer", "system")


@pytest.mark.neo4j
def test_a_question_that_takes_too_long_is_stopped_by_the_server(
    neo4j_connection: Neo4jServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("graph.neo4j.server._READ_SECONDS", 0.5)
    with pytest.raises(StoreFault, match="took too long"):
        neo4j_connection.read(lambda ask: ask("UNWIND range(1, 1000000000) AS x RETURN sum(x * x % 7) AS s"))


@pytest.mark.neo4j
def test_a_reading_transaction_cannot_write(neo4j_connection: Neo4jServer):
    with pytest.raises(StoreFault, match="cannot do it"):
        neo4j_connection.read(lambda ask: ask("CREATE (:Object)"))


@pytest.fixture
def read_only(neo4j_server: TestServer) -> Iterator[TestServer]:
    """The same server, started again with every database set to read-only."""
    restart(neo4j_server, "server.databases.default_to_read_only=true")
    yield neo4j_server
    restart(neo4j_server)


def restart(server: TestServer, *settings: str) -> None:
    server.stop()  # killed, it could not be started read-only: indexes would have to be mended first
    server.settings = settings
    server.start()


@pytest.mark.neo4j
def test_a_server_set_to_read_only_answers_and_refuses_to_be_loaded_with_a_sentence(
    neo4j_server: TestServer, tmp_path: Path, request: pytest.FixtureRequest
):
    with Neo4jServer(neo4j_server.url, Login("neo4j", neo4j_server.password), patience_seconds=5) as server:
        town: Tables = {"interactions": [meet("ana", "ben")]}
        with build_neo4j(server)(tmp_path / "w", town) as store:
            request.getfixturevalue("read_only")
            with pytest.raises(StoreFault, match="takes no writes: its database is set to read-only"):
                store.rebuild(publish(open_workspace(tmp_path / "w"), {"interactions": [meet("ana", "eve")]}))
            assert store.neighbourhood("ana").accounts[1].account.account_id == "ben"


@pytest.mark.neo4j
def test_a_missing_constraint_changes_no_answer_until_the_next_load_brings_it_back(
    neo4j_connection: Neo4jServer, tmp_path: Path
):
    with build_neo4j(neo4j_connection)(tmp_path / "w", {"interactions": [meet("ana", "ben")]}) as store:
        neo4j_connection.schema("DROP CONSTRAINT account_key")
        try:
            assert store.shortest_path("ana", "ben").found
        finally:
            ensure_schema(neo4j_connection)
        assert store.shortest_path("ana", "ben").found
