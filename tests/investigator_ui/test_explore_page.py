"""The Explore page without a browser: search, rings, paths, objects and sets, on the local graph."""

import pytest

from graph.workspace import open_workspace
from tests.investigator_ui.test_pages import words

HOSTILE = "<script>alert('name')</script>"


def test_it_opens_with_how_much_there_is_and_how_to_ask(built, open_page):
    page = open_page(built, "explore")
    assert not page.error
    assert "**8 ties** of replies" in words(page) or "ties**" in words(page)
    assert "graph on this machine · data up to" in words(page)
    assert "Type an account, or search for one above" in words(page)


def test_a_search_lists_accounts_and_objects(built, open_page):
    page = open_page(built, "explore", search="amber_kite_10")
    assert not page.error
    assert page.dataframe[0].value["account"].to_list()
    page = open_page(built, "explore", search="nothing-like-this")
    assert "Nothing in the graph starts with nothing-like-this" in words(page)


@pytest.mark.parametrize("typed", ["id-amber_kite_100", "amber_kite_100", "@Amber_Kite_100"])
def test_an_account_is_named_by_its_id_or_its_handle(built, open_page, typed):
    page = open_page(built, "explore", centre=typed)
    assert not page.error
    assert "##### :material/hub: Around amber\\_kite\\_100" in words(page)
    assert page.dataframe[0].value["hops"].to_list() == [1] * 8
