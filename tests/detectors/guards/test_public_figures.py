"""Protected accounts: seen, named, never hidden, and without effect on the risk."""

import pytest

from detectors.guards import QUEUE_OF
from detectors.guards.public_figures import public_figures
from tests.detectors.guards.built import cluster, members, told


def test_one_candidate_among_four_sends_the_cluster_to_a_senior_reviewer():
    found = told("public figures", cluster(members=members(protection_tier=["candidate", None, None, None])))
    assert (found.verdict, found.tag, found.cap, found.covers) == ("explains part", "protected accounts", 1.0, False)
    assert QUEUE_OF[found.tag] == "never-auto"
    assert "1 of 4 members is protected or verified" in found.sentence


def test_verified_accounts_are_protected():
    found = told("public figures", cluster(members=members(verified=[True, True, False, False])))
    assert (found.verdict, found.tag) == ("open", "protected accounts")


@pytest.mark.parametrize("tier", ["none", "Standard ", "0"])
def test_words_for_no_special_care_protect_nobody(tier: str):
    found = told("public figures", cluster(members=members(protection_tier=tier)))
    assert (found.verdict, found.tag) == ("ruled out", "")


def test_where_the_data_does_not_say_nothing_is_said():
    assert public_figures(cluster()) is None
