"""What chance explains: expected meetings against hand counts and simulated worlds."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.meetings import Meetings, meetings_of, pairs_per_group
from detectors.nulls import SPELL_SECONDS, GlobalNull, global_null, timed_null
from detectors.projection import project
from detectors.significance import poisson_tail
from detectors.trace_actions import TraceActions, trace_actions
from tests.detectors.worlds import Row, actions_of, quiet_rows

HOUR = timedelta(hours=1)


def ready(rows: list[Row], min_objects: int = 1) -> TraceActions:
    actions = actions_of(rows)
    return trace_actions(actions, "share", min_objects, actions["account_id"].unique().sort())


def meetings(actions: TraceActions) -> Meetings:
    return meetings_of(actions.coded, actions.degrees, SPELL_SECONDS)


def test_the_global_expectation_is_the_formula():
    null = GlobalNull(together=50, degrees=np.array([10, 20, 70]))
    assert null.expected(np.array([0]), np.array([1]))[0] == pytest.approx(2 * 50 * 10 * 20 / 100**2)


def test_the_expectation_within_a_group_is_the_sum_over_its_pairs():
    null = GlobalNull(together=50, degrees=np.array([10, 20, 70, 5]))
    pairs = null.expected(np.array([0, 0, 1]), np.array([1, 3, 3])).sum()
    assert null.expected_within(np.array([0, 1, 3])) == pytest.approx(pairs)


def test_the_same_holds_within_spells_of_time():
    actions = ready(quiet_rows(1, accounts=30, objects=20, acts=400, days=2))
    null = timed_null(meetings(actions), HOUR)
    left, right = np.triu_indices(6, k=1)
    assert null.nulls[1].expected_within(np.arange(6)) == pytest.approx(  # type: ignore[attr-defined]
        null.nulls[1].expected(left, right).sum()  # type: ignore[attr-defined]
    )


def test_meetings_of_three_accounts_on_one_object_are_counted_once_each():
    actions = ready([("ana", "share", "p-1", 0), ("ben", "share", "p-1", 30), ("eve", "share", "p-1", 80)])
    assert meetings(actions).per_spell(timedelta(seconds=60)).sum() == 2


def test_an_account_that_repeats_itself_meets_nobody_more_often():
    rows: list[Row] = [("ana", "share", "p-1", at) for at in range(50)]
    rows += [("ben", "share", "p-1", at + 0.5) for at in range(50)]
    assert meetings(ready(rows)).per_spell(timedelta(seconds=60)).sum() == pytest.approx(1)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.sampled_from(["o-1", "o-2", "o-3"]), st.integers(0, 400)),
        min_size=2,
        max_size=40,
    )
)
def test_the_count_of_meetings_is_never_below_the_true_one(said: list[tuple[str, str, int]]):
    actions = ready([(account, "share", item, at) for account, item, at in said])
    true = int(project(actions.coded, timedelta(seconds=60), 1).weight.sum())
    assert meetings(actions).per_spell(timedelta(seconds=60)).sum() >= true - 1e-6


def test_pairs_per_group_counts_within_groups_alone():
    groups, at = np.array([0, 0, 0, 2, 2]), np.array([0, 5, 20, 0, 5])
    assert pairs_per_group(groups, at, 10, 3).tolist() == [1, 0, 1]


def test_p_values_are_conservative_when_nobody_coordinates():
    """Of the pairs of a quiet world at most a share x has p <= x, and a little noise: over five worlds."""
    below = {0.05: 0, 0.01: 0, 0.001: 0}
    tests = 0
    for seed in range(5):
        actions = ready(quiet_rows(seed, accounts=200, objects=300, acts=8_000), min_objects=3)
        found = project(actions.coded, HOUR, 1)
        null = global_null(meetings(actions), HOUR)
        p = poisson_tail(found.weight, null.expected(found.left.astype(int), found.right.astype(int)))
        tests += actions.accounts * (actions.accounts - 1) // 2
        for level in below:
            below[level] += int((p <= level).sum())
    for level, count in below.items():
        assert count / tests <= level * 1.1, f"{count} of {tests} pairs at p <= {level}"


def test_a_crowd_awake_for_one_event_surprises_the_global_null_alone():
    """Two hundred accounts pass on the same thirty things in one evening: chance within that evening, not in a month."""
    draw = np.random.default_rng(3)
    rows = quiet_rows(2, accounts=400, objects=4_000, acts=8_000, days=28)
    evening = 20 * 86_400 + 43_200
    for number in range(200):
        for item in draw.choice(30, 6, replace=False):
            rows.append((f"fan{number:03d}", "share", f"e-{item}", float(evening + draw.uniform(0, 10_000))))
    actions = ready(rows, min_objects=3)
    found = project(actions.coded, HOUR, 3)
    ends = found.left.astype(int), found.right.astype(int)
    said = {}
    for name, maker in (("global", global_null), ("spells", timed_null)):
        p = poisson_tail(found.weight, maker(meetings(actions), HOUR).expected(*ends))
        said[name] = int((p < 1e-5).sum())
    assert said["global"] > 100
    assert said["spells"] <= 1


def test_the_rows_of_a_trace_do_not_depend_on_their_order():
    rows = actions_of(quiet_rows(4, accounts=20, objects=20, acts=200))
    everyone = rows["account_id"].unique().sort()
    straight = trace_actions(rows, "share", 3, everyone)
    shuffled = trace_actions(rows.sample(fraction=1.0, shuffle=True, seed=1), "share", 3, everyone)
    assert straight.rows.equals(shuffled.rows)
    assert isinstance(straight.rows, pl.DataFrame)
