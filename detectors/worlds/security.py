"""The security world: a ring of thirty that co-shares links, and the attacks of SECURITY.md section 5 on whoever looks for it."""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from detectors.worlds.campaigns import COORDINATED, ORGANIC, Campaign, Crew, Made, crew_of
from detectors.worlds.drafts import ACT_SCHEMA, I64, POST, acts, drafts, first_number, labels, numbered, together
from detectors.worlds.pushing import Channel, camouflage, pushed
from detectors.worlds.rhythm import DAY, SECOND, START, awake, delays
from detectors.worlds.scene import Scene, share_rows
from detectors.worlds.schedules import Pushes, after, births, crowd
from detectors.worlds.seams import told_apart
from detectors.worlds.words import texts
from graph.errors import BadSetting

RING = 30  # SECURITY.md section 5
RING_CAMOUFLAGE = 0.25  # of its posts; an assumption
CELLS = 5
INNOCENTS = 20
LINKS_PER_INNOCENT = 5  # at most; accounts with fewer than LEAST_LINKS are not framed
LEAST_LINKS = 3  # a pair is tested from three shared objects on
PADDING = (100, 300)  # popular objects per member
JITTER_SECONDS = {"jitter_10min": 600, "jitter_2h": 7200}
_THINGS = 18  # two thirds of the ring on each: twelve acts per member


@dataclass(frozen=True, slots=True)
class Ring:
    """What the ring is and how it hides."""

    attack: str
    size: int = RING
    camouflage: float | None = None

    def told(self) -> dict[str, Any]:
        """As plain values, for truth.json."""
        return {"name": "ring", "archetype": "ring", **asdict(self)}


def security_ring(ring: Ring, posts: pl.DataFrame, scene: Scene, draw: np.random.Generator, slot: int = 1) -> Made:
    """The ring under `attack`, on the everyday `posts` of the first district.

    Raises BadSetting when fewer than INNOCENTS ordinary accounts post links (the world is too small for framing).
    """
    attack, size = ring.attack, ring.size
    crew = crew_of(scene, size, first_number(slot), draw)
    if attack == "five_cells":
        crew = replace(crew, client=pl.repeat("herald", size, dtype=pl.String, eager=True))
    campaign = Campaign("ring", "ring", size, RING_CAMOUFLAGE if ring.camouflage is None else ring.camouflage, ("url",))
    channel = Channel(campaign, crew, scene, draw)
    rows = pushed(channel, _pushes(attack, channel))
    rows = pl.concat(
        [
            rows,
            camouflage(channel, round(rows.height * campaign.camouflage / (1 - campaign.camouflage))),
            *_extra_rows(attack, channel),
        ]
    )
    told = labels(
        size, account=crew.number, label=COORDINATED, campaign="ring", archetype="ring", role="member", group=""
    )
    made = Made(numbered(rows, first_number(slot)), _shared_addresses(attack, crew, scene, draw), told, crew)
    return _framing(made, channel, posts, slot) if attack == "framing" else made


def _pushes(attack: str, channel: Channel) -> Pushes:
    draw = channel.draw
    things = _THINGS * CELLS if attack == "five_cells" else _THINGS
    pushes = crowd(len(channel.crew), births(things, channel.scene.days, 0.0, draw), 2 / 3, 50.0, draw)
    if attack in JITTER_SECONDS:
        return after(pushes, draw.integers(0, JITTER_SECONDS[attack] * SECOND, pushes.at.size))
    if attack == "five_cells":
        return pushes.only(lambda member, thing: member % CELLS == thing % CELLS)
    return pushes


def _extra_rows(attack: str, channel: Channel) -> list[pl.DataFrame]:
    if attack == "padding":
        return [_padding(channel)]
    if attack == "five_cells":
        return [told_apart(channel)]
    return []


def _padding(channel: Channel) -> pl.DataFrame:
    """Each member shares 100 to 300 of the most popular posts, like anybody might."""
    scene, crew, draw = channel.scene, channel.crew, channel.draw
    popular = np.argsort(-scene.size, kind="stable")[: 2 * PADDING[1]]
    counts = np.minimum(draw.integers(PADDING[0], PADDING[1] + 1, len(crew)), popular.size)
    who = np.repeat(np.arange(len(crew)), counts)
    chosen = np.concatenate([draw.choice(popular, int(count), replace=False) for count in counts])
    at = awake(scene.born[chosen] + delays(who.size, draw), crew.zone[who], draw)
    lang = pl.repeat(crew.lang, who.size, dtype=pl.String, eager=True)
    return share_rows(crew.number[who], at, crew.client.gather(who), lang, scene, chosen)


def _shared_addresses(attack: str, crew: Crew, scene: Scene, draw: np.random.Generator) -> pl.DataFrame:
    """In five cells all members come from three addresses, each of them on several days."""
    if attack != "five_cells":
        return together([], ACT_SCHEMA)
    who = np.repeat(np.arange(len(crew)), 6)
    at = START + (draw.uniform(0, scene.days, who.size) * DAY).astype(np.int64)
    address = pl.Series("object", ["198.51.100.7", "198.51.100.41", "203.0.113.99"]).gather(
        draw.integers(0, 3, who.size)
    )
    return acts(who.size, account=crew.number[who], trace="ip", object=address, at=at)


def _framing(made: Made, channel: Channel, posts: pl.DataFrame, slot: int) -> Made:
    """Two thirds of the ring post each link of the innocents 3 to 50 seconds after them; those stay organic, role target."""
    framed = _links_of_innocents(posts, channel.scene.days, channel.draw)
    crew, draw = channel.crew, channel.draw
    born = framed["at"].to_numpy()
    pushes = crowd(len(crew), born + 3 * SECOND, 2 / 3, 47.0, draw)
    copies = drafts(
        pushes.member.size,
        account=crew.number[pushes.member],
        at=pushes.at,
        kind=POST,
        text=texts(pushes.member.size, crew.lang, draw),
        lang=crew.lang,
        client=crew.client.gather(pushes.member),
        url=framed["url"].gather(pushes.thing),
    )
    first = int(made.posts["number"].max() or first_number(slot)) + 1  # type: ignore[arg-type]
    rows = pl.concat([made.posts, numbered(copies, first)])
    innocents: I64 = framed["account"].unique().sort().to_numpy()
    told = labels(
        innocents.size,
        account=innocents,
        label=ORGANIC,
        campaign="ring",
        archetype="ring",
        role="target",
        group="framed",
    )
    return Made(rows, made.acts, pl.concat([made.labels, told]), made.crew)


def _links_of_innocents(posts: pl.DataFrame, days: float, draw: np.random.Generator) -> pl.DataFrame:
    in_time = pl.col("at") < START + int((days - 0.1) * DAY)
    linked = posts.filter(pl.col("url").is_not_null() & in_time).unique(
        ["account", "url"], keep="first", maintain_order=True
    )
    linked = linked.sort("account", "at", "number")
    able = linked.group_by("account", maintain_order=True).len().filter(pl.col("len") >= LEAST_LINKS)
    if able.height < INNOCENTS:
        raise BadSetting(
            f"Only {able.height} ordinary accounts post {LEAST_LINKS} links: too few to frame {INNOCENTS}.",
            "Ask for more --events.",
        )
    chosen = able["account"].gather(draw.choice(able.height, INNOCENTS, replace=False))
    mine = linked.filter(pl.col("account").is_in(chosen.implode()))
    return mine.group_by("account", maintain_order=True).head(LINKS_PER_INNOCENT)
