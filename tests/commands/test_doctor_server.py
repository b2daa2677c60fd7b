"""`doctor` with a team's server: every look in a sentence, and unsafe ones by name; unsafe addresses are never used."""

import json
from pathlib import Path

import pytest

from graph.neo4j.server import Login, Neo4jServer
from graph.neo4j.store import Neo4jGraphStore
from graph.team_server import TeamServer, remember
from graph.workspace import Workspace, open_workspace
from tests.command_line import flockwatch
from tests.graph.neo4j_server import TestServer, running_server
from tests.graph.small_worlds import act, publish

ROWS = {"actions": [act("ana", "p1"), act("ben", "p1")]}


def looked_at(workspace: Workspace) -> dict[str, tuple[bool, str]]:
    said = json.loads(flockwatch("doctor", "--workspace", workspace.path, "--json").stdout)
    return {
        one["name"].removeprefix("graph server: "): (one["ok"], one["detail"])
        for one in said["checks"]
        if one["name"].startswith("graph server")
    }


@pytest.mark.neo4j
def test_a_server_that_is_set_up_well_passes_every_look(
    tmp_path: Path, neo4j_server: TestServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FLOCKWATCH_NEO4J_PASSWORD", neo4j_server.password)
    workspace = open_workspace(tmp_path / "w", create=True)
    facts = publish(workspace, ROWS)
    name = f"doctor-{tmp_path.name}"
    remember(workspace, TeamServer(neo4j_server.url, name))
    with Neo4jServer(neo4j_server.url, Login("neo4j", neo4j_server.password)) as server:
        Neo4jGraphStore(workspace, server, graph=name).rebuild(facts)
    looks = looked_at(workspace)
    assert {name: ok for name, (ok, _) in looks.items()} == dict.fromkeys(
        ("address", "login", "version", "files", "schema", "graph"), True
    )
    assert looks["version"][1].startswith("Neo4j/5.")
    assert looks["graph"][1] == "of the facts here: 2 accounts, 1 objects"
    publish(workspace, {"actions": [act("eve", "p1")]})
    assert "of other facts" in looked_at(workspace)["graph"][1]


@pytest.mark.neo4j
def test_an_unsafe_server_is_told_in_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FLOCKWATCH_NEO4J_PASSWORD", "any")
    workspace = open_workspace(tmp_path / "w", create=True)
    everything = "dbms.security.auth_enabled=false", "dbms.security.allow_csv_import_from_file_urls=true"
    with running_server(tmp_path / "open", *everything) as server:
        remember(workspace, TeamServer(server.url))
        looks = looked_at(workspace)
    assert looks["login"] == (
        False,
        "unsafe: the server lets everybody in; set dbms.security.auth_enabled=true and a password",
    )
    assert looks["files"][0] is False
    assert "LOAD CSV opens files of the server's machine" in looks["files"][1]
    assert looks["schema"] == (False, "nothing was loaded yet; flockwatch graph sync brings it up")


def test_an_address_in_the_open_is_named_and_nothing_is_sent_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FLOCKWATCH_NEO4J_PASSWORD", "secret-of-the-team")
    workspace = open_workspace(tmp_path / "w", create=True)
    remember(workspace, TeamServer("bolt://db.example:7687"))
    assert looked_at(workspace) == {
        "address": (False, "bolt://db.example:7687 is not encrypted and not on this machine; use the scheme with +s")
    }
    table = tmp_path / "a.csv"
    table.write_text("account_id,object_id,timestamp\nana,p1,1700000000\n")
    done = flockwatch("ingest", table, "--workspace", tmp_path / "new", "--graph", "bolt://db.example:7687")
    assert done.returncode == 2
    assert "is not encrypted and not on this machine" in done.stderr
    assert "bolt+s://" in done.stderr
    assert not (tmp_path / "new").exists()


def test_a_server_that_is_away_and_a_missing_password_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FLOCKWATCH_NEO4J_PASSWORD", "secret-of-the-team")
    workspace = open_workspace(tmp_path / "w", create=True)
    assert looked_at(workspace) == {}
    remember(workspace, TeamServer("bolt://127.0.0.1:1"))
    looks = looked_at(workspace)
    assert looks["address"][0]
    assert all(not ok and "does not answer" in said for name, (ok, said) in looks.items() if name != "address")
