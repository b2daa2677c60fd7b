"""What other tools read is read as strictly as theirs, and told in one sentence when it does not fit."""

from datetime import UTC, datetime

import polars as pl
import pytest

from detectors.peers.bare_table import bare_table, window_of
from detectors.peers.coortweet import pairs_like_coortweet
from graph.errors import BadSetting


def test_seconds_fractions_and_datetimes_mean_the_same_moment():
    moment = datetime(2026, 1, 31, 8, tzinfo=UTC)
    for timestamp in (1769846400, 1769846400.0, moment):
        table = pl.DataFrame({"account_id": ["ana"], "object_id": ["p"], "timestamp": [timestamp]})
        assert bare_table(table)["at"].to_list() == [1769846400 * 10**6]


def test_without_content_id_every_row_is_a_post_of_its_own():
    table = pl.DataFrame({"account_id": ["ana", "ana"], "object_id": ["p", "p"], "timestamp": [0, 0]})
    assert bare_table(table)["content_id"].n_unique() == 2
    assert bare_table(table.with_columns(content_id=pl.lit(None, pl.String)))["content_id"].n_unique() == 2


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"account_id": ["ana"], "timestamp": [0]}, "no column object_id"),
        ({"account_id": ["ana"], "object_id": ["p"]}, "no column timestamp"),
        ({"account_id": ["ana"], "object_id": ["p"], "timestamp": ["noon"]}, "not a time"),
        ({"account_id": ["ana", None], "object_id": ["p", "p"], "timestamp": [0, 0]}, "1 in account_id"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_by_name(table, words):
    with pytest.raises(BadSetting, match=words):
        bare_table(pl.DataFrame(table))


@pytest.mark.parametrize("window", [-1, float("nan"), float("inf")])
def test_a_window_that_is_none_is_refused(window):
    with pytest.raises(BadSetting):
        window_of(window)


def test_symmetry_counts_the_posts_of_each_account_where_coortweet_counts_older_and_newer():
    # ana posts first on two objects, ben on the other two: each has 4 posts, yet two moments make 2 older and 6 newer.
    rows = [("ana", "o1", "a1", 0), ("ben", "o1", "b1", 1), ("ben", "o1", "b2", 2), ("ben", "o1", "b3", 3)]
    rows += [("ben", "o2", "b4", 0), ("ana", "o2", "a2", 1), ("ana", "o2", "a3", 2), ("ana", "o2", "a4", 3)]
    table = pl.DataFrame(rows, schema=["account_id", "object_id", "content_id", "timestamp"], orient="row")
    edge = pairs_like_coortweet(table, 10).row(0, named=True)
    assert (edge["n_content_id"], edge["n_content_id_y"]) == (2, 6)
    assert edge["edge_symmetry_score"] == pytest.approx(1 / 3)
    assert (edge["left_posts"], edge["right_posts"], edge["symmetry"]) == (4, 4, 1.0)


def test_an_empty_table_has_no_pairs():
    table = pl.DataFrame(schema={"account_id": pl.String, "object_id": pl.String, "timestamp": pl.Int64})
    assert pairs_like_coortweet(table, 10).is_empty()
