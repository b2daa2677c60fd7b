"""What a guard says about one cluster, and how the share of the evidence that it explains is put into words."""

from dataclasses import dataclass

import polars as pl

# Shares of the evidence from which an explanation reaches further. Conventions of this page, not measurements: a half and
# four fifths are the usual 'most of it' and 'nearly all of it' (DETECTORS 4 caps fan circles at 80 %).
LITTLE, PART, OPEN = 0.2, 0.5, 0.8
# The most that is left of the risk where an explanation is settled: all of the evidence, on facts that cost something to
# fake. A convention: below every cap of DETECTORS 4 (.3, .4), so that these clusters are read last.
SETTLED = 0.1
FOLLOWING = 30  # accounts outside from which a source has a following of its own (n_min of DETECTORS 2.4)

RULED_OUT, EXPLAINS_LITTLE, EXPLAINS_PART, STILL_OPEN = VERDICTS = (
    "ruled out",
    "explains little",
    "explains part",
    "open",
)


@dataclass(frozen=True, slots=True)
class Found:
    """One explanation tried.

    `covers`: it was tested, and explains nearly all of the evidence: the risk is capped at `cap`. `tag` names the group
    where the rule fires, "" otherwise. Both follow from the declared table (detectors.guards.GUARDS). A cap of SETTLED:
    nothing is left to hold against the members, who are not flagged.
    """

    name: str
    verdict: str  # one of VERDICTS
    sentence: str
    covers: bool = False
    tag: str = ""
    cap: float = 1.0


@dataclass(frozen=True, slots=True)
class Told:
    """What a rule hands back: `fires` gives the tag, `covers` the cap; a rule that covers also fires.

    `settles` lowers the cap of a rule that covers to SETTLED.
    """

    verdict: str
    sentence: str
    covers: bool = False
    fires: bool = False
    settles: bool = False


def settled(guards: pl.DataFrame) -> pl.DataFrame:
    """The rows of GUARD frames that settle a cluster."""
    return guards.filter(pl.col("cap") <= SETTLED)


def verdict_of(share: float) -> str:
    """How much of the evidence an explanation covers, in words."""
    if share < LITTLE:
        return RULED_OUT
    if share < PART:
        return EXPLAINS_LITTLE
    return EXPLAINS_PART if share < OPEN else STILL_OPEN
