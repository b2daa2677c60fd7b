"""The scene: what the ordinary accounts of a district made, for others to share, copy and hide in."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.worlds.drafts import F64, I64, SHARE, drafts
from detectors.worlds.people import People


@dataclass(frozen=True, slots=True)
class FanBlock:
    """An author with a following, and its posts (numbers and times)."""

    author: int
    interest: int
    post: I64
    born: I64


@dataclass(frozen=True, slots=True)
class Scene:
    """What the ordinary accounts made of the district, for others to share: cascades (posts) and links."""

    people: People
    days: float
    post: I64  # per cascade: number of the original
    author: I64  # number of its account
    born: I64
    size: I64  # how many ordinary accounts shared it
    interest: I64
    link: pl.Series  # per link its URL
    link_born: I64
    link_size: I64
    link_interest: I64
    fan_blocks: tuple[FanBlock, ...] = ()  # authors with a following, for operations to hide in


def share_rows(account: I64, at: I64, clients: pl.Series, langs: pl.Series, scene: Scene, cascade: I64) -> pl.DataFrame:
    """Shares of the scene's cascades; posts are not numbered yet."""
    return drafts(
        account.size,
        account=account,
        at=at,
        kind=SHARE,
        lang=langs,
        client=clients,
        shared=scene.post[cascade],
        shared_account=scene.author[cascade],
        shared_at=scene.born[cascade],
    )


def cascades_of(scene: Scene, interest: I64, draw: np.random.Generator, power: float = 1.0) -> I64:
    """A cascade per entry, of the given interest (any where that has none), with weight size^power."""
    order = np.argsort(scene.interest, kind="stable")
    weight = np.cumsum(scene.size[order].astype(np.float64) ** power)
    edge = np.searchsorted(scene.interest[order], np.arange(int(interest.max(initial=0)) + 2))
    below: F64 = np.concatenate([[0.0], weight])
    low, high = below[edge[interest]], below[edge[interest + 1]]
    low, high = np.where(high > low, low, 0.0), np.where(high > low, high, below[-1])
    spot = np.searchsorted(weight, low + draw.random(interest.size) * (high - low), side="right")
    return order[np.minimum(spot, order.size - 1)]
