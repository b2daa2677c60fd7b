"""A world with takeovers: its districts one after the other, or all of it at once with the actions that ingest would make."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from detectors.worlds.takeovers.countries import networks_of
from detectors.worlds.takeovers.district import takeover_district
from detectors.worlds.takeovers.roles import Asked
from detectors.worlds.world_part import WorldPart
from detectors.worlds.world_settings import USUAL_DAYS, WorldSettings

PREVALENCE = 0.05  # of the accounts are victims: DATA.md's base rate, 4.5 in a million logins, would leave most worlds without any
DISTRICT_EVENTS = 250_000
# Measured: rows of posts, sessions and actions per account, with those of groups, rings and operations.
EVENTS_PER_HOLDER = {True: 56.8, False: 40.0}


@dataclass(frozen=True, slots=True)
class TakeoverWorld:
    """The facts of a whole world as detectors read them (posts with `at`; actions of domains, tags, mentions and texts too), and the
    truth."""

    posts: pl.DataFrame
    sessions: pl.DataFrame
    accounts: pl.DataFrame
    actions: pl.DataFrame
    labels: pl.DataFrame
    campaigns: tuple[dict[str, Any], ...]


def takeover_parts(
    events: int,
    seed: int,
    *,
    days: float = USUAL_DAYS[True],
    posts: bool = True,
    prevalence: float = PREVALENCE,
    size: int | None = None,
) -> Iterator[WorldPart]:
    """District after district of about DISTRICT_EVENTS events; without `posts` sessions alone."""
    districts = max(1, round(events / DISTRICT_EVENTS))
    accounts = int(events / EVENTS_PER_HOLDER[posts])
    networks = networks_of(accounts)
    for district in range(districts):
        count = accounts // districts + (1 if district < accounts % districts else 0)
        prefix = f"d{district}" if districts > 1 else ""
        yield takeover_district(Asked(seed, district, count, days, posts, prevalence, size, prefix), networks)


def parts_with_takeovers(settings: WorldSettings) -> Iterator[WorldPart]:
    """As takeover_parts, for the presets takeover and sessions."""
    return takeover_parts(
        settings.events,
        settings.seed,
        days=settings.lasting,
        posts=settings.preset != "sessions",
        prevalence=settings.prevalence or PREVALENCE,
        size=settings.size,
    )


def takeover_world(
    events: int = 60_000,
    seed: int = 0,
    *,
    days: float = USUAL_DAYS[True],
    posts: bool = True,
    prevalence: float = PREVALENCE,
    size: int | None = None,
) -> TakeoverWorld:
    """The whole world in memory. `prevalence`: share of the accounts that are victims; `size`: of each ring, drawn when None."""
    parts = list(takeover_parts(events, seed, days=days, posts=posts, prevalence=prevalence, size=size))
    written = pl.concat([part.posts for part in parts]).rename({"created_at": "at"}).sort("at", "post_id")
    followed = pl.concat([part.actions for part in parts])
    return TakeoverWorld(
        posts=written,
        sessions=in_order(pl.concat([part.sessions for part in parts])),
        accounts=pl.concat([part.accounts for part in parts]).sort("account_id"),
        actions=pl.concat([followed, posted_actions(written)], how="diagonal").sort(
            "at", "account_id", "trace", "object_id"
        ),
        labels=pl.concat([part.labels for part in parts]).sort("account_id"),
        campaigns=tuple(told for part in parts for told in part.campaigns),
    )


def in_order(sessions: pl.DataFrame) -> pl.DataFrame:
    """The sessions of several districts sorted by time; a world may have none."""
    return sessions.sort("at", "account_id", "event", "ip", "device", "user_agent") if sessions.width else sessions


def posted_actions(posts: pl.DataFrame) -> pl.DataFrame:
    """account_id, trace, object_id, at, post_id of what posts touch, nearly as ingest tells it: the text stands for itself there,
    near-copies apart."""
    own = posts.filter(pl.col("kind") != "share")
    site = pl.col("object_id").str.extract(r"^https?://([^/]+)")
    touched = {
        "url": own.explode("urls").rename({"urls": "object_id"}),
        "domain": own.explode("urls").rename({"urls": "object_id"}).with_columns(site),
        "hashtag": own.explode("hashtags").rename({"hashtags": "object_id"}),
        "mention": own.explode("mentions").rename({"mentions": "object_id"}),
        "text": own.rename({"text": "object_id"}),
        "share": posts.rename({"shared_post_id": "object_id"}),
    }
    parts = [
        rows.select("account_id", pl.lit(trace).alias("trace"), "object_id", "at", "post_id").drop_nulls("object_id")
        for trace, rows in touched.items()
    ]
    return pl.concat(parts)
