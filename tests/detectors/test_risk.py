"""Risk, confidence and tier: one family never suffices, more evidence never lowers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.risk import ALONE, SAYS_SOMETHING, WEIGHT, capped, confidence, risk, strength, tier

strengths = st.dictionaries(st.sampled_from(sorted(WEIGHT)), st.floats(0, 1))


def test_two_full_families_are_a_noisy_or():
    assert risk({"overlap": 1.0, "synchrony": 1.0}) == pytest.approx(1 - 0.65 * 0.5)


@given(st.sampled_from(sorted(WEIGHT)), st.floats(0, 1))
def test_one_family_stays_at_or_below_its_cap_and_is_never_an_alert(family: str, value: float):
    assert risk({family: value}) <= ALONE
    assert tier({family: value}, risk({family: value}), 0.01) == "review"


@given(strengths, st.sampled_from(sorted(WEIGHT)))
def test_a_stronger_sign_never_lowers_the_risk(said: dict[str, float], family: str):
    assert risk({**said, family: 1.0}) >= risk(said) - 1e-12


@given(strengths)
def test_risk_is_between_zero_and_one(said: dict[str, float]):
    assert 0 <= risk(said) < 1


def test_strength_is_full_at_one_in_ten_to_the_twenty():
    assert (strength(0.0), strength(10.0), strength(50.0)) == (0.0, 0.5, 1.0)


def test_what_chance_brings_once_in_fifty_has_no_strength_at_all():
    """One level for links, families and signs: p = .01."""
    assert strength(-math.log10(0.02)) == 0.0
    assert strength(-math.log10(0.01)) == SAYS_SOMETHING == pytest.approx(0.1)
    assert risk({"overlap": strength(12.0), "automation": strength(1.9)}) == risk({"overlap": strength(12.0)})


def test_one_occasion_halves_the_confidence():
    assert confidence(6, 1) == pytest.approx(0.25)
    assert confidence(6, 20) == pytest.approx(0.5, abs=1e-5)
    assert confidence(0, 0) == 0


def test_an_explanation_that_covers_the_evidence_caps_the_risk():
    assert capped(0.7, []) == 0.7
    assert capped(0.7, [0.4, 0.3]) == 0.3
    assert capped(0.1, [0.3]) == 0.1
