"""A sign is evidence when it lies beyond the band and its own test agrees; frames and single signs are judged alike."""

import polars as pl
import pytest

from graph.beyond_chance import beyond_chance, is_beyond_chance

SIGNS = [
    (2.0, 1.0, 0.3, False),  # beyond the band of one look, but the fullest of many
    (9.0, 3.0, 1e-8, True),
    (9.0, 3.0, 0.01, True),
    (3.0, 3.0, 1e-8, False),
    (9.0, 3.0, None, True),  # a run that tells no p
    (9.0, None, 1e-8, False),
    (None, 3.0, 1e-8, False),
]


@pytest.mark.parametrize(("seen", "high", "p", "beyond"), SIGNS)
def test_one_sign(seen: float | None, high: float | None, p: float | None, beyond: bool):
    assert is_beyond_chance(seen, high, p) is beyond


def test_a_frame_of_signs_is_judged_as_each_of_them():
    frame = pl.DataFrame(SIGNS, schema=["seen", "high", "p", "beyond"], orient="row")
    assert frame.select(beyond_chance()).to_series().to_list() == frame["beyond"].to_list()
