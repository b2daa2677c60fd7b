"""One day or event: told of every cluster, never a cap."""

from tests.detectors.guards.built import DAY, cluster, objects, told


def test_joint_acts_of_one_day_leave_it_open_without_a_cap():
    found = told("one occasion", cluster(objects(at=3 * DAY)))
    assert (found.verdict, found.covers, found.tag, found.cap) == ("open", False, "", 1.0)


def test_joint_acts_of_ten_days_rule_it_out():
    found = told("one occasion", cluster())
    assert found.verdict == "ruled out"
    assert "10\u202f% of the joint acts are on the busiest day, of 10 days" in found.sentence


def test_data_of_less_than_two_days_cannot_tell():
    found = told("one occasion", cluster(data_seconds=86_400.0))
    assert found.verdict == "open"
    assert "cannot tell" in found.sentence
