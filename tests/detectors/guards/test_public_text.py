"""Words of everybody: many independent accounts, or the ending of a share button."""

import polars as pl
import pytest

from detectors.guards.public_text import BUTTON, PUBLIC, public_text
from tests.detectors.guards.built import acts, cluster, objects, told


def test_a_prayer_that_fifty_independent_accounts_posted_is_public():
    found = told("public text", cluster(objects(trace="text", popularity=80, outsiders=PUBLIC)))
    assert (found.verdict, found.covers, found.tag, found.cap) == ("open", True, "public text", 0.4)
    assert "10 of 10 joint texts" in found.sentence
    assert "without them 0\u202f% of all joint acts remain" in found.sentence


def test_accounts_of_other_clusters_do_not_make_a_text_public():
    """Popularity 300 with 49 accounts outside all clusters: an operation in five parts posts it."""
    found = told("public text", cluster(objects(trace="text", popularity=300, outsiders=PUBLIC - 1)))
    assert (found.verdict, found.covers, found.tag) == ("ruled out", False, "")


def test_a_share_button_s_text_needs_only_more_outsiders_than_members():
    joint = objects(trace="text", outsiders=5)
    pressed, typed = acts(joint, button=True), acts(joint, button=False)
    assert told("public text", cluster(joint, acts=pressed)).covers
    assert not told("public text", cluster(joint, acts=typed)).covers


def test_a_ring_that_writes_via_somebody_under_its_own_texts_gains_nothing():
    joint = objects(trace="text", outsiders=4)
    assert told("public text", cluster(joint, acts=acts(joint, button=True))).tag == ""


def test_public_texts_beside_other_joint_acts_do_not_cover():
    joint = objects(trace=["text"] * 4 + ["share"] * 6, outsiders=PUBLIC)
    found = told("public text", cluster(joint))
    assert (found.verdict, found.covers, found.cap) == ("open", False, 1.0)
    assert "without them 60\u202f% of all joint acts remain" in found.sentence


def test_without_joint_texts_there_is_nothing_to_say():
    assert public_text(cluster()) is None


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("Ten ways to cook rice https://t.co/x via @kitchen", True),
        ("Ten ways to cook rice via @kitchen https://t.co/x", True),
        ("TEN WAYS VIA @Kitchen ", True),
        ("I came via @kitchen and liked it", False),
        ("a trip to Bolivia @kitchen", False),
        ("Ten ways to cook rice https://t.co/x", False),
    ],
)
def test_the_ending_of_a_share_button(text: str, ends: bool):
    assert pl.select(pl.lit(text).str.contains(BUTTON)).item() is ends
