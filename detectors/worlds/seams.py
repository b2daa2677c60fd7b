"""Seams: where an operation shows beside its posts: addresses, devices, money, follows and likes, a list of texts."""

import numpy as np
import polars as pl

from detectors.worlds.drafts import I64, POST, account_ids, acts, drafts, post_ids
from detectors.worlds.pushing import Channel
from detectors.worlds.rhythm import DAY, START
from detectors.worlds.scene import cascades_of
from detectors.worlds.schedules import Pushes
from detectors.worlds.side_actions import addresses
from detectors.worlds.words import texts

MEMBERS_PER_ADDRESS, MEMBERS_PER_DEVICE, MEMBERS_PER_PAYMENT = 12, 5, 20
TEXTS_IN_LIST, TEXTS_PER_MEMBER = 10, 6


def same_addresses(channel: Channel) -> pl.DataFrame:
    """Each member seen on three of the operation's addresses, twice each, and on two of its devices."""
    count = len(channel.crew)
    ips = max(3, count // MEMBERS_PER_ADDRESS)
    devices = max(2, count // MEMBERS_PER_DEVICE)
    ip_who, ip = _given(channel, ips, 3, 2)
    device_who, device = _given(channel, devices, 2, 2)
    code = channel.campaign.code
    spots = addresses(ip + code % 60_000, np.full(ip.size, 250))
    names = pl.DataFrame({"n": device}).select(pl.format("dev-{}x{}", pl.lit(code), "n").alias("object"))["object"]
    return pl.concat([_seen(channel, ip_who, "ip", spots), _seen(channel, device_who, "device", names)])


def same_business(channel: Channel) -> pl.DataFrame:
    """Each member advertises: one payment means for twenty, two of four landing pages each."""
    code = channel.campaign.code
    payer, card = _given(channel, max(1, len(channel.crew) // MEMBERS_PER_PAYMENT), 1, 3)
    visitor, page = _given(channel, 4, 2, 2)
    cards = pl.DataFrame({"n": card}).select(pl.format("card-{}x{}", pl.lit(code), "n").alias("object"))["object"]
    pages = pl.DataFrame({"n": page}).select(
        pl.format("https://offer{}x{}.example/", pl.lit(code), "n").alias("object")
    )["object"]
    return pl.concat([_seen(channel, payer, "payment", cards), _seen(channel, visitor, "landing_page", pages)])


def _given(channel: Channel, things: int, each: int, times: int) -> tuple[I64, I64]:
    """(member, thing): `each` different things per member, `times` times."""
    order = np.argsort(channel.draw.random((len(channel.crew), things)), axis=1)[:, :each]
    member = np.repeat(np.arange(len(channel.crew)), order.shape[1] * times)
    return member, np.repeat(order.ravel(), times).astype(np.int64)


def _seen(channel: Channel, member: I64, trace: str, things: pl.Series) -> pl.DataFrame:
    at = START + (channel.draw.uniform(0, channel.scene.days, member.size) * DAY).astype(np.int64)
    return acts(member.size, account=channel.crew.number[member], trace=trace, object=things, at=at)


def followed_together(channel: Channel, pushes: Pushes) -> pl.DataFrame:
    """Every other thing is an account that is followed, the rest posts that are liked; camouflage: popular ones, any time."""
    scene, draw, crew = channel.scene, channel.draw, channel.crew
    interest = np.full(pushes.born.size, crew.interest, np.int64)
    target = cascades_of(scene, interest, draw, power=0.0)
    told = _social(channel, pushes.member, target[pushes.thing], pushes.thing % 2 == 0, pushes.at)
    share = channel.campaign.camouflage
    count = round(told.height * share / (1 - share))
    who, any_target = draw.integers(0, len(crew), count), draw.integers(0, scene.interest.max() + 1, count)
    popular = cascades_of(scene, any_target.astype(np.int64), draw)
    at = START + (draw.uniform(0, scene.days, count) * DAY).astype(np.int64)
    return pl.concat([told, _social(channel, who, popular, draw.random(count) < 0.5, at)])


def _social(channel: Channel, member: I64, cascade: I64, follows: np.ndarray, at: I64) -> pl.DataFrame:
    scene = channel.scene
    frame = pl.DataFrame({"author": scene.author[cascade], "post": scene.post[cascade], "follows": follows})
    named = frame.select(
        object=pl.when("follows").then(account_ids("author")).otherwise(post_ids("post")),
        trace=pl.when("follows").then(pl.lit("follow")).otherwise(pl.lit("like")),
    )
    return acts(member.size, account=channel.crew.number[member], trace=named["trace"], object=named["object"], at=at)


def told_apart(channel: Channel) -> pl.DataFrame:
    """The layer that cells keep in common (SECURITY 5, lesson c): texts of one list, hours and days apart."""
    crew, draw = channel.crew, channel.draw
    who = np.repeat(np.arange(len(crew)), TEXTS_PER_MEMBER)
    which = np.concatenate([draw.choice(TEXTS_IN_LIST, TEXTS_PER_MEMBER, replace=False) for _ in range(len(crew))])
    at = START + (draw.uniform(0.2, channel.scene.days - 0.2, who.size) * DAY).astype(np.int64)
    words = texts(TEXTS_IN_LIST, crew.lang, draw).gather(which)
    return drafts(
        who.size, account=crew.number[who], at=at, kind=POST, text=words, lang=crew.lang, client=crew.client.gather(who)
    )
