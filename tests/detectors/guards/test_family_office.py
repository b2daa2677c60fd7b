"""A household shares an address for long and says different things."""

import pytest

from detectors.guards.family_office import family_office
from tests.detectors.guards.built import address, cluster, objects, told


def test_four_accounts_on_one_device_for_two_months_with_nothing_else_in_common_are_a_household():
    view = cluster(objects(trace="device", block=""), addresses=address("tablet", accounts=4, days=60, trace="device"))
    found = told("family or office", view)
    assert (found.verdict, found.covers, found.tag, found.cap) == ("open", True, "family or office", 0.3)
    assert "100\u202f% of the 4 members (80\u202f% are asked) share" in found.sentence


def test_a_household_that_posts_the_same_things_is_a_group_like_any_other():
    found = told("family or office", cluster(addresses=address("tablet", accounts=4, days=60, trace="device")))
    assert (found.verdict, found.covers, found.tag) == ("explains little", False, "")
    assert "100\u202f% of the joint acts are contents" in found.sentence


@pytest.mark.parametrize("near_miss", [{"accounts": 6, "days": 60}, {"accounts": 4, "days": 29}], ids=str)
def test_six_accounts_or_less_than_a_month_are_no_household(near_miss: dict[str, int]):
    found = told("family or office", cluster(objects(trace="ip"), addresses=address("192.0.2.1", **near_miss)))
    assert (found.verdict, found.tag) == ("ruled out", "")


def test_without_shared_values_there_is_nothing_to_say():
    assert family_office(cluster()) is None
