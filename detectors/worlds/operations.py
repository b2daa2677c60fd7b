"""Operations: the archetypes by name, each a schedule and a way to be seen, on the scene of ordinary accounts."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import polars as pl

from detectors.worlds.campaigns import COORDINATED, Campaign, Crew, Made, crew_of
from detectors.worlds.drafts import first_number, labels
from detectors.worlds.everyday import Scene
from detectors.worlds.people import NAMESPACES
from detectors.worlds.pushing import Channel, camouflage, numbered, pushed, seeders
from detectors.worlds.schedules import Pushes, births, crowd, rotating

Archetype = Callable[[Channel, int], Pushes]


def run_campaign(campaign: Campaign, scene: Scene, district: int, slot: int, draw: np.random.Generator) -> Made:
    """The posts and labels of one campaign; `slot` is its namespace inside the district."""
    crew = crew_of(scene, campaign.size, district, slot, draw)
    channel = Channel(campaign, crew, scene, draw)
    pushes = ARCHETYPES[campaign.archetype](channel, campaign.size * campaign.pushes_per_member)
    told = pushed(channel, pushes)
    rows = pl.concat([told, camouflage(channel, told.height)])
    first = first_number(district * NAMESPACES + slot)
    return Made(posts=numbered(rows, first), labels=crew_labels(campaign, crew), crew=crew)


def crew_labels(campaign: Campaign, crew: Crew) -> pl.DataFrame:
    roles = np.where(np.arange(len(crew)) < seeders(len(crew)), "seeder", "member")
    roles = roles if "share" in campaign.channels else np.full(len(crew), "member")
    return labels(
        len(crew), account=crew.number, label=COORDINATED, campaign=campaign.name, archetype=campaign.archetype,
        role=pl.Series(roles, dtype=pl.String), group="",
    )  # fmt: skip


def _births(channel: Channel, things: float, margin: float = 1.0) -> np.ndarray:
    zone = float(channel.crew.zone[0])
    return births(max(3, round(things)), channel.scene.days, zone, channel.draw, margin)


def _tight(channel: Channel, pushes: int) -> Pushes:
    """Most members on each thing within 40 seconds."""
    size = len(channel.crew)
    return crowd(size, _births(channel, pushes / (0.8 * size)), 0.8, 40.0, channel.draw)


def _rotating(channel: Channel, pushes: int) -> Pushes:
    return rotating(len(channel.crew), _births(channel, pushes / 4), channel.draw)


ARCHETYPES: Mapping[str, Archetype] = MappingProxyType({"tight": _tight, "rotating": _rotating})
