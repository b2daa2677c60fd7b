"""Stays: somebody other than the holder in accounts, from a moment on: an intruder, an agency, a buyer, a new manager."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.worlds.drafts import F64, I64, Flags
from detectors.worlds.rhythm import DAY, HOUR, MINUTE, SECOND, awake
from detectors.worlds.takeovers.access import sessions
from detectors.worlds.takeovers.countries import RENTED, Networks
from detectors.worlds.takeovers.holders import Holders

BLOCKS = 4_096  # of rented addresses per district
RETURNS_PER_DAY = 0.8  # logins after the first, in the first ten days: an assumption
LONGEST = 10 * DAY


@dataclass(frozen=True, slots=True)
class Stays:
    """One entry per account: `who` with `since` and `until`; what is seen of the stranger there. `block` 0: any home of `country`."""

    who: I64
    since: I64
    until: I64
    device: I64
    agent: I64
    client: pl.Series
    block: I64
    asn: I64
    country: I64

    def __len__(self) -> int:
        return self.who.size

    @property
    def days(self) -> F64:
        """How long each goes on, ten days at most."""
        told: F64 = np.minimum(self.until - self.since, LONGEST) / DAY
        return told


@dataclass(frozen=True, slots=True)
class Deeds:
    """POST_DRAFT (numbered) and SESSION_DRAFT rows that somebody adds to a world."""

    posts: pl.DataFrame
    sessions: pl.DataFrame


def rented(district: int, slot: I64 | int) -> I64:
    """The address of a rented /24, by district and slot below BLOCKS."""
    return np.asarray(RENTED + (district * BLOCKS + slot) * 256, dtype=np.int64)


def stay_logins(stays: Stays, holders: Holders, networks: Networks, draw: np.random.Generator) -> pl.DataFrame:
    """SESSION_DRAFT: the first login at the start of the stay, others while it lasts."""
    more = draw.poisson(RETURNS_PER_DAY * stays.days)
    row = np.repeat(np.arange(len(stays)), more)
    later = stays.since[row] + (draw.random(row.size) * stays.days[row] * DAY).astype(np.int64) + MINUTE
    row = np.concatenate([np.arange(len(stays)), row])
    at = np.concatenate([stays.since, later])
    inside = at < stays.until[row]
    return stay_rows(stays, holders, networks, row[inside], at[inside], "login", draw)


def stay_rows(
    stays: Stays, holders: Holders, networks: Networks, row: I64, at: I64, event: str, draw: np.random.Generator
) -> pl.DataFrame:
    """SESSION_DRAFT of events at `at` in the stays `row`."""
    asn, ip = networks.fixed(stays.country[row], draw)
    fixed = stays.block[row] > 0
    host = draw.integers(1, 255, row.size)
    return sessions(
        row.size, account=holders.number[stays.who[row]], at=at, event=event,
        ip=np.where(fixed, stays.block[row] + host, ip), asn=np.where(fixed, stays.asn[row], asn),
        country=stays.country[row], device=stays.device[row], agent=stays.agent[row],
        client=stays.client.gather(row), success=event != "login_failed",
    )  # fmt: skip


def stay_events(
    stays: Stays, holders: Holders, networks: Networks, share: float, event: str, draw: np.random.Generator
) -> pl.DataFrame:
    """One `event` within the first hour of that share of the stays."""
    row = np.flatnonzero(draw.random(len(stays)) < share)
    at = stays.since[row] + draw.integers(20 * SECOND, HOUR, row.size)
    kept: Flags = at < stays.until[row]
    return stay_rows(stays, holders, networks, row[kept], at[kept], event, draw)


def stay_times(
    stays: Stays, posts: I64, days: float, zone: float | None, draw: np.random.Generator, soon: float = 2.0
) -> tuple[I64, I64]:
    """The stay and the moment of `posts[i]` posts in each: the first soon, most in the first third of `days` (or of the stay, if
    that is shorter); in the waking hours of `zone`, or around the clock. Sorted by time; what would fall behind the end is left out.
    """
    row = np.repeat(np.arange(len(stays)), posts)
    place = np.arange(row.size) - np.repeat(np.cumsum(posts) - posts, posts)
    span = np.minimum(stays.until - stays.since, int(days * DAY))[row]
    at = stays.since[row] + 2 * MINUTE + (draw.random(row.size) ** soon * span).astype(np.int64)
    at = np.where(place == 0, stays.since[row] + draw.integers(2 * MINUTE, 40 * MINUTE, row.size), at)
    if zone is not None:
        at = np.where(place == 0, at, awake(at, np.full(row.size, zone), draw))
    kept = np.flatnonzero(at < stays.until[row])
    order = kept[np.lexsort((row[kept], at[kept]))]
    return row[order], at[order]


def without(rows: pl.DataFrame, gone: pl.DataFrame) -> pl.DataFrame:
    """The rows outside of the absences; an account has one at most."""
    told = rows.join(gone, on="account", how="left", maintain_order="left")
    away = (pl.col("at") >= pl.col("since")) & (pl.col("at") < pl.col("until"))
    return told.filter(~away.fill_null(value=False)).drop("since", "until")
