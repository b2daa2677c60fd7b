"""A server that an older program wrote comes forward without loss, and a newer one's is left alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.errors import BadSetting, BadWorkspace
from graph.facts import Facts
from graph.local.store import LocalGraphStore
from graph.neo4j import cypher
from graph.neo4j import load as neo4j_load
from graph.neo4j.server import Neo4jServer
from graph.neo4j.store import Neo4jGraphStore
from graph.workspace import Workspace, open_workspace
from tests.graph.small_runs import save_small_run
from tests.graph.small_worlds import Tables, act, meet, publish
from tests.graph.version_1 import SINCE, load_version_1

pytestmark = pytest.mark.neo4j

TOWN: Tables = {
    "actions": [act(name, thing, n) for thing in "pq" for n, name in enumerate("abcd")],
    "interactions": [meet("a", "b"), meet("b", "c", "share", 4)],
}


@pytest.fixture
def facts(workspace: Workspace) -> Facts:
    published = publish(workspace, TOWN)
    with LocalGraphStore(workspace) as local:
        local.rebuild(published)
    return published


@pytest.fixture
def old(workspace: Workspace, facts: Facts, neo4j_connection: Neo4jServer, tmp_path: Path) -> Iterator[int]:
    """The version that lies on a server of schema 1; the server is of ours again afterwards."""
    neo4j_load.ensure_schema(neo4j_connection)
    yield load_version_1(neo4j_connection, workspace, str(tmp_path))
    neo4j_load.ensure_schema(neo4j_connection)


@pytest.fixture
def team(workspace: Workspace, neo4j_connection: Neo4jServer, tmp_path: Path) -> Iterator[Neo4jGraphStore]:
    with Neo4jGraphStore(workspace, neo4j_connection, str(tmp_path)) as store:
        yield store


def test_a_graph_of_version_1_is_kept_and_gets_owner_constraints_and_runs(
    old: int, facts: Facts, team: Neo4jGraphStore, workspace: Workspace, neo4j_connection: Neo4jServer, monkeypatch: Any
):
    save_small_run(workspace, "r1", {"c1": dict.fromkeys("abc", "core")})
    sent: list[str] = []
    monkeypatch.setattr(neo4j_load, "_store", lambda *_, **given: sent.append(given["batch"]))
    words = "Left out: words inside names; they come with the next flockwatch ingest or graph sync."
    assert team.find("b").left_out == (words,)
    assert [kind.name for kind in team.check() if not kind.agrees] == [
        "words", "runs", "clusters", "members", "coordinated",
    ]  # fmt: skip
    team.rebuild(facts)
    with LocalGraphStore(workspace) as local:
        assert team.find("c") == local.find("c")
    assert sent == []  # not a row was loaded again
    assert team.read().version == old  # type: ignore[attr-defined]
    assert all(kind.agrees for kind in team.check())
    assert [m.run_id for m in team.memberships("a").clusters] == ["r1"]
    names = {
        row["name"] for show in (cypher.SHOW_CONSTRAINTS, cypher.SHOW_INDEXES) for row in neo4j_connection.schema(show)
    }
    assert names >= set(SINCE)
    assert neo4j_connection.read(lambda ask: ask(cypher.SCHEMA_OF))[0]["version"] == cypher.SCHEMA_VERSION


def test_a_graph_of_version_1_is_read_before_anybody_brings_it_forward(
    old: int, team: Neo4jGraphStore, workspace: Workspace
):
    with LocalGraphStore(workspace) as local:
        assert team.summary() == local.summary()
        assert team.neighbourhood("b") == local.neighbourhood("b")
        assert team.memberships("a") == local.memberships("a")
        assert team.clusters_around("a") == local.clusters_around("a")


def test_a_graph_of_version_1_stays_known_when_it_is_synced_again_and_lost_words_come_back(
    old: int, facts: Facts, team: Neo4jGraphStore, neo4j_connection: Neo4jServer
):
    team.rebuild(facts)
    neo4j_connection.write(lambda ask: ask("MATCH (a:Account {version: $v, id: 'a'}) REMOVE a.words", v=old))
    assert [kind.name for kind in team.check() if not kind.agrees] == ["words"]
    team.rebuild(facts)
    assert team.read().version == old  # type: ignore[attr-defined]
    assert all(kind.agrees for kind in team.check())


def test_a_graph_of_version_1_that_somebody_changed_is_loaded_anew(
    old: int, facts: Facts, team: Neo4jGraphStore, neo4j_connection: Neo4jServer
):
    neo4j_connection.write(lambda ask: ask("MATCH (:Account {version: $v})-[t:INTERACTED]->() DELETE t", v=old))
    team.rebuild(facts)
    assert team.read().version != old  # type: ignore[attr-defined]
    assert all(kind.agrees for kind in team.check())


def test_a_graph_of_version_1_on_older_facts_is_replaced_and_leaves_nothing(
    old: int, team: Neo4jGraphStore, workspace: Workspace, neo4j_connection: Neo4jServer
):
    team.rebuild(publish(workspace, {"actions": [act("new", "p", 9)]}))
    assert team.account("new").actions == 1
    left = "MATCH (n {version: $version}) RETURN count(n) AS n"
    assert neo4j_connection.read(lambda ask: ask(left, version=old))[0]["n"] == 0


def test_whoever_brings_a_graph_of_version_1_up_first_is_its_owner(
    old: int, facts: Facts, team: Neo4jGraphStore, neo4j_connection: Neo4jServer, tmp_path: Path
):
    team.rebuild(facts)
    other = open_workspace(tmp_path / "other", create=True)
    with pytest.raises(BadSetting, match="belongs to another workspace"):
        Neo4jGraphStore(other, neo4j_connection, team.graph).rebuild(publish(other, TOWN))


def test_a_newer_schema_is_neither_read_nor_written(facts: Facts, team: Neo4jGraphStore, neo4j_connection: Neo4jServer):
    team.rebuild(facts)
    neo4j_connection.write(lambda ask: ask(cypher.SET_SCHEMA, schema=4))
    try:
        team.close()
        for refused in (lambda: team.account("a"), lambda: team.rebuild(facts), team.check):
            with pytest.raises(BadWorkspace, match="has version 4; this program knows 3"):
                refused()
    finally:
        neo4j_connection.write(lambda ask: ask(cypher.SET_SCHEMA, schema=cypher.SCHEMA_VERSION))
