"""Transplants: real organic histories of which some go on, from a moment on, as somebody else's."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.worlds.drafts import F64, I64, Flags
from detectors.worlds.rhythm import DAY, HOUR, MINUTE, SECOND
from detectors.worlds.seeds import chance
from detectors.worlds.takeovers.rings import LEAST_DAYS, LEAST_EVENTS, LEAST_VICTIMS, TIES
from detectors.worlds.words import texts
from graph.errors import BadSetting
from graph.schemas import POST_SCHEMA, PROVENANCE

COLUMNS = [name for name in POST_SCHEMA if name not in PROVENANCE and name != "fingerprint"]
LEAST_AFTER = 5  # own posts that a victim goes on to make, so that there is something to replace
LEAST_SPLICED = 3
LEAST_DONATED = 8  # posts of an account whose tail is worth splicing
CARRYING = 0.6  # of the spliced posts show the ring's site or text, where these tie it: an assumption
TEMPLATES, PAGES = 3, 4
SHARED = [name for name in COLUMNS if name.startswith("shared_")]  # what only a share has


@dataclass(frozen=True, slots=True)
class Transplant:
    """One ring: `replaced` of each victim's later posts (.1 to 1) are somebody else's; `ties`: of TIES, what is new and shared."""

    name: str
    size: int
    replaced: float
    ties: tuple[str, ...]
    spread_hours: float = 24.0

    @property
    def code(self) -> int:
        return zlib.crc32(self.name.encode())


@dataclass(frozen=True, slots=True)
class Transplanted:
    """`posts`: COLUMNS, sorted by time; `labels`: account_id, label, type, ring, taken_at, recovered_at, style, group, one row per account."""

    posts: pl.DataFrame
    labels: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _History:
    """Posts sorted by account and time, and the same as numbers: `first[a]` .. `first[a + 1]` are the rows of account `a`."""

    posts: pl.DataFrame
    accounts: pl.Series
    first: I64
    at: I64


def drawn_transplants(count: int, seed: int, most: int = 200, infrastructure: bool = False) -> tuple[Transplant, ...]:
    """`count` rings: 3 to `most` victims, log-uniform; 10 to 100 % replaced; two ties or more, of posts alone unless told otherwise."""
    draw = chance(seed, "transplants")
    usable = np.array(TIES if infrastructure else TIES[2:])
    made = []
    for number in range(count):
        ties = draw.choice(usable, int(draw.integers(2, usable.size + 1)), replace=False)
        made.append(
            Transplant(
                name=f"graft{number}",
                size=int(np.exp(draw.uniform(np.log(3), np.log(most + 0.99)))),
                replaced=round(float(draw.uniform(0.1, 1.0)), 2),
                ties=tuple(sorted(map(str, ties))),
                spread_hours=round(float(np.exp(draw.uniform(np.log(2), np.log(72)))), 1),
            )
        )
    return tuple(made)


def transplanted(
    posts: pl.DataFrame, rings: Sequence[Transplant], seed: int, donors: pl.DataFrame | None = None
) -> Transplanted:
    """Onto `size` accounts of `posts` per ring the tails of other accounts are spliced, one each, or those of `donors` (a campaign).

    Takes POST_SCHEMA (account_id, at and post_id at least; provenance is dropped). Victims have 20 posts over 14 days before they
    are taken. All other posts stay as they are. Raises BadSetting when fewer than three accounts fit a ring; a ring for which some fit is
    smaller than asked.
    """
    history = _history(posts)
    if not history.posts.height:
        raise BadSetting("There are no posts to splice anything onto.", "Give posts with account_id and at.")
    given = _history(donors) if donors is not None else history
    free = np.ones(history.accounts.len(), np.bool_)
    removed, added, victims = [], [], []
    for ring in rings:
        draw = chance(seed, "transplant", ring.name)
        who, taken = _victims(history, ring, free, draw)
        free[who] = False
        lost, rows = _spliced(history, given, ring, who, taken, free if donors is None else None, draw)
        removed.append(lost)
        added.append(rows)
        victims.append(_truth(history, ring, who, taken))
    kept = history.posts.with_row_index("row").filter(
        ~pl.col("row").is_in(np.concatenate([np.zeros(0, np.int64), *removed]))
    )
    told = pl.concat([kept.drop("row"), *added]).sort("at", "account_id", "post_id")
    return Transplanted(told, _labels(history, victims))


def _history(posts: pl.DataFrame) -> _History:
    lacking = [pl.lit(None, POST_SCHEMA[name]).alias(name) for name in COLUMNS if name not in posts.columns]
    rows = posts.with_columns(lacking).select(pl.col(name).cast(POST_SCHEMA[name]) for name in COLUMNS)
    rows = rows.filter(pl.col("account_id").is_not_null() & pl.col("at").is_not_null()).sort(
        "account_id", "at", "post_id"
    )
    opens = np.flatnonzero(rows["account_id"].rle_id().diff().fill_null(1).to_numpy())
    return _History(rows, rows["account_id"][opens], np.append(opens, rows.height), rows["at"].to_physical().to_numpy())


def _before(history: _History, moment: int) -> I64:
    """Posts of each account before a moment."""
    earlier = np.append(0, np.cumsum(history.at < moment))
    told: I64 = earlier[history.first[1:]] - earlier[history.first[:-1]]
    return told


def _victims(history: _History, ring: Transplant, free: Flags, draw: np.random.Generator) -> tuple[I64, I64]:
    """Accounts and when each is taken: at a moment of the middle of the collection at which enough accounts fit."""
    spread = int(ring.spread_hours * HOUR)
    counts = np.diff(history.first)
    opened = history.at[history.first[:-1]]
    best = np.zeros(0, np.int64)
    for moment in draw.permutation(np.quantile(history.at, np.linspace(0.4, 0.85, 16)).astype(np.int64)).tolist():
        after = counts - _before(history, moment + spread)
        settled = (_before(history, moment) >= LEAST_EVENTS) & (moment - opened >= int(LEAST_DAYS * DAY))
        fit = np.flatnonzero(free & settled & (after >= LEAST_AFTER))
        if fit.size > best.size:
            best, start = fit, moment
        if best.size >= ring.size:
            break
    if best.size < LEAST_VICTIMS:
        raise BadSetting(
            f"Only {best.size} accounts have the history that ring {ring.name} needs.",
            f"Give posts of accounts with {LEAST_EVENTS} posts over {LEAST_DAYS:.0f} days and {LEAST_AFTER} after them.",
        )
    who = draw.permutation(best)[: ring.size]
    return who, start + np.sort(draw.integers(0, max(spread, 1), who.size))


def _spliced(
    history: _History, given: _History, ring: Transplant, who: I64, taken: I64, others: Flags | None, draw: np.random.Generator
) -> tuple[I64, pl.DataFrame]:  # fmt: skip
    """The rows of the victims' own posts that are lost, and the posts in their place."""
    counts = np.diff(given.first)
    usable = np.flatnonzero((counts >= LEAST_DONATED) & (others if others is not None else True))
    if not usable.size:
        raise BadSetting(
            f"No account has the {LEAST_DONATED} posts that ring {ring.name} would splice.", "Give more donors."
        )
    # A donor for each victim, so that victims have nothing in common but what ties them.
    donor = np.resize(draw.permutation(usable), who.size)
    lost, rows, at, owner = [], [], [], []
    end = int(history.at.max())
    for victim, since, source in zip(who.tolist(), taken.tolist(), donor.tolist(), strict=True):
        own = np.arange(history.first[victim], history.first[victim + 1])
        later = own[history.at[own] >= since]
        number = max(LEAST_SPLICED, round(ring.replaced * later.size))
        lost.append(draw.permutation(later)[: min(number, later.size)])
        row, when = _tail(given, int(source), number, draw)
        rows.append(row)
        at.append(since + _fitted(when, end - since, draw))
        owner.append(np.full(number, victim))
    place = np.concatenate(rows)
    posts = given.posts[place].with_columns(
        account_id=history.accounts.gather(np.concatenate(owner)),
        at=pl.Series(np.concatenate(at)).cast(POST_SCHEMA["at"]),
        post_id=pl.Series([f"{ring.name}-{number}" for number in range(place.size)]),
        deleted_at=pl.lit(None, POST_SCHEMA["deleted_at"]),
    )
    return np.concatenate(lost), _tied(posts, ring, draw)


def _tail(given: _History, donor: int, number: int, draw: np.random.Generator) -> tuple[I64, F64]:
    """Rows of the donor one after the other from some place on, from the start again at the end; seconds since the first of them."""
    low, high = int(given.first[donor]), int(given.first[donor + 1])
    row = low + (int(draw.integers(0, high - low)) + np.arange(number)) % (high - low)
    gaps = np.diff(given.at[row], prepend=given.at[row[0]]) / SECOND
    usual = float(np.median(np.diff(given.at[low:high]))) / SECOND
    return row, np.cumsum(np.where(gaps < 0, usual, gaps))


def _fitted(seconds: F64, span: int, draw: np.random.Generator) -> I64:
    """The donor's times, from some minutes on, drawn together where the collection ends before they do."""
    start = int(draw.integers(2 * MINUTE, 40 * MINUTE))
    room = max((span - start) / SECOND, 1.0)
    told: I64 = start + (seconds * min(1.0, room / max(float(seconds[-1]), 1.0)) * SECOND).astype(np.int64)
    return np.minimum(told, span)


def _tied(posts: pl.DataFrame, ring: Transplant, draw: np.random.Generator) -> pl.DataFrame:
    """What the ring brings, on the posts: a client on all of them; a site and a text on most that are not shares, and on the first of
    each victim, which the intruder came to make: the donor may not write again for weeks.
    """
    count = posts.height
    opens = pl.Series(posts["account_id"].rle_id().diff().fill_null(1).to_numpy() > 0)
    nothing = pl.lit(None)
    posts = posts.with_columns(
        *(pl.when(opens).then(nothing).otherwise(pl.col(name)).alias(name) for name in SHARED),
        kind=pl.when(opens).then(pl.lit("post")).otherwise("kind"),
    )
    shows = opens | pl.Series(draw.random(count) < CARRYING) & (posts["kind"].fill_null("post") != "share")
    if "client" in ring.ties:
        posts = posts.with_columns(client=pl.lit(f"tool{ring.code}"))
    if "domain" in ring.ties:
        page = pl.DataFrame({"page": draw.integers(0, PAGES, count)})
        url = page.select(pl.concat_list(pl.format("https://go{}.example/{}", pl.lit(ring.code), "page")).alias("u"))[
            "u"
        ]
        posts = posts.with_columns(urls=pl.when(shows).then(url).otherwise("urls"))
    if "text" in ring.ties:
        pool = texts(TEMPLATES, "en", draw).gather(draw.integers(0, TEMPLATES, count))
        posts = posts.with_columns(text=pl.when(shows).then(pool).otherwise("text"))
    return posts


def _truth(history: _History, ring: Transplant, who: I64, taken: I64) -> pl.DataFrame:
    told = pl.DataFrame(
        {"account_id": history.accounts.gather(who), "taken_at": pl.Series(taken).cast(POST_SCHEMA["at"])}
    )
    return told.with_columns(ring=pl.lit(ring.name), type=pl.lit("compromised"), label=pl.lit("compromised"))


def _labels(history: _History, victims: list[pl.DataFrame]) -> pl.DataFrame:
    columns = {
        "account_id": pl.String,
        "taken_at": POST_SCHEMA["at"],
        "ring": pl.String,
        "type": pl.String,
        "label": pl.String,
    }
    known = pl.concat([pl.DataFrame(schema=columns), *victims])
    everyone = pl.DataFrame({"account_id": history.accounts}).join(
        known, on="account_id", how="left", maintain_order="left"
    )
    return everyone.select(
        "account_id", pl.col("label").fill_null("organic"), "type", "ring", "taken_at",
        pl.lit(None, POST_SCHEMA["at"]).alias("recovered_at"), pl.lit(None, pl.String).alias("style"), pl.lit("").alias("group"),
    ).sort("account_id")  # fmt: skip
