"""A call to action: different people on one day; an operation of one day must not be taken for one."""

import pytest

from detectors.guards.call_to_action import call_to_action
from detectors.guards.view import ClusterView
from tests.detectors.guards.built import DAY, HOUR, NAMES, acts, cluster, members, objects, told, year

YEARS = [year(number) for number in (2010, 2013, 2016, 2019)]
APPS = {"ana": "Android", "ben": "iPhone", "cho": "Web", "dov": "Android"}


def one_day(
    created: object = YEARS, apps: object = APPS, trace: str = "share", texts: int = 8, **said: object
) -> ClusterView:
    """Ten joint objects within five hours of one day, out of thirty days of data."""
    joint = objects(**({"trace": trace, "at": [number * HOUR // 2 for number in range(10)]} | said))
    own = members(created_at=created, posts=20, originals=10, texts=texts)
    return cluster(joint, acts=acts(joint, client=apps), members=own)


def test_people_of_different_age_and_app_on_one_day_answer_a_call():
    found = told("call to action", one_day())
    assert (found.verdict, found.covers, found.tag, found.cap) == ("open", True, "call to action", 0.4)
    assert "100\u202f% of the joint acts fall into the 2 busiest spells of 6 h, of 1" in found.sentence
    assert "the members differ in age, app, words" in found.sentence


def test_accounts_of_one_age_on_one_day_do_not():
    found = told("call to action", one_day(created=[year(2019, day) for day in (1, 40, 80, 120)]))
    assert (found.verdict, found.covers, found.tag) == ("explains little", False, "")
    assert "but not in age" in found.sentence


def test_accounts_of_one_app_on_one_day_do_not():
    assert told("call to action", one_day(apps="our app")).tag == ""


def test_accounts_that_copy_one_text_do_not():
    assert told("call to action", one_day(trace="text", often=[30] + [3] * 9)).tag == ""
    assert told("call to action", one_day(trace=["text"] * 4 + ["url"] * 6, often=[9] * 4 + [3] * 6)).tag == ""


def test_accounts_that_choose_among_the_texts_a_call_proposes_do():
    found = told("call to action", one_day(trace="text"))
    assert (found.covers, found.tag, found.cap) == (True, "call to action", 0.4)


def test_what_is_not_known_is_not_taken_for_diversity():
    unknown = one_day(created=None, apps=None)
    found = told("call to action", unknown)
    assert (found.verdict, found.covers, found.tag) == ("open", False, "")
    assert "the members differ in words" in found.sentence


def test_seven_of_ten_joint_acts_in_two_spells_explain_only_a_part():
    found = told("call to action", one_day(at=[0] * 6 + [5 * DAY, 9 * DAY, 12 * DAY, 15 * DAY]))
    assert (found.verdict, found.covers, found.tag) == ("explains part", False, "")
    assert "70\u202f% of the joint acts" in found.sentence


def test_joint_acts_on_ten_days_rule_it_out():
    found = told("call to action", cluster())
    assert (found.verdict, found.tag) == ("ruled out", "")
    assert "20\u202f% of the joint acts fall into the 2 busiest spells of 6 h, of 10" in found.sentence


def test_the_public_object_that_came_first_is_named():
    view = one_day(outsiders=[400] + [0] * 9)
    assert (
        "An object that 400 accounts outside all clusters touched precedes 90\u202f% of the rest"
        in told("call to action", view).sentence
    )


def test_data_of_one_day_cannot_show_a_call():
    assert call_to_action(cluster(data_seconds=86_400.0)) is None


@pytest.mark.parametrize("known", [1, 2])
def test_half_of_the_members_must_have_a_known_age(known: int):
    created = [*YEARS[:known], *[None] * (len(NAMES) - known)]
    found = told("call to action", one_day(created=created, apps=None, texts=0))
    assert ("differ in age" in found.sentence) == (known == 2)
