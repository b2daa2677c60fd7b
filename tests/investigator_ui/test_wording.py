"""Numbers, chances and moments are written one way."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from investigator_ui.views.wording import NARROW, chance, count, figure, moment, percent, plural, second, short, span


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (0.4, "under 1 s"),
        (7, "7 s"),
        (59, "59 s"),
        (60, "1 min"),
        (2_400, "40 min"),
        (3_600, "1 h"),
        (86_400, "24 h"),
        (172_800, "2 d"),
        (9 * 86_400, "9 d"),
        (1_278 * 86_400, "1,278 d"),
    ],
)
def test_durations_are_told_in_one_unit(seconds, said):
    assert span(seconds).replace(NARROW, " ") == said


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (2.3e-6, "about 1 in 400,000"),
        (1e-7, "less than 1 in a million"),
        (0.0, "less than 1 in a million"),
        (0.04, "about 1 in 20"),
        (0.9, "expected by chance"),
        (None, "not computed"),
    ],
)
def test_chance_is_told_as_a_frequency(p, said):
    assert chance(p) == said


@given(st.floats(min_value=0, max_value=1))
def test_chance_never_shows_a_p_value(p):
    assert "e-" not in chance(p)
    assert "0." not in chance(p)


def test_evidence_times_have_seconds_and_are_utc():
    at = datetime(2026, 11, 14, 4, 12, 3, tzinfo=timezone(timedelta(hours=1)))
    assert moment(at) == "14 Nov 03:12:03 UTC"
    assert second(at) == "14 Nov 03:12:03"
    assert moment(None) == "not known"
    assert moment(datetime(2026, 11, 14, tzinfo=UTC), with_year=True) == "14 Nov 2026 00:00:00 UTC"


def test_counts_are_exact_and_only_large_row_counts_are_shortened():
    assert (count(1_204), short(1_204)) == ("1,204", "1,204")
    assert (short(1_240_000), short(48_210)) == (f"1.2{NARROW}M", f"48{NARROW}k")
    assert (plural(1, "account"), plural(48, "account")) == ("1 account", "48 accounts")
    assert percent(0.78) == f"78{NARROW}%"
    assert (figure(412.0), figure(13.31), figure(0.19354)) == ("412", "13.3", "0.19")
