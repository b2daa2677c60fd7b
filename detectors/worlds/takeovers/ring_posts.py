"""What a ring posts in the accounts of its victims: links, copied texts, mentions of many, shares of one another's posts."""

import numpy as np
import polars as pl

from detectors.worlds.drafts import I64, POST, SHARE, Flags, drafts
from detectors.worlds.rhythm import HOUR, MINUTE, SECOND
from detectors.worlds.takeovers.holders import CONTACTS, FAR, Holders
from detectors.worlds.takeovers.rings import STYLES, Ring, Victims
from detectors.worlds.takeovers.stays import Stays, stay_times
from detectors.worlds.takeovers.writing import POST_DRAFT, styled
from detectors.worlds.takeovers.writing import STYLES as MANNERS
from detectors.worlds.words import LANGUAGES, texts

SHARED, MENTIONING, LINKING = 0.2, 0.25, 0.6  # shares of a ring's posts: assumptions
TEMPLATES, PAGES = 3, 4
DELETED = 0.6  # of the intruder's posts, where the owner comes back: an assumption


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
    # A share comes within minutes of its post, unless the account was not in the intruder's hands by then.
    soon = at[source] + draw.integers(5 * SECOND, 5 * MINUTE, count)
    at = np.where(share & (soon >= stays.since[row]) & (soon < stays.until[row]), soon, at)
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
        url=_ring_links(ring, row, opens, draw),
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


def _before(share: Flags, draw: np.random.Generator) -> I64:
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


def _ring_links(ring: Ring, row: I64, opens: Flags, draw: np.random.Generator) -> pl.Series:
    """To a few pages of the ring's site, or of a site for each victim; contagion opens with one."""
    link = (draw.random(row.size) < LINKING) | (opens & (ring.style == "contagion"))
    frame = pl.DataFrame({"row": row, "page": draw.integers(0, PAGES, row.size), "link": link})
    site = pl.lit(f"go{ring.code}") if "domain" in ring.ties else pl.format("go{}-{}", pl.lit(ring.code), "row")
    return frame.select(pl.when("link").then(pl.format("https://{}.example/{}", site, "page")).alias("url"))["url"]


def _mentioned(
    ring: Ring, holders: Holders, who: I64, opens: Flags,
    own: Flags, draw: np.random.Generator,
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
