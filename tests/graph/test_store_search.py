"""Searching by words, on every store: what is found, in which order, and what is said of what is not shown."""

import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.answering import search
from graph.local.store import open_graph, rebuild_graph
from graph.store import GraphStore
from graph.words import words_asked, words_of
from graph.workspace import Workspace
from tests.graph.small_worlds import Tables, act, meet, publish

HOSTILE = (
    '+a -b && || ! ( ) { } [ ] ^ " ~ * ? : \\ /', "AND", "OR", "NOT", "TO", "a AND b", "*:*", "words:ana", "[a TO z]", "ana~2", "an*", "a?a",
    '"ana ben"', "ana^5", "\\", "/ana/", "_1", "{limit: 0}", "'; DROP TABLE accounts; --", 'ana" OR "ben', "NEAR(ana ben)", "^ana",
    "x" * 20_000, "w " * 5_000, "\0", "a\0b", "e\u0301" * 50, "\u202eabc", "👍🏽", "\ufeff", "\u3000", "مرحبا", "\ud800", "\u2028ana",
)  # fmt: skip


@pytest.fixture
def found_in(build_store, tmp_path):
    def build(tables: Tables) -> GraphStore:
        return build_store(tmp_path / "w", tables)

    return build


def town() -> Tables:
    acts = [act(who, what) for what in ("https://flockwatch.org/a", "#東京都知事", "p1") for who in ("17", "18", "19")]
    return {
        "accounts": [
            {"account_id": "17", "handle": "flock_news", "display_name": "News of the Flock"},
            {"account_id": "18", "handle": "the.real.flock", "display_name": "Zoë Müller"},
            {"account_id": "19", "handle": "other", "display_name": "𝓕𝓵𝓸𝓬𝓴𝔀𝓪𝓽𝓬𝓱 東京タワー"},
        ],
        "actions": [*acts, act("19", "p2"), act("flock", "p2")],
    }


@pytest.mark.parametrize(
    ("text", "accounts", "objects"),
    [
        ("flock", ["flock", "17", "19", "18"], ["https://flockwatch.org/a"]),
        ("FLOCKW", ["19"], ["https://flockwatch.org/a"]),
        ("real", ["18"], []),
        ("flock real", ["18"], []),
        ("muller zoe", ["18"], []),
        ("org/a", [], ["https://flockwatch.org/a"]),
        ("東京", ["19"], ["#東京都知事"]),
        ("知事", [], ["#東京都知事"]),
        ("事", [], ["#東京都知事"]),
        ("lock", [], []),
        ("a", [], ["https://flockwatch.org/a"]),
        ("f", ["17", "flock"], ["https://flockwatch.org/a"]),
    ],
)
def test_what_starts_so_comes_first_then_what_has_the_words(found_in, text, accounts, objects):
    with found_in(town()) as store:
        found = store.find(text)
        assert [one.account_id for one in found.accounts] == accounts
        assert [one.object_id for one in found.objects] == objects
        assert found.left_out == ()


def test_what_the_limit_cuts_is_counted_apart(found_in):
    with found_in(town()) as store:
        one = store.find("flock", limit=1)
        assert [account.account_id for account in one.accounts] == ["flock"]
        assert one.left_out == (
            "Left out: 1 account starting like this that acted less.",
            "Left out: 2 accounts with these words that acted less.",
        )
        assert store.find("flock", limit=3).left_out == ("Left out: 1 account with these words that acted less.",)


def test_too_many_hits_of_words_are_left_out_and_said(found_in, monkeypatch):
    monkeypatch.setattr(search, "MOST_HITS", 2)
    with found_in(town()) as store:
        found = store.find("flock")
        assert [one.account_id for one in found.accounts] == ["flock", "17"]
        assert found.left_out == ("Left out: more than 2 accounts with such words; type more of the name.",)
        assert [one.account_id for one in store.find("real").accounts] == ["18"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_is_taken_for_a_query(store: GraphStore, hostile: str):
    found = store.find(hostile)
    asked = [word.text for word in words_asked(hostile)] if "\0" not in hostile and "\ud800" not in hostile else []
    for account in found.accounts:
        names = f"{account.account_id} {account.handle or ''} {account.display_name or ''}".lower()
        assert all(word in names for word in asked)
    if not asked:
        assert found.accounts == ()


names = st.text(st.sampled_from("aбAß東京ก -_/.#é\u0301*+"), min_size=1, max_size=8).filter(lambda name: name.strip())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ids=st.lists(names, min_size=2, max_size=9, unique=True), text=names)
def test_a_search_equals_the_loop_over_all_names(build_store, ids, text):
    with tempfile.TemporaryDirectory() as folder:
        tables: Tables = {"actions": [act(name, "p") for name in ids], "interactions": [meet(ids[0], ids[1])]}
        with build_store(Path(folder) / "w", tables) as store:
            have = dict(zip(ids, words_of(pl.Series(ids)), strict=True))
            asked = text.strip()
            wanted = words_asked(asked)

            def has(name: str) -> bool:
                there = (have[name] or "").split()
                return bool(wanted) and all(
                    word.text in there if word.whole else any(one.startswith(word.text) for one in there)
                    for word in wanted
                )

            starts = sorted(name for name in ids if name.startswith(asked))
            exact = [name for name in starts if name in {asked, asked.removeprefix("@").lower()}]
            rest = sorted(name for name in ids if name not in starts and has(name))
            expected = [*exact, *(name for name in starts if name not in exact), *rest]
            assert [one.account_id for one in store.find(text).accounts] == expected


def test_a_local_graph_without_words_is_read_and_gets_them_with_the_next_import(workspace: Workspace, monkeypatch):
    publish(workspace, town())
    with monkeypatch.context() as older:
        older.setattr("graph.local.build.add_words", lambda _: None)
        before = rebuild_graph(workspace)
    with open_graph(workspace) as old:
        found = old.find("flock")
        assert [one.account_id for one in found.accounts] == ["flock", "17"]
        assert found.left_out == (
            "Left out: words inside names; they come with the next flockwatch ingest or graph sync.",
        )
    assert rebuild_graph(workspace) == before
    with open_graph(workspace) as new:
        assert [one.account_id for one in new.find("flock").accounts] == ["flock", "17", "19", "18"]
