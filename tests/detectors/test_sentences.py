"""The words: frequencies for chances, one unit for a span, counts with their expectation."""

import pytest

from detectors import sentences


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (2.5e-6, "about 1 in 400,000"),
        (1e-9, "less than 1 in a million"),
        (0.01, "about 1 in 100"),
        (0.3, "about 1 in 3"),
        (1.0, "nothing unusual"),
    ],
)
def test_a_chance_is_said_as_a_frequency(p: float, said: str):
    assert sentences.chance(p) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(7, "7 s"), (60, "60 s"), (2400, "40 min"), (32_400, "9 h"), (9 * 86_400, "9 days")]
)
def test_a_span_has_one_unit(seconds: float, said: str):
    assert sentences.span(seconds) == said


@pytest.mark.parametrize(
    ("number", "said"), [(13.3, "about 13 times"), (0.2, "less than once"), (1.1, "about once"), (4.4, "about 4 times")]
)
def test_an_expectation_is_said_in_times(number: float, said: str):
    assert sentences.times(number) == said


def test_the_sentence_of_an_overlap():
    assert sentences.overlap_sentence("share", 64, 412, 13.3, 2.5e-6, 3600, 7.0, 9 * 86_400) == (
        "These accounts shared the same 64 posts, within 60 min of one another (median 7 s), 412 times in 9 days. "
        "Accounts as active as these would do so about 13 times by chance. By chance: about 1 in 400,000."
    )


def test_the_sentence_of_a_synchrony():
    assert sentences.synchrony_sentence("url", 30, 40, 3.8, 1e-12, 60, 3600) == (
        "When two of these accounts met on one of these links within 60 min, they were within 60 s in 30 of 40 cases "
        "(75\u202f%). At the pace of other accounts on the same and equally popular links it would be about 4. "
        "By chance: less than 1 in a million."
    )


@pytest.mark.parametrize(
    ("trace", "gap", "said"),
    [
        ("share", 7.0, "48 accounts, quick shares"),
        ("share", 300.0, "48 accounts, shares"),
        ("content", 7.0, "48 accounts, same content in quick succession"),
        ("content", 300.0, "48 accounts, same content"),
        ("fast_share", 7.0, "48 accounts, quick shares"),
    ],
)
def test_a_title_is_size_and_strongest_trace(trace: str, gap: float, said: str):
    assert sentences.title(48, trace, gap) == said


def test_a_reason_names_the_other_account_and_what_chance_explains():
    assert sentences.link_reason("share", "ben", 12, 0.02, 60) == (
        "Shared the same 12 posts as ben within 60 s; chance explains fewer than 0.1."
    )
