"""A store per implementation, and a small town that most tests ask about."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.neo4j.server import Login, Neo4jServer
from graph.store import GraphStore
from tests.graph.neo4j_server import TestServer
from tests.graph.small_worlds import BuildStore, Tables, act, at, build_local, build_neo4j, meet


@pytest.fixture(scope="session")
def neo4j_connection(neo4j_server: TestServer) -> Iterator[Neo4jServer]:
    with Neo4jServer(neo4j_server.url, Login("neo4j", neo4j_server.password)) as connection:
        yield connection


@pytest.fixture(params=["local", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def build_store(request: pytest.FixtureRequest) -> BuildStore:
    """Builds a graph from tables in a folder; the contract runs once per implementation."""
    if request.param == "local":
        return build_local
    return build_neo4j(request.getfixturevalue("neo4j_connection"))


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
