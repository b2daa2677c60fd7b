"""A household shares an address for long and says different things."""

import polars as pl
import pytest

from detectors.guards.family_office import family_office
from tests.detectors.guards.built import NAMES, address, cluster, objects, told


def test_four_accounts_on_one_device_for_two_months_with_nothing_else_in_common_are_a_household():
    view = cluster(objects(trace="device", block=""), addresses=address("tablet", accounts=4, days=60, trace="device"))
    found = told("family or office", view)
    assert (found.verdict, found.covers, found.tag, found.cap) == ("open", True, "family or office", 0.1)
    assert "100\u202f% of the 4 members (80\u202f% are asked) share" in found.sentence


def test_a_household_that_posts_the_same_things_is_a_group_like_any_other():
    found = told("family or office", cluster(addresses=address("tablet", accounts=4, days=60, trace="device")))
    assert (found.verdict, found.covers, found.tag) == ("explains little", False, "")
    assert "100\u202f% of the joint acts are contents" in found.sentence


@pytest.mark.parametrize("near_miss", [{"accounts": 6, "days": 60}, {"accounts": 4, "days": 29}], ids=str)
def test_six_accounts_or_less_than_a_month_are_no_household(near_miss: dict[str, int]):
    home = address("192.0.2.1", **near_miss)
    found = told("family or office", cluster(objects(trace="ip"), addresses=home, data_seconds=90 * 86_400.0))
    assert (found.verdict, found.tag) == ("ruled out", "")


def test_without_shared_values_there_is_nothing_to_say():
    assert family_office(cluster()) is None


def test_of_data_of_two_weeks_half_is_long():
    def tag(days: int) -> str:
        home = address("192.0.2.1", accounts=4, days=days)
        view = cluster(
            objects(trace="means", object_id=[f"ip:{n}" for n in range(10)]), addresses=home, data_seconds=14 * 86_400.0
        )
        return told("family or office", view).tag

    assert (tag(7), tag(6)) == ("family or office", "")


def household(many: int = 2, inside: int = 4, trace: str = "ip") -> float:
    """The cap of four accounts who share `many` homes, `inside` of them the first."""
    homes = [address(f"192.0.2.{n}", accounts=4, days=60, names=NAMES[: inside if n == 0 else 4]) for n in range(many)]
    names = [f"{trace}:{n}" for n in range(10)]
    return told("family or office", cluster(objects(trace="means", object_id=names), addresses=pl.concat(homes))).cap


def test_a_household_settles_and_a_group_on_many_addresses_does_not():
    assert household(2) == 0.1
    assert household(3) == 0.3


def test_accounts_that_pay_by_one_card_or_lead_to_one_page_are_no_family():
    assert household(2, trace="payment") == 1.0
    assert household(2, trace="landing_page") == 1.0
    view = cluster(
        objects(trace="device"),
        addresses=address("tablet", accounts=4, days=60, trace="device"),
        signals=pl.DataFrame(
            {
                "name": ["payment_overlap"],
                "family": ["infrastructure"],
                "value": [0.5],
                "seen": [9.0],
                "expected": [1.0],
            }
        ),
    )
    assert told("family or office", view).tag == ""
