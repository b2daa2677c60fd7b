"""Operations: the archetypes by name, each a schedule and a way to be seen, on the scene of ordinary accounts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import polars as pl

from detectors.worlds.campaigns import COORDINATED, Campaign, Crew, Made
from detectors.worlds.drafts import ACT_SCHEMA, DRAFT_SCHEMA, I64, labels, numbered, together
from detectors.worlds.pushing import Channel, audience, camouflage, pushed, seeders
from detectors.worlds.rhythm import DAY, START
from detectors.worlds.scene import Scene
from detectors.worlds.schedules import Pushes, births, crowd, drip, rotating
from detectors.worlds.seams import followed_together, same_addresses, same_business, told_apart


@dataclass(frozen=True, slots=True)
class Done:
    """What the members do for the operation: posts (not numbered) and side actions."""

    posts: pl.DataFrame
    acts: pl.DataFrame


QUIET_POSTS = 6  # posts per member of an operation that shows beside its posts only, or has no camouflage

Archetype = Callable[[Channel], Done]


def run_campaign(campaign: Campaign, crew: Crew, scene: Scene, first: int, draw: np.random.Generator) -> Made:
    """The posts (numbered from `first` on), side actions and labels of one campaign."""
    channel = Channel(campaign, crew, scene, draw)
    if campaign.archetype in RARE_CLIENT:
        tool = pl.repeat(f"tool{campaign.code % 97}", len(crew), dtype=pl.String, eager=True)
        channel = replace(channel, crew=replace(crew, client=tool))
    done = ARCHETYPES[campaign.archetype](channel)
    # What would fall behind the end of the world wins nobody.
    won = audience(channel, done.posts).filter(pl.col("at") < START + int(scene.days * DAY))
    rows = pl.concat([done.posts, camouflage(channel, _disguise(channel, done)), won])
    return Made(numbered(rows, first), done.acts, crew_labels(campaign, crew), crew, won["account"].unique().to_numpy())


def _disguise(channel: Channel, done: Done) -> int:
    """How many posts make the campaign's share of camouflage; who posts nothing for the operation posts as anybody does."""
    share = channel.campaign.camouflage
    return round(done.posts.height * share / (1 - share)) or QUIET_POSTS * len(channel.crew)


def crew_labels(campaign: Campaign, crew: Crew) -> pl.DataFrame:
    seeds = (np.arange(len(crew)) < seeders(len(crew))) & ("share" in campaign.channels)
    return labels(
        len(crew), account=crew.number, label=COORDINATED, campaign=campaign.name, archetype=campaign.archetype,
        role=pl.Series(np.where(seeds, "seeder", "member").tolist(), dtype=pl.String), group="",
    )  # fmt: skip


def _posts(channel: Channel, pushes: Pushes) -> Done:
    return Done(pushed(channel, pushes), together([], ACT_SCHEMA))


def _born(channel: Channel, per_thing: float, margin: float = 1.0) -> I64:
    """Births of as many things as give each member its pushes when `per_thing` members push one."""
    campaign = channel.campaign
    count = max(4, round(campaign.size * campaign.pushes_per_member / per_thing))
    return births(count, channel.scene.days, float(channel.crew.zone[0]), channel.draw, margin)


def _crowd(channel: Channel, joining: float) -> Pushes:
    size = channel.campaign.size
    return crowd(size, _born(channel, joining * size), joining, channel.campaign.spread_seconds, channel.draw)


def _tight(channel: Channel) -> Done:
    """Three quarters of the members on each thing."""
    return _posts(channel, _crowd(channel, 0.75))


def _rotating(channel: Channel) -> Done:
    """2 to 6 of the pool on each thing, within a minute, no two members twice together."""
    pushes = rotating(channel.campaign.size, _born(channel, 4), channel.draw, channel.campaign.spread_seconds)
    return _posts(channel, pushes)


def _slow(channel: Channel) -> Done:
    """A third of the members on each thing of one niche, over three days: slower than any window of hours."""
    size = channel.campaign.size
    return _posts(channel, drip(size, _born(channel, 0.35 * size, margin=4.0), 0.35, 3.0, channel.draw))


def _amplifier(channel: Channel) -> Done:
    """Half of the members on each post of ordinary, little known authors, within ten minutes of one another."""
    return _posts(channel, _crowd(channel, 0.5))


def _tiny(channel: Channel) -> Done:
    """Five or six accounts, nearly all on each thing."""
    return _posts(channel, _crowd(channel, 0.9))


def _paraphrase(channel: Channel) -> Done:
    """No text twice: the same links within 20 minutes, one posting tool, and a few addresses for all."""
    done = _posts(channel, _crowd(channel, 0.6))
    return replace(done, acts=same_addresses(channel))


def _infrastructure(channel: Channel) -> Done:
    """Nothing is pushed: addresses, devices, payment and landing pages in common are all there is."""
    return Done(together([], DRAFT_SCHEMA), pl.concat([same_addresses(channel), same_business(channel)]))


def _lockstep(channel: Channel) -> Done:
    """Members follow the same accounts and like the same posts within minutes."""
    return Done(together([], DRAFT_SCHEMA), followed_together(channel, _crowd(channel, 0.8)))


def _clique(channel: Channel) -> Done:
    """Hundreds of members, nearly all on each thing: above any cap on the sharers of one object."""
    return _posts(channel, _crowd(channel, 0.9))


def _template(channel: Channel) -> Done:
    """One text per thing, hidden by noise, which ordinary people then copy in good faith."""
    return _posts(channel, _crowd(channel, 0.5))


def _fanblock(channel: Channel) -> Done:
    """Shares of one admired author, as its fans share it, but all at one moment of the operation's choice."""
    return _posts(channel, _crowd(channel, 0.6))


def _cells(channel: Channel) -> Done:
    """Cells of about six that never meet on a thing; one tool, a few addresses and a list of texts are shared by all."""
    cells = max(2, channel.campaign.size // 6)
    # A crowd of all on every thing, of which each thing keeps one cell: six or so members.
    pushes = crowd(channel.campaign.size, _born(channel, 4.8), 0.8, channel.campaign.spread_seconds, channel.draw).only(
        lambda member, thing: member % cells == thing % cells
    )
    done = _posts(channel, pushes)
    return Done(pl.concat([done.posts, told_apart(channel)]), same_addresses(channel))


ARCHETYPES: Mapping[str, Archetype] = MappingProxyType(
    {
        "tight": _tight,
        "rotating": _rotating,
        "slow": _slow,
        "amplifier": _amplifier,
        "tiny": _tiny,
        "paraphrase": _paraphrase,
        "infrastructure": _infrastructure,
        "lockstep": _lockstep,
        "clique": _clique,
        "template": _template,
        "fanblock": _fanblock,
        "cells": _cells,
    }
)
RARE_CLIENT = frozenset({"paraphrase", "cells"})  # post with a tool that hardly anybody else uses
