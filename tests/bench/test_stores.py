"""The bench of both stores, small: every answer of the server equals the local store's, and a difference would be noticed."""

from pathlib import Path

import pytest

from graph.local.store import LocalGraphStore
from graph.workspace import open_workspace
from tests.bench.stores_bench import WARMING, bench, compare
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
    asked = {"summary": [lambda store: store.summary()] * (WARMING + 2)}
    assert compare(here, here, asked, lambda: 0.0)["summary"]["asked"] == 2
    with pytest.raises(AssertionError, match="summary"):
        compare(here, there, asked, lambda: 0.0)
    here.close()
    there.close()


def test_the_made_up_graph_is_the_same_each_time_and_has_hubs(tmp_path: Path):
    said, ties = [], []
    for name in ("one", "two"):
        workspace = open_workspace(tmp_path / name, create=True)
        with LocalGraphStore(workspace) as store:
            said.append(store.rebuild(publish_world(workspace, 3_000, 20_000)))
            near = store.neighbourhood(store.find("amber").accounts[0].account_id, limit_nodes=1)
            ties.append(near.left_out)
    assert (said[0], ties[0]) == (said[1], ties[1])
    assert said[0].accounts == 3_000
    assert (
        17_000 < said[0].touches + said[0].interactions <= 21_000
    )  # a few hundred fell together or were of one account
