"""What is expected of a count: the level, the rhythm, the dispersion, and tails that are those of the negative binomial."""

import numpy as np
import pytest
from hypothesis import given, strategies
from scipy.stats import nbinom, poisson

from detectors.trends.anomalies import cusum_line, ramps_in
from detectors.trends.forecast import band, forecast, mid_p


def told(counts, per_day=24, slots=24, warm=48):
    row = np.asarray(counts, dtype=np.float64)[None, :]
    return forecast(row, np.arange(row.shape[1]) % slots, np.ones(row.shape[1]), per_day, warm)


@given(strategies.integers(0, 60), strategies.floats(0.1, 40), strategies.floats(0.01, 3))
def test_mid_p_is_that_of_the_negative_binomial(x, mu, alpha):
    law = nbinom(1 / alpha, 1 / (1 + alpha * mu))
    found = mid_p(np.array([float(x)]), np.array([mu]), np.array([alpha]))[0]
    assert found == pytest.approx(law.sf(x) + law.pmf(x) / 2, rel=1e-6, abs=1e-12)


def test_without_dispersion_it_is_that_of_poisson():
    found = mid_p(np.array([9.0]), np.array([4.0]), np.array([0.0]))[0]
    assert found == pytest.approx(poisson(4).sf(9) + poisson(4).pmf(9) / 2, rel=1e-4)


def test_the_band_holds_95_in_100_quiet_counts():
    draw = np.random.default_rng(1).negative_binomial(1 / 0.2, 1 / (1 + 0.2 * 12), 40_000)
    low, high = band(12.0, 0.2)
    assert 0.94 < np.mean((draw >= low) & (draw <= high)) < 0.98


def test_the_level_of_a_steady_series_is_found():
    counts = np.random.default_rng(0).poisson(20, 24 * 28)
    assert told(counts).mu[0, -200:].mean() == pytest.approx(20, rel=0.05)


def test_the_rhythm_of_the_day_is_learnt():
    hours = np.arange(24 * 28)
    due = np.where(hours % 24 == 9, 60.0, 6.0)
    found = told(np.random.default_rng(0).poisson(due))
    assert found.mu[0, -24 + 9] == pytest.approx(60, rel=0.25)
    assert found.mu[0, -24 + 3] == pytest.approx(6, rel=0.4)


def test_the_dispersion_is_found_by_its_moments_and_never_below():
    draw = np.random.default_rng(3)
    counts = draw.poisson(30 * draw.gamma(1 / 0.3, 0.3, 24 * 60))
    assert 0.2 < told(counts).alpha[0, -1] < 0.5


def test_nothing_looks_ahead():
    """What comes after a bin changes neither what was expected in it nor how much it varies."""
    counts = np.random.default_rng(5).poisson(15, 24 * 20)
    other = counts.copy()
    other[300:] = 400
    one, two = told(counts), told(other)
    assert np.array_equal(one.mu[:, :301], two.mu[:, :301])
    assert np.array_equal(one.alpha[:, :301], two.alpha[:, :301])
    assert not np.array_equal(one.mu[:, 301:], two.mu[:, 301:])


def test_a_spike_does_not_explain_the_next_one():
    counts = np.random.default_rng(5).poisson(15, 24 * 20)
    counts[300] = 5_000
    found = told(counts)
    assert found.mu[0, 324] < 40


def test_a_climb_is_a_ramp_and_steady_scores_are_not():
    line = cusum_line(1e5)
    draw = np.random.default_rng(2)
    steady = draw.uniform(size=(20, 2_000))
    assert ramps_in(steady, 100, line) == []
    climbing = steady.copy()
    climbing[3, 1_000:1_060] = draw.uniform(0, 0.15, 60)
    found = ramps_in(climbing, 100, line)
    assert {row for row, _, _ in found} == {3}
    assert 995 <= found[0][1] <= 1_010


def test_one_bin_alone_is_no_ramp():
    p = np.full((1, 500), 0.6)
    p[0, 300] = 1e-300
    assert ramps_in(p, 100, cusum_line(10)) == []


def test_the_line_of_the_cusum_gives_the_run_length_that_was_asked_for():
    """Siegmund's approximation against a simulation of normal scores, at a run length that can be simulated."""
    asked = 200_000.0
    p = np.random.default_rng(4).uniform(size=(4_000, 1_000))  # 4 million bins: about 20 alarms
    assert 8 <= len(ramps_in(p, 0, cusum_line(asked))) <= 35
