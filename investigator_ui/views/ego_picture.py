"""The picture around one account: rings by hops, everyone near whom they interact with; the same for everybody, each time."""

import math
from collections import defaultdict
from collections.abc import Mapping

import numpy as np
import polars as pl

from graph.answers import Neighbour, Neighbourhood
from graph.foreign_text import show_text
from graph.schemas import FrameSchema
from investigator_ui.views.member_table import NOT_PROTECTED
from investigator_ui.views.names import distinct_names
from investigator_ui.views.network_picture import Picture
from investigator_ui.views.wording import count, plural

RINGS = ("centre", "1 hop", "2 hops")
_RADIUS = (0.0, 0.5, 1.0)
_NAMED = 8  # the strongest neighbours carry their name in the picture
_LONGEST = 24  # signs beside a dot
_MOST_LINKS = 2_000  # what the contract gives at most by default


def names_near(near: Neighbourhood) -> Mapping[str, str]:
    """Shown names of all accounts of the answer."""
    return distinct_names(
        [one.account.account_id for one in near.accounts],
        {one.account.account_id: one.account.handle for one in near.accounts},
    )


def ego_picture(near: Neighbourhood, names: Mapping[str, str]) -> Picture:
    """Rows for charts.rings: who is drawn where, the ties between them, and the line that stands with the picture."""
    places = ring_places(near)
    ties = _ties(near)
    per_ring = [sum(1 for one in near.accounts if one.hops == hops) for hops in (1, 2)]
    line = f"{plural(per_ring[0], 'account')} at 1 hop"
    line += f" · {count(per_ring[1])} at 2 hops" if per_ring[1] else ""
    line += f" · {plural(len(ties), 'tie')} among them"
    ringed = sum(1 for one in near.accounts if _protected(one))
    line += f" · {count(ringed)} protected, ringed" if ringed else ""
    return Picture(_nodes(near, places, names, ties), _links(places, names, ties), line, "")


def ring_places(near: Neighbourhood) -> Mapping[str, tuple[float, float]]:
    """account_id -> (x, y) within -1..1: the centre in the middle, each ring a circle, in the order of their ties.

    The first ring goes round by strength; those of the second stand at the mean angle of whom they interact with, spread
    evenly in that order so that no two lie on one another.
    """
    first = [one.account.account_id for one in near.accounts if one.hops == 1]
    second = [one.account.account_id for one in near.accounts if one.hops == 2]
    angles = dict(zip(first, _spread(len(first)), strict=True))
    beside: defaultdict[str, list[float]] = defaultdict(list)
    for tie in near.interactions:
        for one, other in ((tie.source, tie.target), (tie.target, tie.source)):
            if other in angles:
                beside[one].append(angles[other])
    second.sort(key=lambda id_: (_mean_angle(beside[id_]), id_))
    places = {near.centre: (0.0, 0.0)}
    for radius, ids in ((_RADIUS[1], first), (_RADIUS[2], second)):
        places |= {
            id_: (radius * math.cos(angle), radius * math.sin(angle))
            for id_, angle in zip(ids, _spread(len(ids)), strict=True)
        }
    return places


def _spread(number: int) -> list[float]:
    return list(np.linspace(0.0, 2 * np.pi, number, endpoint=False))


def _mean_angle(angles: list[float]) -> float:
    """The direction of the sum of unit vectors, 0 up to a whole turn."""
    turned = math.atan2(sum(map(math.sin, angles)), sum(map(math.cos, angles))) if angles else 0.0
    return round(turned % (2 * math.pi), 9)


def _ties(near: Neighbourhood) -> dict[tuple[str, str], list[str]]:
    """(one, other) in order of ids -> what passed between them, as the answer orders it."""
    said: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for tie in near.interactions[:_MOST_LINKS]:
        said[min(tie.source, tie.target), max(tie.source, tie.target)].append(f"{count(tie.n)} × {tie.kind}")
    return dict(said)


def _nodes(
    near: Neighbourhood,
    places: Mapping[str, tuple[float, float]],
    names: Mapping[str, str],
    ties: Mapping[tuple[str, str], list[str]],
) -> pl.DataFrame:
    links: defaultdict[str, int] = defaultdict(int)
    for pair in ties:
        for side in pair:
            links[side] += 1
    middle = sum(one.strength for one in near.accounts if one.hops == 1)
    rows = [
        {
            "account": names[one.account.account_id],
            "ring": RINGS[one.hops],
            "ties": links[one.account.account_id],
            "strength": one.strength if one.hops else middle,
            "x": places[one.account.account_id][0],
            "y": places[one.account.account_id][1],
            "protected": _protected(one),
            "name": _label(names[one.account.account_id]) if number <= _NAMED else "",
        }
        for number, one in enumerate(near.accounts)
    ]
    return pl.DataFrame(rows, schema=NODES)


def _links(
    places: Mapping[str, tuple[float, float]],
    names: Mapping[str, str],
    ties: Mapping[tuple[str, str], list[str]],
) -> pl.DataFrame:
    rows = [
        (*places[one], *places[other], len(what), show_text(f"{names[one]} and {names[other]}: {', '.join(what)}", 200))
        for (one, other), what in ties.items()
    ]
    return pl.DataFrame(rows, schema=LINKS, orient="row")


def _protected(one: Neighbour) -> bool:
    return (one.account.protection_tier or "").lower() not in NOT_PROTECTED


def _label(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


NODES: FrameSchema = {
    "account": pl.String,
    "ring": pl.String,
    "ties": pl.Int64,
    "strength": pl.Int64,
    "x": pl.Float64,
    "y": pl.Float64,
    "protected": pl.Boolean,
    "name": pl.String,
}
LINKS: FrameSchema = {
    "x": pl.Float64,
    "y": pl.Float64,
    "x2": pl.Float64,
    "y2": pl.Float64,
    "times": pl.Int64,
    "what": pl.String,
}
