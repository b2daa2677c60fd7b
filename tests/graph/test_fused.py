"""Fused objects are read under their own names, and no act is told twice."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.content import content_actions
from detectors.means import means_actions
from graph.fused import CONTENT_TRACES, edges_once, plain_object, told_acts, told_evidence, with_plain_objects
from graph.schemas import ACTION_SCHEMA, EDGE_SCHEMA, EVIDENCE_SCHEMA

AT = datetime(2026, 11, 14, 3, 12, 3, tzinfo=UTC)


def table(schema, *rows):
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=dict(schema))


def met(trace, object_id, left="a", right="b", seconds=5):
    """One row of evidence: `right` acted `seconds` after `left`."""
    moments = {"left_at": AT, "right_at": AT + timedelta(seconds=seconds)}
    return {"left": left, "right": right, "trace": trace, "object_id": object_id, **moments, "gap_s": float(seconds)}


@pytest.mark.parametrize(
    ("fused", "plain"),
    [
        (("content", "text:5ab7"), ("text", "5ab7")),
        (("content", "post:9f03"), ("share", "9f03")),
        (("content", "media:ee"), ("media", "ee")),
        (("content", "url:https://tide.example/a:b"), ("url", "https://tide.example/a:b")),
        (("means", "ip:2001:db8::1"), ("ip", "2001:db8::1")),
        (("means", "landing_page:https://shop.example"), ("landing_page", "https://shop.example")),
        (("content", "ip:1"), ("content", "ip:1")),
        (("content", "no colon"), ("content", "no colon")),
        (("share", "text:5ab7"), ("share", "text:5ab7")),
        (("url", "url:x"), ("url", "url:x")),
    ],
)
def test_a_fused_object_is_told_by_the_trace_it_came_by(fused, plain):
    assert plain_object(*fused) == plain
    told = with_plain_objects(pl.DataFrame([fused], schema=["trace", "object_id"], orient="row"))
    assert told.rows() == [plain]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["content", "means", "share", "ip"]),
            st.one_of(st.text(max_size=9), st.sampled_from(["text:", "ip:x", "post:post:1", "url:u\n"])),
        ),
        max_size=6,
    )
)
def test_one_object_and_a_table_of_objects_are_told_alike(objects):
    rows = pl.DataFrame(objects, schema={"trace": pl.String, "object_id": pl.String}, orient="row")
    assert with_plain_objects(rows).rows() == [plain_object(*one) for one in objects]


def test_every_name_that_the_detectors_make_is_known():
    acts = [
        ("p1", "text", "5ab7"),
        ("p2", "share", "p9"),
        ("p3", "share", "p1"),
        ("p4", "url", "u"),
        ("p5", "media", "m"),
    ]
    acts += [("", trace, "x") for trace in ("ip", "device", "payment", "landing_page")]
    actions = table(
        ACTION_SCHEMA,
        *(
            {"account_id": "a", "at": AT, "trace": trace, "object_id": object_id, "post_id": post or None, "block": ""}
            for post, trace, object_id in acts
        ),
    )
    fused = pl.concat([content_actions(actions), means_actions(actions)])
    told = set(with_plain_objects(fused).select("trace", "object_id").rows())
    assert told == {("text", "5ab7"), ("share", "p9"), ("url", "u"), ("media", "m")} | {
        (trace, "x") for trace in ("ip", "device", "payment", "landing_page")
    }


def told(*rows):
    frame = told_evidence(table(EVIDENCE_SCHEMA, *rows))
    return frame.select("trace", "object_id", "right", "tested_as").rows()


def test_an_act_that_stands_under_its_traces_and_as_content_is_told_once():
    assert told(
        met("text", "5ab7"),
        met("content", "text:5ab7"),
        met("hashtag_sequence", "tide vote"),  # another sign of the same post
        met("text", "5ab7", right="c"),  # another pair
        met("url", "u", seconds=9),  # another moment
    ) == [
        ("text", "5ab7", "b", "content"),
        ("hashtag_sequence", "tide vote", "b", "hashtag_sequence"),
        ("text", "5ab7", "c", "text"),
        ("url", "u", "b", "url"),
    ]


def test_content_that_is_one_post_passed_on_is_told_as_shares_of_it():
    whole = [met("share", "p1"), met("content", "text:5ab7"), met("content", "text:5ab7", right="c")]
    assert told(*whole) == [("share", "p1", "b", "content"), ("share", "p1", "c", "content")]


def test_content_that_is_mostly_copied_or_of_many_posts_stays_a_text():
    copied = [met("share", "p1"), *(met("content", "text:5ab7", right=who) for who in "bcd")]
    assert {row[:2] for row in told(*copied)} == {("text", "5ab7")}
    posts = [met("share", f"p{who}", right=who) for who in "bc"]
    assert {row[:2] for row in told(*posts, *copied[1:])} == {("text", "5ab7")}


def test_of_means_only_the_same_one_is_told_already():
    rows = [met("means", "ip:x"), met("ip", "x"), met("device", "d")]
    assert told(*rows) == [("ip", "x", "b", "means"), ("device", "d", "b", "device")]


def test_an_account_acts_once_at_one_moment():
    rows = table(
        EVIDENCE_SCHEMA, met("content", "text:5ab7"), met("text", "5ab7", right="c", seconds=9999), met("url", "u")
    )
    acts = told_acts(rows)
    assert acts.select("account_id", "trace", "object_id").rows() == [(who, "text", "5ab7") for who in "abc"]
    assert acts.equals(told_acts(rows.reverse()))


def test_a_trace_that_saw_more_than_the_content_of_a_pair_stays():
    pair = {"left": "a", "right": "b"}
    edges = table(
        EDGE_SCHEMA,
        {**pair, "trace": "content", "n": 5},
        {**pair, "trace": "share", "n": 5},
        {**pair, "trace": "text", "n": 6},
        {**pair, "trace": "reply", "n": 2},
        {"left": "a", "right": "c", "trace": "share", "n": 1},
    )
    assert edges_once(edges).select("right", "trace").rows() == [
        ("b", "content"),
        ("b", "text"),
        ("b", "reply"),
        ("c", "share"),
    ]
    assert edges_once(edges).columns == edges.columns


def test_without_fused_rows_nothing_is_left_out():
    rows = table(EVIDENCE_SCHEMA, *(met(trace, "x") for trace in CONTENT_TRACES))
    assert told_evidence(rows).drop("tested_as").equals(rows)
    assert told_evidence(rows.clear()).is_empty()
    assert told_acts(rows.clear()).is_empty()
    assert edges_once(table(EDGE_SCHEMA)).is_empty()
