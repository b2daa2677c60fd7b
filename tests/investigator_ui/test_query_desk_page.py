"""The Query desk page: what it says without a server, and recipes and free Cypher on a real one."""

import json

import pytest

from graph.facts import current_facts
from graph.neo4j.query_desk import DrawnNode, DrawnTie, QueryAnswer
from graph.neo4j.server import Login, Neo4jServer
from graph.neo4j.store import Neo4jGraphStore
from graph.team_server import TeamServer, remember
from investigator_ui.views.answer_picture import answer_picture, answer_rows, spring_places
from tests.command_line import flockwatch
from tests.investigator_ui.test_pages import words


def test_without_a_server_it_says_what_to_do(built, open_page):
    page = open_page(built, "query_desk")
    assert not page.error
    assert "This workspace keeps its graph only on this machine" in words(page)
    assert not page.button


def test_a_server_that_is_away_is_said_and_nothing_can_be_asked(own, open_page, monkeypatch):
    monkeypatch.setenv("FLOCKWATCH_NEO4J_PASSWORD", "x")
    remember(own, TeamServer("bolt://127.0.0.1:1"))
    page = open_page(own, "query_desk")
    assert "The team's graph server is away" in words(page)
    assert not page.button


@pytest.mark.neo4j
def test_a_recipe_and_a_free_query_answer_as_table_and_picture(own, neo4j_server, open_page, monkeypatch):
    monkeypatch.setenv("FLOCKWATCH_NEO4J_PASSWORD", neo4j_server.password)
    with Neo4jServer(neo4j_server.url, Login("neo4j", neo4j_server.password)) as server:
        Neo4jGraphStore(own, server, graph="desk page").rebuild(current_facts(own))
    remember(own, TeamServer(neo4j_server.url, "desk page"))
    page = open_page(own, "query_desk", recipe="around-account")
    field(page, "account").set_value("id-amber_kite_100")
    run(page)
    assert not page.error
    assert "Answer to around-account" in words(page)
    assert "9 nodes · 11 ties" in words(page)
    assert page.dataframe[0].value.shape[0] == 11
    page = open_page(own, "query_desk", how="Own Cypher")
    page.text_area(key="cypher").set_value("CREATE (:Hacked)")
    run(page)
    assert "it would do Create" in page.error[0].value
    page.text_area(key="cypher").set_value(
        "MATCH (a:Account {version: $version}) WHERE a.id STARTS WITH '<' RETURN a, a.handle AS handle ORDER BY a.key"
    )
    run(page)
    assert not page.error
    assert page.dataframe[0].value.shape == (2, 2)
    checked = json.loads(flockwatch("audit", "verify", "--workspace", own.path, "--json").stdout)
    assert (checked["ok"], checked["events"]) == (True, 3)


def field(page, name: str):
    return next(one for one in page.text_input if one.label.startswith(f"{name}:"))


def run(page) -> None:
    next(button for button in page.button if button.label == "Run").click().run()


def test_rows_are_visible_and_links_defanged_and_no_two_columns_are_one():
    answer = QueryAnswer(
        ("n", "who", "who\u200b", "who⟨U+200B⟩"),
        ((1, "ana\u202e", None, 0.5), (2, "https://ex.org/a", ["a"], True)),
        (),
        (),
        (),
    )
    rows = answer_rows(answer)
    assert rows.columns == ["n", "who", "who⟨U+200B⟩", "who⟨U+200B⟩ 2"]
    assert rows["n"].to_list() == [1, 2]
    assert rows["who"].to_list() == ["ana⟨U+202E⟩", "hxxps://ex[.]org/a"]
    assert rows["who⟨U+200B⟩ 2"].to_list() == ["0.5", "True"]


def test_a_picture_draws_each_pair_once_and_says_what_it_leaves_out():
    nodes = tuple(DrawnNode(key, "Account", f"a{key}", f"a{key}") for key in range(400))
    ties = (DrawnTie(0, 1, "reply"), DrawnTie(1, 0, "reply"), DrawnTie(0, 399, "reply"))
    drawn = answer_picture(QueryAnswer((), (), nodes, ties, ()))
    assert drawn.nodes.height == 300
    assert drawn.links["what"].to_list() == ["a0 and a1: 2 × reply"]
    assert drawn.cap == "300 of 400 nodes are drawn; the table below holds every row."


def test_tied_nodes_stand_nearer_than_others_and_the_same_each_time():
    pairs = [(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5)]
    places = spring_places(6, pairs)
    assert places == spring_places(6, pairs)
    assert all(-1 <= side <= 1 for place in places for side in place)
    near = sum(apart(places[one], places[other]) for one, other in pairs) / len(pairs)
    far = sum(apart(places[one], places[other]) for one in range(3) for other in range(3, 6)) / 9
    assert near < far / 2
    assert spring_places(1, []) == [(0.0, 0.0)]


def apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    return ((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2) ** 0.5
