"""Look-alikes: every group that must not be flagged, cast once per district (large kinds several times)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from detectors.worlds.admirers import Following, admired, alerts_on, closed_circle, staff
from detectors.worlds.campaigns import Made
from detectors.worlds.casting import Casting, group_labels
from detectors.worlds.copiers import app_posts, news_wires, petition, rss_feeds, share_buttons
from detectors.worlds.drafts import first_number
from detectors.worlds.gatherings import activists, broadcast, conference
from detectors.worlds.households import families, office
from detectors.worlds.people import NAMESPACES
from detectors.worlds.scene import FanBlock, Scene
from detectors.worlds.seeds import chance
from detectors.worlds.side_actions import infrastructure

Group = Callable[[Scene, Casting, int, np.random.Generator], Made]

# How many of a kind a district gets per 10,000 people, one at least. Larger numbers where groups are small.
GROUPS: Mapping[str, tuple[Group, float]] = MappingProxyType(
    {
        "news_wires": (news_wires, 0.4),
        "rss_feeds": (rss_feeds, 0.4),
        "share_buttons": (share_buttons, 0.4),
        "petition": (petition, 0.4),
        "app_posts": (app_posts, 0.2),
        "activists": (activists, 0.4),
        "conference": (conference, 0.4),
        "broadcast": (broadcast, 0.2),
        "families": (families, 0.2),
        "office": (office, 0.6),
    }
)
FOLLOWINGS: Mapping[str, tuple[Callable[[np.random.Generator], Following], float]] = MappingProxyType(
    {"alerts_on": (alerts_on, 3.0), "closed_circle": (closed_circle, 0.8), "staff": (staff, 0.8)}
)
_MOST = 60  # of a kind per district
_LAST_SLOT = NAMESPACES - 3  # the two above are the news


def look_alikes(scene: Scene, seed: int, district: int) -> tuple[list[Made], Scene]:
    """All groups, and the scene with the blocks of fans in it."""
    cast, made, blocks, slot = Casting.of(scene.people), [], [], _LAST_SLOT
    for name, (following, share) in FOLLOWINGS.items():
        for number in range(_count(share, scene)):
            draw = chance(seed, "look_alikes", district, name, number)
            group, block = admired(following(draw), scene, cast, _first(district, slot), draw)
            made.append(group)
            blocks += [block] if name == "alerts_on" else []
            slot -= 1
    for name, (group_of, share) in GROUPS.items():
        for number in range(_count(share, scene)):
            made.append(
                group_of(scene, cast, _first(district, slot), chance(seed, "look_alikes", district, name, number))
            )
            slot -= 1
    made.append(infrastructure(scene, cast, district, chance(seed, "infrastructure", district)))
    made.append(_small_language(scene, cast))
    return made, replace(scene, fan_blocks=_of_some_size(blocks))


def _count(share: float, scene: Scene) -> int:
    return min(_MOST, max(1, round(share * len(scene.people) / 10_000)))


def _first(district: int, slot: int) -> int:
    return first_number(district * NAMESPACES + slot)


def _of_some_size(blocks: list[FanBlock]) -> tuple[FanBlock, ...]:
    return tuple(block for block in blocks if block.post.size)


def _small_language(scene: Scene, cast: Casting) -> Made:
    """Everybody of the one interest of the smallest language who is in no other group: they all know one another."""
    people = scene.people
    speakers = np.flatnonzero((people.interest == people.interests - 1) & cast.free)
    cast.free[speakers] = False
    return Made(labels=group_labels(people, speakers, "small_language"))
