"""`flockwatch query`: recipes and free Cypher against the remembered server, in the audit log before they run."""

import json
from pathlib import Path

import pytest

from graph.facts import current_facts
from graph.neo4j.server import Login, Neo4jServer
from graph.neo4j.store import Neo4jGraphStore
from graph.team_server import TeamServer, remember
from graph.workspace import Workspace, open_workspace
from tests.command_line import flockwatch
from tests.graph.neo4j_server import TestServer
from tests.graph.small_worlds import act, meet, publish

TABLES = {
    "actions": [
        act("ana", "p1"),
        act("ben", "p1"),
        act("=cmd|' /C calc'!A0", "p1"),
        act("ana", "p2"),
        act("ben", "p2"),
    ],
    "interactions": [meet("ana", "ben", "quote")],
}


@pytest.fixture
def team(tmp_path: Path, neo4j_server: TestServer, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace whose graph is on the server, under a name of its own."""
    monkeypatch.setenv("FLOCKWATCH_NEO4J_PASSWORD", neo4j_server.password)
    workspace = open_workspace(tmp_path / "w", create=True)
    facts = publish(workspace, TABLES)
    name = f"q-{tmp_path.name}"
    with Neo4jServer(neo4j_server.url, Login("neo4j", neo4j_server.password)) as server:
        Neo4jGraphStore(workspace, server, graph=name).rebuild(facts)
    remember(workspace, TeamServer(neo4j_server.url, name))
    assert current_facts(workspace).number == 1
    return workspace


def logged(workspace: Workspace) -> str:
    return (workspace.path / "work.sqlite").read_bytes().decode("latin-1")


@pytest.mark.neo4j
def test_a_recipe_answers_and_stands_in_the_audit_log(team: Workspace):
    done = flockwatch(
        "query", "--recipe", "only-these", "--set", "accounts=ana,ben", "--workspace", team.path, "--json"
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["columns"] == ["kind", "object", "accounts", "acts"]
    assert said["rows"] == [["share", "p2", 2, 2]]
    checked = json.loads(flockwatch("audit", "verify", "--workspace", team.path, "--json").stdout)
    assert checked["ok"] is True
    assert checked["events"] == 1
    assert "query the graph" in logged(team)
    assert "only-these" in logged(team)


@pytest.mark.neo4j
def test_free_cypher_answers_for_people_and_hides_its_text_from_the_log(team: Workspace):
    cypher = "MATCH (a:Account {version: $version}) RETURN a.id AS account, a.actions AS acts ORDER BY a.key"
    done = flockwatch("query", "--cypher", cypher, "--workspace", team.path)
    assert done.returncode == 0, done.stderr
    assert "3 rows" in done.stdout
    assert "ben" in done.stdout
    assert "MATCH" not in logged(team)


@pytest.mark.neo4j
def test_a_query_that_writes_is_refused_and_still_in_the_log(team: Workspace, neo4j_server: TestServer):
    done = flockwatch("query", "--cypher", "CREATE (:Hacked)", "--workspace", team.path)
    assert done.returncode == 2
    assert "The query was not run: it would do Create" in done.stderr
    assert neo4j_server.run("MATCH (h:Hacked) RETURN count(h) AS n").records[0]["n"] == 0
    assert "query the graph" in logged(team)


def test_without_a_server_the_desk_says_what_to_do(tmp_path: Path):
    place = open_workspace(tmp_path / "w", create=True)
    done = flockwatch("query", "--recipe", "only-these", "--set", "accounts=a", "--workspace", place.path)
    assert done.returncode == 2
    assert "keeps its graph only on this machine" in done.stderr
    assert "--graph bolt+s://HOST:7687" in done.stderr


def test_the_list_names_every_recipe_with_what_it_takes(tmp_path: Path):
    listed = json.loads(flockwatch("query", "--list", "--json").stdout)["recipes"]
    assert {"bridges", "only-these"} <= {one["name"] for one in listed}
    assert "only-these accounts=..." in flockwatch("query", "--list").stdout


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ([], "Name one recipe, or give one query."),
        (["--recipe", "a", "--cypher", "b"], "Name one recipe, or give one query."),
        (["--recipe", "nothing"], "There is no recipe nothing."),
        (["--recipe", "only-these"], "The recipe only-these needs accounts"),
        (["--recipe", "only-these", "--set", "accounts"], "is not of the form key=value"),
        (["--cypher", "RETURN 1", "--set", "a=1"], "--set belongs to a recipe."),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(tmp_path: Path, said: list[str], refusal: str):
    place = open_workspace(tmp_path / "w", create=True)
    done = flockwatch("query", *said, "--workspace", place.path)
    assert done.returncode == 2
    assert refusal in done.stderr
