"""Made worlds that several tests look at: each made once per session."""

from collections.abc import Callable
from functools import cache

import pytest

from detectors.worlds import WorldPart, WorldSettings, generate_world
from detectors.worlds.everyday import everyday
from detectors.worlds.look_alikes import look_alikes
from detectors.worlds.people import people_of
from detectors.worlds.scene import Scene
from detectors.worlds.seeds import chance

World = Callable[..., WorldPart]


@pytest.fixture(scope="session")
def world() -> World:
    """world(preset, events=..., seed=..., attack=..., period=...)."""

    @cache
    def made(preset: str, events: int = 30_000, seed: int = 1, attack: str = "none", period: str = "") -> WorldPart:
        return generate_world(WorldSettings(preset, events, seed, attack), period)

    return made


@pytest.fixture(scope="session")
def scene() -> Scene:
    """A district of 5,000 ordinary accounts, with fans, for an operation to work in."""
    _, made = everyday(people_of(0, 5_000, chance(3, "people", 0)), 14.0, 0, chance(3, "everyday", 0))
    return look_alikes(made, 3, 0)[1]
