"""CooRTweet's flags and FRAUDAR's block, each beside a case small enough to see."""

import numpy as np
import polars as pl
import pytest

from detectors.rivals import CooRTweetStyle, Fraudar
from tests.detectors.worlds import actions_of


def test_coortweet_flags_the_pairs_above_the_median_weight_alone():
    """ana and ben meet three times within ten seconds, cat and dan twice: over the median of 2.5 is one pair."""
    rows = [(who, "share", f"p-{n}", 100.0 * n + late) for n in range(3) for who, late in (("ana", 0.0), ("ben", 9.0))]
    rows += [(who, "share", f"q-{n}", 100.0 * n + late) for n in range(2) for who, late in (("cat", 0.0), ("dan", 9.0))]
    said = CooRTweetStyle().accounts(actions_of(rows))
    assert said.rows() == [("ana", 3.0, True), ("ben", 3.0, True), ("cat", 2.0, False), ("dan", 2.0, False)]


def test_coortweet_finds_nothing_when_all_pairs_are_equally_often_together():
    rows = [(who, "share", f"p-{n}", 100.0 * n) for n in range(3) for who in ("ana", "ben")]
    assert not CooRTweetStyle().accounts(actions_of(rows))["flagged"].any()


def test_coortweet_waits_ten_seconds_and_no_longer():
    rows = [(who, "share", f"p-{n}", 100.0 * n + late) for n in range(3) for who, late in (("ana", 0.0), ("ben", 11.0))]
    assert CooRTweetStyle().accounts(actions_of(rows))["score"].to_list() == [0.0, 0.0]


def test_coortweet_takes_rows_without_a_post_for_posts_of_their_own():
    rows = [(who, "share", f"p-{n}", 100.0 * n) for n in range(3) for who in ("ana", "ben")]
    actions = actions_of(rows).with_columns(post_id=pl.when(pl.col("line") > 2).then("post_id"))
    assert CooRTweetStyle().accounts(actions)["score"].to_list() == [3.0, 3.0]


def test_fraudar_flags_the_densest_block_and_ranks_the_rest_below_it():
    """A full table of four by four beside one account with two of its objects and one with an object of its own."""
    rows = [(f"ring{a}", "share", f"p-{o}", 0.0) for a in range(4) for o in range(4)]
    rows += [("half", "share", "p-0", 0.0), ("half", "share", "p-1", 0.0), ("lone", "share", "q-0", 0.0)]
    said = Fraudar().accounts(actions_of(rows))
    assert said.filter("flagged")["account_id"].to_list() == [f"ring{a}" for a in range(4)]
    # Objects 0 and 1 have five accounts, 2 and 3 four: eight touches each at 1 / ln(10) and at 1 / ln(9), on eight nodes.
    assert said["score"].max() == pytest.approx((8 / np.log(10) + 8 / np.log(9)) / 8, abs=1e-5)
    rest = said.filter(~pl.col("flagged"))
    assert (rest["score"] < said["score"].max()).all()


def test_fraudar_finds_a_block_in_any_crowd():
    """No test stands behind it: random touches have a densest block too."""
    draw = np.random.default_rng(1)
    rows = [(f"u{draw.integers(100)}", "share", f"p-{draw.integers(100)}", 0.0) for _ in range(400)]
    assert Fraudar().accounts(actions_of(rows))["flagged"].sum() > 10
