"""Copiers: accounts that post the same text or link as others for reasons of their own: wires, share buttons, petitions, apps."""

import numpy as np
import polars as pl

from detectors.worlds.campaigns import Made
from detectors.worlds.casting import Casting, group_labels, joined_in, posts_by
from detectors.worlds.drafts import I64, numbered
from detectors.worlds.rhythm import MEDIAN_DELAY_SECONDS, SECOND, any_times, awake, delays
from detectors.worlds.scene import Scene
from detectors.worlds.words import LANGUAGES, texts


def news_wires(scene: Scene, cast: Casting, first: int, draw: np.random.Generator) -> Made:
    """Outlets that run agency texts within minutes of one another, all day, from one feed tool (telegram_ru_news_dev)."""
    people, interest = scene.people, int(draw.integers(0, scene.people.interests))
    who = cast.take(int(draw.integers(6, 14)), draw, interest)
    things = int(draw.integers(40, 90))
    born = any_times(people.zone[np.resize(who, things)], scene.days, draw)
    thing, by = joined_in(things, who, draw.uniform(0.3, 0.7, who.size), draw)
    at = born[thing] + delays(thing.size, draw, 240.0, 1.1)
    words = texts(things, _code(scene, interest), draw, 10, 18).gather(thing)
    rows = posts_by(people, by, at, draw, text=words, client="feed")
    return Made(numbered(rows, first), labels=group_labels(people, who, "news_wire"))


def rss_feeds(scene: Scene, cast: Casting, first: int, draw: np.random.Generator) -> Made:
    """Accounts that a feed tool lets post every item of one site: same link, same title, a constant lag per account."""
    people, interest = scene.people, int(draw.integers(0, scene.people.interests))
    who = cast.take(int(draw.integers(4, 9)), draw, interest)
    things = int(draw.integers(20, 50))
    born = any_times(np.zeros(things), scene.days, draw)
    thing, by = joined_in(things, who, np.full(who.size, 0.95), draw)
    lag = dict(zip(who.tolist(), (draw.uniform(20, 900, who.size) * SECOND).astype(np.int64).tolist(), strict=True))
    at = born[thing] + np.array([lag[one] for one in by.tolist()], np.int64)
    titles = texts(things, _code(scene, interest), draw).gather(thing)
    rows = posts_by(people, by, at, draw, text=titles, url=_pages(first, thing), client="feed")
    return Made(numbered(rows, first), labels=group_labels(people, who, "rss_feed"))


def share_buttons(scene: Scene, cast: Casting, first: int, draw: np.random.Generator) -> Made:
    """Readers who press "share" below articles: title and link word for word, most within hours, some within a minute."""
    people, interest = scene.people, int(draw.integers(0, scene.people.interests))
    who = cast.take(cast.crowd(25, 400), draw, interest)
    things = max(12, who.size // 5)
    born = any_times(np.zeros(things), scene.days, draw)
    # Each reader presses for a few articles, popular ones more often.
    thing, by = joined_in(things, who, draw.uniform(0.02, 0.25, who.size), draw)
    at = awake(born[thing] + delays(thing.size, draw, 900.0, 2.0), people.zone[by], draw)
    titles = (texts(things, _code(scene, interest), draw) + " via the daily page").gather(thing)
    rows = posts_by(people, by, at, draw, text=titles, url=_pages(first, thing))
    return Made(numbered(rows, first), labels=group_labels(people, who, "share_button"))


def petition(scene: Scene, cast: Casting, first: int, draw: np.random.Generator) -> Made:
    """People who copy the text of a petition, a prayer or a song: five texts, hundreds of accounts, over days."""
    people, interest = scene.people, int(draw.integers(0, scene.people.interests))
    who = cast.take(cast.crowd(30, 300), draw, interest)
    born = any_times(np.zeros(5), scene.days / 2, draw)
    thing, by = joined_in(5, who, draw.uniform(0.1, 0.6, who.size), draw)
    at = awake(born[thing] + delays(thing.size, draw, 6 * MEDIAN_DELAY_SECONDS, 1.5), people.zone[by], draw)
    words = texts(5, _code(scene, interest), draw, 14, 24).gather(thing)
    return Made(
        numbered(posts_by(people, by, at, draw, text=words), first), labels=group_labels(people, who, "petition")
    )


def app_posts(scene: Scene, cast: Casting, first: int, draw: np.random.Generator) -> Made:
    """Players of a game that posts for them: one template with a number in it, one client, one landing page."""
    people = scene.people
    who = cast.take(cast.crowd(20, 500), draw)
    by = np.repeat(who, draw.integers(1, 9, who.size))
    score = pl.Series("score", draw.integers(1, 60, by.size))
    words = pl.select(pl.format("I just finished level {} of Made Up Towers, can you beat me today?", score))
    at = any_times(people.zone[by], scene.days, draw)
    rows = posts_by(
        people, by, at, draw, text=words.to_series(), lang="en", client="towers", url="https://towers.example/play"
    )
    return Made(numbered(rows, first), labels=group_labels(people, who, "app_driven"))


def _code(scene: Scene, interest: int) -> str:
    people = scene.people
    speakers = people.language[people.interest == interest]
    return LANGUAGES[int(speakers[0]) if speakers.size else 0].code


def _pages(first: int, thing: I64) -> pl.Series:
    frame = pl.DataFrame({"thing": thing})
    return frame.select(pl.format("https://daily{}.example/read/{}", pl.lit(first >> 28), "thing").alias("url"))["url"]
