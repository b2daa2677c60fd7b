"""The level is told with what replays say of it; nothing is told that a run does not know."""

from graph.level_words import level_sentences

TOLD = {
    "review_level": 3.9,
    "alert_level": 5.25,
    "empirical_fdr": {"review": 0.0, "alert": 0.0},
    "replays": 5,
    "lenses": 12,
}


def said(**more):
    return [one.replace("\u202f", " ") for one in level_sentences({**TOLD, **more})]


def test_the_false_share_of_replays_and_the_level_are_two_sentences():
    assert said() == [
        "In 5 replays of this data without coordination, clusters held 0 % as many accounts as were flagged here; "
        "at the level for alerts 0 %.",
        "A group stands for review from 3.9 powers of ten against chance and may alert from 5.2, after what is "
        "due to the number of groups that were possible and the 12 ways of looking for it.",
    ]


def test_small_shares_are_not_called_nothing():
    first = said(replays=1, empirical_fdr={"review": 0.0123, "alert": 0.0004})[0]
    assert first.startswith("In 1 replay of this data")
    assert "held 1.2 % as many" in first
    assert first.endswith("alerts under 0.1 %.")
    assert "held 31 % as many" in said(empirical_fdr={"review": 0.312, "alert": 0.0})[0]


def test_without_replays_no_share_is_claimed():
    assert said(replays=0)[0].startswith("This data was not replayed")


def test_a_run_without_a_level_says_nothing():
    assert level_sentences({}) == []
    assert level_sentences({"empirical_fdr": {"review": 0.0}}) == []
    assert len(level_sentences({"empirical_fdr": TOLD["empirical_fdr"], "replays": 5})) == 1
