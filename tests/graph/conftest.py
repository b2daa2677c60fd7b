"""A store per implementation, and a small town that most tests ask about."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.store import GraphStore
from tests.graph.neo4j_server import TestServer, running_server
from tests.graph.small_worlds import STORES, BuildStore, Tables, act, at, meet


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    """One real Neo4j for the whole session; who kills it starts it again."""
    with running_server(tmp_path_factory.mktemp("neo4j") / "home") as server:
        yield server


@pytest.fixture(params=sorted(STORES))
def build_store(request: pytest.FixtureRequest) -> BuildStore:
    """Builds a graph from tables in a folder; the contract runs once per implementation."""
    return STORES[request.param]


@pytest.fixture
def store(build_store: BuildStore, tmp_path: Path) -> Iterator[GraphStore]:
    """A small town: three copies of one post, a quarrel, one stranger."""
    tables: Tables = {
        "accounts": [
            {"account_id": "ana", "handle": "Ana_A", "platform": "x", "created_at": at(-9)},
            {"account_id": "ben", "handle": "@ben", "display_name": "Ben"},
            {"account_id": "two1", "handle": "twin"},
            {"account_id": "two2", "handle": "Twin"},
        ],
        "actions": [
            act("ana", "p1", 0),
            act("ana", "p1", 7),
            act("ben", "p1", 3),
            act("eve", "p1", 9),
            act("ana", "p2", 20),
            act("ben", "p2", 25),
            act("ana", "alone", 1),
            act("ana", "p1", 2, trace="like"),
            act("eve", "https://ex.org/a", 2, trace="url"),
            act("ben", "https://ex.org/a", 4, trace="url"),
        ],
        "interactions": [
            meet("ana", "ben", "reply", 1),
            meet("ana", "ben", "reply", 5),
            meet("ben", "@ana_a", "mention", 8),
            meet("ben", "@twin", "mention", 9),
            meet("eve", "ana", "share", 3),
            meet("eve", "eve", "reply", 3),
            meet("zoe", "eve", "quote", 4),
        ],
    }
    with build_store(tmp_path / "town", tables) as built:
        yield built
