"""Schedules: which member of an operation acts on which of its things, and when. What the acts look like is `pushing`."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from detectors.worlds.drafts import F64, I64, Flags
from detectors.worlds.rhythm import DAY, SECOND, START, awake


@dataclass(frozen=True, slots=True)
class Pushes:
    """Member `member[i]` acts on thing `thing[i]` at `at[i]`; `born` per thing is when the thing appears."""

    member: I64
    thing: I64
    at: I64
    born: I64

    def only(self, wanted: Callable[[I64, I64], Flags]) -> "Pushes":
        """The pushes for which `wanted(member, thing)` holds."""
        kept = wanted(self.member, self.thing)
        return Pushes(self.member[kept], self.thing[kept], self.at[kept], self.born)


def crowd(size: int, born: I64, joining: float, spread_seconds: float, draw: np.random.Generator) -> Pushes:
    """Of each thing a random share `joining` of all members, each within `spread_seconds` of its birth; at least two."""
    takes = draw.random((born.size, size)) < joining
    for row in np.flatnonzero(takes.sum(axis=1) < 2):
        takes[row, draw.choice(size, 2, replace=False)] = True
    thing, member = np.nonzero(takes)
    at = born[thing] + (draw.random(thing.size) * spread_seconds * SECOND).astype(np.int64)
    return Pushes(member, thing, at, born)


def rotating(
    size: int, born: I64, draw: np.random.Generator, spread_seconds: float = 55.0, low: int = 2, high: int = 6
) -> Pushes:
    """`low` to `high` of the pool push each thing inside `spread_seconds`; no two members ever meet twice.

    The pattern of the gop2015 campaign (DETECTORS 9): only 8 % of its accounts share 3 things with any one partner.
    A thing whose members would meet again is given to fewer members, down to two, or dropped.
    """
    met = np.eye(size, dtype=np.bool_)
    members: list[I64] = []
    for wanted in draw.integers(low, high + 1, born.size):
        chosen: list[int] = []
        for candidate in draw.permutation(size)[: 12 * int(wanted)].tolist():
            if not met[candidate, chosen].any():
                chosen.append(candidate)
            if len(chosen) == wanted:
                break
        if len(chosen) < 2:
            chosen = []
        met[np.ix_(chosen, chosen)] = True
        members.append(np.array(chosen, np.int64))
    thing = np.repeat(np.arange(born.size), [len(one) for one in members])
    member = np.concatenate(members) if members else np.empty(0, np.int64)
    at = born[thing] + (draw.random(thing.size) * spread_seconds * SECOND).astype(np.int64)
    return Pushes(member, thing, at, born)


def drip(size: int, born: I64, joining: float, days: float, draw: np.random.Generator) -> Pushes:
    """Of each thing a share `joining` of the members, spread evenly over `days`: slower than any window of minutes."""
    return crowd(size, born, joining, days * DAY / SECOND, draw)


def after(pushes: Pushes, waited: I64) -> Pushes:
    """The same pushes, each moved later by `waited`."""
    return Pushes(pushes.member, pushes.thing, pushes.at + waited, pushes.born)


def births(count: int, days: float, zone: float, draw: np.random.Generator, margin: float = 1.0) -> I64:
    """Moments in the operators' working hours, from the first hours to `margin` days before the end."""
    at = START + (draw.uniform(0.1, max(days - margin, 0.2), count) * DAY).astype(np.int64)
    zones: F64 = np.full(count, zone)
    return awake(at, zones, draw)
