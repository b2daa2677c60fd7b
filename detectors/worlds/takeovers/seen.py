"""Seen: with which device, client and address an act of an account is seen, by its holder's habits and what has changed."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.worlds.drafts import F64, I64, Schema
from detectors.worlds.people import CLIENTS
from detectors.worlds.rhythm import DAY, awake
from detectors.worlds.takeovers.countries import Networks
from detectors.worlds.takeovers.holders import DEVICES, Changes, Holders
from detectors.worlds.takeovers.machines import VERSIONS, native_client, version_at

SESSION_DRAFT: Schema = {
    "account": pl.Int64,
    "at": pl.Int64,
    "event": pl.String,
    "ip": pl.Int64,
    "asn": pl.Int64,
    "country": pl.Int64,  # a place in COUNTRIES
    "device": pl.Int64,
    "agent": pl.Int64,  # a place in AGENTS
    "client": pl.String,
    "success": pl.Boolean,
}
NEW_PHONE_PLACE = DEVICES  # the number of the phone that replaces the first
AWAY, ELSEWHERE = 0.35, 0.08  # share of the acts of a phone through a carrier; through another network of the country
RENEWED_DAYS = 20  # a home gets another address of its block about so often


@dataclass(frozen=True, slots=True)
class Seen:
    """Parallel to the acts asked about."""

    device: I64
    agent: I64
    client: pl.Series
    ip: I64
    asn: I64
    country: I64


def habitual_times(holders: Holders, changes: Changes, who: I64, draw: np.random.Generator) -> I64:
    """One waking moment per entry of `who` within the time its account is used; not while it pauses: -1 instead."""
    since, until = holders.since[who], holders.until[who]
    raw = since + (draw.random(who.size) * (until - since)).astype(np.int64)
    at = awake(raw, _zone(holders, changes, who, raw), draw)
    idle = (at >= changes.pause_since[who]) & (at < changes.pause_until[who])
    return np.where(idle | (at >= until), -1, at)


def _zone(holders: Holders, changes: Changes, who: I64, at: I64) -> F64:
    return holders.zone[who] + np.where(at >= changes.clock_at[who], changes.clock_hours[who], 0.0)


def seen_with(
    holders: Holders, changes: Changes, networks: Networks, who: I64, at: I64, draw: np.random.Generator
) -> Seen:
    """With what each act, of account `who[i]` at `at[i]`, is seen."""
    place = _places(holders, who, draw)
    replaced = (place == 0) & (at >= changes.phone_at[who])
    model = np.where(replaced, changes.phone_model[who], holders.model[who, place])
    # Who changes from one platform to the other changes the client, unless it was a client of their own choice.
    own = holders.client[who, 0] == native_client(holders.model[who, 0])
    client = np.where(replaced & own, native_client(model), holders.client[who, place])
    names = pl.Series("client", CLIENTS, dtype=pl.String).gather(client)
    updated = (at >= changes.client_at[who]) & (client == holders.client[who, 0]) & (place == 0)
    ip, asn, country = _network(holders, changes, networks, who, at, place, draw)
    return Seen(
        device=holders.device[who, 0] + np.where(replaced, NEW_PHONE_PLACE, place),
        agent=model * VERSIONS + version_at(at, holders.lag[who, place]),
        client=pl.select(pl.when(pl.lit(pl.Series(updated))).then(changes.client_name.gather(who)).otherwise(names))
        .to_series()
        .alias("client"),
        ip=ip,
        asn=asn,
        country=country,
    )


def _places(holders: Holders, who: I64, draw: np.random.Generator) -> I64:
    """Most acts come from the phone, a quarter from the computer, few from the third."""
    drawn = draw.choice(DEVICES, who.size, p=[0.68, 0.24, 0.08])
    return np.where(drawn < holders.owned[who], drawn, 0).astype(np.int64)


def _network(
    holders: Holders, changes: Changes, networks: Networks, who: I64, at: I64, place: I64, draw: np.random.Generator
) -> tuple[I64, I64, I64]:
    """Address, provider and country: home, work, carrier; another home; on a trip; behind the office's gateway."""
    chance = draw.random(who.size)
    country = holders.country[who]
    moved = at >= changes.home_at[who]
    country = np.where(moved, changes.home_country[who], country)
    home = np.where(moved, changes.home_ip[who], holders.home_ip[who])
    asn, ip = np.where(moved, changes.home_asn[who], holders.home_asn[who]), _renewed(home, at)
    working = ~moved & (chance > 1 - holders.works[who])
    asn, ip = np.where(working, holders.work_asn[who], asn), np.where(working, holders.work_ip[who], ip)
    visit_asn, visit_ip = networks.fixed(country, draw)
    visiting = chance < ELSEWHERE * 0.5
    asn, ip = np.where(visiting, visit_asn, asn), np.where(visiting, visit_ip, ip)
    away = (place != 1) & (chance >= ELSEWHERE) & (chance < ELSEWHERE + AWAY)
    carrier = np.where(at >= changes.carrier_at[who], changes.carrier[who], holders.carrier[who])
    mobile_asn, mobile_ip = networks.mobile(country, carrier, draw)
    asn, ip = np.where(away, mobile_asn, asn), np.where(away, mobile_ip, ip)
    asn, ip, country = _travelled(changes, networks, who, at, (asn, ip, country), draw)
    behind = at >= changes.office_at[who]
    return np.where(behind, changes.office_ip[who], ip), np.where(behind, changes.office_asn[who], asn), country


def _renewed(home: I64, at: I64) -> I64:
    turn = at // (RENEWED_DAYS * DAY)
    told: I64 = home // 256 * 256 + 1 + (home % 256 + turn * 37) % 254
    return told


def _travelled(
    changes: Changes, networks: Networks, who: I64, at: I64, stay: tuple[I64, I64, I64], draw: np.random.Generator
) -> tuple[I64, I64, I64]:
    asn, ip, country = stay
    abroad = (at >= changes.trip_since[who]) & (at < changes.trip_until[who])
    there = changes.trip_country[who]
    roaming_asn, roaming_ip = networks.mobile(there, networks.carrier(there, draw), draw)
    hall = changes.trip_asn[who] > 0
    hall_ip = changes.trip_ip[who] + draw.integers(1, 255, who.size)
    # Halls and hotels for most acts, a carrier of the country for the others.
    inside = hall & (draw.random(who.size) < 0.75)
    return (
        np.where(abroad, np.where(inside, changes.trip_asn[who], roaming_asn), asn),
        np.where(abroad, np.where(inside, hall_ip, roaming_ip), ip),
        np.where(abroad, there, country),
    )
