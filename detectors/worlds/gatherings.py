"""Gatherings: many people who act at one time because something happens: a call, a conference, a broadcast, news."""

import numpy as np
import polars as pl

from detectors.worlds.campaigns import ORGANIC, Crew, Made
from detectors.worlds.casting import Casting, group_labels, joined_in, posts_by
from detectors.worlds.drafts import POST, SHARE, drafts, first_number, labels, numbered
from detectors.worlds.people import NAMESPACES
from detectors.worlds.rhythm import DAY, HOUR, SECOND, START, awake, cascade_times, delays
from detectors.worlds.scene import Scene
from detectors.worlds.words import LANGUAGES, texts

MINUTE = 60 * SECOND


def _home(scene: Scene, draw: np.random.Generator) -> tuple[int, str]:
    people = scene.people
    interest = int(draw.integers(0, people.interests))
    speakers = people.language[people.interest == interest]
    return interest, LANGUAGES[int(speakers[0]) if speakers.size else 0].code


def activists(scene: Scene, cast: Casting, first: int, draw: np.random.Generator) -> Made:
    """ "Tweet this at 8 pm": one or two evenings, a call before, its texts and tags from many unlike accounts around the hour."""
    people = scene.people
    interest, code = _home(scene, draw)
    who = cast.take(cast.crowd(40, 250), draw, interest)
    evenings = START + (draw.choice(int(scene.days) - 2, 2, replace=False) + 1) * DAY + 18 * HOUR
    thing, by = joined_in(2, who, draw.uniform(0.5, 0.9, who.size), draw)
    by, thing = np.repeat(by, 2), np.repeat(thing, 2)
    at = evenings[thing] + (draw.normal(0, 4, by.size) * MINUTE).astype(np.int64)
    proposed = texts(12, code, draw, 10, 16)
    which = thing * 6 + (draw.random(by.size) ** 2 * 6).astype(np.int64)
    tags = pl.Series("tags", ["stand now together", "vote clean water"]).gather(thing)
    calls = posts_by(people, who[:2], evenings - 6 * HOUR, draw, tags=tags[:2])
    rows = pl.concat([calls, posts_by(people, by, at, draw, text=proposed.gather(which), tags=tags)])
    return Made(numbered(rows, first), labels=group_labels(people, who, "activists"))


def conference(scene: Scene, cast: Casting, first: int, draw: np.random.Generator) -> Made:
    """Visitors of a conference: the same tags for three days, and the speakers' posts passed on from the room."""
    people = scene.people
    interest, _ = _home(scene, draw)
    who = cast.take(cast.crowd(30, 600), draw, interest)
    opens = START + int(draw.integers(1, max(2, int(scene.days) - 4))) * DAY + 8 * HOUR
    talks = opens + np.repeat(np.arange(3), 8) * DAY + np.tile(np.arange(8), 3) * HOUR
    speaker = np.resize(who[:6], talks.size)
    originals = posts_by(
        people, speaker, talks, draw, number=-1 - np.arange(talks.size), tags="madeconf24 keynote live"
    )
    thing, by = joined_in(talks.size, who[6:], draw.uniform(0.05, 0.4, who.size - 6), draw)
    shares = posts_by(
        people, by, talks[thing] + delays(by.size, draw, 180.0, 1.3), draw, kind=SHARE, text=None, shared=-1 - thing,
        shared_account=people.number[speaker[thing]], shared_at=talks[thing],
    )  # fmt: skip
    thing, by = joined_in(talks.size, who, np.full(who.size, 0.1), draw)
    heard = talks[thing] + (draw.uniform(0, 55, by.size) * MINUTE).astype(np.int64)
    spoken = posts_by(people, by, heard, draw, tags="madeconf24 keynote live")
    rows = pl.concat([originals, shares, spoken])
    return Made(numbered(rows, first), labels=group_labels(people, who, "conference"))


def broadcast(scene: Scene, cast: Casting, first: int, draw: np.random.Generator) -> Made:
    """Viewers of one programme: about as many posts as accounts in 70 minutes, with its tags (DATA.md: 12k posts, 11k accounts)."""
    people = scene.people
    who = cast.take(cast.crowd(50, 60), draw)
    by = np.concatenate([who, draw.choice(who, who.size // 11)])
    starts = START + int(draw.integers(1, int(scene.days) - 1)) * DAY + 19 * HOUR
    at = starts + (draw.beta(2.0, 2.5, by.size) * 70 * MINUTE).astype(np.int64)
    tags = pl.Series("tags", ["theshow", "theshow final", "theshow final live"]).gather(
        (draw.random(by.size) ** 2 * 3).astype(np.int64)
    )
    return Made(
        numbered(posts_by(people, by, at, draw, tags=tags), first), labels=group_labels(people, who, "broadcast")
    )


_NEWS_BORN = START + 3 * DAY + 15 * HOUR


def viral_news(scene: Scene, sharers: int, home: int, first_home: int, draw: np.random.Generator) -> Made:
    """One post that everybody shares, the same in all districts: `sharers` different people of this one, once each.

    The post and its outlet stand in the first district, `first_home`. Who shared within the hour is labelled.
    """
    people, number = scene.people, first_number(first_home * NAMESPACES + NAMESPACES - 1)
    # First those who were drawn in by the news alone, then as many others as are missing.
    passers, others = np.flatnonzero(people.activity == 0), np.flatnonzero(people.activity)
    regulars = draw.choice(others, min(others.size, max(0, sharers - passers.size)), replace=False)
    who = draw.permutation(np.concatenate([passers, regulars]))
    at = cascade_times(np.array([_NEWS_BORN]), np.array([who.size]), draw)
    at = awake(at, people.zone[who], draw)
    shares = posts_by(
        people, who, at, draw, kind=SHARE, text=None, shared=number, shared_account=number, shared_at=_NEWS_BORN
    )
    rows = numbered(shares, first_number(home * NAMESPACES + NAMESPACES - 2))
    told = group_labels(people, who[at < _NEWS_BORN + HOUR], "viral_news")
    if home != first_home:
        return Made(rows, labels=told)
    words = texts(1, "en", draw)
    original = drafts(1, number=number, account=number, at=_NEWS_BORN, kind=POST, lang="en", client="web", text=words)
    outlet = labels(1, account=number, label=ORGANIC, campaign="", archetype="", role="author", group="public_figure")
    crew = Crew(np.array([number]), 0, "en", np.zeros(1), pl.Series(["web"]), np.array([START - 2_000 * DAY]))
    return Made(pl.concat([original, rows]), labels=pl.concat([told, outlet]), crew=crew)
