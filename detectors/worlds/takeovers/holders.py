"""Holders: the accounts of a district with the habits of those they belong to, and what changes in an ordinary life."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from detectors.worlds.drafts import F64, I64, first_number
from detectors.worlds.people import CLIENTS, NAMESPACES
from detectors.worlds.rhythm import DAY, HOUR, START
from detectors.worlds.takeovers.countries import COUNTRIES, SHARES, Networks, drawn
from detectors.worlds.takeovers.machines import computers, native_client, phones
from detectors.worlds.words import LANGUAGES

FAR = 1 << 62  # a moment that never comes
# Log-normal numbers of events per account, so that most have the 20 events of a history (DETECTORS 3) and some do not.
POSTS_MEDIAN, POSTS_SIGMA, MOST_POSTS = 20.0, 1.0, 500
LOGINS_MEDIAN, LOGINS_SIGMA, MOST_LOGINS = 14.0, 0.7, 200
LATE = 0.06  # accounts that are opened while the world goes on: little history
PER_INTEREST = 250
CONTACTS = 10
# Steps along the circle of an interest to the friends among the contacts; 0: whom many know.
FRIENDS = np.array([1, -1, 0, 2, -2, 0, 3, -3, 0, 0])
DEVICES = 3
# Events per year and account; assumptions, all of them (docs/generator.md).
NEW_PHONE, NEW_HOME, NEW_CARRIER, NEW_CLIENT, TRIPS, PAUSES = 0.4, 0.12, 0.15, 0.2, 0.5, 0.15
# What people post with besides the platform's own applications; the first of them more often.
THIRD_PARTY = tuple(f"studio{number}" for number in range(1, 25))


@dataclass(frozen=True, slots=True)
class Holders:
    """One entry per account. `device`, `model`, `client`, `lag`: [account, place], place 0 the usual phone, 1 the computer,
    2 a second phone or tablet; `owned` how many it has. `zone`: hours east of UTC, moved by what hours its owner keeps.
    """

    number: I64
    country: I64
    language: I64
    zone: F64
    interest: I64
    created: I64
    since: I64
    until: I64
    posts: I64
    logins: I64
    owned: I64
    device: I64
    model: I64
    client: I64
    lag: I64
    home_asn: I64
    home_ip: I64
    work_asn: I64
    work_ip: I64
    works: F64
    carrier: I64
    contacts: I64
    style: I64
    shares: F64
    taste: I64

    def __len__(self) -> int:
        return self.number.size

    def langs(self, who: I64) -> pl.Series:
        return pl.Series("lang", [one.code for one in LANGUAGES], dtype=pl.String).gather(self.language[who])


@dataclass(frozen=True, slots=True)
class Changes:
    """What becomes different for an account, and when (FAR: never). Applied in this order: a later one hides an earlier."""

    phone_at: I64
    phone_model: I64
    home_at: I64
    home_country: I64
    home_asn: I64
    home_ip: I64
    carrier_at: I64
    carrier: I64
    trip_since: I64
    trip_until: I64
    trip_country: I64
    trip_asn: I64  # 0: whatever carrier the traveller meets there
    trip_ip: I64
    office_at: I64  # from here on everything goes through the office's gateway
    office_asn: I64
    office_ip: I64
    client_at: I64
    client_name: pl.Series
    clock_at: I64
    clock_hours: F64
    pause_since: I64
    pause_until: I64


def holders_of(
    district: int, count: int, days: float, networks: Networks, posts: bool, draw: np.random.Generator
) -> Holders:
    """`count` accounts; without `posts` they log in twice as often and write nothing."""
    country = draw.choice(len(COUNTRIES), count, p=SHARES / SHARES.sum()).astype(np.int64)
    interest, contacts = _circles(count, draw)
    since = np.where(
        draw.random(count) < LATE, START + (draw.uniform(0.3, 0.9, count) * days * DAY).astype(np.int64), START
    )
    model = np.stack([phones(count, draw), computers(count, draw), phones(count, draw)], axis=1)
    client = np.stack([native_client(model[:, place]) for place in range(DEVICES)], axis=1)
    other = draw.random((count, DEVICES)) < 0.12  # a client of their own choice instead
    client = np.where(other, draw.choice(len(CLIENTS), (count, DEVICES), p=_OTHER_CLIENTS), client)
    home_asn, home_ip = networks.fixed(country, draw)
    work_asn, work_ip = networks.fixed(country, draw)
    return Holders(
        number=first_number(district * NAMESPACES) + np.arange(count),
        country=country,
        language=_languages(country, draw),
        zone=_zones(country, draw) + draw.normal(0, 1.5, count),
        interest=interest,
        created=np.where(since > START, since, (START - draw.uniform(20, 3_500, count) * DAY).astype(np.int64)),
        since=since,
        until=np.full(count, START + int(days * DAY)),
        posts=_numbers(count, POSTS_MEDIAN, POSTS_SIGMA, MOST_POSTS, draw) * posts,
        logins=_numbers(count, LOGINS_MEDIAN * (1 if posts else 2), LOGINS_SIGMA, MOST_LOGINS, draw),
        owned=draw.choice([1, 2, 3], count, p=[0.4, 0.45, 0.15]).astype(np.int64),
        device=(district << 24) + (np.arange(count) * 8)[:, None] + np.arange(DEVICES),
        model=model,
        client=client,
        lag=draw.geometric(1 / 6, (count, DEVICES)).astype(np.int64),
        home_asn=home_asn,
        home_ip=home_ip,
        work_asn=work_asn,
        work_ip=work_ip,
        works=np.where(draw.random(count) < 0.35, draw.uniform(0.1, 0.5, count), 0.0),
        carrier=networks.carrier(country, draw),
        contacts=contacts,
        style=draw.integers(0, 6, count),
        shares=draw.beta(1.5, 2.5, count),
        taste=draw.integers(0, 1_000, count),
    )  # fmt: skip


_OTHER_CLIENTS = np.array([0.35, 0.05, 0.05, 0.15, 0.1, 0.08, 0.1, 0.12])


def _numbers(count: int, median: float, sigma: float, most: int, draw: np.random.Generator) -> I64:
    return np.clip(np.exp(draw.normal(np.log(median), sigma, count)), 1, most).astype(np.int64)


def _languages(country: I64, draw: np.random.Generator) -> I64:
    place = {one.code: number for number, one in enumerate(LANGUAGES)}
    told = np.zeros(country.size, np.int64)
    for number, one in enumerate(COUNTRIES):
        here = np.flatnonzero(country == number)
        told[here] = drawn(tuple((place[code], weight) for code, weight in one.langs), here.size, draw).astype(np.int64)
    return told


def _zones(country: I64, draw: np.random.Generator) -> F64:
    zone = np.zeros(country.size)
    for number, one in enumerate(COUNTRIES):
        here = np.flatnonzero(country == number)
        zone[here] = drawn(one.zones, here.size, draw)
    return zone


def _circles(count: int, draw: np.random.Generator) -> tuple[I64, I64]:
    """An interest for each, and contacts of the same interest, the closest first: friends, who know one another, and people of
    whom many know."""
    interests = max(4, count // PER_INTEREST)
    weights = 1 / np.arange(1, interests + 1) ** 0.5
    interest = draw.choice(interests, count, p=weights / weights.sum()).astype(np.int64)
    order = np.argsort(interest, kind="stable")
    first = np.searchsorted(interest[order], np.arange(interests + 1))
    members = np.maximum(np.diff(first), 1)[interest][:, None]
    own = np.empty(count, np.int64)
    own[order] = np.arange(count)
    own = (own - first[interest])[:, None]
    known = (draw.random((count, CONTACTS)) ** 1.5 * members).astype(np.int64)
    place = np.where(FRIENDS != 0, (own + FRIENDS) % members, known)
    place = np.where(place == own, (own + 1) % members, place)
    return interest, order[np.minimum(first[interest][:, None] + place, count - 1)]


def changes_of(holders: Holders, days: float, networks: Networks, draw: np.random.Generator) -> Changes:
    """The ordinary ones."""
    count = len(holders)
    home_asn, home_ip = networks.fixed(holders.country, draw)
    trip_since = _some(count, TRIPS, days, draw)
    pause_since = _some(count, PAUSES, days, draw)
    return Changes(
        phone_at=_some(count, NEW_PHONE, days, draw),
        phone_model=phones(count, draw),
        home_at=_some(count, NEW_HOME, days, draw),
        home_country=holders.country,
        home_asn=home_asn,
        home_ip=home_ip,
        carrier_at=_some(count, NEW_CARRIER, days, draw),
        carrier=networks.carrier(holders.country, draw),
        trip_since=trip_since,
        trip_until=np.minimum(trip_since, FAR - 20 * DAY) + draw.integers(2 * DAY, 12 * DAY, count),
        trip_country=(holders.country + draw.integers(1, len(COUNTRIES), count)) % len(COUNTRIES),
        trip_asn=np.zeros(count, np.int64),
        trip_ip=np.zeros(count, np.int64),
        office_at=np.full(count, FAR),
        office_asn=np.zeros(count, np.int64),
        office_ip=np.zeros(count, np.int64),
        client_at=_some(count, NEW_CLIENT, days, draw),
        client_name=pl.Series("client", THIRD_PARTY, dtype=pl.String).gather(
            (draw.random(count) ** 2 * len(THIRD_PARTY)).astype(np.int64)
        ),
        clock_at=np.full(count, FAR),
        clock_hours=np.zeros(count),
        pause_since=pause_since,
        pause_until=np.minimum(pause_since, FAR - 100 * DAY) + draw.integers(20 * DAY, 100 * DAY, count),
    )


def _some(count: int, per_year: float, days: float, draw: np.random.Generator) -> I64:
    """A moment of the world for those to whom it happens, FAR for the others."""
    at = START + (draw.random(count) * days * DAY).astype(np.int64) // HOUR * HOUR
    return np.where(draw.random(count) < per_year * days / 365, at, FAR)


def changed(changes: Changes, who: I64, **values: object) -> Changes:
    """`changes` with other values for `who`: one for all of them or one each."""
    told: dict[str, object] = {}
    for name, value in values.items():
        column = getattr(changes, name)
        if isinstance(column, pl.Series):
            told[name] = column.clone().scatter(who, value if isinstance(value, pl.Series) else str(value))
        else:
            fresh = column.copy()
            fresh[who] = value
            told[name] = fresh
    return replace(changes, **told)  # type: ignore[arg-type]
