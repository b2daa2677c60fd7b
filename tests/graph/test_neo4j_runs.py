"""Runs on a Neo4j server: what lies there, what a rebuild carries over, and that nothing is written twice or by halves."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from graph.errors import BadSetting, NothingThere
from graph.facts import current_facts
from graph.neo4j import cypher
from graph.neo4j import forget as neo4j_forget
from graph.neo4j import runs as neo4j_runs
from graph.neo4j.load import ensure_schema
from graph.neo4j.runs import LINEAGE_SCHEMA, RunReplaced, key_of
from graph.neo4j.server import Login, Neo4jServer
from graph.neo4j.store import Neo4jGraphStore
from graph.runs import load_run
from graph.workspace import Workspace, open_workspace
from tests.graph.lost_replies import wire_that_loses_replies
from tests.graph.neo4j_server import TestServer, operators
from tests.graph.small_runs import Clusters, lineage_of, save_small_run
from tests.graph.small_worlds import Tables, act, publish

pytestmark = pytest.mark.neo4j

NAMES = [f"u{n:02}" for n in range(24)]
TOWN: Tables = {"actions": [act(name, "p", n) for n, name in enumerate(NAMES)]}
RING: Clusters = {
    "c1": dict.fromkeys(NAMES[:12], "core") | {NAMES[12]: "target"},
    "c2": dict.fromkeys(NAMES[13:17], "core"),
}
LINEAGE = lineage_of(
    ("r1", "c1", "r2", "c1", "continues", 0.8),
    ("r1", "c1", "r2", "c2", "split", 0.25),
    ("r1", "c2", "r2", "c1", "merged", 0.5),
    ("r1", "c2", "r2", "c2", "reborn", None),
    ("r1", "c2", "r2", "c2", "missing", None),
)


class Told:
    """A lineage that tests may change."""

    rows: pl.DataFrame = pl.DataFrame(schema=dict(LINEAGE_SCHEMA))

    def __call__(self) -> pl.DataFrame:
        return self.rows


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def team(workspace: Workspace, neo4j_connection: Neo4jServer, tmp_path: Path, told: Told) -> Iterator[Neo4jGraphStore]:
    """A store with a loaded graph of 24 accounts that nobody else uses."""
    with Neo4jGraphStore(workspace, neo4j_connection, str(tmp_path), told) as store:
        store.rebuild(publish(workspace, TOWN))
        yield store


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neo4j_runs, "AT_ONCE", 10)


def asked(server: Neo4jServer, team: Neo4jGraphStore, statement: str) -> list[Any]:
    """The one column of a statement about the version that counts."""
    (row,) = server.read(lambda ask: ask(cypher.CURRENT, graph=team.graph))
    return [found[0] for found in server.read(lambda ask: ask(statement, version=row["number"]))]


def rows_stored(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the batches that are sent from here on."""
    sent: list[int] = []
    store = neo4j_runs._store

    def counting(ask: Any, **given: Any) -> None:
        sent.append(len(given["rows"]))
        store(ask, **given)

    monkeypatch.setattr(neo4j_runs, "_store", counting)
    return sent


def test_a_target_is_beside_the_cluster_and_the_run_says_what_counts_as_a_tie(
    team: Neo4jGraphStore, workspace: Workspace, neo4j_connection: Neo4jServer
):
    team.write_run(save_small_run(workspace, "r1", RING, tiers={"c2": "none"}))
    inside = "MATCH (a:Account {version: $version})-[:MEMBER_OF]->(:Cluster {id: 'c1'}) RETURN a.id ORDER BY a.id"
    assert asked(neo4j_connection, team, inside) == NAMES[:12]
    beside = "MATCH (a:Account {version: $version})-[b:BESIDE]->(:Cluster) RETURN [a.id, b.role]"
    assert asked(neo4j_connection, team, beside) == [[NAMES[12], "target"]]
    ties = "MATCH (:Account {version: $version})-[t:COORDINATED]->() RETURN count(t)"
    assert asked(neo4j_connection, team, ties) == [12 * 11]  # 66 pairs in two traces; c2 is not flagged
    (run,) = asked(neo4j_connection, team, "MATCH (r:Run {version: $version}) RETURN properties(r)")
    assert (run["links"], run["coordinated"], run["missing"], run["coordinated_q"]) == (145, 132, 0, 0.01)
    assert run["coordinated_rule"] == "links with q of at most 0.01, inside clusters of tier alert or review"


def test_the_same_run_again_sends_nothing(
    team: Neo4jGraphStore, workspace: Workspace, neo4j_connection: Neo4jServer, monkeypatch: pytest.MonkeyPatch
):
    run = save_small_run(workspace, "r1", RING)
    team.write_run(run)
    sent = rows_stored(monkeypatch)
    team.write_run(run)
    assert sent == []
    assert all(kind.agrees for kind in team.check())


def test_clusters_are_tied_to_those_of_the_run_before_and_follow_when_that_changes(
    team: Neo4jGraphStore, workspace: Workspace, neo4j_connection: Neo4jServer, told: Told
):
    shown = """MATCH (later:Cluster {version: $version})-[t]->(earlier:Cluster)
    RETURN [later.run_id, later.id, type(t), earlier.run_id, earlier.id, t.overlap] AS tie ORDER BY tie"""
    ties = [
        ["r2", "c1", "CONTINUES", "r1", "c1", 0.8],
        ["r2", "c1", "MERGED_FROM", "r1", "c2", 0.5],
        ["r2", "c2", "REBORN_FROM", "r1", "c2", None],
        ["r2", "c2", "SPLIT_FROM", "r1", "c1", 0.25],
    ]
    told.rows = LINEAGE
    later = save_small_run(workspace, "r2", RING, n=5)
    team.write_run(later)  # the run before is not there yet
    assert asked(neo4j_connection, team, shown) == []
    team.write_run(save_small_run(workspace, "r1", RING))
    assert asked(neo4j_connection, team, shown) == ties
    team.write_run(save_small_run(workspace, "r1", RING, n=7))  # new content under the old id
    assert asked(neo4j_connection, team, shown) == ties
    team.rebuild(publish(workspace, {"actions": [act("new", "p")]}))
    assert asked(neo4j_connection, team, shown) == ties
    assert {kind.name: kind.rows_there for kind in team.check()}["lineage"] == 4
    told.rows = LINEAGE.head(1)
    team.write_run(later)
    assert asked(neo4j_connection, team, shown) == ties[:1]


def test_a_rebuild_carries_the_runs_over_and_drops_those_that_are_gone(
    team: Neo4jGraphStore, workspace: Workspace, neo4j_connection: Neo4jServer
):
    for run_id in ("r1", "r2"):
        save_small_run(workspace, run_id, RING)
    stale = save_small_run(workspace, "r3", RING)
    team.write_run(stale)
    (workspace.runs / "order.json").write_text('["r1", "r2"]')
    seen: list[list[int]] = []

    def look(stage: str, done: int, total: int) -> None:
        if stage == "neo4j runs" and done == total:  # whole before readers are switched to it
            seen.append([kind.rows_there for kind in team.check() if kind.name == "runs"])

    team.rebuild(publish(workspace, {"actions": [act("new", "p")]}), look)
    assert seen == [[1]]
    assert [m.run_id for m in team.memberships(NAMES[0]).clusters] == ["r2", "r1"]
    assert all(kind.agrees for kind in team.check())
    left = "MATCH (c:Cluster) WHERE c.run_id = 'r3' AND c.version = $version RETURN c.id"
    assert asked(neo4j_connection, team, left) == []


def test_a_run_whose_commit_replies_are_lost_is_exact(
    team: Neo4jGraphStore, workspace: Workspace, neo4j_server: TestServer, small_batches: None
):
    run, login = save_small_run(workspace, "r1", RING), Login("neo4j", neo4j_server.password)
    with wire_that_loses_replies(neo4j_server.bolt) as wire, Neo4jServer(wire.url, login) as server:
        Neo4jGraphStore(workspace, server, team.graph).write_run(run)
        assert wire.lost >= 5
    assert all(kind.agrees for kind in team.check())


def test_a_run_that_was_cut_off_is_not_seen_and_goes_on_where_it_stopped(
    team: Neo4jGraphStore, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, small_batches: None
):
    run = save_small_run(workspace, "r1", RING)
    store, sent = neo4j_runs._store, []

    def cut(ask: Any, **given: Any) -> None:
        sent.append(given["batch"])
        if len(sent) == 4:
            raise KeyboardInterrupt
        store(ask, **given)

    with monkeypatch.context() as patched:
        patched.setattr(neo4j_runs, "_store", cut)
        with pytest.raises(KeyboardInterrupt):
            team.write_run(run)
    assert team.memberships(NAMES[0]).clusters == ()
    with pytest.raises(NothingThere, match="does not hold the run r1"):
        team.cluster_graph("c1", "r1")
    team.write_run(run)
    assert all(kind.agrees for kind in team.check())


def test_accounts_that_the_loaded_graph_does_not_know_are_counted_on_the_run(
    team: Neo4jGraphStore, workspace: Workspace, neo4j_connection: Neo4jServer
):
    team.write_run(save_small_run(workspace, "r1", {"c1": dict.fromkeys((*NAMES[:2], "stranger"), "core")}))
    assert asked(neo4j_connection, team, "MATCH (r:Run {version: $version}) RETURN r.missing") == [1 + 4]
    assert [m.account_id for m in team.cluster_graph("c1").members] == NAMES[:2]


def test_a_run_let_go_of_while_it_is_written_stops_with_a_sentence(
    team: Neo4jGraphStore, workspace: Workspace, neo4j_connection: Neo4jServer, monkeypatch: pytest.MonkeyPatch
):
    run = save_small_run(workspace, "r1", RING)
    store = neo4j_runs._store

    def meddle(ask: Any, **given: Any) -> None:
        writing = given["writing"]
        neo4j_forget.forget_run(neo4j_connection, writing.version, writing.key)
        store(ask, **given)

    monkeypatch.setattr(neo4j_runs, "_store", meddle)
    with pytest.raises(RunReplaced, match="was not written"):
        team.write_run(run)
    assert asked(neo4j_connection, team, "MATCH (c:Cluster {version: $version}) RETURN c.id") == []


def test_only_the_owner_of_a_graph_writes_runs_to_it(
    team: Neo4jGraphStore, neo4j_connection: Neo4jServer, tmp_path: Path
):
    other = open_workspace(tmp_path / "other", create=True)
    with pytest.raises(BadSetting, match="belongs to another workspace"):
        Neo4jGraphStore(other, neo4j_connection, team.graph).write_run(save_small_run(other, "r1", RING))


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        ("MATCH (c:Cluster {version: $version, id: 'c2'}) SET c.risk = 0.99", "clusters"),
        ("MATCH (:Account {version: $version, id: 'u03'})-[m:MEMBER_OF]->() SET m.score = m.score + 0.01", "members"),
        ("MATCH (:Account {version: $version})-[m:BESIDE]->() DELETE m", "beside"),
        ("MATCH (:Account {version: $version, id: 'u03'})-[t:COORDINATED]->() SET t.n = t.n + 1", "coordinated"),
        ("MATCH (:Account {version: $version, id: 'u03'})-[t:COORDINATED]->() SET t.q = 0.5", "coordinated"),
        ("MATCH (:Cluster {version: $version, run_id: 'r2'})-[t:MERGED_FROM]->() DELETE t", "lineage"),
        ("MATCH (r:Run {version: $version, id: 'r1'}) SET r.place = 7", "runs"),
    ],
)
def test_the_check_finds_what_somebody_changed_in_runs_and_a_rebuild_mends_it(
    team: Neo4jGraphStore, workspace: Workspace, neo4j_connection: Neo4jServer, told: Told, damage: str, kind: str
):
    told.rows = LINEAGE
    for run_id in ("r1", "r2"):
        team.write_run(save_small_run(workspace, run_id, RING))
    assert [one for one in team.check() if not one.agrees] == []
    (row,) = neo4j_connection.read(lambda ask: ask(cypher.CURRENT, graph=team.graph))
    neo4j_connection.write(lambda ask: ask(damage, version=row["number"]))
    assert [one.name for one in team.check() if not one.agrees] == [kind]
    team.rebuild(current_facts(workspace))
    assert all(one.agrees for one in team.check())


def test_the_key_of_a_run_follows_from_its_content(workspace: Workspace):
    keys = [key_of(save_small_run(workspace, "r1", RING, n=n), 7) for n in (4, 5, 4)]
    assert keys[0] == keys[2] != keys[1]
    assert key_of(load_run(workspace, "r1"), 8) != keys[2]


_STATEMENTS = (
    "CLUSTERS_OF", "TIED_TO", "CLUSTERS_OF_MANY", "CLUSTER", "MEMBERS_OF", "BESIDE", "TIES_OF", "CREATE_MEMBER_OF",
    "CREATE_BESIDE", "CREATE_COORDINATED", "UNLINK", "FORGET_COORDINATED", "FORGET_MEMBERS", "FORGET_CLUSTERS",
    "CREATE_ENTITIES", "CREATE_NEW_FOR", "ENTITIES_OF", "FORGET_ENTITIES", "FORGET_NEW_FOR", "SUM_ENTITIES", "SUM_NEW_FOR",
    "FORGET_RUN_BATCHES", "SUM_CLUSTERS", "SUM_MEMBERS", "SUM_BESIDE", "SUM_COORDINATED", "SUM_LINEAGE",
)  # fmt: skip


@pytest.mark.parametrize("statement", [*_STATEMENTS, *cypher.LINK])
def test_no_statement_about_runs_looks_at_everything(
    statement: str, neo4j_server: TestServer, neo4j_connection: Neo4jServer
):
    ensure_schema(neo4j_connection)
    given: dict[str, Any] = dict.fromkeys(("version", "run", "account", "limit"), 1)
    given |= {"cluster": "c", "run_id": "r", "batches": "b"} | {
        name: [] for name in ("rows", "runs", "accounts", "shown")
    }
    text = cypher.LINK.get(statement) or getattr(cypher, statement)
    steps = list(operators(neo4j_server.run("EXPLAIN " + text, **given).summary.plan))
    assert [step for step in steps if "Scan" in step] == []
    assert any("IndexSeek" in step for step in steps)


def test_a_lineage_tie_of_another_type_is_noticed(
    team: Neo4jGraphStore, workspace: Workspace, neo4j_connection: Neo4jServer, told: Told
):
    told.rows = LINEAGE
    for name in ("r1", "r2"):
        team.write_run(save_small_run(workspace, name, RING))
    assert all(kind.agrees for kind in team.check())
    change = "MATCH (l:Cluster {version: $v})-[t:REBORN_FROM]->(e) CREATE (l)-[:SPLIT_FROM]->(e) DELETE t"
    neo4j_connection.write(lambda ask: ask(change, v=team.read().version))  # type: ignore[attr-defined]
    assert [kind.name for kind in team.check() if not kind.agrees] == ["lineage"]
