"""A team's server that is away: the pages show the graph of this machine under a banner, decide nothing, and come back."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.decisions import decisions
from casework.work_store import open_work_store
from graph.facts import current_facts
from graph.neo4j.server import Login, Neo4jServer
from graph.neo4j.store import Neo4jGraphStore
from graph.team_server import TeamServer, remember
from investigator_ui.services import exploring
from investigator_ui.services.exploring import Watch
from tests.graph.neo4j_server import TestServer, running_server
from tests.investigator_ui.test_pages import words

AWAY = "does not answer: these pages show the last known data"


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> TeamServer:
    """An address on which nothing listens."""
    monkeypatch.setenv("FLOCKWATCH_NEO4J_PASSWORD", "secret-of-the-team")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return TeamServer(f"bolt://127.0.0.1:{probe.getsockname()[1]}")


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[TeamServer]:
    """A server that takes a connection and never says a word."""
    monkeypatch.setenv("FLOCKWATCH_NEO4J_PASSWORD", "secret-of-the-team")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        held: list[socket.socket] = []
        threading.Thread(target=lambda: held.append(listening.accept()[0]), daemon=True).start()
        yield TeamServer(f"bolt://127.0.0.1:{listening.getsockname()[1]}")
        for one in held:
            one.close()


def banner(page) -> str:
    return "\n".join(one.value for one in page.warning)


def test_every_page_shows_the_local_graph_under_one_banner(own, nobody, open_page):
    remember(own, nobody)
    for name, address in (("", {}), ("account", {"account": "id-amber_kite_100"}), ("explore", {})):
        page = open_page(own, name, **address)
        assert not page.error
        assert len(page.warning) == 1
        assert AWAY in banner(page)
        assert "(facts version 1); nothing can be decided until the server is back" in banner(page)
        assert "secret" not in banner(page) + words(page)
    assert "graph on this machine" in words(page)
    assert "8 accounts, most interactions first" in words(open_page(own, "account", account="id-amber_kite_100"))


def test_a_workspace_without_a_server_has_no_banner(built, open_page):
    assert not open_page(built).warning


def test_a_dead_server_is_asked_once_and_not_at_every_rerun(own, nobody, open_page):
    remember(own, nobody)
    page = open_page(own)
    began = time.monotonic()
    for _ in range(3):
        page.run()
    assert time.monotonic() - began < 3 * exploring.PATIENCE_SECONDS
    assert AWAY in banner(page)


def test_a_silent_server_costs_a_page_its_patience_and_no_more(silent):
    watch = Watch(silent)
    began = time.monotonic()
    assert watch.away() == f"The graph server at {silent.url} does not answer."
    assert time.monotonic() - began < exploring.PATIENCE_SECONDS + 2
    began = time.monotonic()
    assert watch.away()
    assert time.monotonic() - began < 0.1


def test_without_a_password_the_pages_say_so(own, nobody, open_page, monkeypatch):
    monkeypatch.delenv("FLOCKWATCH_NEO4J_PASSWORD")
    remember(own, nobody)
    assert "There is no password for the graph server" in banner(open_page(own))


def test_a_damaged_note_of_the_server_is_said_above_the_pages(own, open_page):
    (own.path / "graph-server.json").write_text("[]")
    page = open_page(own)
    assert not page.error
    assert "is damaged: these pages show the last known data" in banner(page)


def test_nothing_can_be_decided_while_the_server_is_away(own, nobody, open_page):
    """The button is shut, and a click on a page that was drawn before comes to nothing."""
    page = open_page(own, "cluster", cluster="C-2291")
    remember(own, nobody)
    verdict = next(field for field in page.button_group if str(field.key).startswith("verdict "))
    verdict.set_value(["violating"] if isinstance(verdict.value, list) else "violating")
    next(area for area in page.text_area if area.label == "Reason").set_value("Same posts.")
    save(page).click().run()
    assert not page.error
    assert AWAY in banner(page)
    assert save(page).disabled
    with open_work_store(own) as store:
        assert decisions(store) == []


def save(page):
    return next(button for button in page.button if button.label == "Save decision")


def test_no_post_can_be_read_while_the_server_is_away(own, nobody, open_page):
    remember(own, nobody)
    page = open_page(own, "cluster", cluster="C-2291", part="Texts")
    page.text_input(key="reading reason").set_value("to compare").run()
    shows = [button for button in page.button if button.label == "Show"]
    assert shows
    assert all(button.disabled for button in shows)


@pytest.mark.neo4j
def test_the_pages_read_the_server_lose_it_and_find_it_again(own, tmp_path: Path, open_page, monkeypatch):
    monkeypatch.setattr(exploring, "KEPT_SECONDS", 0.0)
    with running_server(tmp_path / "home") as server:
        monkeypatch.setenv("FLOCKWATCH_NEO4J_PASSWORD", server.password)
        remember(own, TeamServer(server.url))
        assert "is not loaded at" in banner(open_page(own, "explore"))
        load(own, server)
        assert_read_from(open_page(own, "explore", centre="id-amber_kite_100"), server)
        page = open_page(own, "explore", centre="id-amber_kite_100")
        assert server.process is not None
        os.kill(server.process.pid, signal.SIGSTOP)  # frozen: its sockets stay open
        began = time.monotonic()
        page.run()
        assert time.monotonic() - began < exploring.PATIENCE_SECONDS + 10
        assert not page.error
        assert AWAY in banner(page)
        os.kill(server.process.pid, signal.SIGCONT)
        settle(page)
        assert_read_from(page, server)
        server.kill()
        page.run()
        assert not page.error
        assert AWAY in banner(page)
        assert "graph on this machine" in words(page)
        assert page.dataframe[0].value["hops"].to_list() == [1] * 8
        server.start()
        settle(page)
        assert_read_from(page, server)
        assert_read_from(open_page(own, "cluster", cluster="C-2291"), None)


def settle(page) -> None:
    """Until the banner goes: a server that has just started, or woken, may be slower than a page waits."""
    until = time.monotonic() + 60
    while page.run().warning and time.monotonic() < until:
        time.sleep(0.5)


def load(workspace, server: TestServer) -> None:
    with Neo4jServer(server.url, Login("neo4j", server.password)) as connection:
        Neo4jGraphStore(workspace, connection).rebuild(current_facts(workspace))


def assert_read_from(page, server: TestServer | None) -> None:
    assert not page.error
    assert not page.warning
    if server is not None:
        assert f"graph flockwatch at `{server.url}` · data up to" in words(page)
        assert page.dataframe[0].value["hops"].to_list() == [1] * 8
    else:
        assert not save(page).disabled
