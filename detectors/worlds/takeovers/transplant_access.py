"""Access for transplants: made-up sessions beside real posts, so that a ring can also be tied by devices and networks."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from detectors.worlds.drafts import account_ids, together
from detectors.worlds.rhythm import DAY, START
from detectors.worlds.seeds import chance
from detectors.worlds.takeovers.access import ordinary_access
from detectors.worlds.takeovers.countries import networks_of
from detectors.worlds.takeovers.holders import FAR, Holders, changes_of, holders_of
from detectors.worlds.takeovers.intruders import ring_sessions, ring_stays
from detectors.worlds.takeovers.rings import Ring, Victims
from detectors.worlds.takeovers.seen import SESSION_DRAFT
from detectors.worlds.takeovers.stays import without
from detectors.worlds.takeovers.tables import sessions_table
from detectors.worlds.takeovers.transplant import Transplant, Transplanted


def transplanted_access(told: Transplanted, rings: Sequence[Transplant], seed: int) -> pl.DataFrame:
    """Sessions, sorted by time, for all accounts of `told` over the time of its posts; `rings` are those it was made with.

    Everybody logs in by habits as in made-up worlds. The intruder breaks in as in credential stuffing; the less of the posts a ring
    replaces, the more of the owners go on beside it. Only the posts are real: what is measured on these sessions is measured on made-up ones.
    """
    ids, midnight = told.labels["account_id"], int(told.posts["at"].dt.truncate("1d").to_physical().min())  # type: ignore[arg-type]
    days = float((int(told.posts["at"].to_physical().max()) - midnight) // DAY + 1)  # type: ignore[arg-type]
    networks = networks_of(ids.len())
    holders = holders_of(0, ids.len(), days, networks, posts=False, draw=chance(seed, "transplant", "holders"))
    changes = changes_of(holders, days, networks, chance(seed, "transplant", "changes"))
    rows = ordinary_access(holders, changes, networks, days, chance(seed, "transplant", "access"))
    end = START + int(days * DAY)
    parts = []
    for slot, one in enumerate(rings, start=1):
        draw = chance(seed, "transplant access", one.name)
        victims = _victims(told, one, START - midnight, draw)
        ring = _as_ring(one)
        stays = ring_stays(ring, victims, holders, (0, slot), end, draw)
        rows = without(rows, _gone(holders, victims))
        parts.append(ring_sessions(ring, stays, holders, networks, draw))
    made = together([rows, *parts], SESSION_DRAFT).with_columns(pl.col("at") + (midnight - START))
    last = midnight + int(days * DAY)
    return _named(sessions_table(made.filter(pl.col("at") < last)), holders, ids)


def _victims(told: Transplanted, ring: Transplant, shift: int, draw: np.random.Generator) -> Victims:
    mine = told.labels.with_row_index("who").filter(pl.col("ring") == ring.name)
    who = mine["who"].to_numpy().astype(np.int64)
    taken = mine["taken_at"].to_physical().to_numpy() + shift
    return Victims(who, taken, np.full(who.size, FAR), draw.random(who.size) >= ring.replaced)


def _as_ring(one: Transplant) -> Ring:
    return Ring(
        name=one.name, style="stuffing", size=one.size, ties=one.ties, home_proxies=one.code % 2 == 0, owner=1 - one.replaced,
        recovering=0.0, spread_hours=one.spread_hours, posts=0, own_language=True, keeps_hours=False,
    )  # fmt: skip


def _gone(holders: Holders, victims: Victims) -> pl.DataFrame:
    away = ~victims.owner_on
    who, since = victims.who[away], victims.taken[away]
    return pl.DataFrame({"account": holders.number[who], "since": since, "until": np.full(who.size, FAR)})


def _named(sessions: pl.DataFrame, holders: Holders, ids: pl.Series) -> pl.DataFrame:
    """With the ids that the accounts have in the collection."""
    known = pl.DataFrame({"number": holders.number, "real": ids}).select(
        account_ids("number").alias("account_id"), "real"
    )
    named = sessions.join(known, on="account_id", how="left", maintain_order="left")
    return named.with_columns(account_id=pl.col("real")).drop("real")
