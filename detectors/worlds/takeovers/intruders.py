"""Intruders: with what a ring comes to its victims, how it gets in, and how owners get it out."""

import numpy as np
import polars as pl

from detectors.worlds.drafts import I64, together
from detectors.worlds.people import CLIENTS
from detectors.worlds.rhythm import HOUR, MINUTE, SECOND
from detectors.worlds.takeovers.access import session_rows, strange_agents
from detectors.worlds.takeovers.countries import COUNTRIES, FIXED, HOSTING, Networks, asn_of
from detectors.worlds.takeovers.holders import FAR, Changes, Holders
from detectors.worlds.takeovers.machines import VERSIONS, computers
from detectors.worlds.takeovers.rings import Ring, Victims
from detectors.worlds.takeovers.seen import SESSION_DRAFT, seen_with
from detectors.worlds.takeovers.stays import Stays, rented, stay_events, stay_logins, stay_rows

SLOTS_PER_RING = 16  # of rented addresses: one per country, the others for hosting
SPRAYED = 8  # accounts tried in vain per victim of credential stuffing: an assumption
TRYING = 0.6  # of the owners who are shut out try their password: an assumption
# Share of the victims whose account the intruder changes within the hour, by style: assumptions.
ALTERED = {
    "stuffing": {"email_changed": 0.2, "mfa_changed": 0.1},
    "token": {},
    "sim_swap": {"phone_changed": 1.0, "email_changed": 0.8, "mfa_changed": 0.7},
    "dormant": {"email_changed": 0.5},
    "contagion": {"mfa_changed": 0.1},
}


def ring_stays(
    ring: Ring, victims: Victims, holders: Holders, home: tuple[int, int], end: int, draw: np.random.Generator
) -> Stays:
    """The intruder's stays. `home`: the district, and a slot of it that no other ring has."""
    district, slot = home
    count, country = len(victims), holders.country[victims.who]
    own = (district << 24) + (1 << 23) + slot * 4_096
    same_device = "device" in ring.ties
    device = np.full(count, own) if same_device else own + 1 + np.arange(count)
    agent = (
        strange_agents(np.full(count, ring.code))
        if same_device
        else computers(count, draw) * VERSIONS + draw.integers(4, 9, count)
    )
    block, asn, where = _proxies(ring, country, rented(district, slot * SLOTS_PER_RING), draw)
    client = f"{'app' if ring.style == 'token' else 'tool'}{ring.code}" if "client" in ring.ties else CLIENTS[0]
    return Stays(
        who=victims.who,
        since=victims.taken,
        until=np.minimum(victims.recovered, end),
        device=device,
        agent=agent,
        client=pl.repeat(client, count, dtype=pl.String, eager=True).alias("client"),
        block=block,
        asn=asn,
        country=where,
    )  # fmt: skip


def _proxies(ring: Ring, country: I64, first: I64, draw: np.random.Generator) -> tuple[I64, I64, I64]:
    """Block, provider and country of the addresses the intruder comes from, per victim."""
    if "network" not in ring.ties:  # a home somewhere, another one each time
        where = country if ring.home_proxies else draw.integers(0, len(COUNTRIES), country.size)
        return np.zeros(country.size, np.int64), np.zeros(country.size, np.int64), where
    if ring.home_proxies:  # one block of homes in each country
        return first + country * 256, asn_of(country, ring.code % FIXED), country
    pool = 9 + draw.integers(0, 1 + ring.code % 3, country.size)
    where = np.full(country.size, ring.code % len(COUNTRIES))
    return first + pool * 256, asn_of(where, HOSTING), where


def ring_sessions(
    ring: Ring, stays: Stays, holders: Holders, networks: Networks, draw: np.random.Generator
) -> pl.DataFrame:
    """SESSION_DRAFT of what the ring does to get in and to stay."""
    if ring.style == "token":  # the victim let the application in: nobody logs in
        return together([], SESSION_DRAFT)
    parts = [stay_logins(stays, holders, networks, draw)]
    parts += [stay_events(stays, holders, networks, share, event, draw) for event, share in ALTERED[ring.style].items()]
    if ring.style == "stuffing":
        parts.append(_sprayed(stays, holders, networks, draw))
    if ring.style == "sim_swap":
        row = np.arange(len(stays))
        asked = stays.since - draw.integers(MINUTE, 30 * MINUTE, row.size)
        parts.append(stay_rows(stays, holders, networks, row, asked, "reset_requested", draw))
        parts.append(stay_rows(stays, holders, networks, row, stays.since, "reset_done", draw))
    return together(parts, SESSION_DRAFT)


def _sprayed(stays: Stays, holders: Holders, networks: Networks, draw: np.random.Generator) -> pl.DataFrame:
    """Failed logins: up to three at each victim in the half hour before, and at many accounts where no password fits."""
    row = np.repeat(np.arange(len(stays)), draw.integers(0, 4, len(stays)))
    mine = stay_rows(
        stays,
        holders,
        networks,
        row,
        stays.since[row] - draw.integers(MINUTE, 30 * MINUTE, row.size),
        "login_failed",
        draw,
    )
    like = draw.integers(0, len(stays), SPRAYED * len(stays))
    others = np.setdiff1d(np.arange(len(holders)), stays.who)
    vain = stay_rows(
        stays, holders, networks, like, stays.since[like] + draw.integers(-HOUR, HOUR, like.size), "login_failed", draw
    )
    return pl.concat([mine, vain.with_columns(account=pl.Series(holders.number[draw.choice(others, like.size)]))])


def recovery(
    victims: Victims, holders: Holders, changes: Changes, networks: Networks, draw: np.random.Generator
) -> pl.DataFrame:
    """SESSION_DRAFT: owners ask for a reset, do it, throw everybody out, and half of them strengthen the login."""
    back = np.flatnonzero(victims.recovered < FAR)
    who, at = victims.who[back], victims.recovered[back]
    seen = seen_with(holders, changes, networks, who, at, draw)
    asked = session_rows(holders, who, at - draw.integers(2 * MINUTE, 40 * MINUTE, who.size), seen, "reset_requested")
    done = session_rows(holders, who, at, seen, "reset_done")
    out = done.with_columns(at=pl.col("at") + 20 * SECOND, event=pl.lit("session_revoked"))
    login = done.with_columns(at=pl.col("at") + 30 * SECOND, event=pl.lit("login"))
    safer = done.filter(pl.Series(draw.random(who.size) < 0.5)).with_columns(
        at=pl.col("at") + 5 * MINUTE, event=pl.lit("mfa_changed")
    )
    return pl.concat([asked, done, out, login, safer])


def locked_out(
    victims: Victims, holders: Holders, changes: Changes, networks: Networks, draw: np.random.Generator
) -> pl.DataFrame:
    """SESSION_DRAFT: owners who find in the next two days that their password is no longer right."""
    out = np.flatnonzero(~victims.owner_on & (draw.random(len(victims)) < TRYING))
    row = np.repeat(out, draw.integers(1, 4, out.size))
    at = victims.taken[row] + draw.integers(HOUR, 48 * HOUR, row.size)
    row, at = row[at < victims.recovered[row]], at[at < victims.recovered[row]]
    who = victims.who[row]
    return session_rows(
        holders, who, at, seen_with(holders, changes, networks, who, at, draw), "login_failed", success=False
    )
