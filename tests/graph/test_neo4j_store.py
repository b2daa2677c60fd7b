"""The Neo4j store under kills, lost replies, rivals and wrong logins: exact or a sentence, never a mix."""

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.answering.questions import Question
from graph.errors import BadSetting, BadWorkspace, NothingThere, StoreFault
from graph.local.build import RebuildStopped
from graph.local.store import LocalGraphStore
from graph.neo4j import cypher as neo4j_cypher
from graph.neo4j import load as neo4j_load
from graph.neo4j.server import Ask, Login, Neo4jServer
from graph.neo4j.store import Neo4jGraphStore
from graph.workspace import Workspace, open_workspace
from tests.graph.lost_replies import wire_that_loses_replies
from tests.graph.neo4j_server import TestServer, operators
from tests.graph.small_worlds import Tables, act, meet, publish

pytestmark = pytest.mark.neo4j


def crowd(seed: int, rows: int) -> Tables:
    """A random world of 60 accounts and 90 objects."""
    chance = random.Random(seed)
    return {
        "actions": [act(f"u{chance.randrange(60)}", f"o{chance.randrange(90)}", n) for n in range(rows)],
        "interactions": [meet(f"u{chance.randrange(60)}", f"u{chance.randrange(60)}", "reply", n) for n in range(rows)],
    }


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of 40 rows, so that a small world needs some hundred transactions."""
    steps = [neo4j_load.Step(s.name, s.read, s.count, s.create, 40) for s in neo4j_load.STEPS]
    monkeypatch.setattr(neo4j_load, "STEPS", tuple(steps))


@pytest.fixture
def team(workspace: Workspace, neo4j_connection: Neo4jServer, tmp_path: Path) -> Iterator[Neo4jGraphStore]:
    """A store whose graph nobody else uses."""
    with Neo4jGraphStore(workspace, neo4j_connection, graph=str(tmp_path)) as store:
        yield store


def held(server: Neo4jServer, graph: str) -> list[tuple[object, ...]]:
    """Per version of the graph: state, accounts, objects, sums of n over both kinds of ties."""
    versions = server.read(lambda ask: ask(neo4j_cypher.VERSIONS, graph=graph))
    return [(row["state"], *totals(server, row["number"])) for row in versions]


def totals(server: Neo4jServer, version: int) -> tuple[int, int, int, int]:
    counted = """
    RETURN COUNT { MATCH (a:Account {version: $version}) } AS accounts,
        COUNT { MATCH (o:Object {version: $version}) } AS objects,
        reduce(s = 0, n IN COLLECT { MATCH (:Account {version: $version})-[t:ACTED_ON]->() RETURN t.n } | s + n) AS acted,
        reduce(s = 0, n IN COLLECT { MATCH (:Account {version: $version})-[t:INTERACTED]->() RETURN t.n } | s + n) AS met
    """
    row = server.read(lambda ask: ask(counted, version=version))[0]
    return row["accounts"], row["objects"], row["acted"], row["met"]


def expected(tables: Tables) -> tuple[int, int, int, int]:
    """What the graph of a crowd holds, counted by loops."""
    acts, meets = tables["actions"], tables["interactions"]
    on: dict[str, set[str]] = {}
    for row in acts:
        on.setdefault(row["object_id"], set()).add(row["account_id"])
    names = {r["account_id"] for r in (*acts, *meets)} | {r["other_id"] for r in meets}
    shared = {name for name, who in on.items() if len(who) > 1}
    acted = sum(row["object_id"] in shared for row in acts)
    return len(names), len(shared), acted, sum(r["account_id"] != r["other_id"] for r in meets)


def test_a_batch_whose_commit_reply_was_lost_counts_once(
    workspace: Workspace, neo4j_server: TestServer, small_batches: None, tmp_path: Path
):
    tables, login = crowd(1, 800), Login("neo4j", neo4j_server.password)
    with wire_that_loses_replies(neo4j_server.bolt) as wire, Neo4jServer(wire.url, login) as server:
        Neo4jGraphStore(workspace, server, graph=str(tmp_path)).rebuild(publish(workspace, tables))
        assert wire.lost >= 10
        assert server.retries >= wire.lost
        assert held(server, str(tmp_path)) == [("current", *expected(tables))]


def test_a_load_outlives_kills_of_the_server_and_is_exact(
    team: Neo4jGraphStore,
    workspace: Workspace,
    neo4j_server: TestServer,
    neo4j_connection: Neo4jServer,
    small_batches: None,
):
    tables, killed, waits = crowd(2, 3_000), set[str](), []
    loaded, too_late = threading.Event(), list[bool]()

    def kill_soon(stage: str, done: int, total: int) -> None:
        if stage in {"neo4j acted_on", "neo4j interacted"} - killed and done:
            killed.add(stage)
            waits.append(threading.Thread(target=kill, args=(0.004 * len(killed),)))
            waits[-1].start()

    def kill(seconds: float) -> None:
        time.sleep(seconds)
        neo4j_server.kill()
        too_late.append(loaded.is_set())
        neo4j_server.start()

    team.rebuild(publish(workspace, tables), kill_soon)
    loaded.set()
    for wait in waits:
        wait.join()
    assert killed == {"neo4j acted_on", "neo4j interacted"}
    assert too_late == [False, False]
    assert held(neo4j_connection, team.graph) == [("current", *expected(tables))]


def test_a_stopped_load_leaves_the_old_graph_and_goes_on_where_it_stopped(
    team: Neo4jGraphStore,
    workspace: Workspace,
    neo4j_connection: Neo4jServer,
    small_batches: None,
    monkeypatch: pytest.MonkeyPatch,
):
    old = team.rebuild(publish(workspace, crowd(3, 50)))
    facts = publish(workspace, crowd(4, 900))
    stages: list[str] = []
    with pytest.raises(RebuildStopped, match="stopped during neo4j interacted"):
        team.rebuild(facts, lambda stage, *_: stages.append(stage), lambda: "neo4j interacted" in stages)
    assert team.summary() == old
    (stopped,) = [row for row in held(neo4j_connection, team.graph) if row[0] == "loading"]
    assert stopped[3] > 0  # everything up to the interactions is there
    created = count_created(monkeypatch)
    team.rebuild(facts)
    assert created == {"interacted"}
    both = crowd(3, 50), crowd(4, 900)
    whole = {table: [*both[0][table], *both[1][table]] for table in both[0]}
    assert held(neo4j_connection, team.graph) == [("current", *expected(whole))]


def count_created(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of the steps of which batches are sent from here on."""
    created: set[str] = set()
    store = neo4j_load._store

    def counting(ask: Ask, loading: neo4j_load.Loading, step: neo4j_load.Step, batch: str, rows: neo4j_load.Loaded):
        created.add(step.name)
        store(ask, loading, step, batch, rows)

    monkeypatch.setattr(neo4j_load, "_store", counting)
    return created


def test_the_same_facts_again_store_nothing(
    team: Neo4jGraphStore, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
):
    facts = publish(workspace, crowd(5, 60))
    team.rebuild(facts)
    created = count_created(monkeypatch)
    assert team.rebuild(facts) == team.summary()
    assert created == set()


def test_a_replaced_graph_leaves_nothing_behind_and_a_reader_of_it_is_told(
    team: Neo4jGraphStore, workspace: Workspace, neo4j_connection: Neo4jServer
):
    team.rebuild(publish(workspace, crowd(6, 60)))
    with Neo4jGraphStore(workspace, neo4j_connection, graph=team.graph) as reading:
        old = reading.read()
        team.rebuild(publish(workspace, crowd(7, 60)))
        with pytest.raises(StoreFault, match="replaced while it was read"):
            reading.account("u1")
        reading.close()
        assert reading.account("u1") == team.account("u1")
    assert [row[0] for row in held(neo4j_connection, team.graph)] == ["current"]
    assert totals(neo4j_connection, old.version) == (0, 0, 0, 0)
    left = neo4j_connection.read(lambda ask: ask(neo4j_cypher.BATCHES, version=old.version))
    assert list(left) == []


def test_a_load_that_another_one_took_over_stops_with_a_sentence(
    team: Neo4jGraphStore, workspace: Workspace, neo4j_connection: Neo4jServer, small_batches: None
):
    facts = publish(workspace, crowd(8, 400))
    rival: list[int] = []

    def let_go(stage: str, done: int, total: int) -> None:
        if stage == "neo4j acted_on" and done and not rival:
            (row,) = neo4j_connection.read(lambda ask: ask(neo4j_cypher.VERSIONS, graph=team.graph))
            rival.append(row["number"])
            neo4j_load.forget(neo4j_connection, row["number"])

    with pytest.raises(StoreFault, match="Somebody else began to load"):
        team.rebuild(facts, let_go)
    assert held(neo4j_connection, team.graph) == []
    with pytest.raises(NothingThere, match="not loaded"):
        team.summary()


def test_removed_nodes_are_noticed_while_ties_are_stored(
    team: Neo4jGraphStore, workspace: Workspace, neo4j_connection: Neo4jServer
):
    def meddle(stage: str, done: int, total: int) -> None:
        if stage == "neo4j acted_on" and not done:
            (row,) = neo4j_connection.read(lambda ask: ask(neo4j_cypher.VERSIONS, graph=team.graph))
            gone = "MATCH (a:Account {version: $version, key: 3}) DELETE a"
            neo4j_connection.write(lambda ask: ask(gone, version=row["number"]))

    with pytest.raises(StoreFault, match="somebody removed nodes"):
        team.rebuild(publish(workspace, crowd(9, 200)), meddle)


def test_a_newer_schema_is_refused_with_a_sentence(team: Neo4jGraphStore, neo4j_connection: Neo4jServer):
    neo4j_load.ensure_schema(neo4j_connection)
    neo4j_connection.write(lambda ask: ask(neo4j_cypher.SET_SCHEMA, schema=99))
    try:
        with pytest.raises(BadWorkspace, match="has version 99; this program knows 3"):
            team.summary()
    finally:
        neo4j_connection.write(lambda ask: ask(neo4j_cypher.SET_SCHEMA, schema=neo4j_cypher.SCHEMA_VERSION))


def test_a_missing_constraint_comes_back_before_anything_is_loaded(
    team: Neo4jGraphStore, workspace: Workspace, neo4j_connection: Neo4jServer
):
    neo4j_load.ensure_schema(neo4j_connection)
    neo4j_connection.schema("DROP CONSTRAINT account_key")
    team.rebuild(publish(workspace, crowd(10, 30)))
    assert "account_key" in {row["name"] for row in neo4j_connection.schema(neo4j_cypher.SHOW_CONSTRAINTS)}


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        ("MATCH (a:Account {version: $version, key: 3}) SET a.actions = a.actions + 1", "accounts"),
        ("MATCH (o:Object {version: $version, key: 0}) SET o.popularity = o.popularity + 1", "objects"),
        ("MATCH (a:Account {version: $version, key: 3}) SET a.words = a.words + ' more'", "words"),
        ("MATCH (:Object {version: $version, key: 5})<-[t:ACTED_ON]-() WITH t LIMIT 1 SET t.n = t.n + 1", "acted_on"),
        ("MATCH (:Account {version: $version, key: 5})-[t:INTERACTED]->() WITH t LIMIT 1 DELETE t", "interacted"),
        (
            "MATCH (a:Account {version: $version, key: 5})-[t:INTERACTED]->(b) WITH a, t, b LIMIT 1 "
            "CREATE (a)-[:INTERACTED {kind: t.kind, n: t.n}]->(b)",
            "interacted",
        ),
    ],
)
def test_the_check_finds_what_somebody_changed_and_a_rebuild_mends_it(
    team: Neo4jGraphStore, workspace: Workspace, neo4j_connection: Neo4jServer, damage: str, kind: str
):
    facts = publish(workspace, crowd(11, 300))
    with LocalGraphStore(workspace) as local:
        local.rebuild(facts)
    team.rebuild(facts)
    of_runs = ("runs", "clusters", "members", "beside", "coordinated", "entities", "new_for")
    kinds = ("accounts", "objects", "acted_on", "interacted", "words", *of_runs)
    assert [(one.name, one.agrees) for one in team.check()] == [(name, True) for name in kinds]
    (row,) = neo4j_connection.read(lambda ask: ask(neo4j_cypher.VERSIONS, graph=team.graph))
    neo4j_connection.write(lambda ask: ask(damage, version=row["number"]))
    assert [one.name for one in team.check() if not one.agrees] == [kind]
    team.rebuild(facts)
    assert all(one.agrees for one in team.check())


def test_the_server_gets_the_local_graph_that_is_there_and_nothing_is_aggregated_again(
    team: Neo4jGraphStore, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
):
    facts = publish(workspace, crowd(12, 60))
    with LocalGraphStore(workspace) as local:
        local.rebuild(facts)
        monkeypatch.setattr("graph.local.store.build_graph", None)
        assert team.rebuild(facts) == local.summary()


def test_a_local_graph_that_is_built_anew_while_it_is_sent_changes_nothing_of_what_arrives(
    team: Neo4jGraphStore, workspace: Workspace, neo4j_connection: Neo4jServer, small_batches: None
):
    tables = crowd(13, 300)
    facts = publish(workspace, tables)
    others = iter(range(14, 17))

    def build_others(stage: str, done: int, total: int) -> None:
        if stage == "neo4j acted_on" and done == 40:
            with LocalGraphStore(workspace) as local:  # three newer versions: the old file would be removed
                for seed in others:
                    local.rebuild(publish(workspace, crowd(seed, 20)))

    team.rebuild(facts, build_others)
    assert held(neo4j_connection, team.graph) == [("current", *expected(tables))]


def test_a_name_belongs_to_the_workspace_that_took_it_first(
    team: Neo4jGraphStore, workspace: Workspace, neo4j_connection: Neo4jServer, tmp_path: Path
):
    kept = team.rebuild(publish(workspace, crowd(18, 40)))
    other = open_workspace(tmp_path / "other", create=True)
    with Neo4jGraphStore(other, neo4j_connection, team.graph) as rival:
        with pytest.raises(BadSetting, match="belongs to another workspace") as refused:
            rival.rebuild(publish(other, crowd(19, 40)))
        assert "--graph-name NAME" in refused.value.hint
        assert rival.summary() == kept  # reading is everybody's


@pytest.mark.parametrize("question", list(Question))
def test_no_question_looks_at_everything(question: Question, neo4j_server: TestServer, neo4j_connection: Neo4jServer):
    neo4j_load.ensure_schema(neo4j_connection)
    lists = ("ids", "keys", "starts", "frontier", "kinds", "known", "every", "accounts", "objects")
    given: dict[str, Any] = {name: [] for name in lists} | {
        "start": "a",
        "handle": "a",
        "trace": "t",
        "object_id": "o",
        "words": "+_1",
    }
    given |= dict.fromkeys(("interactions", "every_kind", "from_left"), True)
    given |= dict.fromkeys(
        (
            "version",
            "limit",
            "looked_at",
            "most",
            "most_ties",
            "left",
            "right",
            "few",
            "many",
            "object",
            "account",
            "popular",
        ),
        1,
    )
    plan = neo4j_server.run("EXPLAIN " + neo4j_cypher.CYPHER[question], **given).summary.plan
    steps = list(operators(plan))
    assert [step for step in steps if "Scan" in step] == []
    full_text = "db.index.fulltext.queryNodes" in neo4j_cypher.CYPHER[question]
    assert any("IndexSeek" in step or (full_text and "ProcedureCall" in step) for step in steps)
