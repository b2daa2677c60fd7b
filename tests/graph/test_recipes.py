"""The saved recipes on a real server: each answers on hand-made nodes, reads one version alone, and stands in docs/cypher.md."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.errors import BadSetting, NothingThere
from graph.neo4j import query_desk
from graph.neo4j.recipes import RECIPES, Recipe, filled, recipe_named
from graph.neo4j.server import Login, Neo4jServer
from graph.neo4j.store import Neo4jGraphStore
from tests.graph.neo4j_server import TestServer
from tests.graph.small_worlds import Tables, act, build_neo4j, meet

DOCS = Path(__file__).parents[2] / "docs" / "cypher.md"
LINK = "https://ex.org/landing"

TOWN: Tables = {
    "actions": [
        *(act(name, LINK, second, "landing_page") for second, name in enumerate(("ana", "ben"))),
        *(act(name, "198.51.100.7", trace="ip") for name in ("ana", "ben", "eve")),
        *(act(name, "d-1", trace="device") for name in ("ana", "ben")),
        *(act(name, "only", 5, "share") for name in ("ana", "ben")),
        *(act(name, "many", 6, "share") for name in ("ana", "ben", "eve", "zoe")),
    ],
    "interactions": [
        meet("ana", "ben", "quote"),
        meet("ben", "ana", "quote"),
        meet("ben", "ana", "quote"),
        meet("zoe", "ana", "reply"),
        meet("zoe", "ben", "reply"),
        meet("eve", "ana", "mention"),
        meet("eve", "far", "reply"),
    ],
}
# Two clusters of run r1: {ana, ben} and {eve, far}; zoe stands between them.
CLUSTERS = """
UNWIND [['C-1', ['ana', 'ben']], ['C-2', ['eve', 'far']]] AS one
CREATE (c:Cluster {version: $version, id: one[0], run_id: 'r1', kind: 'coordinated', tier: 'alert', risk: 0.9, size: 2})
WITH c, one UNWIND one[1] AS member
MATCH (a:Account {version: $version, id: member})
CREATE (a)-[:MEMBER_OF {run_id: 'r1', role: 'core', score: 0.9}]->(c)
"""
TIES = """
UNWIND [['ana', 'ben', 7], ['far', 'zoe', 2]] AS one
MATCH (a:Account {version: $version, id: one[0]}), (b:Account {version: $version, id: one[1]})
CREATE (a)-[:COORDINATED {run_id: 'r1', trace: 'share', window: 60, n: one[2], expected: 0.1, p: 0.001, q: 0.01}]->(b)
"""

GIVEN: dict[str, dict[str, str]] = {
    "around-account": {"account": "ana"},
    "two-hops-from-object": {"object": LINK},
    "two-kinds-of-means": {"one": "ip", "other": "device"},
    "who-quotes-whom": {"accounts": "ana, ben, zoe"},
    "only-these": {"accounts": "ana\nben"},
    "first-on-object": {"object": LINK, "kind": "landing_page"},
    "cluster-picture": {"cluster": "C-1"},
    "bridges": {"one": "C-1", "other": "C-2"},
    "clusters-of-accounts": {"accounts": "far,ana,nobody"},
}
ANSWERS: dict[str, list[tuple[Any, ...]]] = {
    "around-account": [
        ("ana", "INTERACTED quote", "ben"),
        ("ana", "INTERACTED quote", "ben"),
        ("ana", "INTERACTED mention", "eve"),
        ("ana", "INTERACTED reply", "zoe"),
    ],
    "two-hops-from-object": [("zoe", None, 2, 2), ("eve", None, 1, 1)],
    "two-kinds-of-means": [("ana", "ben", 1, 1)],
    "who-quotes-whom": [("ben", "INTERACTED quote", "ana", 2), ("ana", "INTERACTED quote", "ben", 1)],
    "only-these": [("device", "d-1", 2, 2), ("landing_page", LINK, 2, 2), ("share", "only", 2, 2)],
    "first-on-object": [("ana", None, 1, 0.0), ("ben", None, 1, 1.0)],
    "cluster-picture": [("ana", "COORDINATED", "ben", "share", 7)],
    "bridges": [("zoe", None, "r1", 2, 1)],
    "clusters-of-accounts": [
        ("ana", "r1", "C-1", "core", 0.9, "alert", 2),
        ("far", "r1", "C-2", "core", 0.9, "alert", 2),
    ],
}


@pytest.fixture(scope="module")
def two_versions(
    neo4j_server: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Neo4jServer, int]]:
    """The town twice on one server, under two names; the recipes are asked of one of them."""
    with Neo4jServer(neo4j_server.url, Login("neo4j", neo4j_server.password)) as server:
        numbers = []
        for name in ("town", "twin town"):
            with build_neo4j(server)(tmp_path_factory.mktemp("recipes") / name, TOWN) as store:
                assert isinstance(store, Neo4jGraphStore)
                numbers.append(store.read().version)
            for statement in (CLUSTERS, TIES):
                neo4j_server.run(statement, version=numbers[-1])
        yield server, numbers[0]
        neo4j_server.run("MATCH (c:Cluster) DETACH DELETE c")


@pytest.mark.neo4j
@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_each_recipe_answers_on_its_own_version_alone(two_versions: tuple[Neo4jServer, int], recipe: Recipe):
    server, version = two_versions
    found = query_desk.ask(server, version, recipe.cypher, filled(recipe, GIVEN[recipe.name]))
    assert list(found.rows) == ANSWERS[recipe.name]
    assert found.left_out == ()


@pytest.mark.neo4j
def test_a_recipe_with_pictures_hands_over_nodes_and_ties(two_versions: tuple[Neo4jServer, int]):
    server, version = two_versions
    recipe = recipe_named("cluster-picture")
    found = query_desk.ask(server, version, recipe.cypher, filled(recipe, GIVEN[recipe.name]))
    assert [one.account_id for one in found.nodes] == ["ana", "ben"]
    assert [(tie.source, tie.target, tie.kind) for tie in found.ties] == [(0, 1, "COORDINATED")]


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_each_recipe_starts_from_the_version_that_counts_and_sorts_its_rows(recipe: Recipe):
    first = re.search(r"MATCH \(\w+:\w+ \{(\w+: \$\w+)", recipe.cypher)
    assert first is not None
    assert first[1] == "version: $version"
    assert "ORDER BY" in recipe.cypher
    assert set(re.findall(r"\$(\w+)", recipe.cypher)) == {"version", *(one.name for one in recipe.parameters)}


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_each_recipe_stands_in_the_document_word_for_word(recipe: Recipe):
    assert page_of(recipe) in DOCS.read_text("utf-8")


def test_the_document_holds_no_recipe_that_is_not_there():
    assert re.findall(r"^### `(.+)`$", DOCS.read_text("utf-8"), re.MULTILINE) == list(RECIPES)


def page_of(recipe: Recipe) -> str:
    """The section of docs/cypher.md."""
    rows = "".join(
        f"| `{one.name}` | {one.kind} | {one.says} | {'must be given' if one.default is None else one.default or 'empty'} |\n"
        for one in recipe.parameters
    )
    needs = "\nIt is empty until a run was brought to the server.\n" if recipe.needs_runs else ""
    return (
        f"### `{recipe.name}`\n\n{recipe.purpose}\n{needs}\n| parameter | kind | what | when left out |\n| --- | --- | --- | --- |\n"
        f"{rows}\n```cypher{recipe.cypher}```\n"
    )


def test_what_is_missing_unknown_or_no_number_is_refused():
    recipe = recipe_named("two-kinds-of-means")
    assert filled(recipe, {"one": " ip ", "other": "device", "popular": "1e3"}) == {
        "one": "ip",
        "other": "device",
        "popular": 1000,
    }
    for typed, said in (
        ({"one": "ip"}, "needs other"),
        ({"one": "ip", "other": "device", "popular": "many"}, "must be a whole number, not many"),
        ({"one": "ip", "other": "device", "popular": "-1"}, "must be a whole number"),
        ({"one": "ip", "other": "device", "what": "x"}, "takes no what"),
    ):
        with pytest.raises(BadSetting, match=said):
            filled(recipe, typed)
    with pytest.raises(NothingThere, match="There is no recipe nothing"):
        recipe_named("nothing")
    assert filled(recipe_named("only-these"), {"accounts": "a, b\n c,,"}) == {"accounts": ["a", "b", "c"]}
