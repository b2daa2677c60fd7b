"""Accounts and objects get names that can be seen, obey nothing, and never stand for two."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from graph.schemas import ACCOUNT_SCHEMA
from investigator_ui.views.names import account_names, object_name


def accounts(*pairs: tuple[str, str | None]) -> pl.LazyFrame:
    rows = [{**dict.fromkeys(ACCOUNT_SCHEMA), "account_id": id_, "handle": handle} for id_, handle in pairs]
    return pl.LazyFrame(rows, schema=dict(ACCOUNT_SCHEMA))


def test_an_account_is_called_by_its_handle_or_else_its_id():
    assert account_names(["1", "2", "3"], accounts(("1", "ana"), ("2", None))) == {"1": "ana", "2": "2", "3": "3"}


def test_two_accounts_of_one_handle_are_told_apart_by_their_ids():
    assert account_names(["1", "2"], accounts(("1", "ana"), ("2", "ana"))) == {"1": "ana (1)", "2": "ana (2)"}


def test_a_handle_that_imitates_another_id_is_told_apart():
    assert account_names(["ana", "2"], accounts(("2", "ana"))) == {"ana": "ana (ana)", "2": "ana (2)"}


@given(st.dictionaries(st.text(min_size=1, max_size=60), st.text(max_size=60), max_size=8))
def test_no_name_stands_for_two_accounts(handles):
    names = account_names(handles, accounts(*handles.items()))
    assert len(set(names.values())) == len(handles)


def test_hidden_signs_in_a_handle_are_shown():
    assert account_names(["1"], accounts(("1", "ana\u202emoc")))["1"] == "ana⟨U+202E⟩moc"


def test_objects_are_named_for_what_they_are():
    assert object_name("url", "https://tide.example/a") == "hxxps://tide[.]example/a"
    assert object_name("hashtag_sequence", "nobridgetoll voteno") == "#nobridgetoll → #voteno"
    assert object_name("share", "9f03c1") == "post 9f03c1"
    assert object_name("share", "9f0377c1a2b3c4d5e6f7a8b9c0d1") == "post 9f0377c1a2b3…b9c0d1"
    assert object_name("fast_share", "7", {"7": "ana"}) == "account ana"
    assert object_name("text", "5ab70de1") == "near-copy 5ab70de1"


def test_content_and_means_are_named_for_what_they_came_by():
    assert object_name("content", "url:https://tide.example/a") == "hxxps://tide[.]example/a"
    assert object_name("content", "post:9f03c1") == "post 9f03c1"
    assert object_name("content", "text:5ab70de1") == "near-copy 5ab70de1"
    assert object_name("content", "media:https://pic.example/1") == "hxxps://pic[.]example/1"
    assert object_name("means", "ip:2001:db8::1") == "2001:db8::1"
    assert object_name("means", "landing_page:https://shop.example") == "hxxps://shop[.]example"
