"""An app that posts for its users, and an operation that owns its app."""

from detectors.guards.app_driven import app_driven
from detectors.guards.view import ClusterView
from tests.detectors.guards.built import acts, address, clients, cluster, objects, told

QUIZ = "Which cheese are you"


def quiz(elsewhere: int = 90, templated: float = 0.9, trace: str = "text", through: object = QUIZ) -> ClusterView:
    """Ten results that a quiz posted for its users, who post `elsewhere` of a hundred times from their telephones."""
    joint = objects(trace=trace, block="en")
    return cluster(
        joint,
        acts=acts(joint, client=through),
        clients=clients({QUIZ: 100 - elsewhere, "Android": elsewhere}),
        app_texts={QUIZ: templated},
    )


def test_a_quiz_that_posts_for_people_who_live_elsewhere_is_app_driven():
    found = told("app-driven posting", quiz())
    assert (found.verdict, found.covers, found.tag, found.cap) == ("open", True, "app-driven", 0.4)
    assert "the middle member makes 90\u202f% of its posts elsewhere" in found.sentence


def test_accounts_that_post_only_through_the_app_belong_to_whoever_owns_it():
    found = told("app-driven posting", quiz(elsewhere=5))
    assert (found.verdict, found.covers, found.tag) == ("ruled out", False, "")


def test_an_app_in_which_everybody_writes_their_own_words_is_no_template():
    assert told("app-driven posting", quiz(templated=0.2)).tag == ""


def test_shares_through_an_app_are_choices_of_people():
    assert told("app-driven posting", quiz(trace="share")).tag == ""


def test_half_of_the_joint_acts_through_other_apps_are_not_one_app():
    mixed = {"ana": QUIZ, "ben": QUIZ, "cho": "Android", "dov": "iPhone"}
    found = told("app-driven posting", quiz(through=mixed))
    assert (found.verdict, found.tag) == ("explains part", "")


def test_users_of_one_hidden_device_are_not_users():
    view = quiz()
    device = address("phone", accounts=4, trace="device")
    hidden = cluster(view.objects, acts=view.acts, clients=view.clients, app_texts=view.app_texts, addresses=device)
    assert told("app-driven posting", hidden).tag == ""


def test_without_apps_in_the_data_there_is_nothing_to_say():
    assert app_driven(cluster()) is None
