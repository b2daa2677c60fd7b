"""Presets: which campaigns a world holds. Sizes, camouflage and channels are drawn per campaign, seeded."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from detectors.worlds.campaigns import Campaign
from graph.errors import BadSetting

PREVALENCE = 0.025  # of the accounts take part in operations: the mixes have 1.9 % to 7.8 %, DATA.md asks for less
CAMOUFLAGE = (0.0, 0.3, 0.6, 0.9)  # DETECTORS 5
_TIMED = ("share", "url", "text", "tags", "reply", "media")


@dataclass(frozen=True, slots=True)
class Kind:
    """What campaigns of an archetype look like: smallest and largest size, the channels to draw two from, and an audience."""

    low: int
    high: int
    channels: tuple[str, ...]
    mixed: int = 2  # channels per campaign
    audience: float = 0.0
    pushes_per_member: int = 12


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "tight": Kind(8, 300, _TIMED),
        "rotating": Kind(40, 500, ("share", "text", "url")),
    }
)
PRESETS = ("organic", "mixed", *KINDS, "security")
ATTACKS = ("none", "padding", "jitter_10min", "jitter_2h", "five_cells", "framing")


def campaigns_of(preset: str, accounts: int, draw: np.random.Generator, prefix: str = "") -> tuple[Campaign, ...]:
    """The campaigns of a preset in a district of `accounts` ordinary accounts: PREVALENCE of them, one per archetype at least.

    Sizes are log-uniform. Raises BadSetting for an unknown preset.
    """
    if preset in ("organic", "security", "mutation"):
        return ()
    if preset != "mixed" and preset not in KINDS:
        raise BadSetting(f"--preset {preset!r} is not known.", f"Choose one of {', '.join(PRESETS)}.")
    kinds = list(KINDS) if preset == "mixed" else [preset]
    budget = int(accounts * PREVALENCE)
    campaigns: list[Campaign] = []
    while budget > 0 or len(campaigns) < len(kinds):
        archetype = kinds[len(campaigns) % len(kinds)]
        kind = KINDS[archetype]
        most = max(kind.low, min(kind.high, 2 * int(accounts * PREVALENCE) // max(2, len(kinds))))
        size = round(float(np.exp(draw.uniform(np.log(kind.low), np.log(most)))))
        campaigns.append(_campaign(f"{prefix}{archetype}{len(campaigns)}", archetype, size, draw))
        budget -= size
    return tuple(campaigns)


def _campaign(name: str, archetype: str, size: int, draw: np.random.Generator) -> Campaign:
    kind = KINDS[archetype]
    channels = draw.choice(kind.channels, min(kind.mixed, len(kind.channels)), replace=False)
    return Campaign(
        name=name,
        archetype=archetype,
        size=size,
        camouflage=float(draw.choice(CAMOUFLAGE)),
        channels=tuple(sorted(map(str, channels))),
        pushes_per_member=kind.pushes_per_member,
        audience=kind.audience,
    )
