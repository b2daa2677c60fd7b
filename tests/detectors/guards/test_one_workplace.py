"""One firm's accounts: one address, working hours, the firm's own posts, nobody else; a troll factory lacks one of these."""

from dataclasses import replace

import polars as pl
import pytest

from detectors.guards.one_workplace import one_workplace
from detectors.guards.view import ClusterView
from tests.detectors.guards.built import (
    DAY,
    HOUR,
    acts,
    address,
    cluster,
    members,
    objects,
    own_time,
    reactions,
    told,
    users,
    year,
)

DESKS = tuple(f"desk{number}" for number in range(7))
# Two posts on each of ten working days: 2024-01-01 was a Monday.
WORKDAYS = [year(2024, day) + hour * HOUR for day in (1, 2, 3, 4, 5, 8, 9, 10, 11, 12) for hour in (10, 15)]
OLD = [year(2012 + number) for number in range(7)]


def office(
    at: list[int] = WORKDAYS, author: object = "firm", door: tuple[str, ...] = (*DESKS, "firm"), **said: object
) -> ClusterView:
    """Seven accounts of a firm pass on the firm's twenty posts; nobody else does."""
    joint = objects(len(at), at=at, members=7, popularity=8, often=6, **({"outsiders": 1} | said))
    return cluster(
        joint,
        acts=acts(joint, DESKS),
        members=members(DESKS, created_at=OLD),
        addresses=address("192.0.2.7", accounts=len(door), names=DESKS),
        users=users("192.0.2.7", door),
        reactions=reactions(joint, own_time(DESKS, len(at)), DESKS, author),  # type: ignore[arg-type]
    )


def test_a_firm_s_accounts_at_one_address_in_working_hours_are_one_workplace():
    found = told("one workplace", office())
    assert (found.verdict, found.covers, found.tag, found.cap) == ("open", True, "one workplace", 0.1)
    assert "100\u202f% of the members share an address that 8 accounts use, the source among them" in found.sentence
    assert "100\u202f% are made in 10 working hours of 5 days a week, on 10 days" in found.sentence


def test_a_week_that_begins_on_sunday_and_a_day_that_ends_after_midnight_utc_are_working_hours_too():
    assert told("one workplace", office([at - DAY + 11 * HOUR for at in WORKDAYS])).tag == "one workplace"


FACTORY = {
    "the source sits elsewhere": {"door": DESKS},
    "what they pass on is not one account's": {"author": [f"a{number % 4}" for number in range(20)]},
    "day and night": {"at": [year(2024, 1) + number * 17 * HOUR for number in range(20)]},
    "seven days a week": {"at": [year(2024, 1 + number // 2) + (10 + 5 * (number % 2)) * HOUR for number in range(28)]},
    "one afternoon": {"at": [year(2024, 2) + 14 * HOUR + number * 60_000_000 for number in range(20)]},
    "others take it up": {"outsiders": 2},
    "sixteen accounts on the address": {"door": (*DESKS, "firm", *(f"more{number}" for number in range(8)))},
}


@pytest.mark.parametrize("factory", FACTORY.values(), ids=FACTORY)
def test_a_troll_factory_that_lacks_one_mark_of_an_office_is_none(factory: dict[str, object]):
    found = told("one workplace", office(**factory))  # type: ignore[arg-type]
    assert (found.covers, found.tag, found.cap) == (False, "", 1.0)


def test_fifteen_accounts_on_the_address_are_still_an_office():
    more = tuple(f"more{number}" for number in range(7))
    assert told("one workplace", office(door=(*DESKS, "firm", *more))).tag == "one workplace"


def test_three_addresses_in_turn_are_no_office():
    view = office()
    second = pl.concat([view.users, users("198.51.100.1", DESKS[:4]), users("198.51.100.2", DESKS[3:])])
    assert told("one workplace", replace(view, users=second)).tag == ""
    one_home = pl.concat([view.users, users("198.51.100.1", (DESKS[0], "flatmate"))])
    assert told("one workplace", replace(view, users=one_home)).tag == "one workplace"


def test_accounts_made_for_the_occasion_are_no_firm_s():
    view = office()
    for created in ([year(2023, 320)] * 7, None):
        young = members(DESKS, created_at=created)
        assert told("one workplace", replace(view, members=young)).tag == ""


def test_accounts_that_pay_by_one_card_are_no_office():
    signals = pl.DataFrame(
        {"name": ["payment_overlap"], "family": ["infrastructure"], "value": [0.5], "seen": [9.0], "expected": [1.0]}
    )
    assert told("one workplace", replace(office(), signals=signals)).tag == ""


def test_without_a_shared_address_there_is_nothing_to_say():
    assert one_workplace(cluster()) is None
    assert one_workplace(cluster(users=users("tablet", DESKS, trace="device"))) is None
