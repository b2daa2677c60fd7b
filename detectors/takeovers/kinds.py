"""What a ring is: accounts taken from their owners, bought, handed over, or one owner's all along; or what nobody can tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import betainc

from detectors.takeovers.habits import FEATURES
from detectors.takeovers.pairs import coordinated_pairs
from detectors.takeovers.population import Names, Observed
from detectors.takeovers.rings import Ring
from detectors.takeovers.signs import NONE, Signs

COMPROMISED, FARM, MANAGED, OWNER_RUN, UNDETERMINED = "compromised", "farm", "managed", "owner_run", "undetermined"

# The signs of a victim, their weights and the two cuts: DETECTORS section 3, start weights (not fitted). The base makes an
# account with none of them an unlikely victim and one with three of the strong ones a likely one.
BASE = -1.0
VICTIM, NOT_VICTIM = 0.65, 0.35
# How much more of what the members do must be new after than before, that somebody else is doing it. Where only the access
# changed, agencies and handovers had .8 to 1.1 times as much, rings and farms 2.1 and more (decision 0010).
SOMEBODY_ELSE = 2.0
OVERLAP = 0.1  # of the means and places after the takeover, that were known before: an owner, or somebody of his country or office
# Days without an event before: a bought account stands idle between two owners (16 to 25 in the farms of worlds with seeds 21 to 24), one
# that is handed over is in use to the last day (1 to 3).
IDLE_DAYS = 7
ALL_CHANGED = 2  # of address, phone and second factor: the mass change of a farm (DETECTORS section 3)
SENTENCES: Mapping[str, str] = {
    MANAGED: "Only how they are reached changed, not what they do: they may have been handed over.",
    COMPROMISED: "Their owners are still seen beside the newcomer, or fought for them.",
    OWNER_RUN: "They acted together before anything changed: one owner may have run them all along.",
    FARM: "No owner is seen any more, nobody fought, and all addresses were changed: they may have been sold.",
    UNDETERMINED: "The data do not say whose the accounts are.",
}
# Share of accounts with a failed log-in or a reset in the days around any change of hands: .00 to .11 in agencies and handovers, .25
# and more in rings (worlds with seeds 21 and 22, sessions alone); and the chance at which more than that is no chance.
MISTYPED, CHANCE = 0.1, 0.05
MOST = 0.5  # of the members
# Share of pairs that acted together before: of rings, farms, agencies and handovers at most .33 (one pair of three), mostly .00 to .03
# (worlds with seeds 22 to 24). DETECTORS section 3 asks compromise rings for .2 at most; a pair of friends is more in a ring of three.
TOGETHER_BEFORE = 0.5
LEAST_NEW = 0.02  # of what anybody does is new; keeps the ratio finite for accounts that never do anything new


@dataclass(frozen=True)
class Kind:
    """Of one ring: its type, the share of its members for whom the signs speak, and the sentence that says why."""

    type: str
    victim_index: float  # median of the members
    changed: float  # median ratio of new things after to before
    sentence: str
    pairs_before: float | None  # share of the pairs of members that acted together before, see pairs.py
    pairs_after: float | None


def victim_index(victims: pl.DataFrame) -> pl.Series:
    """Per row of VICTIM_SCHEMA, 0..1: how much speaks for an owner from whom the account was taken."""
    overlap = pl.col("owner_stays").fill_null(0) >= OVERLAP
    signs = (
        BASE
        + 1.0 * (pl.col("age_days") > 365)
        + 1.0 * (pl.col("new_before").fill_null(1.0) < 0.5)
        + 1.5 * overlap
        + 1.5 * (pl.col("fought") >= 1)
        + 1.5 * (pl.col("failed") >= 1)
        + 1.5 * pl.col("recovered_at").is_not_null()
        - 1.0 * ((pl.col("dormant_days") > 90) & ~overlap)
        - 1.5 * ((pl.col("rekeyed") >= ALL_CHANGED) & (pl.col("fought") == 0) & ~overlap)
    )
    return victims.select((1 / (1 + (-signs).exp())).alias("victim_index")).to_series()


def kinds(observed: Observed, names: Names, found: Sequence[Ring], told: Signs, victims: pl.DataFrame) -> list[Kind]:
    """One Kind per ring. `victims`: VICTIM_SCHEMA with `victim_index`; `observed`: of the members at least."""
    kinds = []
    for number, ring in enumerate(found):
        before, after = (coordinated_pairs(observed, names, ring, since) for since in (False, True))
        mine = victims.filter(pl.col("ring") == number)
        type_, middle, changed = _type(names, ring, told, mine, before)
        kinds.append(Kind(type_, middle, changed, SENTENCES[type_], before, after))
    return kinds


def _type(
    names: Names, ring: Ring, told: Signs, victims: pl.DataFrame, before: float | None
) -> tuple[str, float, float]:
    """The type, the median victim index and the median of how many times as much was new."""
    middle, ratio, fights, stays, rekeyed, idle = victims.select(
        pl.col("victim_index").median(),
        ((pl.col("new_after") + LEAST_NEW) / (pl.col("new_before") + LEAST_NEW)).median(),
        ((pl.col("failed") >= 1) | (pl.col("fought") >= 1)).sum(),
        pl.col("owner_stays").fill_null(0).median(),
        pl.col("rekeyed").median(),
        pl.col("dormant_days").median(),
    ).row(0)
    changed = float("nan") if ratio is None else float(ratio)
    if before is not None and before >= TOGETHER_BEFORE:
        return OWNER_RUN, middle, changed
    if (
        _content(names, ring, told) < MOST
        and changed < SOMEBODY_ELSE
        and not _beyond(fights, victims.height)
        and (stays >= OVERLAP or idle < IDLE_DAYS)
    ):
        return MANAGED, middle, changed
    if middle >= VICTIM:
        return COMPROMISED, middle, changed
    sold = middle >= NOT_VICTIM and rekeyed >= ALL_CHANGED and stays < OVERLAP
    return FARM if sold else UNDETERMINED, middle, changed


def _beyond(fights: int, members: int) -> bool:
    """Whether so many had failed log-ins before or fights after, that they were not mistyped passwords."""
    return fights > 0 and float(betainc(fights, members - fights + 1, MISTYPED)) <= CHANCE


def _content(names: Names, ring: Ring, told: Signs) -> float:
    """Share of the members that a sign ties which is of what they do; a site that three of fourteen took up is the talk of the day."""
    access = [code for code, one in enumerate(FEATURES) if one.cause in ("means", "place")]
    other = np.where(told.other[ring.signs] == NONE, told.value[ring.signs], told.other[ring.signs])
    of_access = np.isin(names.feature[told.value[ring.signs]], access) & np.isin(names.feature[other], access)
    parts = [told.members(sign)[0] for sign in ring.signs[~of_access].tolist()]
    return float(np.isin(ring.members, np.concatenate(parts)).mean()) if parts else 0.0
