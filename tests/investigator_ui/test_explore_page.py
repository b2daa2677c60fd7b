"""The Explore page without a browser: search, rings, paths, objects and sets, on the graph of this machine."""

import pytest

from graph.workspace import open_workspace
from tests.investigator_ui.test_pages import words

POST = "9f0377c1a2b3c4d5e6f7a8b9c0d1"  # the post that amber_kite_100 and amber_harbor_311 both shared


def test_it_opens_with_how_much_there_is_and_how_to_ask(built, open_page):
    page = open_page(built, "explore")
    assert not page.error
    assert "**70 accounts** and **377 objects**" in words(page)
    assert "graph on this machine · data up to 15 Nov 2026 03:10:49 UTC" in words(page)
    assert "Type an account, or search for one above" in words(page)


def test_a_search_lists_accounts_and_objects_or_says_there_is_nothing(built, open_page):
    accounts, *_ = open_page(built, "explore", search="amber_kite").dataframe
    assert accounts.value["account_id"].to_list() == ["id-amber_kite_100"]
    (objects,) = open_page(built, "explore", search="https://tide").dataframe
    assert "hxxps://tide-letters[.]example/ferry" in objects.value["object"].to_list()
    (objects,) = open_page(built, "explore", search="ferry letters").dataframe  # words inside the link
    assert objects.value["object"].to_list() == ["hxxps://tide-letters[.]example/ferry"]
    assert "Nothing in the graph starts with nothing-like-this, or has these words." in words(
        open_page(built, "explore", search="nothing-like-this")
    )


@pytest.mark.parametrize("typed", ["id-amber_kite_100", "amber_kite_100", "@Amber_Kite_100"])
def test_an_account_is_named_by_its_id_or_its_handle(built, open_page, typed):
    page = open_page(built, "explore", centre=typed)
    assert not page.error
    assert "##### :material/hub: Around amber\\_kite\\_100" in words(page)
    assert page.dataframe[0].value["hops"].to_list() == [1] * 8


def test_two_hops_say_what_is_not_shown(built, open_page):
    page = open_page(built, "explore", centre="id-amber_kite_100", hops="2")
    assert page.dataframe[0].value["hops"].value_counts().to_dict() == {2: 42, 1: 8}
    assert "Left out\\: 2 neighbours with fewer interactions, 2 hops away." in words(page)


def test_kinds_narrow_the_rings(built, open_page):
    page = open_page(built, "explore", centre="id-amber_kite_100", kinds="reply")
    told = page.dataframe[0].value["with"].to_list()
    assert told
    assert all("reply" in one and "mention" not in one and "share" not in one for one in told)


def test_a_path_is_told_step_by_step_with_its_evidence(built, open_page):
    page = open_page(
        built, "explore", **{"question": "Path between two", "from": "amber_kite_100", "to": "id-reader_00"}
    )
    said = words(page)
    assert "in **2 steps**; no way is shorter" in said
    assert "1. amber\\_kite\\_100 → amber\\_harbor\\_311" in said
    assert "Both acted on post 9f0377c1a2b3…b9c0d1 (shares; 9 accounts did)" in said
    assert "amber\\_kite\\_100 1 time from 07 Nov 2026 22:41:11 UTC" in said
    assert "It is the rarest of 3 objects that both acted on." in said


def test_who_is_behind_an_object_comes_in_order_of_the_first_act(built, open_page):
    page = open_page(built, "explore", question="Behind an object", trace="share", object=POST)
    assert "**9 accounts** acted **9 times** on post 9f0377c1a2b3…b9c0d1" in words(page)
    firsts = page.dataframe[0].value["first"].to_list()
    assert len(firsts) == 9
    assert firsts == sorted(firsts)


def test_what_a_set_shares_is_listed_with_how_many_others_do(built, open_page):
    page = open_page(
        built, "explore", question="Shared by several", ids="id-amber_kite_100\nid-amber_harbor_311\n@reader_00"
    )
    assert "What 3 accounts acted on" in words(page)
    top = page.dataframe[0].value
    assert top["inside"].to_list() == sorted(top["inside"], reverse=True)
    assert top["inside"].max() == 2


def test_an_account_that_is_not_there_is_told_and_not_a_fault(built, open_page):
    page = open_page(built, "explore", centre="nobody at all")
    assert not page.error
    assert "There is no account nobody at all in the graph." in words(page)


def test_a_workspace_whose_graph_was_not_built_says_what_to_do(tmp_path, world, open_page):
    place = open_workspace(tmp_path / "w", create=True)
    world.publish_world_facts(place)
    assert len(open_page(place, "explore").error) == 1
