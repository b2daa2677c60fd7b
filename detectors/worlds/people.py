"""People: the ordinary accounts of a district, with how much they post, where they live and what they care about."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.worlds.drafts import F64, I64, account_ids, first_number, moments
from detectors.worlds.rhythm import DAY, START
from detectors.worlds.words import LANGUAGES, SMALL_LANGUAGE

# P(posts >= n) = n^-1.65, cut at 300: median 1, p90 4, p99 16. Real: mix_injected2016 background median 1, p90 4, p99 20,
# max 293; VoterFraud 2020 retweets per user median 1, p90 4, p99 11, max 230. Look-alikes come on top.
ACTIVITY_EXPONENT = 1.65
MOST_POSTS = 300
PEOPLE_PER_INTEREST = 1_500  # an assumption: larger interests make chance overlap rarer, smaller ones the world denser
NAMESPACES = 4096  # per district: 0 the people, the others campaigns (from below), look-alikes and news (from above)
CLIENTS = ("web", "android", "iphone", "tablet", "desk", "feed", "planner", "lite")
_CLIENT_WEIGHTS = np.array([0.28, 0.30, 0.28, 0.05, 0.04, 0.02, 0.02, 0.01])


@dataclass(frozen=True, slots=True)
class People:
    """One entry per account; `interest` numbers the interests, `language` the LANGUAGES, `client` the CLIENTS."""

    number: I64
    activity: I64
    interest: I64
    language: I64
    zone: F64
    client: I64
    created: I64
    interests: int

    def __len__(self) -> int:
        return self.number.size

    def langs(self, who: I64) -> pl.Series:
        return pl.Series("lang", [one.code for one in LANGUAGES], dtype=pl.String).gather(self.language[who])

    def clients(self, who: I64) -> pl.Series:
        return pl.Series("client", CLIENTS, dtype=pl.String).gather(self.client[who])


def people_of(district: int, count: int, draw: np.random.Generator, passers: int = 0) -> People:
    """`count` ordinary accounts, of whom the last `passers` post nothing of their own accord.

    Interests have Zipf sizes, the smallest language has exactly one of them.
    """
    interests = max(6, count // PEOPLE_PER_INTEREST)
    weights = 1 / np.arange(1, interests + 1) ** 0.7
    interest = draw.choice(interests, count, p=weights / weights.sum())
    spoken = _spoken(interests, draw)
    language = spoken[interest]
    return People(
        number=first_number(district * NAMESPACES) + np.arange(count),
        activity=np.concatenate([activity(count - passers, draw), np.zeros(passers, np.int64)]),
        interest=interest.astype(np.int64),
        language=language,
        zone=_zones(language, draw),
        client=draw.choice(len(CLIENTS), count, p=_CLIENT_WEIGHTS),
        created=(START - draw.uniform(1, 3_500, count) * DAY).astype(np.int64),
        interests=interests,
    )


def activity(count: int, draw: np.random.Generator) -> I64:
    """Posts per account: 1 .. MOST_POSTS with the tail of ACTIVITY_EXPONENT."""
    return np.minimum((1 - draw.random(count)) ** (-1 / ACTIVITY_EXPONENT), MOST_POSTS).astype(np.int64)


def _spoken(interests: int, draw: np.random.Generator) -> I64:
    large = [number for number, one in enumerate(LANGUAGES) if one.code != SMALL_LANGUAGE]
    share = np.array([LANGUAGES[number].share for number in large])
    spoken = draw.choice(large, interests, p=share / share.sum())
    spoken[-1] = [one.code for one in LANGUAGES].index(SMALL_LANGUAGE)
    return spoken.astype(np.int64)


def _zones(language: I64, draw: np.random.Generator) -> F64:
    zone = np.zeros(language.size)
    for number, one in enumerate(LANGUAGES):
        speakers = np.flatnonzero(language == number)
        hours, weight = np.array(one.zones).T
        zone[speakers] = draw.choice(hours, speakers.size, p=weight / weight.sum())
    return zone


def accounts_table(number: I64, created: I64, langs: pl.Series, draw: np.random.Generator) -> pl.DataFrame:
    """The canonical accounts table; handles are made from the ids and say nothing."""
    count = number.size
    followers = np.exp(draw.normal(4.5, 1.8, count)).astype(np.int64)
    table = pl.DataFrame(
        {
            "number": number,
            "created": created,
            "lang": langs,
            "followers": followers,
            "following": np.exp(draw.normal(5.0, 1.3, count)).astype(np.int64),
            "verified": draw.random(count) < 0.01,
        }
    )
    return table.select(
        account_ids("number").alias("account_id"),
        pl.format("u{}", account_ids("number").str.slice(1)).alias("handle"),
        pl.format("User {}", account_ids("number").str.slice(-5)).alias("display_name"),
        moments("created").alias("created_at"),
        "followers",
        "following",
        "verified",
        "lang",
    )
