"""Presets: which campaigns a world holds. Sizes, camouflage and channels are drawn per campaign, seeded."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from scipy import stats

from detectors.worlds.campaigns import Campaign
from graph.errors import BadSetting

PREVALENCE = (
    0.015  # of the accounts take part in operations: the mixes have 1.9 % to 7.8 %, DATA.md asks for .01 % to 1 %
)
CAMOUFLAGE = (0.0, 0.3, 0.6, 0.9)  # DETECTORS 5
_TIMED = ("share", "url", "text", "tags", "reply", "media")


@dataclass(frozen=True, slots=True)
class Kind:
    """What campaigns of an archetype look like: sizes log-uniform from low to high, spreads as IRA's within their range."""

    low: int
    high: int
    spread_seconds: tuple[float, float]
    channels: tuple[str, ...]
    mixed: int = 2  # channels per campaign
    audience: float = 0.0  # ordinary accounts per push
    pushes_per_member: int = 12


# IRA co-retweets run from first to last account in 7 min (p25), 32 min (median), 109 min (p75) (DATA.md): log-normal, with
# sigma = ln(109 / 7) / 1.349. Rotating pools push within one minute (DETECTORS 9). Sizes: 5 to 500 (DATA.md).
SPREAD_MEDIAN, SPREAD_SIGMA = 1_920.0, 2.03
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "tight": Kind(8, 300, (8, 6_500), _TIMED, audience=0.2),
        "rotating": Kind(24, 500, (20, 58), ("share", "text", "url"), audience=0.1),
        "slow": Kind(12, 300, (0, 0), ("share", "url"), pushes_per_member=14),
        "amplifier": Kind(10, 150, (60, 3_600), ("boost",)),
        "tiny": Kind(5, 6, (10, 1_900), _TIMED),
        "paraphrase": Kind(8, 150, (120, 3_600), ("url",), audience=0.2),
        "infrastructure": Kind(5, 200, (0, 0), ("url",)),
        "lockstep": Kind(12, 500, (60, 900), ("url",), pushes_per_member=15),
        "clique": Kind(220, 500, (300, 6_500), ("share", "url"), audience=0.3, pushes_per_member=8),
        "template": Kind(12, 200, (60, 6_500), ("text",), audience=1.0),
        "fanblock": Kind(10, 60, (20, 600), ("idol",)),
        "cells": Kind(18, 200, (20, 900), ("share", "url")),
    }
)
TAKEOVERS = ("takeover", "sessions")  # accounts in other hands: with posts, and with sessions alone
PRESETS = ("organic", "mixed", *KINDS, "security", "mutation", *TAKEOVERS)
ATTACKS = ("none", "padding", "jitter_10min", "jitter_2h", "five_cells", "framing")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is fixed for all campaigns of a world, to sweep one thing at a time; None leaves it to the draw."""

    size: int | None = None
    camouflage: float | None = None
    prevalence: float | None = None


def campaigns_of(
    preset: str, accounts: int, draw: np.random.Generator, prefix: str = "", wanted: Wanted | None = None
) -> tuple[Campaign, ...]:
    """The campaigns of a preset in a district of `accounts` ordinary accounts: PREVALENCE of them, one per archetype at least.

    Sizes are log-uniform. Raises BadSetting for an unknown preset.
    """
    wanted = wanted or Wanted()
    if preset in ("organic", "security", "mutation"):
        return ()
    if preset != "mixed" and preset not in KINDS:
        raise BadSetting(f"--preset {preset!r} is not known.", f"Choose one of {', '.join(PRESETS)}.")
    budget = int(accounts * (wanted.prevalence or PREVALENCE))
    # Mixed: an archetype whose smallest campaign is more than a quarter of all coordinated accounts is left out.
    kinds = [name for name, kind in KINDS.items() if 4 * kind.low <= budget] if preset == "mixed" else [preset]
    kinds = kinds or ["tiny"]
    fair = 2 * budget // max(2, len(kinds))
    campaigns: list[Campaign] = []
    while budget > 0 or len(campaigns) < len(kinds):
        archetype = kinds[len(campaigns) % len(kinds)]
        kind = KINDS[archetype]
        size = round(_log_uniform(kind.low, max(kind.low, min(kind.high, fair)), draw))
        made = _campaign(
            f"{prefix}{archetype}{len(campaigns)}", archetype, wanted.size or size, wanted.camouflage, draw
        )
        campaigns.append(_sharing_targets(made, campaigns, draw))
        budget -= made.size
    return tuple(campaigns)


def _log_uniform(low: float, high: float, draw: np.random.Generator) -> float:
    return float(np.exp(draw.uniform(np.log(max(low, 1)), np.log(max(high, 1)))))


def _spread(low: float, high: float, draw: np.random.Generator) -> float:
    """Seconds from first to last, log-normal with IRA's quartiles, cut to low .. high; 0 where that is 0."""
    if not high:
        return 0.0
    law = stats.norm(np.log(SPREAD_MEDIAN), SPREAD_SIGMA)
    place = draw.uniform(law.cdf(np.log(low)), law.cdf(np.log(high)))
    return round(float(np.exp(law.ppf(place))), 1)


def _campaign(name: str, archetype: str, size: int, camouflage: float | None, draw: np.random.Generator) -> Campaign:
    kind = KINDS[archetype]
    channels = draw.choice(kind.channels, min(kind.mixed, len(kind.channels)), replace=False)
    drawn = float(draw.choice(CAMOUFLAGE))
    camouflage = drawn if camouflage is None else camouflage
    return Campaign(
        name=name,
        archetype=archetype,
        size=size,
        camouflage=camouflage,
        channels=tuple(sorted(map(str, channels))),
        # The busier a member is at looking ordinary, the less it pushes: half at full camouflage.
        pushes_per_member=round(kind.pushes_per_member * (1 - camouflage / 2)),
        audience=kind.audience,
        spread_seconds=_spread(*kind.spread_seconds, draw),
    )


def _sharing_targets(made: Campaign, before: list[Campaign], draw: np.random.Generator) -> Campaign:
    """Three in ten of the campaigns that push links push some of another's links too (DATA.md: sharing targets)."""
    others = [one.name for one in before if "url" in one.channels]
    if "url" in made.channels and others and draw.random() < 0.3:
        return replace(made, targets_of=str(draw.choice(others)))
    return made
