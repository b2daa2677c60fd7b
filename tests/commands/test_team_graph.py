"""`ingest --graph bolt://...`: the same graph on the team's server, and refusals before anything is read."""

import json
from pathlib import Path

import pytest

from graph.local.store import open_graph
from graph.neo4j.server import Login, Neo4jServer
from graph.neo4j.store import Neo4jGraphStore
from graph.runs import list_runs
from graph.team_server import TeamServer, remember, remembered
from graph.workspace import open_workspace
from tests.command_line import flockwatch
from tests.graph.neo4j_server import TestServer
from tests.graph.small_runs import save_small_run

ROWS = "account_id,object_id,timestamp\nana,p1,1700000000\nben,p1,1700000010\neve,p2,1700000020\nana,p2,1700000025\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "shares.csv"
    path.write_text(ROWS)
    return path


@pytest.mark.neo4j
def test_ingest_brings_the_graph_to_the_server(
    table: Path, tmp_path: Path, neo4j_server: TestServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FLOCKWATCH_NEO4J_PASSWORD", neo4j_server.password)
    folder = tmp_path / "workspace"
    for _ in range(2):  # the second time all is there already
        named = ("--graph", neo4j_server.url, "--graph-name", "brought")
        done = flockwatch("ingest", table, "--workspace", folder, *named, "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["graph"] == {"accounts": 3, "objects": 2, "touches": 4, "interactions": 0}
        assert neo4j_server.password not in done.stdout + done.stderr
    workspace, login = open_workspace(folder), Login("neo4j", neo4j_server.password)
    with Neo4jServer(neo4j_server.url, login) as server, open_graph(workspace) as here:
        there = Neo4jGraphStore(workspace, server, "brought")
        assert there.summary() == here.summary()
        assert there.co_actors("ana") == here.co_actors("ana")
        assert all(kind.agrees for kind in there.check())


@pytest.mark.neo4j
def test_a_wrong_password_is_refused_before_anything_is_read(
    table: Path, tmp_path: Path, neo4j_server: TestServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FLOCKWATCH_NEO4J_PASSWORD", "not-the-one")
    done = flockwatch("ingest", table, "--workspace", tmp_path / "w", "--graph", neo4j_server.url)
    assert done.returncode == 2
    assert "refuses the user or the password" in done.stderr
    assert "not-the-one" not in done.stderr
    assert not (tmp_path / "w").exists()


def test_a_missing_password_and_a_foreign_address_are_refused(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("FLOCKWATCH_NEO4J_PASSWORD", raising=False)
    done = flockwatch("ingest", table, "--workspace", tmp_path / "w", "--graph", "bolt://localhost:1")
    assert (done.returncode, "FLOCKWATCH_NEO4J_PASSWORD is not set" in done.stderr) == (2, True)
    monkeypatch.setenv("FLOCKWATCH_NEO4J_PASSWORD", "x")
    done = flockwatch("ingest", table, "--workspace", tmp_path / "w", "--graph", "postgres://h")
    assert (done.returncode, "not the address of a Neo4j server" in done.stderr) == (2, True)


@pytest.mark.neo4j
def test_a_graph_belongs_to_one_workspace_and_another_takes_a_name_of_its_own(
    table: Path, tmp_path: Path, neo4j_server: TestServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FLOCKWATCH_NEO4J_PASSWORD", neo4j_server.password)
    first, second = tmp_path / "first", tmp_path / "second"
    given = ("--graph", neo4j_server.url, "--graph-name", "spring", "--json")
    assert flockwatch("ingest", table, "--workspace", first, *given).returncode == 0
    refused = flockwatch("ingest", table, "--workspace", second, *given)
    assert refused.returncode == 2
    assert "'spring' at bolt://" in refused.stderr
    assert "belongs to another workspace" in refused.stderr
    assert "--graph-name NAME" in refused.stderr
    assert not (second / "facts").exists()  # nothing was read
    taken = flockwatch(
        "ingest", table, "--workspace", second, "--graph", neo4j_server.url, "--graph-name", "autumn", "--json"
    )
    assert json.loads(taken.stdout)["graph"]["accounts"] == 3
    assert remembered(open_workspace(second)) == TeamServer(neo4j_server.url, "autumn")


@pytest.mark.neo4j
def test_a_server_named_once_is_brought_up_by_every_import_until_it_is_forgotten(
    table: Path, tmp_path: Path, neo4j_server: TestServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FLOCKWATCH_NEO4J_PASSWORD", neo4j_server.password)
    folder, more = tmp_path / "workspace", tmp_path / "more.csv"
    more.write_text("account_id,object_id,timestamp\nzoe,p1,1700000030\n")
    flockwatch("ingest", table, "--workspace", folder, "--graph", neo4j_server.url, "--graph-name", "kept")
    again = flockwatch("ingest", more, "--workspace", folder, "--json")
    assert json.loads(again.stdout)["graph"]["accounts"] == 4
    alone = flockwatch("ingest", more, "--workspace", folder, "--graph", "sqlite", "--json")
    assert "graph" not in json.loads(alone.stdout)
    assert remembered(open_workspace(folder)) is None


def test_a_remembered_server_that_is_away_holds_nobody_up(table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FLOCKWATCH_NEO4J_PASSWORD", "x")
    workspace = open_workspace(tmp_path / "w", create=True)
    remember(workspace, TeamServer("bolt://127.0.0.1:1", "spring"))
    done = flockwatch("ingest", table, "--workspace", workspace.path, "--json")
    assert done.returncode == 0, done.stderr
    said = (
        "The team's graph is behind: the graph server at bolt://127.0.0.1:1 does not answer; "
        "when that is mended, flockwatch graph sync brings it up."
    )
    assert json.loads(done.stdout)["graph"] == {"behind": said}
    assert said in done.stderr
    with open_graph(workspace) as here:
        assert here.summary().accounts == 3
    named = flockwatch("ingest", table, "--workspace", workspace.path, "--graph", "bolt://127.0.0.1:1")
    assert (named.returncode, "does not answer" in named.stderr) == (2, True)


@pytest.mark.parametrize("options", [("--graph-name", "a"), ("--graph", "sqlite", "--graph-name", "a")])
def test_a_name_without_a_server_is_refused(table: Path, tmp_path: Path, options: tuple[str, ...]):
    done = flockwatch("ingest", table, "--workspace", tmp_path / "w", *options)
    assert (done.returncode, "names a graph on a server" in done.stderr) == (2, True)


@pytest.mark.neo4j
def test_detect_writes_its_run_to_the_server_and_sync_brings_up_what_is_missing_there(
    table: Path, tmp_path: Path, neo4j_server: TestServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FLOCKWATCH_NEO4J_PASSWORD", neo4j_server.password)
    folder, given = tmp_path / "w", ("--graph", neo4j_server.url, "--graph-name", "runs")
    workspace, here = open_workspace(folder, create=True), ("--workspace", folder, "--json")
    assert flockwatch("ingest", table, *here, *given).returncode == 0
    detected = json.loads(flockwatch("detect", *here).stdout)
    assert "graph" not in detected
    checked = flockwatch("graph", "check", *here)
    kinds = {kind["name"]: kind["rows_there"] for kind in json.loads(checked.stdout)["kinds"]}
    assert (checked.returncode, kinds["accounts"], kinds["runs"]) == (0, 3, 1)
    save_small_run(workspace, "r2", {"c1": {"ana": "core", "ben": "core"}})  # as a run saved while the server was away
    differs = flockwatch("graph", "check", *here)
    wrong = {kind["name"] for kind in json.loads(differs.stdout)["kinds"] if not kind["agrees"]}
    assert (differs.returncode, wrong) == (1, {"runs", "clusters", "members", "coordinated"})
    synced = flockwatch("graph", "sync", *here)
    assert json.loads(synced.stdout) == {
        "server": {"url": neo4j_server.url, "graph": "runs"},
        "graph": {"accounts": 3, "objects": 2, "touches": 4, "interactions": 0, "runs": 2},
    }
    assert flockwatch("graph", "check", *here).returncode == 0


def test_detect_is_whole_here_when_the_server_is_away(table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FLOCKWATCH_NEO4J_PASSWORD", "x")
    folder = tmp_path / "w"
    flockwatch("ingest", table, "--workspace", folder)
    remember(open_workspace(folder), TeamServer("bolt://127.0.0.1:1", "spring"))
    done = flockwatch("detect", "--workspace", folder, "--json")
    assert (done.returncode, "flockwatch graph sync brings it up" in done.stderr) == (0, True)
    said = json.loads(done.stdout)
    assert said["graph"]["behind"] in done.stderr
    assert [run.run_id for run in list_runs(open_workspace(folder))] == [said["run_id"]]
    for command in ("sync", "check"):
        refused = flockwatch("graph", command, "--workspace", folder)
        assert (refused.returncode, "does not answer" in refused.stderr) == (2, True)


def test_without_a_server_sync_says_how_to_name_one_and_export_needs_none(table: Path, tmp_path: Path):
    folder = tmp_path / "w"
    flockwatch("ingest", table, "--workspace", folder)
    refused = flockwatch("graph", "sync", "--workspace", folder)
    assert (refused.returncode, "--graph bolt://HOST:7687" in refused.stderr) == (2, True)
    done = flockwatch("graph", "export", "--neo4j-import", tmp_path / "out", "--workspace", folder, "--json")
    said = json.loads(done.stdout)
    assert said["command"].startswith(f"cd {tmp_path / 'out'} && neo4j-admin database import full neo4j ")
    assert (tmp_path / "out" / "Account.csv").read_text().count("\n") == 4
    assert flockwatch("graph", "export", "--workspace", folder).returncode == 2
