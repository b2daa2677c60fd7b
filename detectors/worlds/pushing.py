"""Pushing: the posts of an operation, from its schedule. Each thing goes through one channel; camouflage is mixed in."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.worlds.campaigns import Campaign, Crew
from detectors.worlds.drafts import I64, POST, REPLY, SHARE, drafts
from detectors.worlds.everyday import TAGS_PER_INTEREST, Scene, cascades_of, share_rows
from detectors.worlds.rhythm import SECOND, awake, delays
from detectors.worlds.schedules import Pushes
from detectors.worlds.words import texts, vocabulary

SEEDERS = 0.08  # share of the members whose own posts the others share


@dataclass(frozen=True, slots=True)
class Channel:
    """What a channel needs: who, which scene, and the campaign (its name makes its links and tags its own)."""

    campaign: Campaign
    crew: Crew
    scene: Scene
    draw: np.random.Generator


def pushed(channel: Channel, pushes: Pushes) -> pl.DataFrame:
    """Drafts of the pushes, not numbered, but for originals (see `_shared`): things take the channels in turn at random."""
    names = channel.campaign.channels
    through = channel.draw.integers(0, len(names), pushes.born.size)
    parts = []
    for number, name in enumerate(names):
        mine = through[pushes.thing] == number
        part = Pushes(pushes.member[mine], pushes.thing[mine], pushes.at[mine], pushes.born)
        parts.append(CHANNELS[name](channel, part))
    return pl.concat(parts)


def seeders(size: int) -> int:
    """How many members, from the first on, seed."""
    return max(1, int(size * SEEDERS))


def _by_members(channel: Channel, pushes: Pushes, **columns: object) -> pl.DataFrame:
    crew = channel.crew
    return drafts(
        pushes.member.size,
        account=crew.number[pushes.member],
        at=pushes.at,
        lang=crew.lang,
        client=crew.client.gather(pushes.member),
        **columns,
    )


def _own_words(channel: Channel, count: int) -> pl.Series:
    return texts(count, channel.crew.lang, channel.draw)


def _shared(channel: Channel, pushes: Pushes) -> pl.DataFrame:
    """A seeder's post, and shares of it by the others. The post's number is that of its row after numbering: see `numbered`."""
    crew, draw = channel.crew, channel.draw
    things = np.unique(pushes.thing)
    seeder = np.zeros(pushes.born.size, np.int64)
    seeder[things] = draw.integers(0, seeders(len(crew)), things.size)
    born = pushes.born - draw.integers(5 * SECOND, 600 * SECOND, pushes.born.size)
    originals = drafts(
        things.size,
        number=-1 - things,  # placeholder that the shares point to
        account=crew.number[seeder[things]],
        at=born[things],
        kind=POST,
        text=_own_words(channel, things.size),
        lang=crew.lang,
        client=crew.client.gather(seeder[things]),
    )
    others = pushes.member != seeder[pushes.thing]
    part = Pushes(pushes.member[others], pushes.thing[others], pushes.at[others], pushes.born)
    shares = _by_members(
        channel,
        part,
        kind=SHARE,
        shared=-1 - part.thing,
        shared_account=crew.number[seeder[part.thing]],
        shared_at=born[part.thing],
    )
    return pl.concat([originals, shares])


def _boosted(channel: Channel, pushes: Pushes) -> pl.DataFrame:
    """Shares of posts of ordinary authors, chosen among the less popular ones of the crew's interest."""
    scene, draw = channel.scene, channel.draw
    interest = np.full(pushes.born.size, channel.crew.interest, np.int64)
    target = cascades_of(scene, interest, draw, power=0.3)
    # The post is pushed some while after it appeared, whenever the operation gets to it.
    late = np.maximum(scene.born[target] + delays(target.size, draw) - pushes.born, 0)
    at = pushes.at + late[pushes.thing]
    crew = channel.crew
    lang = pl.repeat(crew.lang, at.size, dtype=pl.String, eager=True)
    return share_rows(
        crew.number[pushes.member], at, crew.client.gather(pushes.member), lang, scene, target[pushes.thing]
    )


def campaign_links(campaign: Campaign, things: I64) -> pl.Series:
    """One URL per thing, on the campaign's three sites; a campaign that shares targets takes every third from the other."""
    frame = pl.DataFrame({"thing": things})
    other = pl.lit(campaign.targets_of or campaign.name)
    owner = pl.when(pl.col("thing") % 3 == 0).then(other).otherwise(pl.lit(campaign.name))
    return frame.select(pl.format("https://{}-post{}.example/a/{}", owner, pl.col("thing") % 3, "thing").alias("url"))[
        "url"
    ]


def _linked(channel: Channel, pushes: Pushes) -> pl.DataFrame:
    words = _own_words(channel, pushes.member.size)
    return _by_members(channel, pushes, kind=POST, text=words, url=campaign_links(channel.campaign, pushes.thing))


def _copied(channel: Channel, pushes: Pushes) -> pl.DataFrame:
    """One text per thing, each copy with noise that hides it from an exact comparison: marks, a changed word, a short link."""
    told = _own_words(channel, pushes.born.size).gather(pushes.thing)
    noise = pl.Series("noise", ["", " !", " …", " 🙂", " 👍", " !!", " ->", " 🔥"]).gather(
        channel.draw.integers(0, 8, told.len())
    )
    words = vocabulary(channel.crew.lang).gather(channel.draw.integers(0, 1_500, told.len()))
    changed = pl.Series("changed", channel.draw.random(told.len()) < 0.2)
    frame = pl.DataFrame({"told": told, "noise": noise, "word": words, "changed": changed})
    # A fifth of the copies have their last word changed: near-copies, not copies.
    other = pl.concat_str(pl.col("told").str.replace(r"\s\S+$", " "), "word")
    noisy = frame.select(pl.concat_str(pl.when("changed").then(other).otherwise("told"), "noise").alias("text"))["text"]
    return _by_members(channel, pushes, kind=POST, text=noisy)


def _tagged(channel: Channel, pushes: Pushes) -> pl.DataFrame:
    """The same three or four tags in the same order, with words of the account's own."""
    draw, count = channel.draw, pushes.born.size
    interest = channel.crew.interest
    ranks = np.argsort(draw.random((count, TAGS_PER_INTEREST)), axis=1)[:, :4]
    orders = [
        " ".join(f"topic{interest}x{rank}" for rank in row[: 3 + at % 2]) for at, row in enumerate(ranks.tolist())
    ]
    tags = pl.Series("tags", orders, dtype=pl.String).gather(pushes.thing)
    return _by_members(channel, pushes, kind=POST, text=_own_words(channel, pushes.member.size), tags=tags)


def _replied(channel: Channel, pushes: Pushes) -> pl.DataFrame:
    """Replies, each in its own words, to the same posts of ordinary authors."""
    scene = channel.scene
    target = cascades_of(scene, np.full(pushes.born.size, channel.crew.interest, np.int64), channel.draw, power=0.5)
    chosen = target[pushes.thing]
    late = np.maximum(scene.born[target] + 60 * SECOND - pushes.born, 0)
    rows = _by_members(
        channel,
        pushes,
        kind=REPLY,
        text=_own_words(channel, pushes.member.size),
        reply_to=scene.post[chosen],
        reply_account=scene.author[chosen],
    )
    return rows.with_columns(pl.Series("at", pushes.at + late[pushes.thing]))


def _pictured(channel: Channel, pushes: Pushes) -> pl.DataFrame:
    frame = pl.DataFrame({"thing": pushes.thing})
    media = frame.select(pl.format("m{}-{}", pl.lit(channel.campaign.name), "thing").alias("media"))["media"]
    return _by_members(channel, pushes, kind=POST, text=_own_words(channel, pushes.member.size), media=media)


CHANNELS: dict[str, Callable[[Channel, Pushes], pl.DataFrame]] = {
    "share": _shared,
    "boost": _boosted,
    "url": _linked,
    "text": _copied,
    "tags": _tagged,
    "reply": _replied,
    "media": _pictured,
}


def camouflage(channel: Channel, pushed_rows: int) -> pl.DataFrame:
    """What makes the members look like anybody: shares of popular posts of their interest, and posts of their own.

    As many rows as make the campaign's share of camouflage, members at random.
    """
    share = channel.campaign.camouflage
    count = round(pushed_rows * share / (1 - share))
    crew, scene, draw = channel.crew, channel.scene, channel.draw
    who = draw.integers(0, len(crew), count)
    interest = np.where(draw.random(count) < 0.85, crew.interest, draw.integers(0, scene.people.interests, count))
    cascade = cascades_of(scene, interest.astype(np.int64), draw)
    at = awake(scene.born[cascade] + delays(count, draw), crew.zone[who], draw)
    lang = pl.repeat(crew.lang, count, dtype=pl.String, eager=True)
    shares = share_rows(crew.number[who], at, crew.client.gather(who), lang, scene, cascade)
    own = pl.Series(draw.random(count) < 0.25)
    spoken = drafts(
        count, account=crew.number[who], at=at, kind=POST, text=texts(count, crew.lang, draw), lang=crew.lang,
        client=crew.client.gather(who),
    )  # fmt: skip
    return pl.concat([shares.filter(~own), spoken.filter(own)])


def numbered(rows: pl.DataFrame, first: int) -> pl.DataFrame:
    """Rows with numbers from `first` on; shares that point to a placeholder (below 0) point to its new number."""
    placed = rows.with_columns(pl.Series("new", first + np.arange(rows.height)))
    known = placed.filter(pl.col("number") < 0).select(pl.col("number").alias("shared"), pl.col("new").alias("target"))
    told = placed.join(known, on="shared", how="left", maintain_order="left")
    return told.with_columns(number=pl.col("new"), shared=pl.coalesce("target", "shared")).drop("new", "target")
