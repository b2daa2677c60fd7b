"""Addresses of many say nothing; private ones and devices do."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from detectors.guards.shared_address import most_in_a_week, shared_address
from tests.detectors.guards.built import address, cluster, objects, told

START = datetime(2024, 3, 1, tzinfo=UTC)


def uses(told: list[tuple[str, str, float]]) -> pl.LazyFrame:
    """Address actions: account, address, days after the start."""
    return pl.LazyFrame(
        [
            {"account_id": who, "trace": "ip", "object_id": value, "at": START + timedelta(days=day)}
            for who, value, day in told
        ],
        schema={"account_id": pl.String, "trace": pl.String, "object_id": pl.String, "at": pl.Datetime("us", "UTC")},
    )


def test_a_group_joined_by_a_carrier_address_alone_is_capped():
    carrier = address("100.64.0.1", accounts=900)
    found = told("shared address", cluster(objects(trace="ip", block=""), addresses=carrier))
    assert (found.verdict, found.covers, found.tag, found.cap) == ("open", True, "address of many", 0.3)
    assert "1 of 1 address that members share had more than 50 accounts in one week" in found.sentence


def test_fifty_accounts_in_a_week_are_not_yet_many():
    found = told("shared address", cluster(objects(trace="ip"), addresses=address("192.0.2.1", accounts=50)))
    assert (found.verdict, found.tag) == ("ruled out", "")


def test_a_device_beside_the_carrier_carries_the_evidence():
    both = pl.concat([address("100.64.0.1", accounts=900), address("phone", accounts=4, trace="device")])
    found = told("shared address", cluster(objects(trace="ip"), addresses=both))
    assert (found.verdict, found.covers, found.tag) == ("explains little", False, "")


def test_a_device_of_many_carries_nothing():
    """A model name that an export gives as device is used by hundreds."""
    both = pl.concat([address("100.64.0.1", accounts=900), address("telephone", accounts=400, trace="device")])
    assert told("shared address", cluster(objects(trace="ip"), addresses=both)).tag == "address of many"


def test_two_private_addresses_carry_the_evidence_and_one_does_not():
    crowd = [address(f"100.64.0.{n}", accounts=900) for n in range(2)]
    private = [address(f"192.0.2.{n}", accounts=4) for n in range(2)]
    one, two = pl.concat([*crowd, private[0]]), pl.concat([*crowd, *private])
    assert told("shared address", cluster(objects(trace="ip"), addresses=one)).tag == "address of many"
    assert told("shared address", cluster(objects(trace="ip"), addresses=two)).tag == ""


def test_a_carrier_address_does_not_cap_what_rests_on_contents():
    found = told("shared address", cluster(addresses=address("100.64.0.1", accounts=900)))
    assert (found.covers, found.cap, found.tag) == (False, 1.0, "address of many")
    assert "0\u202f% of the joint acts are addresses and devices" in found.sentence


def test_an_address_of_one_member_is_not_shared():
    assert shared_address(cluster(addresses=address("192.0.2.1", accounts=1, names=("ana",)))) is None


@pytest.mark.parametrize(
    ("days", "most"),
    [([0.0] * 30 + [3.0] * 30, 60), ([0.0] * 30 + [20.0] * 30, 30), ([5.0] * 30 + [7.0] * 30, 60)],
    ids=["within", "weeks apart", "across the boundary of a calendar week"],
)
def test_the_most_accounts_in_any_week_are_counted(days: list[float], most: int):
    told = most_in_a_week(uses([(f"u{n}", "192.0.2.1", day) for n, day in enumerate(days)])).collect()
    assert told.select("accounts", "in_a_week").rows() == [(60, most)]
