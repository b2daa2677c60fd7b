"""Reply swarms: bursts against an author's own base rate, calibrated on authors whose replies always come in bursts."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from scipy.stats import nbinom

from detectors.reply_swarms import SWARM, negative_binomial_tail, reply_swarms, swarm_repliers
from graph.errors import BadSetting
from tests.detectors.worlds import START, Row, actions_of

HOUR = 3600.0


def quiet_replies(seed: int, targets: int = 60, days: int = 10, crowd: int = 3_000) -> list[Row]:
    """Authors of uneven fame post now and then; each post brings a wave of repliers that fades over an hour or two."""
    draw = np.random.default_rng(seed)
    rows: list[Row] = []
    for target in range(targets):
        for at in draw.uniform(0, days * 86_400, draw.poisson(12)):
            repliers = draw.negative_binomial(1.5, 1.5 / (1.5 + 12 / (target % 10 + 1)))
            rows += [
                (
                    f"user{draw.integers(crowd):04d}",
                    "reply_author",
                    f"author{target:02d}",
                    float(at + draw.exponential(2400)),
                )
                for _ in range(repliers)
            ]
    return rows


def test_ordinary_waves_of_replies_are_no_swarms():
    assert sum(reply_swarms(actions_of(quiet_replies(seed))).height for seed in range(5)) <= 1


def test_a_swarm_is_told_once_with_its_span_and_repliers():
    burst = [(f"bot{n:02d}", "reply_author", "author05", 5 * 86_400 + 300 + 40.0 * n) for n in range(80)]
    actions = actions_of(quiet_replies(1) + burst)
    found = reply_swarms(actions)
    (row,) = found.rows(named=True)
    assert row["target"] == "author05"
    assert row["since"] == START + timedelta(days=5)
    assert row["until"] == START + timedelta(days=5, hours=1)
    assert row["repliers"] >= 80
    assert row["p"] < 1e-6
    assert row["sentence"].startswith(f"{row['repliers']} accounts answered this author within 60 min")
    inside = swarm_repliers(actions, found)
    assert inside.height == row["repliers"]
    assert {f"bot{n:02d}" for n in range(80)} <= set(inside["account_id"])


def test_a_swarm_over_a_border_of_spans_is_whole_in_the_shifted_ones():
    burst = [(f"bot{n:02d}", "reply_author", "author05", 5 * 86_400 + 7200 - 1500 + 37.0 * n) for n in range(80)]
    found = reply_swarms(actions_of(quiet_replies(1) + burst))
    assert found["since"].to_list() == [START + timedelta(days=5, minutes=90)]
    assert found["repliers"][0] >= 80


def test_what_an_author_is_used_to_leaves_the_tested_span_out():
    """Six repliers in one hour of ten, and one in each of three others: 3 in 9 spans, and 20 spans of the mean, 0.9."""
    rows = [(f"user{n}", "reply_author", "zoe", 5 * HOUR + n) for n in range(6)]
    rows += [("user9", "reply_author", "zoe", hour * HOUR) for hour in (0, 3, 9)]
    (row,) = reply_swarms(actions_of(rows), q=1.0).rows(named=True)
    assert row["repliers"] == 6
    assert row["expected"] == pytest.approx((3 + 20 * 0.9) / (9 + 20))


def test_one_account_that_answers_a_hundred_times_is_no_swarm():
    chatter = [("fan", "reply_author", "author05", 5 * 86_400 + 20.0 * n) for n in range(100)]
    assert reply_swarms(actions_of(quiet_replies(2) + chatter)).is_empty()


def test_who_is_used_to_many_repliers_is_not_swarmed_by_as_many():
    """The same eighty repliers in an hour: news for a quiet author, any afternoon for a famous one."""
    draw = np.random.default_rng(3)
    famous = [
        (f"user{draw.integers(3_000):04d}", "reply_author", "star", float(at))
        for at in draw.uniform(0, 10 * 86_400, 240 * 75)
    ]
    quiet = quiet_replies(4)
    burst = [(f"bot{n:02d}", "reply_author", "author05", 5 * 86_400 + 30.0 * n) for n in range(80)]
    assert reply_swarms(actions_of(quiet + famous + burst))["target"].to_list() == ["author05"]


def test_the_order_of_rows_changes_nothing():
    actions = actions_of(quiet_replies(5) + [(f"bot{n}", "reply_author", "author01", 9e4 + n) for n in range(90)])
    assert reply_swarms(actions).height >= 1
    assert reply_swarms(actions).equals(reply_swarms(actions.sample(fraction=1, shuffle=True, seed=1)))


def test_nothing_gives_nothing_and_no_span_is_refused():
    nothing = actions_of([])
    assert reply_swarms(nothing).schema == pl.Schema(dict(SWARM))
    assert swarm_repliers(nothing, reply_swarms(nothing)).is_empty()
    with pytest.raises(BadSetting, match="0:00:00"):
        reply_swarms(nothing, timedelta(0))


@pytest.mark.parametrize(("mean", "dispersion"), [(0.3, 2.0), (5.0, 0.5), (40.0, 1e-3)])
def test_the_tail_is_that_of_scipy(mean: float, dispersion: float):
    seen = np.arange(0, 60)
    law = nbinom(1 / dispersion, 1 / (1 + mean * dispersion))
    ours = negative_binomial_tail(seen, np.full(60, mean), np.full(60, dispersion))
    assert ours == pytest.approx(law.sf(seen - 1), rel=1e-6)
