"""How surprising an event is, against a slow reading of the same words; and the sums that stay low while nothing happens."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.takeovers.adoption import HOUR_US
from detectors.takeovers.breaks import DRIFT, LENT_EVENTS, heights
from detectors.takeovers.habits import CAUSES, CODES, FEATURES, OBSERVATION_SCHEMA
from detectors.takeovers.population import Observed, Population, coded, population_of
from detectors.takeovers.rises import days_around, highest, rise
from detectors.takeovers.surprises import HALF_LIFE_US, LEAST, MOST, PRIOR, Surprises, surprises

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
Rows = list[tuple[str, datetime, str, str]]  # account, at, feature, value


def observed(rows: Rows) -> Observed:
    frame = pl.DataFrame(
        [(account, at, CODES[feature], value) for account, at, feature, value in rows],
        schema=dict(OBSERVATION_SCHEMA),
        orient="row",
    )
    return coded(frame.lazy())


def slowly(
    rows: Rows, account: str, at: datetime, feature: str, value: str, population: Population, share: float
) -> float:
    """The log of stranger over owner of one observation, read off the rows one by one."""
    before = [(when, v) for a, when, f, v in sorted(set(rows)) if (a, f) == (account, feature) and when < at]
    if not before:
        return 0.0
    first = min(when for a, when, _, _ in rows if a == account)
    half = HALF_LIFE_US / 1e6

    def weight(when: datetime) -> float:
        return 2 ** (((when - first).total_seconds() - (at - first).total_seconds()) / half)

    total = sum(weight(when) for when, _ in before)
    known = [v for _, v in before]
    once = sum(1 for v in set(known) if known.count(v) == 1)
    new = (once + PRIOR * population.novelty[CODES[feature]]) / (len(known) + PRIOR)
    owner = (1 - new) * sum(weight(when) for when, v in before if v == value) / total if value in known else new * share
    return math.log(share / owner)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 60), st.sampled_from("xyz")), min_size=2, max_size=40))
def test_each_part_is_what_a_slow_reading_gives(acts: list[tuple[str, int, str]]):
    rows = sorted({(account, START + day * DAY, "client", value) for account, day, value in acts})
    rows = [row for number, row in enumerate(rows) if number == 0 or row[:2] != rows[number - 1][:2]]
    seen = observed(rows)
    population = population_of(seen, 5)
    found = surprises(seen, population)
    means = found.parts[:, CAUSES.index("means")]
    names = seen.values["value"].to_list()
    shares = dict(zip(names, population.share.tolist(), strict=True))
    for part, (account, at, feature, value) in zip(means, rows, strict=True):
        assert part == pytest.approx(slowly(rows, account, at, feature, value, population, shares[value]), abs=1e-9)


def test_a_stranger_rises_and_an_owner_falls():
    owner: Rows = [("a", START + day * DAY, "device", "own") for day in range(40)]
    others: Rows = [(f"o{n}", START + day * DAY, "device", f"d{n}") for n in range(50) for day in range(30)]
    stranger: Rows = [("a", START + (40 + day) * DAY, "device", "foreign") for day in range(2)]
    seen = observed([*owner, *others, *stranger])
    found = surprises(seen, population_of(seen, 20))
    mine = found.ratio()[:42]
    assert (mine[:20] == 0).all()  # no habits yet
    assert (mine[20:40] == LEAST).all()
    assert mine[40] > 2
    assert (found.ratio("means") == 0).all()


def test_a_journey_is_one_surprise_and_not_three():
    home: Rows = [
        ("a", START + d * DAY, f, v) for d in range(40) for f, v in (("country", "NO"), ("asn", "1"), ("network", "n"))
    ]
    crowd: Rows = [(f"o{n}", START + d * DAY, "country", "SE") for n in range(9) for d in range(30)]
    away: Rows = [("a", START + 41 * DAY, f, v) for f, v in (("country", "SE"), ("asn", "2"), ("network", "m"))]
    seen = observed([*home, *crowd, *away])
    population = population_of(seen, 20)
    found = surprises(seen, population)
    weight = next(one.weight for one in FEATURES if one.name == "country")
    new = PRIOR * population.novelty[CODES["country"]] / (40 + PRIOR)
    last = found.parts[np.flatnonzero(found.account == 0)[-1], CAUSES.index("place")]
    assert last == pytest.approx(-weight * math.log(new))


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(-1, 6), st.booleans()), max_size=60))
def test_heights_are_pages_sums_account_by_account(steps: list[tuple[int, float, bool]]):
    steps.sort(key=lambda step: step[0])
    found = ratios(steps)
    slow = []
    for place, (one, ratio, settled) in enumerate(steps):
        past = [clipped(r) if s else 0.0 for account, r, s in steps[:place] if account == one]
        many = sum(s for account, _, s in steps[:place] if account == one) + LENT_EVENTS
        mean = sum(past) / many
        spread = math.sqrt(max(sum(r**2 for r in past) / many - mean**2, 1.0))
        step = ((clipped(ratio) if settled else 0.0) - max(mean, 0.0)) / spread - DRIFT
        slow.append(max(0.0, (slow[-1] if past else 0.0) + step))
    assert heights(found) == pytest.approx(slow, abs=1e-9)


def test_somebody_who_always_does_something_new_breaks_no_more_than_others():
    restless = [(0, 3.0, True)] * 400
    rises = heights(ratios(restless))
    assert rises[:12].max() > 10
    assert (rises[200:] < 1).all()


def clipped(ratio: float) -> float:
    return min(max(ratio, LEAST), MOST)


def ratios(steps: list[tuple[int, float, bool]]) -> Surprises:
    """Events of accounts, each with a ratio, of accounts with habits or without."""
    parts = np.zeros((len(steps), len(CAUSES)))
    parts[:, 0] = [ratio for _, ratio, _ in steps]
    nothing = np.empty(0, dtype=np.int64)
    account = np.array([one for one, _, _ in steps], dtype=np.int64)
    settled = np.array([one for _, _, one in steps], dtype=np.bool_)
    return Surprises(account, np.arange(len(steps)), parts, nothing, np.empty(0, dtype=np.bool_), settled)


@given(st.lists(st.tuples(st.floats(0, 9), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=40))
def test_the_highest_of_each_span(rows: list[tuple[float, int, int]]):
    height = np.array([one for one, _, _ in rows])
    first = np.array([max(place - back, 0) for place, (_, back, _) in enumerate(rows)])
    end = np.array([min(place + 1 + on, len(rows)) for place, (_, _, on) in enumerate(rows)])
    spans = zip(first, end, strict=True)
    assert highest(height, first, end).tolist() == [height[low:high].max() for low, high in spans]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 96), st.floats(-1, 6)), min_size=1, max_size=40))
def test_a_rise_is_of_the_account_and_of_the_day_before_and_after(events: list[tuple[int, int, float]]):
    rows = sorted({(account, hour): ratio for account, hour, ratio in events}.items())
    account, hour = ([key[side] for key, _ in rows] for side in (0, 1))
    found = replace(ratios([(key[0], ratio, True) for key, ratio in rows]), at=np.array(hour) * HOUR_US)
    height = heights(found).tolist()
    for place, rose in enumerate(rise(found, "", days_around(found)).tolist()):
        near = [n for n in range(len(rows)) if account[n] == account[place] and abs(hour[n] - hour[place]) <= 24]
        earlier = [n for n in range(near[0]) if account[n] == account[place]]
        stood = height[earlier[-1]] if earlier else 0.0
        assert rose == pytest.approx(max(height[n] for n in near) - stood, abs=1e-9)
