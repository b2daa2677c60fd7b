"""The directed network of coordination-network-toolkit, edge for edge."""

from collections import defaultdict

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from detectors.peers.cnt import pairs_like_cnt


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("window", "budget"), [(10, 8_000_000), (60, 8_000_000), (3600, 8_000_000), (10, 1), (60, 500), (3600, 5_000)]
)
def test_every_directed_edge_equals_cnt(shared, window, budget):
    table = pl.read_parquet(shared / "reference/russian_retweets.parquet")
    expected = pl.read_parquet(shared / f"reference/cnt_co_retweet_russian_retweets_tw{window}_mew1_edges.parquet")
    expected = expected.rename({"user_1": "left", "user_2": "right"}).sort("left", "right")
    assert_frame_equal(pairs_like_cnt(table, window, pair_budget=budget), expected)


def posts(*rows: tuple[str, str, str, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["account_id", "object_id", "content_id", "timestamp"], orient="row")


def test_directions_are_weighted_by_the_messages_of_their_own_side():
    table = posts(("ana", "p", "1", 0), ("ana", "p", "2", 5), ("ana", "p", "3", 9), ("ben", "p", "4", 10))
    assert pairs_like_cnt(table, 5).rows() == [("ana", "ben", 2), ("ben", "ana", 1)]
    assert pairs_like_cnt(table, 5, min_edge_weight=2).rows() == [("ana", "ben", 2)]


def test_a_message_counts_once_in_its_first_row():
    table = posts(("ana", "p", "1", 0), ("ana", "q", "1", 0), ("ben", "p", "2", 0), ("ben", "q", "3", 0))
    assert pairs_like_cnt(table, 0).rows() == [("ana", "ben", 1), ("ben", "ana", 1)]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("pq"), st.integers(0, 30)), max_size=30),
    st.integers(0, 40),
    st.sampled_from([1, 4, 8_000_000]),
)
def test_cnt_equals_two_loops(rows, window, budget):
    numbered = [(account, thing, str(number), at) for number, (account, thing, at) in enumerate(rows)]
    messages = defaultdict(set)
    for one in numbered:
        for other in numbered:
            if one[0] != other[0] and one[1] == other[1] and abs(one[3] - other[3]) <= window:
                messages[one[0], other[0]].add(one[2])
    expected = [(left, right, len(told)) for (left, right), told in sorted(messages.items())]
    table = pl.DataFrame(
        numbered,
        schema={"account_id": pl.String, "object_id": pl.String, "content_id": pl.String, "timestamp": pl.Int64},
        orient="row",
    )
    assert pairs_like_cnt(table, window, pair_budget=budget).rows() == expected
