"""Casting: ordinary people taken for the groups that must not be flagged, nobody for two of them; and what they post."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.worlds.campaigns import ORGANIC
from detectors.worlds.drafts import I64, POST, Flags, drafts, labels
from detectors.worlds.people import People
from detectors.worlds.words import texts_of

CROWD_OF = 25_000  # as look_alikes.GROUPS gives one group or two of a kind to so many


@dataclass(slots=True)
class Casting:
    """Who of `people` is still free; `take` marks whom it gives away."""

    people: People
    free: Flags

    @classmethod
    def of(cls, people: People) -> "Casting":
        return cls(people, np.ones(len(people), np.bool_))

    def crowd(self, least: int, part: int) -> int:
        """The size of a large group: one in `part` people, counted in districts of up to CROWD_OF; more people, more groups."""
        return max(least, min(len(self.people), CROWD_OF) // part)

    def take(self, count: int, draw: np.random.Generator, interest: int | None = None) -> I64:
        """Up to `count` free people (of one interest), in random order; fewer when no more are free."""
        able = self.free if interest is None else self.free & (self.people.interest == interest)
        return self.take_of(np.flatnonzero(able), count, draw)

    def take_of(self, pool: I64, count: int, draw: np.random.Generator) -> I64:
        """Up to `count` of those of `pool` that are free."""
        able = pool[self.free[pool]]
        taken = draw.choice(able, min(count, able.size), replace=False)
        self.free[taken] = False
        return taken


def posts_by(people: People, who: I64, at: I64, draw: np.random.Generator, **columns: object) -> pl.DataFrame:
    """Drafts by `who`, in their language and from their client; in words of their own unless `text` is given."""
    langs = people.langs(who)
    said = {"kind": POST, "lang": langs, "client": people.clients(who), **columns}
    if "text" not in columns:
        said["text"] = texts_of(langs, draw)
    return drafts(who.size, account=people.number[who], at=at, **said)


def group_labels(people: People, who: I64, group: str, role: str = "member") -> pl.DataFrame:
    """Organic labels that name the must-not-flag group."""
    return labels(
        who.size, account=people.number[who], label=ORGANIC, campaign="", archetype="", role=role, group=group
    )


def joined_in(things: int, who: I64, chances: np.ndarray, draw: np.random.Generator) -> tuple[I64, I64]:
    """(thing, person) of everybody who takes part, thing by thing; `chances` per person."""
    thing, place = np.nonzero(draw.random((things, who.size)) < chances[None, :])
    return thing.astype(np.int64), who[place]
