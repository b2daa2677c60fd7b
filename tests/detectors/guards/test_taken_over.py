"""A coordinated cluster whose accounts were taken over: its owners are not accused of what was done with them."""

from detectors.guards import OWN_REVIEW, QUEUE_OF
from detectors.guards.found import SETTLED
from tests.detectors.guards.built import cluster, found, told

RING = dict.fromkeys(("ana", "ben", "cho", "dov", "eve"), "T-1")


def test_without_victims_in_the_run_nothing_is_said():
    assert found("taken over", cluster()) is None


def test_a_cluster_of_victims_is_settled_and_names_the_ring():
    said = told("taken over", cluster(victims=RING))
    assert (said.covers, said.cap, said.tag, said.verdict) == (True, SETTLED, "accounts taken over", "open")
    assert "4 of 4 members (100\u202f%) were taken over, see cluster T-1" in said.sentence
    assert QUEUE_OF[said.tag] == OWN_REVIEW


def test_a_cluster_half_of_victims_is_capped_and_not_settled():
    said = told("taken over", cluster(victims={"ana": "T-1", "ben": "T-2"}))
    assert (said.covers, said.cap, said.tag) == (True, 0.4, "accounts taken over")
    assert "see clusters T-1, T-2" in said.sentence


def test_one_victim_among_four_changes_nothing():
    said = told("taken over", cluster(victims={"ana": "T-1"}))
    assert (said.covers, said.cap, said.tag, said.verdict) == (False, 1.0, "", "explains little")


def test_victims_elsewhere_are_said_to_be_elsewhere():
    said = told("taken over", cluster(victims={"zoe": "T-1"}))
    assert (said.covers, said.verdict) == (False, "ruled out")
    assert "None of the 4 members" in said.sentence
