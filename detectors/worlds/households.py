"""Households: accounts that share addresses, devices and tools because they live or work together."""

import numpy as np
import polars as pl

from detectors.worlds.campaigns import Made
from detectors.worlds.casting import Casting, group_labels, joined_in, posts_by
from detectors.worlds.drafts import SHARE, numbered
from detectors.worlds.rhythm import DAY, HOUR, START, delays
from detectors.worlds.scene import Scene
from detectors.worlds.side_actions import addresses, seen_with


def families(scene: Scene, cast: Casting, first: int, draw: np.random.Generator) -> Made:
    """Two to five accounts on one address and one tablet, who post nothing alike (DETECTORS 4: at most five accounts)."""
    people = scene.people
    who = cast.take(cast.crowd(24, 120), draw)
    sizes = draw.integers(2, 6, who.size)
    home = np.repeat(np.arange(who.size), sizes)[: who.size]
    tag = pl.DataFrame({"home": home}).select(pl.format("tablet-{}-{}", pl.lit(first >> 28), "home").alias("object"))
    spot = addresses(home + (first >> 28) % 32 * 2048, np.full(home.size, 230))
    row, number, zone = np.arange(who.size), people.number[who], people.zone[who]
    parts = [
        seen_with(row, number, "ip", spot, zone, scene.days, draw),
        seen_with(row, number, "device", tag["object"], zone, scene.days, draw),
    ]
    return Made(acts=pl.concat(parts), labels=group_labels(people, who, "family"))


def office(scene: Scene, cast: Casting, first: int, draw: np.random.Generator) -> Made:
    """A firm's accounts (regions, press, jobs): one address, one planning tool, the firm's posts passed on in work hours."""
    people, interest = scene.people, int(draw.integers(0, scene.people.interests))
    who = cast.take(int(draw.integers(6, 12)), draw, interest)
    if not who.size:
        return Made()
    days = int(scene.days)
    workdays = [day for day in range(days) if day % 7 < 5]
    born = START + np.repeat(workdays, 2) * DAY + (draw.uniform(9, 16, 2 * len(workdays)) * HOUR).astype(np.int64)
    firm = np.repeat(who[:1], born.size)
    originals = posts_by(people, firm, born, draw, number=-1 - np.arange(born.size), client="planner")
    thing, by = joined_in(born.size, who[1:], draw.uniform(0.5, 0.95, who.size - 1), draw)
    shares = posts_by(
        people, by, born[thing] + delays(by.size, draw, 300.0, 1.2), draw, kind=SHARE, text=None, client="planner",
        shared=-1 - thing, shared_account=people.number[firm[thing]], shared_at=born[thing],
    )  # fmt: skip
    seen = np.arange(who.size)
    door = addresses(np.full(who.size, (first >> 28) % 900_000), np.full(who.size, 240))
    acts = seen_with(seen, people.number[who], "ip", door, people.zone[who], scene.days, draw)
    return Made(numbered(pl.concat([originals, shares]), first), acts, group_labels(people, who, "office"))
