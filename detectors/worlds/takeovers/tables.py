"""Tables: sessions, profiles and follows of a district, as ingest takes them."""

import numpy as np
import polars as pl

from detectors.worlds.drafts import Flags, account_ids, actions_table, acts, moments, scrambled
from detectors.worlds.people import accounts_table
from detectors.worlds.rhythm import DAY, START
from detectors.worlds.takeovers.countries import CODES, dotted
from detectors.worlds.takeovers.machines import AGENTS
from detectors.worlds.takeovers.operations import OWNER_RUN
from detectors.worlds.takeovers.roles import Asked, Roles

FOLLOWED = 3  # of the contacts
FAMOUS = 0.01  # of the accounts; and every victim of a SIM swap


def sessions_table(rows: pl.DataFrame) -> pl.DataFrame:
    """SESSION_DRAFT as the canonical sessions table, sorted by time and account."""
    named = rows.select(
        account_ids("account").alias("account_id"),
        moments("at").alias("at"),
        "event",
        dotted("ip").alias("ip"),
        pl.col("asn").cast(pl.String).alias("asn"),
        pl.col("country").map_batches(CODES.gather, return_dtype=pl.String).alias("country"),
        pl.format("d{}", scrambled(pl.col("device"))).alias("device"),
        pl.col("agent").map_batches(AGENTS.gather, return_dtype=pl.String).alias("user_agent"),
        "client",
        "success",
    )
    return named.sort("at", "account_id", "event", "ip", "device", "user_agent")


def follows(roles: Roles, asked: Asked) -> pl.DataFrame:
    """Everybody follows a few contacts, since some time of the world."""
    holders = roles.holders
    if not asked.posts:
        return actions_table(acts(0))
    draw = asked.stream("follows")
    who = np.repeat(np.arange(len(holders)), FOLLOWED)
    other = pl.DataFrame({"n": holders.number[holders.contacts[:, :FOLLOWED].ravel()]})
    at = holders.since[who] + (draw.random(who.size) * 0.5 * (holders.until - holders.since)[who]).astype(np.int64)
    rows = acts(who.size, account=holders.number[who], trace="follow", at=at,
                object=other.select(account_ids("n").alias("object"))["object"])  # fmt: skip
    return actions_table(rows)


def profiles(roles: Roles, asked: Asked) -> pl.DataFrame:
    """Profiles; the famous are verified, have many followers and are protected."""
    holders, draw = roles.holders, asked.stream("profiles")
    created = holders.created.copy()
    famous: Flags = draw.random(len(holders)) < FAMOUS
    for operation, crew in roles.operations:
        if operation.type == OWNER_RUN:  # opened in the week before the world begins
            created[crew.who] = START - draw.integers(0, 7 * DAY, crew.who.size)
    for ring, victims in roles.rings:
        famous[victims.who] |= ring.style == "sim_swap"
    table = accounts_table(holders.number, created, holders.langs(np.arange(len(holders))), draw)
    is_famous = pl.Series(famous)
    return table.with_columns(
        followers=pl.when(is_famous).then(pl.col("followers") * 300).otherwise("followers"),
        verified=pl.col("verified") | is_famous,
        protection_tier=pl.when(is_famous).then(pl.lit("public_figure")),
        country=CODES.gather(holders.country),
    ).sort("account_id")
