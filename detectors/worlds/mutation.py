"""Mutation: one operation over two periods that changes what it does, and a steady one beside it that does not."""

from typing import Any

from detectors.worlds.campaigns import Campaign, Made, crew_of
from detectors.worlds.drafts import first_number
from detectors.worlds.operations import run_campaign
from detectors.worlds.scene import Scene
from detectors.worlds.seeds import chance

PERIODS = ("before", "after")

# DETECTORS 6: "moved from reshare to reply; lag 30 s -> 8 min; new domains; -40 % exact text". The members act evenly
# within the spread, so that half of them have acted after half of it: the lag.
MUTATING = {
    "before": Campaign(
        "mutating", "tight", 40, 0.3, ("share", "text", "url"), spread_seconds=60.0, exact=0.9, era="before"
    ),
    "after": Campaign(
        "mutating", "tight", 40, 0.3, ("reply", "text", "url"), spread_seconds=960.0, exact=0.5, era="after"
    ),
}
STEADY = Campaign("steady", "tight", 30, 0.3, ("share", "url"), spread_seconds=60.0)
CHANGES = {
    "mutating": ["share -> reply", "lag 30 s -> 8 min", "new domains", "exact copies .9 -> .5 of the copied texts"],
    "steady": [],
}


def mutation_pair(period: int, scene: Scene, seed: int, home: int) -> tuple[list[Made], list[dict[str, Any]]]:
    """Both operations in one period (0 or 1), by the same accounts in both; `home` is the period's first namespace."""
    made, told = [], []
    for slot, campaign in enumerate((MUTATING[PERIODS[period]], STEADY), start=1):
        crew = crew_of(scene, campaign.size, first_number(slot), chance(seed, "crew", campaign.name))
        draw = chance(seed, "campaign", period, campaign.name)
        made.append(run_campaign(campaign, crew, scene, first_number(home + slot), draw))
        told.append(campaign.told())
    return made, told
