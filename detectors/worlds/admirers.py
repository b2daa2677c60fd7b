"""Admirers: accounts that share one author soon and often because they like what it says, or because it is their job."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.worlds.campaigns import Made
from detectors.worlds.cascades import SHARES
from detectors.worlds.casting import Casting, group_labels, joined_in, posts_by
from detectors.worlds.drafts import I64, SHARE, numbered
from detectors.worlds.rhythm import any_times, awake, delays
from detectors.worlds.scene import FanBlock, Scene


@dataclass(frozen=True, slots=True)
class Following:
    """How one kind of following behaves: of `fans` each shares a Beta(a, b) share of the posts, `delay` seconds later."""

    group: str
    fans: int
    posts: int
    willing: tuple[float, float]
    delay_seconds: float
    sigma: float
    audience: int  # at most so many other accounts of the interest share a post too


def alerts_on(draw: np.random.Generator) -> Following:
    """Fans with notifications on. celebrity_fans_2016: p99 of 32 shares per fan of one centre; DETECTORS 9: fans of
    celebrities were 31 % flagged without a guard."""
    fans = round(float(np.exp(draw.uniform(np.log(20), np.log(120)))))
    return Following("fans", fans, int(draw.integers(15, 50)), (1.2, 2.5), 90.0, 1.4, 500)


def closed_circle(draw: np.random.Generator) -> Following:
    """Fans of an author whom nobody else shares: the block explains them only when it is one author (DETECTORS 9.4)."""
    return Following("closed_fans", int(draw.integers(8, 25)), int(draw.integers(10, 25)), (4.0, 2.0), 240.0, 1.5, 0)


def staff(draw: np.random.Generator) -> Following:
    """A public figure's staff: few accounts that pass on nearly everything, at work."""
    return Following("staff", int(draw.integers(5, 9)), int(draw.integers(15, 40)), (6.0, 2.0), 180.0, 1.0, 200)


def admired(
    kind: Following, scene: Scene, cast: Casting, first: int, draw: np.random.Generator
) -> tuple[Made, FanBlock]:
    """The author's posts, the shares by its following and by others, and the block for operations to hide in."""
    people = scene.people
    interest = int(draw.integers(0, max(2, people.interests // 2)))
    author = cast.take(1, draw, interest)
    fans = cast.take(kind.fans, draw, interest)
    born = np.sort(any_times(people.zone[np.repeat(author, kind.posts)], scene.days, draw))
    originals = posts_by(people, np.repeat(author, kind.posts), born, draw, number=-1 - np.arange(kind.posts))
    thing, who = joined_in(kind.posts, fans, draw.beta(*kind.willing, fans.size), draw)
    prompt = born[thing] + delays(thing.size, draw, kind.delay_seconds, kind.sigma)
    parts = [originals, _shares(scene, author, born, thing, who, _mostly_awake(prompt, people.zone[who], draw), draw)]
    if kind.audience:
        thing = np.repeat(np.arange(kind.posts), SHARES.drawn(kind.posts, draw, kind.audience))
        others = draw.choice(np.flatnonzero(people.interest == interest), thing.size)
        late = awake(born[thing] + delays(thing.size, draw), people.zone[others], draw)
        parts.append(
            _shares(scene, author, born, thing, others, late, draw).unique(
                ["account", "shared"], keep="first", maintain_order=True
            )
        )
    told = pl.concat([group_labels(people, fans, kind.group), group_labels(people, author, "public_figure", "author")])
    rows = numbered(pl.concat(parts), first)
    posts = rows["number"].to_numpy()[: kind.posts]
    return Made(rows, labels=told), FanBlock(int(people.number[author[0]]), interest, posts, born)


def _mostly_awake(at: I64, zone: np.ndarray, draw: np.random.Generator) -> I64:
    """Half of the admirers react at any hour: a telephone beside the bed."""
    return np.where(draw.random(at.size) < 0.5, at, awake(at, zone, draw))


def _shares(
    scene: Scene, author: I64, born: I64, thing: I64, who: I64, at: I64, draw: np.random.Generator
) -> pl.DataFrame:
    return posts_by(
        scene.people, who, at, draw, kind=SHARE, text=None, shared=-1 - thing,
        shared_account=np.repeat(scene.people.number[author], thing.size), shared_at=born[thing],
    )  # fmt: skip
