"""What everyone passes on: members are a minority of the audience."""

from tests.detectors.guards.built import cluster, objects, one_clock, own_time, reactions, told


def test_objects_of_a_crowd_are_widely_passed_on():
    found = told("popular objects", cluster(objects(popularity=500), crowded={"share": 400}))
    assert (found.verdict, found.covers, found.tag, found.cap) == ("open", True, "widely passed on", 0.4)
    assert "100\u202f% of the joint acts are on objects where most accounts are outside" in found.sentence
    assert "100\u202f% on the most popular thousandth of the data" in found.sentence


def test_objects_that_hardly_anybody_else_touched_are_not():
    found = told("popular objects", cluster(objects(popularity=5), crowded={"share": 5}))
    assert (found.verdict, found.covers, found.tag) == ("ruled out", False, "")
    assert "0\u202f% on the most popular thousandth" in found.sentence, "most popular, but the members are the audience"


def test_popular_but_below_the_thousandth_is_told_apart():
    assert (
        "0\u202f% on the most popular thousandth"
        in told("popular objects", cluster(objects(popularity=500), crowded={"share": 501})).sentence
    )


def test_seven_of_ten_popular_objects_explain_only_a_part():
    found = told("popular objects", cluster(objects(popularity=[500] * 7 + [4] * 3)))
    assert (found.verdict, found.covers, found.tag) == ("explains part", False, "")


def test_accounts_that_share_popular_posts_by_one_clock_are_tagged_and_not_capped():
    joint = objects(popularity=500)
    found = told("popular objects", cluster(joint, reactions=reactions(joint, one_clock())))
    assert (found.verdict, found.covers, found.tag, found.cap) == ("explains part", False, "widely passed on", 1.0)
    assert "But the members share by one clock." in found.sentence
    assert told("popular objects", cluster(joint, reactions=reactions(joint, own_time()))).covers
