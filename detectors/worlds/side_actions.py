"""Side actions of ordinary accounts: whom they follow, what they like, and the addresses, devices and payments they are seen with."""

import numpy as np
import polars as pl

from detectors.worlds.campaigns import Made
from detectors.worlds.cascades import SHARES, dealt
from detectors.worlds.casting import Casting, group_labels
from detectors.worlds.drafts import ACT_SCHEMA, F64, I64, account_ids, acts, post_ids, together
from detectors.worlds.people import People
from detectors.worlds.rhythm import any_times, cascade_times
from detectors.worlds.scene import Scene

FOLLOWS_PER_PERSON, LIKES_PER_PERSON = (
    0.15,
    0.25,
)  # a log of new follows and likes; assumptions, as is how many are logged
LOGGED = 0.25  # of the accounts are seen with an address and a device
CARRIER, VPN = 0.35, 0.03  # of the logged ones come through a carrier's shared addresses, or a provider's
ACCOUNTS_PER_CARRIER_ADDRESS, ACCOUNTS_PER_VPN_ADDRESS = (
    400,
    150,
)  # DETECTORS 4: above 50 accounts an address is no household
ADVERTISERS = 0.01
HOMES_PER_DISTRICT = 60_000  # more than a quarter of a district's accounts live in


def follows(scene: Scene, draw: np.random.Generator) -> pl.DataFrame:
    """New follows of the scene's authors, inside interests mostly, popular ones far more often."""
    people = scene.people
    who = draw.integers(0, len(people), int(FOLLOWS_PER_PERSON * len(people)))
    made = dealt(who, people.interest[who], SHARES, draw)
    authors = np.unique(scene.author)
    followed = draw.permutation(np.resize(authors, max(made.sizes.size, authors.size)))[: made.sizes.size]
    names = pl.DataFrame({"n": followed[made.thing]}).select(account_ids("n"))["n"]
    at = any_times(people.zone[made.who], scene.days, draw)
    return acts(made.who.size, account=people.number[made.who], trace="follow", object=names, at=at)


def likes(scene: Scene, draw: np.random.Generator) -> pl.DataFrame:
    """Likes of the scene's posts, with the delays of shares."""
    people = scene.people
    who = draw.integers(0, len(people), int(LIKES_PER_PERSON * len(people)))
    made = dealt(who, people.interest[who], SHARES, draw)
    liked = draw.integers(0, scene.post.size, made.sizes.size)
    at = cascade_times(scene.born[liked], made.sizes, draw)
    names = pl.DataFrame({"n": scene.post[liked[made.thing]]}).select(post_ids("n"))["n"]
    return acts(made.who.size, account=people.number[made.who], trace="like", object=names, at=at)


def seen_with(
    who: I64, account: I64, trace: str, things: pl.Series, zone: F64, days: float, draw: np.random.Generator
) -> pl.DataFrame:
    """Each account seen with its thing at one to three waking moments; `who` numbers rows of the other arguments."""
    times = np.repeat(who, draw.integers(1, 4, who.size))
    return acts(
        times.size,
        account=account[times],
        trace=trace,
        object=things.gather(times),
        at=any_times(zone[times], days, draw),
    )


def infrastructure(scene: Scene, cast: Casting, district: int, draw: np.random.Generator) -> Made:
    """Addresses and devices of the logged accounts: homes of one to four, carriers, VPN providers; some advertise."""
    people = scene.people
    logged = np.flatnonzero(draw.random(len(people)) < LOGGED)
    way = draw.choice(3, logged.size, p=[1 - CARRIER - VPN, CARRIER, VPN])
    homes = np.cumsum(draw.random(logged.size) < 0.7)  # 1.4 accounts per home on average
    carriers = draw.integers(0, max(1, int(CARRIER * logged.size / ACCOUNTS_PER_CARRIER_ADDRESS)), logged.size)
    vpns = draw.integers(0, max(1, int(VPN * logged.size / ACCOUNTS_PER_VPN_ADDRESS)), logged.size)
    # Homes from 10.0 on, carriers from 10.200, VPN providers from 10.220.
    home = homes + district * HOMES_PER_DISTRICT
    number = np.select([way == 0, way == 1], [home, carriers + district * 256], vpns + district * 256)
    space = np.select([way == 0, way == 1], [0, 200], 220)
    address = addresses(number, space)
    row = np.arange(logged.size)
    own, zone = people.number[logged], people.zone[logged]
    device = pl.DataFrame({"n": own}).select(pl.format("dev-{}", account_ids("n")).alias("object"))["object"]
    parts = [
        seen_with(row, own, "ip", address, zone, scene.days, draw),
        seen_with(row, own, "device", device, zone, scene.days, draw),
        _advertising(people, scene.days, district, draw),
    ]
    behind = cast.take_of(logged[way == 1], cast.crowd(20, 100), draw)
    hidden = cast.take_of(logged[way == 2], cast.crowd(10, 500), draw)
    told = pl.concat([group_labels(people, behind, "carrier"), group_labels(people, hidden, "vpn")])
    return Made(acts=together(parts, ACT_SCHEMA), labels=told)


def addresses(number: I64, space: I64) -> pl.Series:
    """Made-up addresses in 10.0.0.0/8, as the login set of Wiefling et al. has them: 10.`space` and up, by number."""
    frame = pl.DataFrame({"n": number, "space": space})
    octets = [pl.lit(10), pl.col("space") + pl.col("n") // 65_536, pl.col("n") // 256 % 256, pl.col("n") % 256]
    return frame.select(pl.format("{}.{}.{}.{}", *octets).alias("object"))["object"]


def _advertising(people: People, days: float, district: int, draw: np.random.Generator) -> pl.DataFrame:
    """Advertisers pay with means of their own, an agency's clients with hers; affiliates lead to one big shop."""
    who = np.flatnonzero(draw.random(len(people)) < ADVERTISERS)
    row, number = np.arange(who.size), people.number[who]
    agency = np.where(draw.random(who.size) < 0.1, draw.integers(0, 1 + who.size // 60, who.size), who.size + row)
    shop = np.where(draw.random(who.size) < 0.3, draw.integers(0, 1 + who.size // 40, who.size), who.size + row)
    frame = pl.DataFrame({"agency": agency, "shop": shop})
    paid = frame.select(pl.format("card-{}-{}", pl.lit(district), "agency").alias("object"))["object"]
    page = frame.select(pl.format("https://shop{}x{}.example/", pl.lit(district), "shop").alias("object"))["object"]
    zone = people.zone[who]
    return pl.concat(
        [
            seen_with(row, number, "payment", paid, zone, days, draw),
            seen_with(row, number, "landing_page", page, zone, days, draw),
        ]
    )
