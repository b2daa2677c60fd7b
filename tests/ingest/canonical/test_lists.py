"""Lists inside cells."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.canonical.lists import parse_lists


@pytest.mark.parametrize(
    ("cell", "items"),
    [
        ('["a","b"]', ["a", "b"]),
        ('["a, b", "c"]', ["a, b", "c"]),
        ('["say \\"hi\\"", "\\u00e9"]', ['say "hi"', "é"]),
        ("['a', 'b']", ["a", "b"]),
        ("[a, b]", ["a", "b"]),
        ("[]", []),
        ("a b", ["a", "b"]),
        ("a, b;c|d", ["a", "b", "c", "d"]),
        ('[{"text":"Now"},{"tag":"Then"}]', ["Now", "Then"]),
        ('[{"other":1}]', []),
        ("[{", ["{"]),
    ],
)
def test_a_cell_as_a_list(cell: str, items: list[str]):
    assert parse_lists(pl.Series([cell]), "hashtags")[0].to_list() == items


def test_links_may_hold_commas_and_semicolons():
    cell = "https://ex.org/a,b;c https://ex.org/d"
    assert parse_lists(pl.Series([cell]), "urls")[0].to_list() == ["https://ex.org/a,b;c", "https://ex.org/d"]


def test_an_empty_cell_says_nothing_and_an_empty_list_says_none():
    assert parse_lists(pl.Series([None, "[]"], dtype=pl.String), "urls").to_list() == [None, []]


@settings(deadline=None)
@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x1f"), min_size=1), max_size=4), max_size=4
    )
)
def test_a_json_list_of_texts_comes_back_as_it_was(lists: list[list[str]]):
    cells = pl.Series(
        "cells", [pl.Series(items, dtype=pl.String).to_list() for items in lists], dtype=pl.List(pl.String)
    )
    import json

    got = parse_lists(pl.Series([json.dumps(items) for items in cells.to_list()], dtype=pl.String), "media")
    assert got.to_list() == lists
