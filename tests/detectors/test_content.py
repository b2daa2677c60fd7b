"""The fused trace: one content per post, by its most specific name, so that copying and passing on are one thing."""

from datetime import UTC, datetime

import polars as pl

from detectors.content import content_actions
from detectors.fusion import cauchy, cauchy_p
from graph.schemas import ACTION_SCHEMA

AT = datetime(2024, 3, 1, tzinfo=UTC)
COLUMNS = ("account_id", "trace", "object_id", "at", "post_id", "block")


def actions(*rows: tuple[str, str, str, str | None]) -> pl.DataFrame:
    told = [(account, trace, item, AT, post, "b") for account, trace, item, post in rows]
    return pl.DataFrame(told, schema={name: ACTION_SCHEMA[name] for name in COLUMNS}, orient="row")


def objects(frame: pl.DataFrame) -> dict[str, str]:
    return dict(content_actions(frame).select("account_id", "object_id").iter_rows())


def test_a_share_and_a_copy_of_one_text_are_the_same_content():
    told = objects(
        actions(("ana", "text", "f1", "p1"), ("ben", "share", "p1", "p2"), ("eve", "share", "text:f1", "p3"))
    )
    assert told == {"ana": "text:f1", "ben": "text:f1", "eve": "text:f1"}


def test_a_share_of_an_unknown_post_goes_by_the_post():
    assert objects(actions(("ana", "text", "f1", "p1"), ("ben", "share", "p9", "p2")))["ben"] == "post:p9"


def test_a_post_counts_once_by_its_most_specific_trace():
    told = content_actions(actions(("ana", "url", "u1", "p1"), ("ana", "text", "f1", "p1"), ("ben", "url", "u1", "p2")))
    assert told.select("account_id", "object_id").rows() == [("ana", "text:f1"), ("ben", "url:u1")]


def test_rows_without_posts_each_stand_for_themselves():
    told = content_actions(actions(("ana", "url", "u1", None), ("ana", "share", "s1", None)))
    assert told["object_id"].to_list() == ["post:s1", "url:u1"]


def test_with_one_trace_there_is_nothing_to_fuse():
    assert content_actions(actions(("ana", "share", "p1", None), ("ben", "share", "p1", None))).is_empty()


def test_two_moderate_p_values_of_a_pair_say_more_than_one_and_a_silent_one_takes_nothing_away():
    def fused(*p: float) -> float:
        frame = pl.DataFrame({"p": list(p), "w": [1.0] * len(p)})
        return cauchy_p(frame.select(cauchy("p", "w") / len(p)).to_series())[0]

    assert fused(1e-3, 1e-3) < 1.1e-3
    assert fused(1e-6, 1.0) < 2.1e-6  # a silent trace costs its weight, not infinity
    assert abs(fused(0.5, 0.9) - 0.5) < 1e-9
    assert 0 < fused(1e-300) < 1e-290
