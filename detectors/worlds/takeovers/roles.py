"""Roles: who is in which group, ring or operation of a district; nobody is in two."""

from dataclasses import dataclass, replace

import numpy as np

from detectors.worlds.drafts import I64
from detectors.worlds.seeds import chance
from detectors.worlds.takeovers.consent import handed_over
from detectors.worlds.takeovers.countries import Networks
from detectors.worlds.takeovers.groups import Scene, cast, rearranged, with_updaters
from detectors.worlds.takeovers.holders import Changes, Holders, changes_of, holders_of
from detectors.worlds.takeovers.operations import Crew, Operation, crew_of, operations_of
from detectors.worlds.takeovers.rings import Ring, Victims, rings_of, silent_since, victims_of


@dataclass(frozen=True, slots=True)
class Asked:
    """What a district is made from."""

    seed: int
    district: int
    count: int
    days: float
    posts: bool
    prevalence: float
    size: int | None
    prefix: str  # of the names of rings

    def stream(self, *subject: str | int) -> np.random.Generator:
        return chance(self.seed, "takeovers", self.district, *subject)

    def scene(self, holders: Holders, networks: Networks, subject: str) -> Scene:
        """Where a group acts, with a stream of its own."""
        return Scene(holders, networks, self.days, self.district, self.stream("deeds", subject))


@dataclass(frozen=True, slots=True)
class Roles:
    """`handed`: when the accounts of the group handover get their new managers."""

    holders: Holders
    changes: Changes
    groups: dict[str, I64]
    handed: I64
    rings: list[tuple[Ring, Victims]]
    operations: list[tuple[Operation, Crew]]


def roles_of(asked: Asked, networks: Networks) -> Roles:
    holders = holders_of(asked.district, asked.count, asked.days, networks, asked.posts, asked.stream("holders"))
    groups = cast(holders, asked.seed, asked.district)
    holders = with_updaters(holders, groups["app_update"])
    changes = changes_of(holders, asked.days, networks, asked.stream("changes"))
    for name, who in groups.items():
        scene = Scene(holders, networks, asked.days, asked.district, asked.stream("group", name))
        changes = rearranged(scene, name, who, changes)
    handed = handed_over(asked.scene(holders, networks, "handing over"), groups["handover"])
    free = np.ones(len(holders), np.bool_)
    free[np.concatenate(list(groups.values()))] = False
    draw = asked.stream("plans")
    rings = []
    for ring in rings_of(len(holders), asked.prevalence, asked.size, asked.posts, asked.prefix, draw):
        own = asked.stream("ring", ring.name)
        victims = victims_of(ring, holders, free, asked.days, own)
        free[victims.who] = False
        if ring.style == "dormant":
            holders = _silenced(holders, victims.who, silent_since(victims, own))
        rings.append((ring, victims))
    operations = []
    for operation in operations_of(len(holders), asked.prevalence / 2, asked.prefix, draw):
        crew = crew_of(operation, holders, free, asked.days, asked.stream("operation", operation.name))
        free[crew.who] = False
        operations.append((operation, crew))
    return Roles(holders, changes, groups, handed, rings, operations)


def _silenced(holders: Holders, who: I64, until: I64) -> Holders:
    """They did all they ever did before they fell silent."""
    silent = holders.until.copy()
    silent[who] = until
    return replace(holders, until=silent)
