"""The level of a run in words: how much evidence a group needs, and what replays without coordination say of that."""

from collections.abc import Mapping
from typing import Any

NARROW = "\u202f"  # narrow no-break space between a number and its unit


def level_sentences(calibration: Mapping[str, Any]) -> list[str]:
    """What replay says of the clusters, then the level itself; plain text. [] for a run that tells nothing of it.

    Takes the calibration of a run record: replays, empirical_fdr and the levels of review and alert.
    """
    found = calibration.get("empirical_fdr")
    if not isinstance(found, Mapping) or not {"review", "alert"} <= set(found):
        return []
    return [_replayed(calibration.get("replays") or 0, found), *_level(calibration)]


def _replayed(replays: int, found: Mapping[str, Any]) -> str:
    if not replays:
        return "This data was not replayed without coordination, so how much chance alone would bring was not counted."
    times = "1 replay" if replays == 1 else f"{replays:,} replays"
    return (
        f"In {times} of this data without coordination, clusters held {_percent(found['review'])} as many accounts as "
        f"were flagged here; at the level for alerts {_percent(found['alert'])}."
    )


def _level(calibration: Mapping[str, Any]) -> list[str]:
    review, alert = calibration.get("review_level"), calibration.get("alert_level")
    if not isinstance(review, int | float) or not isinstance(alert, int | float):
        return []
    lenses = calibration.get("lenses")
    ways = f" and the {lenses:,} ways of looking for it" if isinstance(lenses, int) and lenses > 1 else ""
    return [
        f"A group stands for review from {review:.1f} powers of ten against chance and may alert from {alert:.1f}, after "
        f"what is due to the number of groups that were possible{ways}."
    ]


def _percent(share: float) -> str:
    percent = 100 * share
    shown = f"{percent:.0f}" if percent == round(percent) or percent >= 10 else f"{percent:.1f}"
    return f"under 0.1{NARROW}%" if 0 < percent < 0.1 else f"{shown}{NARROW}%"
