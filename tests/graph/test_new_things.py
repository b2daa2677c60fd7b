"""What ties a ring of accounts in other hands, the same from every graph store: things, and since when they are new for whom."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from graph.answers import NewThing
from graph.neo4j import cypher
from graph.neo4j.server import Neo4jServer
from graph.neo4j.store import Neo4jGraphStore
from graph.new_things import new_things
from graph.results import RunResult
from graph.runs import StoredRun, save_run
from graph.schemas import RUN_SCHEMAS
from graph.store import GraphStore
from graph.workspace import Workspace, open_workspace
from tests.graph.small_runs import small_run
from tests.graph.small_worlds import BuildStore, act, publish

AT = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = 3_600_000_000
MICRO = int(AT.timestamp()) * 1_000_000


def ring_run(run_id: str, minutes: int = 60, who: Sequence[str] = "abcde", device: str = 'd"1') -> RunResult:
    """The ring T-1 of the first three, tied by a device one after the other and by a site; the cluster C-1 of the other two."""
    run = small_run(run_id, {"C-1": dict.fromkeys(who[3:], "core"), "T-1": dict.fromkeys(who[:3], "victim")})
    clusters = run.frames["clusters"].with_columns(
        kind=pl.when(pl.col("cluster_id") == "T-1").then(pl.lit("compromised")).otherwise("kind")
    )
    told = [*pairs("device", device, who[:3], minutes), *pairs("domain", "x.example", who[:2], minutes)]
    rows = [dict.fromkeys(RUN_SCHEMAS["evidence"]) | row for row in told]
    evidence = pl.DataFrame(rows, schema=dict(RUN_SCHEMAS["evidence"]), orient="row")
    return RunResult(run.record, {**run.frames, "clusters": clusters, "evidence": evidence}, run.stages)


def pairs(trace: str, value: str, accounts: Sequence[str], minutes: int) -> list[dict[str, Any]]:
    at = {name: AT + number * timedelta(minutes=minutes) for number, name in enumerate(accounts)}
    return [
        {
            "cluster_id": "T-1",
            "left": left,
            "right": right,
            "trace": trace,
            "object_id": value,
            "left_at": at[left],
            "right_at": at[right],
            "popularity": 5,
        }
        for place, left in enumerate(accounts)
        for right in accounts[place + 1 :]
    ]


THINGS = (
    NewThing("device", 'd"1', 5, (("a", MICRO), ("b", MICRO + HOUR), ("c", MICRO + 2 * HOUR))),
    NewThing("domain", "x.example", 5, (("a", MICRO), ("b", MICRO + HOUR))),
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "w"


@pytest.fixture
def store(build_store: BuildStore, place: Path) -> Iterator[GraphStore]:
    with build_store(place, {"actions": [act(name, "p") for name in "abcde"]}) as store:
        store.write_run(save_ring(open_workspace(place), "r1"))
        yield store


def save_ring(workspace: Workspace, run_id: str, minutes: int = 60) -> StoredRun:
    return save_run(workspace, ring_run(run_id, minutes))


def test_a_ring_has_its_things_and_no_ties(store: GraphStore):
    ring = store.cluster_graph("T-1")
    assert ring.new_things == THINGS
    assert ring.ties == ()
    assert [member.role for member in ring.members] == ["victim"] * 3


def test_a_coordinated_cluster_has_ties_and_no_things(store: GraphStore):
    other = store.cluster_graph("C-1")
    assert other.new_things == ()
    assert {(tie.left, tie.right) for tie in other.ties} == {("d", "e")}


def test_only_members_that_are_shown_are_told(store: GraphStore):
    told = store.cluster_graph("T-1", limit_members=1).new_things
    assert [(thing.kind, [name for name, _ in thing.new_for]) for thing in told] == [
        ("device", ["a"]),
        ("domain", ["a"]),
    ]


def test_victims_of_one_ring_are_nobodys_coordinated_neighbours(store: GraphStore):
    around = store.clusters_around("a")
    assert around.neighbours == 0
    assert [(one.cluster_id, one.kind, one.role) for one in around.clusters] == [("T-1", "compromised", "victim")]


def test_the_same_run_found_otherwise_takes_the_place_of_the_old_things(store: GraphStore, place: Path):
    store.write_run(save_ring(open_workspace(place), "r2", minutes=30))
    assert store.cluster_graph("T-1").new_things[1].new_for == (("a", MICRO), ("b", MICRO + HOUR // 2))
    assert store.cluster_graph("T-1", "r1").new_things == THINGS


def test_things_come_from_both_sides_of_the_evidence_each_once(place: Path):
    run = save_ring(open_workspace(place, create=True), "r1")
    things = new_things(run)
    assert things.entities.select("kind", "value", "accounts", "ever", "place").rows() == [
        ("device", 'd"1', 3, 5, 0),
        ("domain", "x.example", 2, 5, 1),
    ]
    assert things.new_for["at"].to_list() == [MICRO, MICRO + HOUR, MICRO + 2 * HOUR, MICRO, MICRO + HOUR]


@pytest.mark.neo4j
@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        ("MATCH (e:Entity {version: $version, kind: 'domain'}) SET e.accounts = 7", "entities"),
        ("MATCH (:Entity {version: $version, kind: 'device'})-[t:NEW_FOR]->() SET t.at = t.at + 1", "new_for"),
        ("MATCH (:Entity {version: $version})-[t:NEW_FOR]->(:Account {id: 'c'}) DELETE t", "new_for"),
    ],
)
def test_the_check_finds_what_somebody_changed_and_a_rebuild_mends_it(
    workspace: Workspace, neo4j_connection: Neo4jServer, tmp_path: Path, damage: str, kind: str
):
    facts = publish(workspace, {"actions": [act(name, "p") for name in "abcde"]})
    with Neo4jGraphStore(workspace, neo4j_connection, str(tmp_path)) as store:
        store.rebuild(facts)
        store.write_run(save_ring(workspace, "r1"))
        assert [one for one in store.check() if not one.agrees] == []
        (row,) = neo4j_connection.read(lambda ask: ask(cypher.CURRENT, graph=store.graph))
        neo4j_connection.write(lambda ask: ask(damage, version=row["number"]))
        assert [one.name for one in store.check() if not one.agrees] == [kind]
        store.rebuild(facts)
        assert all(one.agrees for one in store.check())


@pytest.mark.neo4j
def test_a_run_that_is_let_go_of_takes_its_things_along(
    workspace: Workspace, neo4j_connection: Neo4jServer, tmp_path: Path
):
    facts = publish(workspace, {"actions": [act(name, "p") for name in "abcde"]})
    with Neo4jGraphStore(workspace, neo4j_connection, str(tmp_path)) as store:
        store.rebuild(facts)
        for minutes in (60, 30):  # the second content takes the place of the first
            store.write_run(save_ring(workspace, "r1", minutes))
        (row,) = neo4j_connection.read(lambda ask: ask(cypher.CURRENT, graph=store.graph))
        held = neo4j_connection.read(
            lambda ask: ask("MATCH (e:Entity {version: $v}) RETURN count(e) AS n", v=row["number"])
        )
        assert held[0]["n"] == len(THINGS)
