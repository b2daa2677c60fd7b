"""The times from a post to its sharing: people have them of their own, operations have one clock, timers have no spread."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from detectors.guards.reactions import (
    _with_companion,
    commonest_author,
    gather_reactions,
    joint_reactions,
    pace,
    share_by_one_clock,
    share_of_posts,
)
from graph.schemas import POST_SCHEMA
from tests.detectors.guards.built import NAMES, acts, cluster, objects, one_clock, own_time, reactions

FANS = tuple(f"fan{number:02d}" for number in range(12))
START = datetime(2024, 3, 1, tzinfo=UTC)


def kept(after: np.ndarray, names: tuple[str, ...] = FANS):
    return pace(reactions(objects(after.shape[1]), after, names))


@pytest.mark.parametrize("seed", range(5))
def test_people_share_each_in_their_own_time(seed: int):
    told = kept(own_time(FANS, 20, seed))
    assert told.lags == 240
    assert told.each_for_itself and not told.one_clock
    assert told.shared < 0.1


@pytest.mark.parametrize("seed", range(5))
def test_an_operation_that_comes_at_its_own_moment_has_one_clock(seed: int):
    told = kept(one_clock(FANS, 20, seed))
    assert told.one_clock and not told.each_for_itself
    assert (told.together, round(told.shared, 1)) == (1.0, 1.0)


def test_five_who_keep_time_among_twelve_who_do_not_are_noticed():
    """Too few to be most of the spread, so that only the companions tell."""
    mixed = np.vstack([own_time(FANS[:7], 20), one_clock(FANS[7:], 20)])
    told = kept(mixed)
    assert not told.each_for_itself
    assert told.together >= 5 / 12


def test_timers_are_no_people_though_nothing_is_common_to_them():
    draw = np.random.default_rng(1)
    timers = np.arange(30, 390, 30)[:, None] * draw.uniform(0.9, 1.1, (12, 20))
    told = kept(timers)
    assert told.shared < 0.2 and not told.each_for_itself


def test_eleven_times_say_nothing():
    assert not kept(own_time(NAMES[:1], 11), NAMES[:1]).each_for_itself
    few = kept(one_clock(NAMES[:2], 5), NAMES[:2])
    assert (few.lags, few.one_clock, few.each_for_itself) == (10, False, False)


def test_nothing_known_is_no_clock_and_no_people():
    told = pace(reactions(objects(1), own_time(posts=1)).clear())
    assert (told.each_for_itself, told.one_clock) == (False, False)


@given(st.integers(0, 10_000), st.floats(0.05, 0.9))
def test_companions_are_those_of_a_plain_pairwise_test(seed: int, missing: float):
    draw = np.random.default_rng(seed)
    common = draw.normal(size=(1, 12)) * draw.choice([0, 3])
    own = draw.normal(size=(6, 12)) + common
    own[draw.random(own.shape) < missing / 2] = np.nan
    slow = np.zeros(6, np.bool_)
    for one in range(6):
        for other in range(6):
            both = ~np.isnan(own[one]) & ~np.isnan(own[other])
            if one != other and both.sum() >= 5:
                slow[one] |= stats.pearsonr(own[one][both], own[other][both], alternative="greater").pvalue <= 0.001
    assert _with_companion(own) == pytest.approx(slow.mean())


@given(st.integers(0, 1_000))
def test_the_order_of_rows_changes_nothing(seed: int):
    rows = reactions(objects(8), own_time(posts=8))
    assert pace(rows.sample(fraction=1, shuffle=True, seed=seed)) == pace(rows)


def posts() -> pl.LazyFrame:
    """idol writes two posts; ana shares both, one of them twice, ben one; zoe, no member, shares; cho shares what is not there."""
    told = [
        ("i1", "idol", "post", None, 0),
        ("i2", "idol", "post", None, 500),
        ("a1", "ana", "share", "i1", 60),
        ("a2", "ana", "share", "i1", 30),
        ("a3", "ana", "share", "i2", 560),
        ("b1", "ben", "share", "i1", 90),
        ("b2", "ben", "reply", "i2", 590),
        ("z1", "zoe", "share", "i1", 5),
        ("c1", "cho", "share", "gone", 5),
        ("c2", "cho", "share", "i2", 400),
    ]
    rows = [
        {"post_id": post, "account_id": who, "kind": kind, "shared_post_id": of, "at": START + timedelta(seconds=at)}
        for post, who, kind, of, at in told
    ]
    return pl.DataFrame(rows, schema={name: POST_SCHEMA[name] for name in rows[0]}).lazy()


def test_reactions_are_first_shares_by_members_of_posts_that_are_there_and_came_before():
    found = gather_reactions(posts(), pl.Series(["ana", "ben", "cho"]))
    assert found.select("account_id", "post_id", "original", "author", "after_s").rows() == [
        ("ana", "a2", "i1", "idol", 30.0),
        ("ana", "a3", "i2", "idol", 60.0),
        ("ben", "b1", "i1", "idol", 90.0),
    ]


def test_only_posts_shared_jointly_count_and_each_post_once():
    joint = objects(4)
    both = pl.concat([joint, joint.with_columns(object_id="same as " + pl.col("object_id"))])
    view = cluster(
        both, acts=pl.concat([acts(joint), acts(joint).with_columns(object_id="same as " + pl.col("object_id"))])
    )
    told = reactions(objects(5), own_time(posts=5), author=["idol", "idol", "idol", "other", "other"])
    seen = cluster(both, acts=view.acts, reactions=told)
    assert len(seen.joint_posts) == 16
    assert joint_reactions(seen)["original"].unique().sort().to_list() == ["o0", "o1", "o2", "o3"]
    assert share_of_posts(seen, told) == 1.0
    author, share, theirs = commonest_author(seen)
    assert (author, share, theirs.height) == ("idol", 0.75, 12)
    assert commonest_author(view)[0] == ""


def test_a_cluster_shares_by_one_clock_where_most_joint_posts_are_such_shares():
    joint = objects(10)
    told = reactions(joint, one_clock())
    assert share_by_one_clock(cluster(joint, reactions=told))
    assert not share_by_one_clock(cluster(joint, reactions=reactions(joint, own_time())))
    few = told.filter(pl.col("original").is_in(["o0", "o1", "o2", "o3"]))
    assert not share_by_one_clock(cluster(joint, reactions=few))
