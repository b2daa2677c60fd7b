"""Mirrored publishing: everybody carries everything and does nothing else."""

import polars as pl
import pytest

from detectors.guards.mirrored import mirrored
from tests.detectors.guards.built import HOUR, acts, address, cluster, members, objects, told


def mirror(own: int = 10, carried: int = 4, at: list[int] | None = None):
    joint = objects(members=carried) if at is None else objects(members=carried, at=at)
    return cluster(joint, members=members(acts=own))


def test_four_pages_that_carry_every_item_and_nothing_else_are_mirrored():
    found = told("mirrored publishing", mirror())
    assert (found.verdict, found.covers, found.tag, found.cap) == ("open", True, "mirrored publishing", 0.4)


@pytest.mark.parametrize(("own", "tag"), [(12, "mirrored publishing"), (13, ""), (40, "")])
def test_a_fifth_of_other_things_is_the_most_that_they_do(own: int, tag: str):
    assert told("mirrored publishing", mirror(own)).tag == tag


def test_items_that_few_carry_are_mirrored_only_when_they_come_steadily_and_at_once():
    assert told("mirrored publishing", mirror(carried=1)).tag == "mirrored publishing"
    burst = [number * HOUR // 4 for number in range(10)]
    assert told("mirrored publishing", mirror(carried=1, at=burst)).tag == ""


def test_a_post_known_under_two_names_counts_once():
    """Its id and its text: the crowd has a lag on one of them only."""
    joint = objects()
    again = acts(joint, lag_s=None).with_columns(object_id="text:" + pl.col("object_id"))
    view = cluster(joint, acts=pl.concat([acts(joint), again]), members=members(acts=15))
    found = told("mirrored publishing", view)
    assert "67\u202f% of what the middle member does is joint" in found.sentence
    assert found.tag == ""


def test_a_hidden_device_takes_the_cap_and_leaves_the_tag():
    view = cluster(members=members(acts=10), addresses=address("phone", accounts=4, days=9, trace="device"))
    found = told("mirrored publishing", view)
    assert (found.verdict, found.covers, found.tag) == ("explains part", False, "mirrored publishing")


def test_without_joint_objects_there_is_nothing_to_say():
    assert mirrored(cluster(objects().clear())) is None
