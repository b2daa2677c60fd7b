"""Popularity: how many act on a thing, and who. Slots of accounts are dealt to slots of things inside each interest."""

from dataclasses import dataclass

import numpy as np

from detectors.worlds.drafts import I64


@dataclass(frozen=True, slots=True)
class Popularity:
    """P(size >= s) = (1 + (s - 1) / scale)^-exponent for s = 1, 2, ..., cut at `most`."""

    scale: float
    exponent: float
    most: int

    def drawn(self, count: int, draw: np.random.Generator, cap: int) -> I64:
        """`count` independent sizes, cut at `cap`."""
        real = self.scale * ((1 - draw.random(count)) ** (-1 / self.exponent) - 1)
        return 1 + np.minimum(real, min(self.most, max(cap, 1)) - 1).astype(np.int64)

    def sizes(self, total: int, draw: np.random.Generator, cap: int) -> I64:
        """Sizes that add up to `total` exactly, none above `cap`; the last one takes what is left."""
        drawn: list[I64] = []
        left = total
        while left > 0:
            count = max(16, left // 4)
            sizes = self.drawn(count, draw, cap)
            within = int(np.searchsorted(np.cumsum(sizes), left))
            sizes = sizes[: within + 1]
            if within < count:
                sizes[-1] -= int(sizes.sum()) - left
            drawn.append(sizes)
            left -= int(sizes.sum())
        return np.concatenate(drawn) if drawn else np.empty(0, np.int64)


# VoterFraud 2020, retweets per original: median 1, p90 9, p99 240, p99.9 3,323, max 12,399 (DATA.md says 12,496).
SHARES = Popularity(scale=0.6, exponent=0.8, most=12_500)
# German election set, accounts per URL: median 2, p90 7, p99 29, max 1,042.
LINKS = Popularity(scale=2.2, exponent=1.7, most=1_050)
# An assumption: replies per post fall like shares do, one order lower.
REPLIES = Popularity(scale=0.6, exponent=1.1, most=1_000)

STRAYS = 0.15  # share of acts outside the account's own interest; an assumption, makes overlap between interests


@dataclass(frozen=True, slots=True)
class Dealt:
    """`who[i]` acts on thing `thing[i]`; things are numbered from 0 and each belongs to one interest; grouped by thing."""

    who: I64
    thing: I64
    sizes: I64  # per thing
    interest: I64  # per thing


def dealt(who: I64, interest: I64, law: Popularity, draw: np.random.Generator) -> Dealt:
    """Deal things of `law` to the slots `who` (one entry per act), mostly inside the interest given per slot.

    Keeps both tails: each account acts as often as it has slots, each thing is as popular as the law says. An account
    that would meet a thing twice keeps the first meeting only, so that slots of very busy accounts are lost.
    """
    kinds = int(interest.max(initial=0)) + 1
    pool = np.where(draw.random(who.size) < STRAYS, draw.permutation(interest), interest)
    order = np.lexsort((draw.random(who.size), pool))
    bounds = np.searchsorted(pool[order], np.arange(kinds + 1))
    sizes, owner = [], []
    for number in range(kinds):
        slots = int(bounds[number + 1] - bounds[number])
        of_pool = law.sizes(slots, draw, cap=slots // 2)
        # The law's last size is whatever was left; the largest come in any order.
        sizes.append(draw.permutation(of_pool))
        owner.append(np.full(of_pool.size, number, np.int64))
    size, thing_interest = np.concatenate(sizes), np.concatenate(owner)
    thing = np.repeat(np.arange(size.size), size)
    acting = who[order]
    _, first = np.unique(acting * np.int64(size.size) + thing, return_index=True)
    kept = np.sort(first)
    return Dealt(
        acting[kept], thing[kept], np.bincount(thing[kept], minlength=size.size).astype(np.int64), thing_interest
    )
