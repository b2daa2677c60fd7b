"""One day or event: told of every cluster; a conference is one, an operation of a few days is not."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from detectors.guards.view import ClusterView
from tests.detectors.guards.built import (
    DAY,
    HOUR,
    acts,
    address,
    cluster,
    members,
    objects,
    one_clock,
    own_time,
    reactions,
    told,
    year,
)

VISITORS = tuple(f"visitor{number}" for number in range(8))
YEARS = [year(2008 + 2 * number, 40 * number + 1) for number in range(8)]
SPEAKERS = [f"speaker{number % 5}" for number in range(20)]
TALKS = [(10 + number // 7) * DAY + 9 * HOUR + number % 7 * HOUR for number in range(20)]  # three days of thirty


def conference(
    at: list[int] = TALKS, author: str | list[str] = SPEAKERS, after: np.ndarray | None = None, **said: object
) -> ClusterView:
    """Eight visitors share what five speakers post on three days, and do other things on other days."""
    joint = objects(20, at=at, members=8, often=7)
    lags = own_time(VISITORS, 20) if after is None else after
    plain = {"created_at": YEARS, "texts": 5, "first_at": 2 * DAY, "last_at": 25 * DAY}
    return cluster(
        joint,
        acts=acts(joint, VISITORS),
        members=members(VISITORS, **(plain | said)),
        reactions=reactions(joint, lags, VISITORS, author),
    )


def test_joint_acts_of_one_day_leave_it_open_without_a_cap():
    found = told("one occasion", cluster(objects(at=3 * DAY)))
    assert (found.verdict, found.covers, found.tag, found.cap) == ("open", False, "", 1.0)


def test_joint_acts_of_ten_days_rule_it_out():
    found = told("one occasion", cluster())
    assert found.verdict == "ruled out"
    assert "10\u202f% of the joint acts are on the busiest day, of 10 days" in found.sentence


def test_visitors_of_a_conference_are_an_occasion_and_nothing_is_held_against_them():
    found = told("one occasion", conference())
    assert (found.verdict, found.covers, found.tag, found.cap) == ("open", True, "one occasion", 0.1)
    assert (
        "100\u202f% lie within 4 days in a row. 100\u202f% of the joint posts pass on posts of 5 authors"
        in found.sentence
    )


RING = {
    "by one clock": {"after": one_clock(VISITORS, 20)},
    "again ten days later": {"at": [*TALKS[:-2], 22 * DAY, 23 * DAY]},
    "one author": {"author": "idol"},
    "mostly one author": {"author": ["idol"] * 13 + SPEAKERS[:7]},
    "two authors": {"author": ["ann", "bob"] * 10},
    "accounts of one year": {"created_at": [year(2020, 40 * number + 1) for number in range(8)]},
    "accounts of unknown age": {"created_at": None},
    "half bought in one week": {"created_at": [*YEARS[:4], *(year(2020, number + 1) for number in range(4))]},
    "accounts that live three days": {"first_at": 10 * DAY, "last_at": 12 * DAY + 20 * HOUR},
    "no word of their own": {"texts": 0},
}


@pytest.mark.parametrize("ring", RING.values(), ids=RING)
def test_a_ring_that_lacks_one_mark_of_a_conference_is_none(ring: dict[str, object]):
    found = told("one occasion", conference(**ring))  # type: ignore[arg-type]
    assert (found.covers, found.tag, found.cap) == (False, "", 1.0)


def test_a_ring_behind_one_device_or_on_posts_of_unknown_time_is_no_conference():
    view = conference()
    device = address("phone", accounts=8, trace="device", names=VISITORS)
    assert told("one occasion", replace(view, addresses=device)).tag == ""
    assert told("one occasion", replace(view, reactions=view.reactions.clear())).tag == ""
    half = view.reactions.filter(pl.col("original").is_in([f"o{n}" for n in range(10)]))
    assert told("one occasion", replace(view, reactions=half)).tag == ""


def test_in_data_hardly_longer_than_the_occasion_none_is_known():
    view = conference()
    assert told("one occasion", replace(view, data_seconds=11.9 * 86_400)).tag == ""
    assert told("one occasion", replace(view, data_seconds=12.0 * 86_400)).tag == "one occasion"


def test_what_appeared_before_the_event_is_not_asked_for_its_times():
    """A popular old post that two visitors pass on there would look like a common clock."""
    view = conference()
    old = pl.col("original") == "o19"
    late = view.reactions.with_columns(
        born=pl.when(old).then(1).otherwise("born"), after_s=pl.when(old).then(1e6).otherwise("after_s")
    )
    assert told("one occasion", replace(view, reactions=late)).cap == 0.1


def test_data_of_less_than_two_days_cannot_tell():
    found = told("one occasion", cluster(data_seconds=86_400.0))
    assert found.verdict == "open"
    assert "cannot tell" in found.sentence
