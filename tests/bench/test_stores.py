"""The bench of both stores, small: every answer of the server equals the local store's, and a difference would be noticed."""

from pathlib import Path

import pytest

from graph.local_store import LocalGraphStore
from graph.workspace import open_workspace
from tests.bench.stores_bench import bench, compare
from tests.bench.stores_world import publish_world
from tests.graph.neo4j_server import TestServer


@pytest.mark.neo4j
def test_both_stores_give_the_same_answers_around_hubs_and_islands(neo4j_server: TestServer, tmp_path: Path):
    figures = bench(tmp_path / "w", neo4j_server, accounts=2_000, ties=12_000, asked=15)
    assert figures["load"]["accounts"] == 2_000
    assert {name: one["asked"] for name, one in figures["questions"].items()} == dict.fromkeys(
        [
            "account",
            "ego, 1 hop",
            "ego, 2 hops",
            "path",
            "path to an island",
            "objects shared by two",
            "accounts on the same objects",
            "accounts behind an object",
            "top objects of 50 accounts",
            "search",
        ],
        15,
    )


def test_an_answer_that_differs_ends_the_bench(tmp_path: Path):
    stores = []
    for name, ties in (("one", 3_000), ("two", 3_100)):
        workspace = open_workspace(tmp_path / name, create=True)
        stores.append(LocalGraphStore(workspace))
        stores[-1].rebuild(publish_world(workspace, 1_500, ties))
    here, there = stores
    compare(here, here, {"summary": [lambda store: store.summary()]})
    with pytest.raises(AssertionError, match="summary"):
        compare(here, there, {"summary": [lambda store: store.summary()]})
    here.close()
    there.close()


def test_the_made_up_graph_is_the_same_each_time_and_has_hubs_and_islands(tmp_path: Path):
    built = []
    for name in ("one", "two"):
        workspace = open_workspace(tmp_path / name, create=True)
        with LocalGraphStore(workspace) as store:
            built.append((publish_world(workspace, 3_000, 20_000).version, store.rebuild(publish_world(workspace, 3_000, 20_000))))
    assert built[0][1].accounts == 3_000
    assert built[0][1].interactions > 8_000
    assert [one[1].interactions for one in built] == [built[0][1].interactions] * 2
