"""The gate: shapes are compared with those of real collections, and a world that a simple rule solves is refused."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from detectors.worlds.calibration import MEASURES, allowed_distance, calibrate, naive_figures, too_easy, world_shape
from detectors.worlds.references import NAIVE_ON_MIXES, REFERENCES
from detectors.worlds.shape import POINTS, Shape, distance, shape_of

START = datetime(2024, 6, 3, tzinfo=UTC)


def shares(*rows: tuple[str, str, float]) -> pl.DataFrame:
    return pl.DataFrame(
        [{"account_id": who, "object_id": what, "at": START + timedelta(seconds=at)} for who, what, at in rows]
    )


def test_a_shape_is_what_one_counts_by_hand():
    shape = shape_of(shares(("ana", "p", 0), ("ben", "p", 30), ("eve", "p", 4_000), ("ana", "q", 3_600)))
    assert shape.at["posts_per_account"][:2] == pytest.approx((2 / 3, 1), abs=1e-4)
    assert shape.at["sharers_per_object"][:3] == (0.5, 0.5, 1.0)
    assert dict(zip(POINTS["gap_seconds"], shape.at["gap_seconds"], strict=True)) == {
        1: 0, 10: 0, 60: 0.5, 600: 0.5, 3_600: 0.5, 21_600: 1, 86_400: 1, 604_800: 1
    }  # fmt: skip
    assert shape.hours[:2] == (0.5, 0.5)
    assert shape.values == {"posts_per_account": 3, "sharers_per_object": 2, "gap_seconds": 2, "hours": 4}


@given(st.lists(st.integers(1, 4), min_size=5, max_size=60), st.lists(st.integers(1, 4), min_size=5, max_size=60))
def test_the_distance_of_small_counts_is_that_of_kolmogorov_and_smirnov(left, right):
    shapes = [
        shape_of(shares(*((f"a{who}", f"o{who}-{n}", 0.0) for who, posts in enumerate(counts) for n in range(posts))))
        for counts in (left, right)
    ]
    apart = distance(*shapes)["posts_per_account"]
    assert apart == pytest.approx(float(stats.ks_2samp(left, right, method="asymp").statistic), abs=2e-4)
    assert distance(shapes[1], shapes[0])["posts_per_account"] == apart


def test_the_day_is_compared_whatever_the_time_zone():
    day = tuple(REFERENCES["coortweet_russian"].hours)
    shape = Shape({}, day, {"hours": 1_000})
    moved = Shape({}, tuple(np.roll(day, 9)), {"hours": 1_000})
    flat = Shape({}, (1 / 24,) * 24, {"hours": 1_000})
    assert distance(shape, moved)["hours"] == pytest.approx(0)
    assert distance(shape, flat)["hours"] > 0.15


@pytest.mark.parametrize("measure", MEASURES)
def test_each_real_collection_would_pass_if_the_others_judged_it(measure):
    known = [one for one in REFERENCES.values() if measure in one.at or (measure == "hours" and one.hours)]
    for real in known:
        assert min(distance(real, other)[measure] for other in known if other is not real) <= allowed_distance(measure)


@pytest.mark.parametrize("seed", [0, 1])
def test_organic_and_mixed_worlds_pass(world, seed):
    for preset in ("organic", "mixed"):
        made = world(preset, events=100_000, seed=seed)
        judged = calibrate(made.posts, made.labels)
        assert judged.refusals == (), preset
        assert {fit.measure for fit in judged.fits} == set(MEASURES)
    assert judged.naive_precision < 0.6
    assert 0.005 < judged.naive_fpr_organic < 0.03


def test_without_look_alikes_the_same_world_is_refused_as_too_easy(world):
    made = world("tight", events=30_000)
    plain = (pl.col("group") == "") | (pl.col("label") == "coordinated")
    labels = made.labels.filter(plain)
    judged = calibrate(made.posts.join(labels, on="account_id", how="semi"), labels)
    assert judged.naive_precision > 0.9
    assert any("too easy" in sentence for sentence in judged.refusals)
    assert judged.document()["passed"] is False


def test_a_world_without_tails_is_refused_as_unlike_any_real_one():
    draw = np.random.default_rng(1)
    count = 6_000
    posts = pl.DataFrame(
        {
            "post_id": [f"p{n}" for n in range(count)],
            "account_id": [f"a{n % 500}" for n in range(count)],
            "created_at": [START + timedelta(seconds=float(at)) for at in draw.uniform(0, 10 * 86_400, count)],
            "kind": ["share"] * count,
            "text": [None] * count,
            "lang": ["en"] * count,
            "shared_post_id": [f"o{n}" for n in draw.integers(0, 400, count)],
            "shared_account_id": ["x"] * count,
            "urls": [[]] * count,
            "hashtags": [[]] * count,
        },
        schema_overrides={"text": pl.String, "urls": pl.List(pl.String), "hashtags": pl.List(pl.String)},
    )
    labels = pl.DataFrame({"account_id": [f"a{n}" for n in range(500)], "label": ["organic"] * 500})
    unlike = {sentence.split()[1] for sentence in calibrate(posts, labels).refusals}
    assert {"posts_per_account", "sharers_per_object", "hours"} <= unlike


@pytest.mark.parametrize("figures", NAIVE_ON_MIXES.values())
def test_no_real_mix_is_too_easy(figures):
    assert too_easy(*figures) == ""


@pytest.mark.parametrize(
    ("precision", "recall", "easy"),
    [
        (0.95, 0.95, True),
        (0.95, 0.2, True),  # every second flag being right would already be more than on most mixes
        (0.3, 1.0, False),  # recall is cheap
        (0.5, 0.9, True),
        (0.99, 0.05, False),  # right about hardly anybody
        (None, None, False),
        (0.0, 0.0, False),
    ],
)
def test_too_easy_is_a_matter_of_precision_and_recall_together(precision, recall, easy):
    assert bool(too_easy(precision, recall)) is easy


def test_the_naive_rule_is_judged_against_the_labels():
    posts = pl.DataFrame(
        [
            {"account_id": who, "created_at": START + timedelta(seconds=at), "shared_post_id": what}
            for who, what, at in (
                ("ring1", "p", 0), ("ring2", "p", 20), ("ring1", "q", 500), ("ring2", "q", 510),
                ("fan1", "r", 0), ("fan2", "r", 5), ("fan1", "s", 900), ("fan2", "s", 901),
                ("loner", "p", 30), ("slow", "q", 9_000),
            )
        ]
    ).with_columns(
        post_id=pl.format("n{}", pl.int_range(10)), kind=pl.lit("share"), text=pl.lit(None, pl.String), lang=pl.lit("en"),
        shared_account_id=pl.lit("x"), urls=pl.lit([], pl.List(pl.String)), hashtags=pl.lit([], pl.List(pl.String)),
    )  # fmt: skip
    accounts = ["ring1", "ring2", "fan1", "fan2", "loner", "slow"]
    labels = pl.DataFrame(
        {
            "account_id": accounts,
            "label": ["coordinated", "coordinated", "organic", "organic", "organic", "coordinated"],
        }
    )
    assert naive_figures(posts, labels) == (0.5, pytest.approx(2 / 3), pytest.approx(2 / 3))


def test_the_shape_of_a_world_counts_all_posts_but_only_shared_objects(world):
    posts = world("organic").posts
    shape = world_shape(posts)
    assert shape.values["posts_per_account"] == posts["account_id"].n_unique()
    assert shape.values["sharers_per_object"] == posts["shared_post_id"].drop_nulls().n_unique() - _only_quoted(posts)


def _only_quoted(posts: pl.DataFrame) -> int:
    shared = set(posts.filter(pl.col("kind") == "share")["shared_post_id"])
    return len(set(posts["shared_post_id"].drop_nulls()) - shared)
