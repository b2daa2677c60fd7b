"""Who came first: the counts against a plain re-count, and the chance of leading so often."""

import itertools
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.content import content_actions
from detectors.roles import pair_leads, sign_tail
from detectors.standing import chance_of_leading, joint_acts_in_time, standing
from detectors.trace_actions import TraceActions, trace_actions
from tests.detectors.worlds import Row, actions_of

WINDOW = 60.0


def ready(rows: list[Row], everyone: list[str]) -> TraceActions:
    return trace_actions(actions_of(rows), rows[0][1], 1, pl.Series(sorted(everyone)))


def where(rows: list[Row], members: str) -> dict[str, dict[str, object]]:
    """STANDING by account name, every letter of `members` an account of one cluster, all others in none."""
    everyone = sorted({row[0] for row in rows})
    cluster_of = np.array([0 if name in members else -1 for name in everyone])
    told = standing(joint_acts_in_time([ready(rows, everyone)], cluster_of, timedelta(seconds=WINDOW)))
    return {everyone[row["account"]]: row for row in told.iter_rows(named=True)}


def test_who_acts_first_leads_and_who_acts_later_follows():
    found = where([("a", "url", "x", 0), ("b", "url", "x", 14), ("c", "url", "x", 20)], "abc")
    assert [(found[name]["led"], found[name]["followed"]) for name in "abc"] == [(1, 0), (0, 1), (0, 1)]
    assert found["a"]["copies"] == 2
    assert found["a"]["lag_s"] == 14.0
    assert [(found[name]["ahead"], found[name]["behind"]) for name in "abc"] == [(1, 0), (0, 0), (0, 1)]


def test_acts_at_the_same_moment_carry_no_direction():
    found = where([(name, "url", f"x{number}", 60.0) for name in "abcd" for number in range(9)], "abcd")
    assert {row["led"] for row in found.values()} == {0}
    assert {row["tied"] for row in found.values()} == {9}
    assert {row["p_led"] for row in found.values()} == {1.0}


def test_acts_outside_the_window_or_the_cluster_do_not_count():
    rows: list[Row] = [("a", "url", "x", 0), ("b", "url", "x", 61), ("z", "url", "y", 0), ("a", "url", "y", 5)]
    assert where(rows, "ab") == {}


def test_repeating_oneself_is_no_company():
    assert where([("a", "url", "x", 0), ("a", "url", "x", 30), ("b", "url", "y", 0)], "ab") == {}


def test_following_a_crowd_of_outsiders_is_hardly_following_the_cluster():
    crowd: list[Row] = [(f"z{number}", "url", "x", number) for number in range(9)]
    found = where([("a", "url", "x", 0.5), *crowd, ("b", "url", "x", 20)], "ab")
    assert found["b"]["followed"] == 1
    assert found["b"]["own"] == pytest.approx(0.1)


def test_a_post_under_two_traces_counts_once():
    rows: list[Row] = [("a", "url", "x", 0), ("b", "url", "x", 9)]
    twice = pl.concat([actions_of(rows), actions_of([(who, "share", item, at) for who, _, item, at in rows])])
    everyone = pl.Series(["a", "b"])
    traces = [trace_actions(twice, name, 1, everyone) for name in ("share", "url")]
    told = standing(joint_acts_in_time(traces, np.zeros(2, dtype=np.int64), timedelta(seconds=WINDOW)))
    assert told["led"].to_list() == [1, 0]


def test_an_author_leads_by_what_it_wrote_and_a_copier_by_what_it_copied():
    """p1 is passed on as a post; the copy of its text in p3 is not, and neither are the shares."""
    acts = [("ana", "text", "words", "p1", 0), ("ben", "share", "p1", "p2", 9), ("cat", "text", "words", "p3", 20)]
    rows = pl.concat(
        [
            actions_of([(who, trace, item, at)]).with_columns(post_id=pl.lit(post), block=pl.lit(""))
            for who, trace, item, post, at in acts
        ]
    )
    everyone = pl.Series(["ana", "ben", "cat"])
    fused = pl.concat([rows, content_actions(rows)])
    traces = [trace_actions(fused, name, 1, everyone) for name in ("content", "share", "text")]
    told = standing(joint_acts_in_time(traces, np.zeros(3, dtype=np.int64), timedelta(seconds=WINDOW)))
    assert told.select("account", "led", "among", "wrote").rows() == [(0, 1, 1, 1), (1, 0, 1, 0), (2, 0, 1, 0)]


def test_a_shared_device_has_no_direction_and_counts_as_its_own():
    found = where([("a", "device", "phone", 0), ("b", "device", "phone", 14)], "ab")
    assert [(found[name]["led"], found[name]["followed"], found[name]["own"]) for name in "ab"] == [(0, 0, 1.0)] * 2


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abcdz"), st.sampled_from(["x", "y"]), st.integers(0, 300)),
        min_size=1,
        max_size=40,
    )
)
def test_the_counts_are_those_of_a_plain_recount(acts: list[tuple[str, str, int]]):
    rows: list[Row] = [(who, "url", item, float(at)) for who, item, at in acts]
    found = where(rows, "abcd")
    for name in "abcd":
        led, followed, tied = _recount(sorted(set(acts)), name)
        row = found.get(name, {"led": 0, "followed": 0, "tied": 0})
        assert (row["led"], row["followed"], row["tied"]) == (led, followed, tied)


def _recount(acts: list[tuple[str, str, int]], name: str) -> tuple[int, int, int]:
    counts = [0, 0, 0]
    for item in ("x", "y"):
        kept: list[tuple[int, str]] = []
        for who in "abcdz":
            times = [at for one, thing, at in acts if (one, thing) == (who, item)]
            kept += [(at, who) for before, at in itertools.pairwise([-1000, *times]) if at - before > WINDOW]
        for at, who in sorted(kept):
            near = [other - at for other, one in kept if one not in (name, "z") and abs(other - at) <= WINDOW]
            if who == name and near:
                counts[1 if min(near) < 0 else 0 if max(near) > 0 else 2] += 1
                break
    return counts[0], counts[1], counts[2]


@given(st.lists(st.floats(0, 1), max_size=8), st.integers(0, 9))
def test_the_chance_of_leading_is_that_of_all_outcomes_counted_out(chances: list[float], led: int):
    total = 0.0
    for outcome in itertools.product([0, 1], repeat=len(chances)):
        if sum(outcome) >= led:
            total += float(np.prod([c if o else 1 - c for c, o in zip(chances, outcome, strict=True)]))
    assert chance_of_leading(led, np.array(chances)) == pytest.approx(total, abs=1e-12)


def test_the_bound_for_many_acts_is_no_smaller_than_the_exact_chance():
    exact = chance_of_leading(1_200, np.full(2_000, 0.5))
    assert chance_of_leading(1_201, np.full(2_001, 0.5)) >= exact / 2


def test_the_sign_test_is_that_of_a_fair_coin():
    more, less = np.array([8, 5, 0]), np.array([0, 5, 3])
    assert sign_tail(more, less).tolist() == pytest.approx([1 / 256, 638 / 1024, 1.0])


def test_who_leads_whom_is_told_per_pair_and_ties_carry_nothing():
    gaps = [10, 20, 30, 40, 50, 0, 0, -60]
    acts = pl.DataFrame({"left": [1] * 8, "right": [2] * 8, "gap_us": [gap * 1_000_000 for gap in gaps]})
    (row,) = pair_leads(acts).iter_rows(named=True)
    assert (row["left_first"], row["right_first"], row["tied"], row["median_lead_s"]) == (5, 1, 2, 15.0)
    assert row["p"] == pytest.approx(2 * 7 / 64)
