"""Worlds with takeovers that several tests look at: each made once per session."""

from collections.abc import Callable
from functools import cache

import polars as pl
import pytest

from detectors.worlds.takeovers import TakeoverWorld, takeover_world

Made = Callable[..., TakeoverWorld]


@pytest.fixture(scope="session")
def made() -> Made:
    """made(events=..., seed=..., ...) as takeover_world."""
    return cache(takeover_world)


@pytest.fixture(scope="session")
def victims(made: Made) -> pl.DataFrame:
    """The victims of the world of seed 1: its labels."""
    return made(60_000, 1).labels.filter(pl.col("label") == "compromised")
