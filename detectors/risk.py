"""From signals to risk, confidence and tier: families of evidence in a noisy-or, until labels allow a calibrated model."""

import math
from collections.abc import Iterable, Mapping

from graph.beyond_chance import LEVEL

# How much a family alone can say (DETECTORS 2.5); which family a trace speaks for stands in its declaration.
WEIGHT: Mapping[str, float] = {
    "overlap": 0.35,
    "synchrony": 0.5,
    "text": 0.5,
    "infrastructure": 0.7,
    "lockstep": 0.4,
    "automation": 0.25,
    # Failed log-ins before a takeover, resets after it. A convention: as much as copied text; a breach notice brings resets, too.
    "access": 0.5,
}
ALONE = 0.6  # the most that one family can reach
FULL_STRENGTH = 20.0  # -log10 p at which a family says all it can (DETECTORS 2.5)
SAYS_SOMETHING = (
    -math.log10(LEVEL) / FULL_STRENGTH
)  # strength from which a family counts: p <= .01, the level of the links


def strength(surprise: float) -> float:
    """s = min(1, -log10 p / 20), in 0..1; nothing for p above the level, where a sign is what chance brings."""
    said = min(1.0, surprise / FULL_STRENGTH)
    return said if said >= SAYS_SOMETHING else 0.0


def risk(strengths: Mapping[str, float]) -> float:
    """1 - prod(1 - weight x strength) over families; one family alone stays at or below .6."""
    left = 1.0
    for family in sorted(strengths):
        left *= 1 - WEIGHT[family] * strengths[family]
    return min(1 - left, ALONE) if families(strengths) < 2 else 1 - left


def families(strengths: Mapping[str, float]) -> int:
    """Families that say something."""
    return sum(value >= SAYS_SOMETHING for value in strengths.values())


def confidence(objects: int, episodes: int) -> float:
    """How much evidence the risk stands on, in 0..1: 6 objects give half, one single occasion halves it.

    A saturating count, not a probability: more objects and more occasions (6-hour spans) raise it, nothing else does.
    """
    return (1 - 2 ** (-objects / 6)) * (1 - 2.0 ** -max(episodes, 0))


def capped(value: float, caps: Iterable[float]) -> float:
    """The risk under the caps of the guards that cover the evidence (detectors.guards). Tagged and capped, never deleted."""
    return min([value, *caps])


def calibrated(probability: float, many: int, caps: Iterable[float]) -> float:
    """The risk by a fitted model under the same rules: one family stays at or below .6, explanations cap it."""
    return capped(min(probability, ALONE) if many < 2 else probability, caps)


def tier(strengths: Mapping[str, float], value: float, line: float, *, enough: bool = False) -> str:
    """'alert' needs two families and a risk `value` over the line, or company that is `enough`; all others are for review.

    DETECTORS 9.7: the pool core with guards alerts by itself, because its level was set on this data by replay; other
    evidence needs two independent signs.
    """
    return tier_of(families(strengths), value, line, enough=enough)


def tier_of(many: int, value: float, line: float, *, enough: bool = False) -> str:
    """The same from the number of families that say something."""
    return "alert" if enough or (many >= 2 and value >= line) else "review"
