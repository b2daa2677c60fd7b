"""Simply very active: both numbers stand in the sentence."""

import polars as pl
import pytest

from tests.detectors.guards.built import cluster, told


def test_it_is_ruled_out_with_both_numbers():
    found = told("activity", cluster())
    assert (found.verdict, found.tag, found.cap) == ("ruled out", "", 1.0)
    assert found.sentence.endswith("would act together about 2 times by chance; 30 times were seen.")


@pytest.mark.parametrize(("expected", "verdict"), [(3.0, "ruled out"), (9.0, "explains little"), (27.0, "open")])
def test_the_more_chance_explains_the_further_it_reaches(expected: float, verdict: str):
    signals = pl.DataFrame(
        {
            "name": ["share_overlap", "share_synchrony"],
            "family": ["overlap", "synchrony"],
            "value": [1.0, 1.0],
            "seen": [30.0, 9.0],
            "expected": [expected, 9.0],
        }
    )
    assert told("activity", cluster(signals=signals)).verdict == verdict
