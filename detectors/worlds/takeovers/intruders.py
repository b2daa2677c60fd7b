"""Intruders: what a ring does in the accounts of its victims, what it tried before, and how owners come back."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.worlds.drafts import I64, POST, SHARE, drafts, together
from detectors.worlds.people import CLIENTS
from detectors.worlds.rhythm import DAY, HOUR, SECOND, START
from detectors.worlds.takeovers.access import session_rows, sessions, strange_agents
from detectors.worlds.takeovers.countries import COUNTRIES, FIXED, HOSTING, Networks, asn_of
from detectors.worlds.takeovers.holders import CONTACTS, FAR, Changes, Holders
from detectors.worlds.takeovers.machines import VERSIONS, computers
from detectors.worlds.takeovers.rings import STYLES, Ring, Victims
from detectors.worlds.takeovers.seen import SESSION_DRAFT, seen_with
from detectors.worlds.takeovers.stays import Stays, rented, stay_events, stay_logins, stay_rows, stay_times
from detectors.worlds.takeovers.writing import POST_DRAFT, STYLES as MANNERS, styled
from detectors.worlds.words import LANGUAGES, texts

MINUTE = 60 * SECOND
SLOTS_PER_RING = 16  # of rented addresses: one per country, the others for hosting
SPRAYED = 8  # accounts tried in vain per victim of credential stuffing: an assumption
SHARED, MENTIONING, LINKING = 0.2, 0.25, 0.6  # shares of a ring's posts: assumptions
TEMPLATES, PAGES = 3, 4
DELETED = 0.6  # of the intruder's posts, where the owner comes back: an assumption
# Share of the victims whose account the intruder changes within the hour, by style: assumptions.
ALTERED = {
    "stuffing": {"email_changed": 0.2, "mfa_changed": 0.1},
    "token": {},
    "sim_swap": {"phone_changed": 1.0, "email_changed": 0.8, "mfa_changed": 0.7},
    "dormant": {"email_changed": 0.5},
    "contagion": {"mfa_changed": 0.1},
}


@dataclass(frozen=True, slots=True)
class Deeds:
    """POST_DRAFT (numbered) and SESSION_DRAFT rows that somebody adds to a world."""

    posts: pl.DataFrame
    sessions: pl.DataFrame


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
        parts.append(_sprayed(ring, stays, holders, networks, draw))
    if ring.style == "sim_swap":
        row = np.arange(len(stays))
        asked = stays.since - draw.integers(MINUTE, 30 * MINUTE, row.size)
        parts.append(stay_rows(stays, holders, networks, row, asked, "reset_requested", draw))
        parts.append(stay_rows(stays, holders, networks, row, stays.since, "reset_done", draw))
    return together(parts, SESSION_DRAFT)


def _sprayed(ring: Ring, stays: Stays, holders: Holders, networks: Networks, draw: np.random.Generator) -> pl.DataFrame:
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


def ring_posts(
    ring: Ring, victims: Victims, stays: Stays, holders: Holders, first: int, draw: np.random.Generator
) -> pl.DataFrame:
    """POST_DRAFT, numbered from `first` on: links, copied texts, mentions of many, shares of one another's posts."""
    zone = float(draw.integers(-8, 9)) if ring.keeps_hours else None
    row, at = stay_times(stays, 1 + draw.poisson(ring.posts - 1, len(stays)), STYLES[ring.style].days, zone, draw)
    who, count = stays.who[row], row.size
    opens = np.zeros(count, np.bool_)
    opens[np.unique(row, return_index=True)[1]] = True
    number = first + np.arange(count)
    lang = holders.language[who] if ring.own_language else np.full(count, int(draw.integers(0, len(LANGUAGES))))
    share = (draw.random(count) < SHARED) & ~opens & (np.arange(count) > 0)
    source = _before(share, draw)
    share &= holders.number[who[source]] != holders.number[who]
    nothing = pl.lit(None)
    rows = drafts(
        count,
        number=number,
        account=holders.number[who],
        at=at,
        kind=np.where(share, SHARE, POST),
        text=_ring_texts(ring, lang, draw),
        lang=pl.Series("lang", [one.code for one in LANGUAGES], dtype=pl.String).gather(lang),
        client=stays.client.gather(row),
        url=_ring_links(ring, row, draw),
        shared=number[source],
        shared_account=holders.number[who[source]],
        shared_at=at[source],
    )
    back = victims.recovered[row]
    gone = (back < FAR) & (draw.random(count) < DELETED)
    deleted = np.where(back < FAR, back, 0) + draw.integers(MINUTE, 6 * HOUR, count)
    told = rows.with_columns(share=pl.Series(share), gone=pl.Series(gone), deleted=pl.Series(deleted))
    told = told.with_columns(_mentioned(ring, holders, who, opens, ~share, draw))
    shared = pl.col("share")
    return told.with_columns(
        *(pl.when(shared).then(nothing).otherwise(pl.col(name)).alias(name) for name in ("text", "url")),
        *(pl.when(shared).then(pl.col(name)).alias(name) for name in ("shared", "shared_account", "shared_at")),
        deleted=pl.when("gone").then("deleted"),
    ).select(list(POST_DRAFT))


def _before(share: np.ndarray[tuple[int], np.dtype[np.bool_]], draw: np.random.Generator) -> I64:
    """For each row one of the last own posts before it; itself where there is none."""
    own = np.flatnonzero(~share)
    place = np.searchsorted(own, np.arange(share.size)) - draw.geometric(0.4, share.size)
    return np.where(place >= 0, own[np.maximum(place, 0)], np.arange(share.size))


def _ring_texts(ring: Ring, lang: I64, draw: np.random.Generator) -> pl.Series:
    """Copies of a few texts, a fifth of them with a word more; or new words each time."""
    manner = np.full(lang.size, ring.code % len(MANNERS))
    of_each = TEMPLATES if "text" in ring.ties else max(lang.size, 1)
    pools = pl.concat([texts(of_each, one.code, draw) for one in LANGUAGES])
    place = lang * of_each + (draw.integers(0, of_each, lang.size) if "text" in ring.ties else np.arange(lang.size))
    frame = pl.DataFrame(
        {"text": pools.gather(place), "more": draw.random(lang.size) < 0.2, "n": draw.integers(0, 1_000, lang.size)}
    )
    noisy = frame.select(pl.when("more").then(pl.format("{} {}", "text", "n")).otherwise("text").alias("text"))["text"]
    return styled(noisy, manner)


def _ring_links(ring: Ring, row: I64, draw: np.random.Generator) -> pl.Series:
    """To a few pages of the ring's site, or of a site for each victim."""
    frame = pl.DataFrame(
        {"row": row, "page": draw.integers(0, PAGES, row.size), "link": draw.random(row.size) < LINKING}
    )
    site = pl.lit(f"go{ring.code}") if "domain" in ring.ties else pl.format("go{}-{}", pl.lit(ring.code), "row")
    return frame.select(pl.when("link").then(pl.format("https://{}.example/{}", site, "page")).alias("url"))["url"]


def _mentioned(
    ring: Ring, holders: Holders, who: I64, opens: np.ndarray[tuple[int], np.dtype[np.bool_]],
    own: np.ndarray[tuple[int], np.dtype[np.bool_]], draw: np.random.Generator,
) -> pl.Series:  # fmt: skip
    """All contacts in the first post of contagion; strangers, three to eight of them, in some posts of the others."""
    if ring.style == "contagion":
        told, people = opens | (own & (draw.random(who.size) < MENTIONING)), holders.contacts[who]
    else:
        told = own & (draw.random(who.size) < MENTIONING)
        people = draw.integers(0, len(holders), (who.size, CONTACTS))
    wide = draw.integers(3, 9, who.size)
    wide[opens & (ring.style == "contagion")] = CONTACTS
    keep = told[:, None] & (np.arange(CONTACTS)[None, :] < wide[:, None])
    row, place = np.nonzero(keep)
    named = pl.DataFrame({"row": row, "one": holders.number[people[row, place]]})
    lists = named.group_by("row", maintain_order=True).agg(pl.col("one").alias("others"))
    everyone = pl.DataFrame({"row": np.arange(who.size)}).join(lists, on="row", how="left", maintain_order="left")
    return everyone["others"].fill_null(pl.Series([[]], dtype=pl.List(pl.Int64))).alias("others")


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


__all__ = ["Deeds", "recovery", "ring_posts", "ring_sessions", "ring_stays"]
