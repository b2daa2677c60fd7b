"""Campaigns: who runs what, and the accounts that take part."""

import zlib
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import polars as pl

from detectors.worlds.drafts import ACT_SCHEMA, DRAFT_SCHEMA, F64, I64, LABEL_SCHEMA, Schema, together
from detectors.worlds.rhythm import DAY, START
from detectors.worlds.scene import Scene
from detectors.worlds.words import LANGUAGES

COORDINATED, ORGANIC = "coordinated", "organic"


@dataclass(frozen=True, slots=True)
class Campaign:
    """One operation of a world: `camouflage` is the share of its posts that look like anybody's (0 .. 0.9)."""

    name: str
    archetype: str
    size: int
    camouflage: float
    channels: tuple[str, ...] = ("share",)  # what is pushed: share | url | text | tags | reply | media
    pushes_per_member: int = (
        12  # IRA accounts of gop2015: median 7 posts in four days; of demonetisation2016: 25 in two
    )
    audience: float = 0.0  # ordinary accounts per push that act on the same things afterwards
    spread_seconds: float = 40.0  # from the first to the last member on one thing
    targets_of: str = ""  # name of a campaign whose links this one pushes too
    exact: float = 0.8  # of its copied texts keep every word
    era: str = ""  # an operation that changes gets new links, tags and media with each era

    @property
    def code(self) -> int:
        """A number that stands for the campaign in links, tags and hashes, so that no object tells its name."""
        return zlib.crc32(f"{self.name}{self.era}".encode()) % 1_000_000

    def told(self) -> dict[str, Any]:
        """As plain values, for truth.json."""
        return {**asdict(self), "channels": list(self.channels)}


@dataclass(frozen=True, slots=True)
class Crew:
    """The accounts of one campaign: `number` per member; one interest, one language, one working day."""

    number: I64
    interest: int
    lang: str
    zone: F64
    client: pl.Series
    created: I64

    def __len__(self) -> int:
        return self.number.size


@dataclass(frozen=True, slots=True)
class Made:
    """What one subject adds to a world; posts are numbered, all ids are still numbers."""

    posts: pl.DataFrame = field(default_factory=lambda: _none(DRAFT_SCHEMA))
    acts: pl.DataFrame = field(default_factory=lambda: _none(ACT_SCHEMA))
    labels: pl.DataFrame = field(default_factory=lambda: _none(LABEL_SCHEMA))
    crew: Crew | None = None  # accounts that exist for this subject only
    audience: I64 = field(default_factory=lambda: np.empty(0, np.int64))  # ordinary accounts that an operation won


def _none(schema: Schema) -> pl.DataFrame:
    return together([], schema)


def crew_of(scene: Scene, size: int, first: int, draw: np.random.Generator) -> Crew:
    """`size` new accounts, numbered from `first` on, inside one of the larger interests; created as anybody's, a third of them in one week."""
    people = scene.people
    interest = int(draw.integers(0, max(2, people.interests // 3)))
    fellows = np.flatnonzero(people.interest == interest)
    like = draw.choice(fellows, size)
    bought = START - int(draw.uniform(20, 900)) * DAY + draw.integers(0, 7 * DAY, size)
    return Crew(
        number=first + np.arange(size),
        interest=interest,
        lang=LANGUAGES[int(people.language[fellows[0]])].code,
        zone=people.zone[like],
        client=people.clients(like),
        created=np.where(draw.random(size) < 1 / 3, bought, people.created[like]).astype(np.int64),
    )
