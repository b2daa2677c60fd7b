"""Worlds without coordination, made from the data itself: the same cascades, times and activity, other accounts.

Each object's cascade is drawn again, whole, the more often the less active the accounts on it are (an account lends
LENT acts at most), so that what a campaign did hardly recurs; the accounts, as active as they are and at the hours
they are, are dealt onto these places at random. Source: DETECTORS 9, the account-capped replay; cascades are drawn
whole, because single acts drawn with replacement would meet themselves, and thinned cascades would meet too seldom.
"""

import numpy as np
import polars as pl

from detectors.scan.acts import Acts, acts_from
from detectors.scan.usual import LENT
from detectors.significance import I64

HOUR_US = 3600 * 1_000_000


def replayed(acts: Acts, draw: np.random.Generator) -> Acts:
    """As many acts as there are, on redrawn cascades, by the same accounts in the same hours (within rounding)."""
    objects, places, at, block = _cascades(acts, draw)
    if not places.size:
        return acts.where(np.zeros(acts.account.size, dtype=np.bool_))
    account = _dealt(acts, places.size, draw)
    in_time = np.lexsort((places, at))
    rows = pl.DataFrame({"account": account, "object": objects[in_time], "at": at[in_time], "block": block[in_time]})
    first = rows.sort("object", "account", "at").unique(["object", "account"], keep="first")
    return acts_from(first.sort("object", "at", "account"), acts.trace, acts.tongue)


def _cascades(acts: Acts, draw: np.random.Generator) -> tuple[I64, I64, I64, I64]:
    """Object (a number per copy), place, time and block of the acts of redrawn cascades."""
    lent = np.minimum(1.0, LENT / np.maximum(acts.degree[acts.account], 1.0))
    crowd = np.bincount(acts.object).astype(np.float64)
    rate = np.bincount(acts.object, weights=lent) / np.maximum(crowd, 1.0)
    rate *= acts.account.size / max(float((rate * crowd).sum()), 1.0)
    copies = np.floor(rate + draw.random(rate.size)).astype(np.int64)
    told = []
    for copy in range(int(copies.max(initial=0))):
        kept = np.flatnonzero(copies[acts.object] > copy)
        told.append((acts.object[kept] + copy * crowd.size, kept))
    place = np.concatenate([kept for _, kept in told]) if told else np.empty(0, dtype=np.int64)
    names = np.concatenate([name for name, _ in told]) if told else place
    return names, place, acts.at[place], acts.block[place]


def _dealt(acts: Acts, places: int, draw: np.random.Generator) -> I64:
    """One account per place in the order of time: those of the same hour of the data, shuffled."""
    in_time = np.lexsort((acts.account, acts.at))
    near = in_time[np.arange(places) * acts.account.size // places]
    hour = acts.at[near] // HOUR_US
    return acts.account[near[np.lexsort((draw.random(places), hour))]]
