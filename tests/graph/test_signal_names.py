"""Signs have names for people; one that is not known keeps its words."""

import pytest

from graph.signal_names import signal_title


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("url_overlap", "Same links"),
        ("content_company", "Same content, in company"),
        ("url_company", "Same links, in company"),
        ("means_company", "Same means, in company"),
        ("hashtag_sequence_synchrony", "Hashtag order, in step"),
        ("like_lockstep", "Same likes, in lockstep"),
        ("rhythm_overlap", "Same rhythm"),
        ("rhythm_together", "Posting in the same minutes"),
        ("reply_author_swarm", "Answering in swarms"),
        ("rhythm_automation", "Posting like a clock"),
        ("signup_burst", "Created together"),
        ("created together", "Created together"),
        ("odd_new_sign", "Odd new sign"),
        ("new_company", "New company"),
        ("", ""),
    ],
)
def test_signals_have_names_for_people(name, words):
    assert signal_title(name) == words
