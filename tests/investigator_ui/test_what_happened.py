"""The picture, the evidence, the timeline and the texts of a cluster."""

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from graph.schemas import ACTION_SCHEMA, EDGE_SCHEMA, EVIDENCE_SCHEMA, MEMBER_SCHEMA
from investigator_ui.views import network_picture, timeline_rows
from investigator_ui.views.cluster_head import read_cluster
from investigator_ui.views.evidence_table import evidence_caption, evidence_rows
from investigator_ui.views.member_table import member_rows, protected_members
from investigator_ui.views.network_picture import in_words, linked_pairs, picture
from investigator_ui.views.post_texts import evidence_posts, mask

AT = datetime(2026, 11, 14, 3, 12, 3, tzinfo=UTC)


def table(schema, *rows):
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=dict(schema))


def evidence(*rows):
    base = {"trace": "share", "window_seconds": 60, "object_id": "x", "popularity": 9}
    return table(EVIDENCE_SCHEMA, *({**base, **row} for row in rows))


def test_windows_of_one_trace_are_not_added_but_traces_are():
    edges = table(
        EDGE_SCHEMA,
        {"left": "a", "right": "b", "trace": "share", "window_seconds": 60, "n": 3},
        {"left": "a", "right": "b", "trace": "share", "window_seconds": 600, "n": 5},
        {"left": "a", "right": "b", "trace": "url", "window_seconds": 600, "n": 2},
    )
    assert in_words(linked_pairs(edges), edges).rows() == [("a", "b", 7, "5 shares, 2 same links")]


def test_the_picture_says_how_much_of_the_cluster_it_shows(run):
    frames = read_cluster(run, "C-2291")
    drawn = picture(frames.members, frames.edges, {})
    assert drawn.line == "40 of 40 accounts · 451 links"
    assert drawn.cap == ""
    assert drawn.nodes["x"].abs().max() <= 1


def test_an_account_without_a_link_does_not_make_the_others_small():
    places = [("a", 0.2, 0.1, 1), ("b", 0.3, 0.3, 1), ("alone", 0.9, 0.9, 0)]
    members = table(
        MEMBER_SCHEMA,
        *({"account_id": who, "x": x, "y": y, "links": links, "score": 0.5} for who, x, y, links in places),
    )
    edges = table(EDGE_SCHEMA, {"left": "a", "right": "b", "trace": "share", "window_seconds": 60, "n": 3})
    drawn = picture(members, edges, {"a": "a_name_that_goes_on_and_on_for_long"})
    spots = {row["account_id"]: (round(row["x"], 6), round(row["y"], 6)) for row in drawn.nodes.iter_rows(named=True)}
    assert spots == {"a": (-1, -1), "b": (1, 1), "alone": (1, 1)}
    assert drawn.nodes.filter(pl.col("account_id") == "a")["name"].item() == "a_name_that_goes_on_and…"


def test_a_picked_account_stands_out_with_its_links(run):
    frames = read_cluster(run, "C-2291")
    drawn = picture(frames.members, frames.edges, {}, frozenset({"id-amber_kite_100"}))
    assert drawn.line.endswith("· 1 picked")
    assert drawn.nodes.filter("picked")["account_id"].to_list() == ["id-amber_kite_100"]
    assert drawn.links.filter("picked").height == 34


def test_what_does_not_fit_into_the_picture_is_announced(run, monkeypatch):
    monkeypatch.setattr(network_picture, "MOST_NODES", 10)
    monkeypatch.setattr(network_picture, "MOST_LINKS", 12)
    frames = read_cluster(run, "C-2291")
    drawn = picture(frames.members, frames.edges, {})
    assert (drawn.nodes.height, drawn.links.height) == (10, 12)
    assert drawn.cap.startswith("10 of 40 accounts and 12 of 451 links are drawn; the links with the least evidence")


def test_evidence_names_who_was_first_with_both_times_and_the_gap():
    rows = evidence_rows(
        evidence({"left": "a", "right": "b", "left_at": AT + timedelta(seconds=7), "right_at": AT, "gap_s": -7.0}),
        table(
            EDGE_SCHEMA,
            {
                "left": "a",
                "right": "b",
                "trace": "share",
                "window_seconds": 60,
                "n": 64,
                "expected": 13.3,
                "p": 2.3e-6,
            },
        ),
        {"a": "ana", "b": "ben"},
    )
    assert rows.drop("gap").row(0) == (
        ["shares"],
        "post x",
        "ben",
        "14 Nov 03:12:03",
        "ana",
        "14 Nov 03:12:10",
        9,
        "64 seen · 13.3 expected",
        "about 1 in 400,000",
    )
    assert rows["gap"].item() == "7\u202fs"


def test_an_act_seen_in_two_windows_is_listed_once():
    act = {"left": "a", "right": "b", "left_at": AT, "right_at": AT, "gap_s": 0.0}
    both = evidence({**act, "window_seconds": 60}, {**act, "window_seconds": 600})
    assert evidence_rows(both, table(EDGE_SCHEMA), {}).height == 1
    assert evidence_caption(1, both, frozenset()).startswith("1 of 1 shared acts shown")


def test_content_is_told_by_its_text_or_link_and_not_again_as_a_share():
    act = {"left": "a", "right": "b", "left_at": AT, "right_at": AT, "gap_s": 0.0}
    later = {**act, "left_at": AT + timedelta(hours=1), "right_at": AT + timedelta(hours=1)}
    both = evidence(
        {**act, "trace": "share", "object_id": "p1"},
        {**act, "trace": "content", "object_id": "text:5ab7"},
        {**later, "trace": "content", "object_id": "url:https://tide.example"},
    )
    edges = table(
        EDGE_SCHEMA,
        *(
            {"left": "a", "right": "b", "trace": trace, "window_seconds": 60, "n": n, "expected": 1.0, "p": 0.01}
            for trace, n in (("share", 1), ("content", 2))
        ),
    )
    rows = evidence_rows(both, edges, {})
    assert rows.select("trace", "object", "pair").rows() == [
        (["shares"], "post p1", "2 seen · 1 expected"),
        (["links"], "hxxps://tide[.]example", "2 seen · 1 expected"),
    ]
    assert evidence_caption(2, both, frozenset()).startswith("2 of 2 shared acts shown")
    assert in_words(linked_pairs(edges), edges).rows() == [("a", "b", 2, "2 same content")]


def test_the_timeline_draws_an_act_of_many_traces_once():
    members = table(MEMBER_SCHEMA, {"account_id": "a"}, {"account_id": "b"})
    act = {"left": "a", "right": "b", "left_at": AT, "right_at": AT}
    shared = evidence(act, {**act, "trace": "content", "object_id": "post:x"})
    acts = timeline_rows.timeline_rows(members, shared, table(ACTION_SCHEMA).lazy(), {})
    assert acts.rows.select("account", "family", "object").rows() == [
        ("a", "shares", "post x"),
        ("b", "shares", "post x"),
    ]


def test_picked_accounts_narrow_the_evidence(run):
    frames = read_cluster(run, "C-2291")
    one = frozenset({"id-amber_kite_100"})
    rows = evidence_rows(frames.evidence, frames.edges, {}, one)
    assert 0 < rows.height < evidence_rows(frames.evidence, frames.edges, {}).height
    assert ((rows["first"] == "id-amber_kite_100") | (rows["then"] == "id-amber_kite_100")).all()


def test_the_timeline_shows_what_else_the_members_did():
    members = table(MEMBER_SCHEMA, {"account_id": "a"}, {"account_id": "b"})
    shared = evidence(
        {"left": "a", "right": "b", "left_at": AT, "right_at": AT + timedelta(seconds=9)},
        {"left": "a", "right": "b", "left_at": AT + timedelta(hours=2), "right_at": AT + timedelta(hours=2)},
    )
    actions = table(
        ACTION_SCHEMA,
        {"account_id": "a", "trace": "share", "object_id": "x", "at": AT},  # the evidence itself
        {"account_id": "a", "trace": "url", "object_id": "y", "at": AT},  # another trace of the same moment
        {"account_id": "a", "trace": "url", "object_id": "z", "at": AT + timedelta(hours=1)},  # something else
        {"account_id": "a", "trace": "url", "object_id": "z", "at": AT - timedelta(days=9)},  # outside the span
        {"account_id": "eve", "trace": "url", "object_id": "z", "at": AT + timedelta(hours=1)},
    )
    acts = timeline_rows.timeline_rows(members, shared, actions.lazy(), {})
    assert acts.rows.filter(pl.col("together")).height == 4
    assert acts.rows.filter(~pl.col("together")).select("account", "object").rows() == [("a", "z")]
    assert acts.cap == ""


def test_a_timeline_that_is_cut_says_so(run, facts, monkeypatch):
    monkeypatch.setattr(timeline_rows, "MOST_ACCOUNTS", 5)
    monkeypatch.setattr(timeline_rows, "MOST_ACTS", 30)
    frames = read_cluster(run, "C-2291")
    acts = timeline_rows.timeline_rows(frames.members, frames.evidence, facts.scan("actions"), {})
    assert acts.rows["account"].n_unique() <= 5
    assert acts.rows.height == 30
    assert acts.cap.startswith("5 of 40 accounts are drawn, those with the most evidence first; 30 of ")


def test_masking_keeps_hashtags_and_links_only():
    assert mask("Tell the #council at https://tide.example/x now") == "▒▒▒▒ ▒▒▒ #council ▒▒ https://tide.example/x ▒▒▒"
    assert mask(None) == ""


@given(st.text(max_size=300))
def test_no_letter_of_a_hidden_word_survives_masking(text):
    for word, shown in zip(text.split(), mask(text).split(" "), strict=False):
        is_evidence = (
            word.startswith(("#", "＃"))
            or "://" in word
            or ":\\" in word
            or word.lower().startswith("www.")
            or ":/" in word
        )
        assert is_evidence or set(shown) == {"▒"}


def test_only_a_revealed_post_carries_its_words(run, facts):
    frames = read_cluster(run, "C-2291")
    hidden, total = evidence_posts(frames.evidence, facts.scan("posts"), {})
    every = pl.concat([frames.evidence["left_post_id"], frames.evidence["right_post_id"]])
    assert (len(hidden), total) == (20, every.n_unique())
    assert not any("council" in post.words for post in hidden)
    shown, _ = evidence_posts(frames.evidence, facts.scan("posts"), {}, frozenset({hidden[3].post_id}))
    assert [post.post_id for post in shown if "council" in post.words] == [hidden[3].post_id]


def test_protected_members_are_named_and_ringed(run, facts):
    frames = read_cluster(run, "C-2291")
    protected = protected_members(frames.members, facts.scan("accounts"))
    assert protected == {"id-copper_ladder_285"}
    drawn = picture(frames.members, frames.edges, {}, protected=protected)
    assert drawn.line.endswith("· 1 protected, ringed")
    assert drawn.nodes.filter("protected")["account_id"].to_list() == ["id-copper_ladder_285"]


def test_what_the_export_does_not_say_of_a_member_is_blank(run, facts):
    frames = read_cluster(run, "C-2304")
    rows = member_rows(frames.members, facts.scan("accounts").head(0), {})
    assert set(rows.select("followers", "created", "protected").row(0)) == {""}
