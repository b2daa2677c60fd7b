"""What a made world looks like: heavy tails, days and nights, cascades, and more of everything in a larger one."""

import numpy as np
import polars as pl
import pytest

from detectors.worlds.cascades import LINKS, SHARES, dealt
from detectors.worlds.rhythm import DAY, HOUR, START, awake, cascade_times
from detectors.worlds.seeds import chance
from detectors.worlds.world import Place


@pytest.fixture(scope="module")
def organic(world):
    return world("organic", events=100_000)


def quantiles(values: pl.Series, *points: float) -> list[float]:
    return [float(np.quantile(values.to_numpy(), point)) for point in points]


def test_most_accounts_post_once_and_few_post_very_often(organic):
    median, p90, p99, most = quantiles(organic.posts.group_by("account_id").len()["len"], 0.5, 0.9, 0.99, 1)
    assert median == 1
    assert 3 <= p90 <= 6
    assert 10 <= p99 <= 30
    assert most >= 80


def test_most_posts_are_shared_once_and_few_by_thousands(organic):
    shares = organic.posts.filter(pl.col("kind") == "share").group_by("shared_post_id").len()["len"]
    median, p90, p99, most = quantiles(shares, 0.5, 0.9, 0.99, 1)
    assert median <= 2
    assert 5 <= p90 <= 25
    assert 60 <= p99 <= 400
    assert most >= 1_500


@pytest.mark.parametrize(
    ("law", "median", "p90", "p99"), [(SHARES, (1, 1), (8, 13), (150, 260)), (LINKS, (2, 2), (6, 8), (25, 33))]
)
def test_the_laws_of_popularity_have_the_quantiles_of_the_real_sets(law, median, p90, p99):
    sizes = pl.Series(law.sizes(400_000, chance(1, "sizes"), cap=10**6))
    assert sizes.sum() == 400_000
    for value, (low, high) in zip(quantiles(sizes, 0.5, 0.9, 0.99), (median, p90, p99), strict=True):
        assert low <= value <= high


def test_nobody_meets_a_thing_twice_and_nobody_gets_more_slots_than_given():
    draw = chance(2, "dealt")
    who = np.repeat(np.arange(300), draw.integers(1, 40, 300))
    made = dealt(who, who % 7, SHARES, draw)
    pairs = set(zip(made.who.tolist(), made.thing.tolist(), strict=True))
    assert len(pairs) == made.who.size
    assert (np.bincount(made.who, minlength=300) <= np.bincount(who, minlength=300)).all()
    assert (np.diff(made.thing) >= 0).all()
    assert made.sizes.sum() == made.who.size


def test_people_sleep_in_their_own_time_zone():
    draw = chance(3, "awake")
    for zone in (-8.0, 0.0, 5.5):
        at = awake(START + (draw.random(40_000) * 10 * DAY).astype(np.int64), np.full(40_000, zone), draw)
        local = ((at / HOUR + zone) % 24).astype(int)
        hours = np.bincount(local, minlength=24) / at.size
        assert hours[[1, 2, 3]].mean() < hours[[9, 10, 11, 12, 13]].mean() / 3


def test_reactions_follow_reactions():
    draw = chance(4, "cascade")
    at = np.sort(cascade_times(np.array([START]), np.array([3_000]), draw)) - START
    gaps = np.diff(at)
    assert (at > 0).all()
    # Arrivals at one rate have gaps whose deviation equals their mean; here bursts stand beside silences.
    assert gaps.std() > 4 * gaps.mean()


def test_from_a_million_events_on_one_post_has_a_hundred_thousand_sharers():
    places = [Place(district, 2, 500_000, 0) for district in range(2)]
    assert sum(place.news_sharers for place in places) >= 100_000


def test_the_largest_post_of_a_small_world_is_its_news(organic):
    shares = organic.posts.filter(pl.col("kind") == "share").group_by("shared_post_id").len().sort("len")
    assert shares["len"][-1] >= 100_000 // 50 * 0.95


def test_a_larger_world_has_more_accounts_and_objects_not_busier_ones(world, organic):
    small = world("organic", events=25_000)
    for large_count, small_count in (
        (organic.accounts.height, small.accounts.height),
        (organic.posts["shared_post_id"].n_unique(), small.posts["shared_post_id"].n_unique()),
    ):
        assert 3.2 < large_count / small_count < 4.8
    busy = [part.posts.height / part.posts["account_id"].n_unique() for part in (organic, small)]
    assert 0.8 < busy[0] / busy[1] < 1.2


def test_there_are_several_languages_and_a_small_one(organic):
    spoken = organic.posts.drop_nulls("lang").group_by("lang").len().sort("len")
    assert spoken.height >= 5
    small = spoken.filter(pl.col("lang") == "is")["len"][0]
    assert small < 0.06 * organic.posts.height


def test_events_are_about_as_many_as_asked_for(world):
    for preset in ("organic", "mixed"):
        made = world(preset, events=100_000)
        assert 0.9 < (made.posts.height + made.actions.height) / 100_000 < 1.15
