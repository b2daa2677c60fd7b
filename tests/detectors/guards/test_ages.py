"""Ages: people join over years and on days of their own."""

import numpy as np
import pytest

from detectors.guards.ages import Ages, ages, weeks
from tests.detectors.guards.built import DAY, cluster, members, year

NAMES = tuple(f"m{number}" for number in range(8))
YEARS = [year(2008 + 2 * number, 40 * number + 1) for number in range(8)]


def of(created: object, week: float | None = 0.002) -> Ages:
    return ages(cluster(members=members(NAMES, created_at=created, week=week)))


def test_members_of_many_years_are_grown():
    assert of(YEARS).grown


def test_members_of_one_year_are_not():
    assert not of([year(2020, 30 * number + 1) for number in range(8)]).grown


@pytest.mark.parametrize(("known", "grown"), [(7, True), (6, False), (1, False), (0, False)])
def test_the_age_of_four_fifths_must_be_known(known: int, grown: bool):
    assert of([*YEARS[:known], *[None] * (8 - known)]).grown is grown


def test_three_of_eight_from_one_week_are_bunched_and_two_are_not():
    two = [*YEARS[:6], year(2020, 1), year(2020, 6)]
    three = [*YEARS[:5], year(2020, 1), year(2020, 3), year(2020, 6)]
    assert (of(two).bunched, of(three).bunched) == (False, True)


def test_a_week_in_which_everybody_joined_bunches_nobody():
    three = [*YEARS[:5], year(2020, 1), year(2020, 3), year(2020, 6)]
    assert not of(three, week=0.4).bunched
    assert not of(three, week=None).bunched, "not known is not held against anybody"


def test_a_week_counts_the_others_created_within_seven_days_after():
    everyone = np.array([0, 1, 6, 7, 20]) * DAY
    assert weeks(np.array([0, 7]) * DAY, everyone).tolist() == [0.5, 0.0]
    assert weeks(np.array([3 * DAY]), np.array([3 * DAY])).tolist() == [0.0]
