"""What a lineage changed about its ways: planted changes are named, stationary worlds alarm at the nominal rate."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from scipy.spatial.distance import jensenshannon

from detectors.lineage.divergence import DRAWS, apart, jensen_shannon
from detectors.lineage.habits import HABIT_SCHEMA, habits_of, lag_bin
from detectors.lineage.mutation import Step, mutation_sentence, mutations
from graph.schemas import ACTION_SCHEMA, POST_SCHEMA, RUN_SCHEMAS, empty
from tests.detectors.lineage.small_runs import START

PEOPLE = [f"m{n:02d}" for n in range(8)]


def window(
    seed: int,
    trace: str = "share",
    lag: float = 30.0,
    site: str = "old",
    hour: int = 9,
    client: str = "Web",
    day: int = 0,
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame, pl.DataFrame]:
    """Thirty objects of a cluster in one week: the run's tables, the posts behind them, the sources of the objects."""
    draw = np.random.default_rng(seed)
    evidence, posts, sources = [], [], []
    for number in range(30):
        thing = f"{site}-{seed}-{number}"
        start = START + timedelta(days=day + number % 7, hours=hour + float(draw.uniform(0, 3)))
        who = sorted(draw.choice(PEOPLE, 4, replace=False))
        times = [start + timedelta(seconds=float(s)) for s in np.cumsum(draw.exponential(lag, 4))]
        sources.append({"trace": trace, "object_id": thing, "block": f"{site}{number % 5}.example"})
        names = [f"{thing}-{account}" for account in who]
        posts += [{"post_id": name, "client": client, "fingerprint": thing} for name in names]
        evidence += [
            {
                "cluster_id": "C",
                "left": who[n],
                "right": who[n + 1],
                "trace": trace,
                "object_id": thing,
                "left_at": times[n],
                "right_at": times[n + 1],
                "left_post_id": names[n],
                "right_post_id": names[n + 1],
            }
            for n in range(3)
        ]
    frames = {
        "members": pl.DataFrame({"cluster_id": "C", "account_id": PEOPLE}),
        "evidence": rows(evidence, RUN_SCHEMAS["evidence"]),
    }
    return frames, rows(posts, POST_SCHEMA), pl.DataFrame(sources)


def rows(given, schema):
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in given], schema=dict(schema))


def ways(world, **tables):
    frames, posts, sources = world
    return habits_of(frames, "C", posts=posts, sources=sources, **tables)


def step(before, after, name="L-1", **more):
    return Step(name, "r0", "C", "r1", "C", before, after, **more)


def test_the_divergence_is_that_of_scipy():
    one, other = np.array([3.0, 1.0, 0.0, 6.0]), np.array([1.0, 1.0, 5.0, 3.0])
    assert float(jensen_shannon(one, other)) == pytest.approx(jensenshannon(one, other, base=2) ** 2)
    assert float(jensen_shannon(one, one)) == 0.0
    assert float(jensen_shannon(np.array([1.0, 0.0]), np.array([0.0, 2.0]))) == 1.0


def test_lags_fall_into_half_decades():
    seconds = pl.DataFrame({"s": [0.0, 1.0, 3.0, 4.0, 10.0, 30.0, 480.0, 1e7]})
    assert seconds.select(lag_bin(pl.col("s"))).to_series().to_list() == ["0", "0", "1", "2", "2", "3", "6", "10"]


def test_every_change_is_named():
    before, after = window(1), window(2, trace="reply", lag=480.0, site="new", hour=20, client="Script", day=7)
    found = mutations([step(ways(before), ways(after))])
    said = mutation_sentence(found).replace("\u202f", " ").lower()
    assert "moved from shares (100 % -> 0 %) to same replies (0 % -> 100 %)" in said
    assert "5 new sources with 100 % of the acts" in said
    assert "moved from the app web (100 % -> 0 %) to the app script (0 % -> 100 %)" in said
    assert "lag about 18 s -> about 9 min" in said
    assert "busiest hours around 10:00 -> 21:00 utc" in said


def test_a_change_of_one_habit_alarms_for_that_one_alone():
    found = mutations([step(ways(window(1)), ways(window(2, lag=900.0, day=7)))])
    assert found.filter("alarm")["habit"].to_list() == ["lag"]
    assert mutation_sentence(found).startswith("Lag about")


def test_the_same_ways_say_nothing():
    found = mutations([step(ways(window(1)), ways(window(1)))])
    assert set(found["jsd"]) == {0.0}
    assert not found["alarm"].any()
    assert mutation_sentence(found).startswith("No change in")


def test_too_few_objects_are_not_compared():
    few = ways(window(1)).filter(pl.col("unit").is_in([f"share old-1-{n}" for n in range(4)]))
    assert mutations([step(few, ways(window(2)))]).is_empty()
    assert mutation_sentence(mutations([])).startswith("Too little")


def test_only_what_is_new_since_the_earlier_window_counts():
    frames, posts, sources = window(1)
    late = START + timedelta(days=4)
    fresh = habits_of(frames, "C", late, posts=posts, sources=sources)
    hours = fresh.filter(pl.col("habit") == "hours")["key"].cast(pl.Int64)
    assert set(hours // 24) == {4, 5, 6}


def test_a_text_that_nobody_else_posted_word_for_word_is_a_near_copy():
    def texts(fingerprints):
        sides = {"cluster_id": "C", "trace": "text", "object_id": "leader", "left_at": START, "right_at": START}
        ev = [{**sides, "left": "m00", "right": "m01", "left_post_id": "p0", "right_post_id": "p1"}]
        posts = [{"post_id": f"p{n}", "fingerprint": f} for n, f in enumerate(fingerprints)]
        members = pl.DataFrame({"cluster_id": "C", "account_id": PEOPLE})
        frames = {"members": members, "evidence": rows(ev, RUN_SCHEMAS["evidence"])}
        found = habits_of(frames, "C", posts=rows(posts, POST_SCHEMA)).filter(pl.col("habit") == "copies")
        return found.select("key", "n").rows()

    assert texts(["f", "f"]) == [("exact", 2.0)]
    assert texts(["f", "g"]) == [("near", 2.0)]


def test_acts_elsewhere_are_the_moments_that_are_no_evidence():
    frames, _, _ = window(1)
    ev = frames["evidence"]
    first = ev.row(0, named=True)
    same_moment = {"account_id": first["left"], "trace": "url", "object_id": "u", "at": first["left_at"]}
    other = {"account_id": first["left"], "trace": "url", "object_id": "u", "at": START - timedelta(days=1)}
    outsider = {"account_id": "nobody", "trace": "url", "object_id": "u", "at": START}
    found = habits_of(frames, "C", actions=rows([same_moment, other, outsider], ACTION_SCHEMA))
    assert found.filter(pl.col("habit") == "elsewhere").select("unit", "key", "n").rows() == [
        (first["left"], "apart", 1.0),
        (first["left"], "together", 1.0),
    ]


def test_the_order_of_rows_changes_nothing():
    frames, posts, sources = window(3)
    mixed = {name: table.sample(fraction=1, shuffle=True, seed=5) for name, table in frames.items()}
    there = habits_of(mixed, "C", posts=posts.reverse(), sources=sources.reverse())
    assert there.equals(habits_of(frames, "C", posts=posts, sources=sources))


def stationary(seed: int) -> pl.DataFrame:
    """A habit with bursts: forty objects of uneven size, each leaning to one of six keys."""
    draw = np.random.default_rng(seed)
    made = [
        (
            "traces",
            f"u{seed}-{unit}",
            str(draw.choice(6, p=[0.4, 0.25, 0.15, 0.1, 0.05, 0.05])),
            float(draw.integers(2, 30)),
        )
        for unit in range(40)
    ]
    return pl.DataFrame(made, schema=dict(HABIT_SCHEMA), orient="row")


def test_stationary_worlds_alarm_at_the_nominal_rate():
    """400 pairs of windows of the same ways: 2 alarms expected at .5 %; 8 or more have a chance below 1 in 1,000."""
    found = mutations([step(stationary(2 * n), stationary(2 * n + 1), name="L-1") for n in range(400)])
    assert set(found["reference"]) == {"own acts"}  # one lineage: there are no others to compare with
    assert found["alarm"].sum() <= 7
    assert 0.4 < found["p"].mean() < 0.6


def test_many_stable_lineages_set_the_line_once_they_are_enough():
    steps = [step(stationary(2 * n), stationary(2 * n + 1), name=f"L-{n}") for n in range(201)]
    turned = stationary(999).with_columns(key=pl.lit("9"))
    found = mutations([*steps, step(stationary(998), turned, name="L-new")])
    assert set(found["reference"]) == {"stable lineages"}
    assert found.filter("alarm")["lineage_id"].to_list()[-1] == "L-new"
    assert found["alarm"].sum() <= 4
    fewer = mutations([*steps[:150], step(stationary(998), turned, name="L-new")])
    assert set(fewer["reference"]) == {"own acts"}


def test_p_is_a_share_of_the_divisions():
    found = apart(stationary(1), stationary(2).with_columns(key=pl.lit("9")), seed=0)
    assert found is not None
    assert found.p == 1 / (DRAWS + 1)
    assert found.jsd == 1.0


def test_hours_of_the_week_are_compared_by_the_day_when_a_window_is_shorter():
    """The same hour on two other days: other hours of the week, the same hour of the day."""
    monday, tuesday = (
        pl.DataFrame(
            [("hours", f"{d}{n}", str(24 * d + 9), 3.0) for n in range(20)], schema=dict(HABIT_SCHEMA), orient="row"
        )
        for d in (0, 1)
    )
    assert mutations([step(monday, tuesday)])["alarm"].to_list() == [True]
    assert mutations([step(monday, tuesday, whole_weeks=False)])["alarm"].to_list() == [False]


def test_an_empty_run_has_no_habits():
    frames = {"members": empty(RUN_SCHEMAS["members"]), "evidence": empty(RUN_SCHEMAS["evidence"])}
    assert habits_of(frames, "C").is_empty()
