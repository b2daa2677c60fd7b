"""Pushing: the posts of an operation, from its schedule. Each thing goes through one channel; camouflage is mixed in."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.worlds.campaigns import Campaign, Crew
from detectors.worlds.cascades import STRAYS
from detectors.worlds.drafts import I64, POST, REPLY, SHARE, drafts
from detectors.worlds.everyday import TAGS_PER_INTEREST
from detectors.worlds.rhythm import SECOND, any_times, awake, delays
from detectors.worlds.scene import FanBlock, Scene, cascades_of, share_rows
from detectors.worlds.schedules import Pushes
from detectors.worlds.words import texts, vocabulary

# Popular posts more often, the most popular a little less than by chance: an assumption.
CAMOUFLAGE_POWER = 0.8
OWN_WORDS = 0.25  # of camouflage
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
    other = zlib.crc32(campaign.targets_of.encode()) % 1_000_000 if campaign.targets_of else campaign.code
    frame = pl.DataFrame({"thing": things, "site": things % 3})
    frame = frame.with_columns(code=pl.when(pl.col("site") == 0).then(other).otherwise(campaign.code))
    return frame.select(pl.format("https://n{}x{}.example/story/{}", "code", "site", "thing").alias("url"))["url"]


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
    changed = pl.Series("changed", channel.draw.random(told.len()) >= channel.campaign.exact)
    frame = pl.DataFrame({"told": told, "noise": noise, "word": words, "changed": changed})
    # The others have their last word changed: near-copies, not copies.
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
    media = frame.select(pl.format("m{}x{}", pl.lit(channel.campaign.code), "thing").alias("media"))["media"]
    return _by_members(channel, pushes, kind=POST, text=_own_words(channel, pushes.member.size), media=media)


def _idolised(channel: Channel, pushes: Pushes) -> pl.DataFrame:
    """Shares of the posts of an author with fans, inside the fans' own crowd: the same object, other moments."""
    block = _block(channel)
    chosen = pushes.thing % block.post.size
    # The fans come at once; the operation comes when it comes, all together.
    late = delays(pushes.born.size, channel.draw, 3_600.0, 1.0)[pushes.thing]
    at = block.born[chosen] + late + (pushes.at - pushes.born[pushes.thing])
    return _by_members(
        channel,
        Pushes(pushes.member, pushes.thing, at, pushes.born),
        kind=SHARE,
        shared=block.post[chosen],
        shared_account=np.full(at.size, block.author),
        shared_at=block.born[chosen],
    )


def _block(channel: Channel) -> FanBlock:
    """The block of fans that the campaign hides in: one of its interest when there is one."""
    blocks = channel.scene.fan_blocks
    near = [block for block in blocks if block.interest == channel.crew.interest] or list(blocks)
    return near[channel.campaign.code % len(near)]


CHANNELS: dict[str, Callable[[Channel, Pushes], pl.DataFrame]] = {
    "share": _shared,
    "boost": _boosted,
    "url": _linked,
    "text": _copied,
    "tags": _tagged,
    "reply": _replied,
    "media": _pictured,
    "idol": _idolised,
}


def camouflage(channel: Channel, count: int) -> pl.DataFrame:
    """`count` posts that make members look like anybody: three quarters shares of popular posts of their interest, the rest
    in words of their own; members at random. Fewer only where the members have shared all there is."""
    crew, draw = channel.crew, channel.draw
    own = int(draw.binomial(count, OWN_WORDS))
    who = draw.integers(0, len(crew), own)
    at = any_times(crew.zone[who], channel.scene.days, draw)
    spoken = drafts(
        own, account=crew.number[who], at=at, kind=POST, text=texts(own, crew.lang, draw), lang=crew.lang,
        client=crew.client.gather(who),
    )  # fmt: skip
    # Twice as many as needed: nobody shares a post twice.
    shares = _anybodys_shares(channel, 2 * (count - own)).unique(
        ["account", "shared"], keep="first", maintain_order=True
    )
    return pl.concat([shares.head(count - own), spoken])


def _anybodys_shares(channel: Channel, count: int) -> pl.DataFrame:
    crew, scene, draw = channel.crew, channel.scene, channel.draw
    who = draw.integers(0, len(crew), count)
    interest = np.where(draw.random(count) < 1 - STRAYS, crew.interest, draw.integers(0, scene.people.interests, count))
    cascade = cascades_of(scene, interest.astype(np.int64), draw, power=CAMOUFLAGE_POWER)
    at = awake(scene.born[cascade] + delays(count, draw), crew.zone[who], draw)
    lang = pl.repeat(crew.lang, count, dtype=pl.String, eager=True)
    return share_rows(crew.number[who], at, crew.client.gather(who), lang, scene, cascade)


def audience(channel: Channel, told: pl.DataFrame) -> pl.DataFrame:
    """Ordinary accounts that act on what was pushed, hours later: the campaign's real audience.

    Each takes a random row of the operation (not its originals) and repeats it: a share is shared, a text copied, a
    link or tag used in words of their own.
    """
    draw, people = channel.draw, channel.scene.people
    seen = told.filter((pl.col("number").is_null() | (pl.col("number") >= 0)) & pl.col("at").is_not_null())
    count = round(channel.campaign.audience * seen.height)
    if not count:
        return told.clear()
    fellows = np.flatnonzero(people.interest == channel.crew.interest)
    who = draw.choice(fellows, count)
    rows = seen[draw.integers(0, seen.height, count)]
    at = awake(rows["at"].to_numpy() + delays(count, draw, 5_400.0, 1.5), people.zone[who], draw)
    repeated = pl.col("url").is_null() & pl.col("tags").is_null()
    own = pl.Series("own", texts(count, channel.crew.lang, draw))
    return rows.with_columns(
        pl.Series("account", people.number[who]),
        pl.Series("at", at),
        people.clients(who).alias("client"),
        text=pl.when((pl.col("kind") == POST) & ~repeated).then(own).otherwise("text"),
    ).unique(["account", "shared", "text"], keep="first", maintain_order=True)
