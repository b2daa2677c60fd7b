"""How surprising a link is: tails, bounds and the control of false discoveries, each against an oracle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, false_discovery_control, poisson

from detectors.significance import (
    SMALLEST_P,
    benjamini_hochberg,
    chance_band,
    hoeffding_tail,
    poisson_tail,
    surprise,
)

chances = st.lists(st.floats(0.001, 0.6), min_size=3, max_size=30)


def exact_tail(chances: list[float], seen: int) -> float:
    """P(sum of independent Bernoullis >= seen), by adding one at a time."""
    held = np.zeros(len(chances) + 1)
    held[0] = 1.0
    for chance in chances:
        held[1:] = held[1:] * (1 - chance) + held[:-1] * chance
        held[0] *= 1 - chance
    return float(held[seen:].sum())


def test_the_poisson_tail_is_that_of_scipy():
    seen, expected = np.array([0, 1, 3, 20]), np.array([0.5, 0.5, 0.01, 4.0])
    assert poisson_tail(seen, expected) == pytest.approx([1.0, *poisson.sf(seen[1:] - 1, expected[1:])])


def test_a_tail_never_reaches_zero():
    assert poisson_tail(np.array([500]), np.array([1e-6]))[0] == SMALLEST_P
    assert surprise(np.array([SMALLEST_P]))[0] == 50


@given(chances, st.integers(0, 30))
def test_the_poisson_tail_bounds_the_exact_one_past_the_mean_plus_one(chances: list[float], more: int):
    mean = sum(chances)
    seen = int(np.ceil(mean)) + 1 + more
    tail = poisson_tail(np.array([seen]), np.array([mean]))[0]
    exact = exact_tail(chances, seen) if seen <= len(chances) else 0.0
    assert tail >= exact - 1e-12


@given(chances, st.integers(1, 30))
def test_the_bound_on_timing_is_never_below_the_exact_tail(chances: list[float], seen: int):
    seen = min(seen, len(chances))
    bound = hoeffding_tail(seen, len(chances), sum(chances) / len(chances))
    assert bound >= exact_tail(chances, seen) - 1e-12


def test_the_bound_on_timing_says_nothing_below_the_mean():
    assert hoeffding_tail(3, 10, 0.4) == 1.0
    assert hoeffding_tail(0, 0, 0.4) == 1.0


def test_all_close_by_chance_one_half_is_a_row_of_heads():
    assert hoeffding_tail(10, 10, 0.5) == pytest.approx(0.5**10)


@given(st.lists(st.floats(1e-12, 1.0), min_size=1, max_size=60))
def test_adjusted_values_are_those_of_scipy_when_every_test_was_seen(p: list[float]):
    ours = benjamini_hochberg(np.array(p), len(p))
    assert ours == pytest.approx(false_discovery_control(np.array(p)), rel=1e-12)


@given(st.lists(st.floats(1e-12, 0.01), min_size=1, max_size=30), st.integers(0, 200))
def test_tests_that_were_not_seen_count_as_one(p: list[float], unseen: int):
    with_ones = false_discovery_control(np.array([*p, *[1.0] * unseen]))[: len(p)]
    assert benjamini_hochberg(np.array(p), len(p) + unseen) == pytest.approx(with_ones, rel=1e-12)


def test_no_pair_gives_no_value():
    assert benjamini_hochberg(np.empty(0), 100).size == 0


def test_nineteen_of_twenty_chance_worlds_fall_into_the_band():
    low, high = chance_band(13.3)
    assert (low, high) == (7, 21)
    assert poisson.cdf(high, 13.3) - poisson.cdf(low - 1, 13.3) >= 0.95


def test_few_trials_of_a_fair_coin_are_no_surprise():
    assert hoeffding_tail(3, 4, 0.5) > binom.sf(2, 4, 0.5)
