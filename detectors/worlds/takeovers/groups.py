"""Groups that must not be flagged: many accounts that become new in something within days, each for an innocent reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from detectors.worlds.drafts import I64
from detectors.worlds.people import CLIENTS
from detectors.worlds.rhythm import DAY, HOUR, START
from detectors.worlds.seeds import chance
from detectors.worlds.takeovers.countries import CORPORATE, COUNTRIES, OFFICES, Networks, asn_of
from detectors.worlds.takeovers.holders import FAR, Changes, Holders, changed
from detectors.worlds.takeovers.machines import LAUNCHED

HOME = 0  # the country of those behind one carrier
LITE = CLIENTS.index("lite")
OFFICES_PER_DISTRICT = 16  # blocks of the gateways and halls of a district


@dataclass(frozen=True, slots=True)
class Size:
    """Share of the accounts, and the most accounts of a district."""

    share: float
    most: int


# How large such groups are: assumptions, except agency (DATA.md: 200 clients).
SIZES: Mapping[str, Size] = MappingProxyType(
    {
        "travel": Size(0.03, 400),
        "phone_launch": Size(0.04, 1_500),
        "carrier_nat": Size(0.04, 600),
        "vpn_rollout": Size(0.03, 300),
        "timezone": Size(0.03, 600),
        "app_update": Size(0.05, 2_500),
        "breach_resets": Size(0.04, 1_500),
        "agency": Size(0.04, 200),
        "handover": Size(0.015, 60),
    }
)


@dataclass(frozen=True, slots=True)
class Scene:
    """What a group is arranged in; `draw` is its own stream."""

    holders: Holders
    networks: Networks
    days: float
    district: int
    draw: np.random.Generator

    def day(self, low: float = 0.4, high: float = 0.9) -> int:
        """Some midnight of the world, between these parts of it."""
        return START + int(self.draw.uniform(low, high) * self.days) * DAY


def cast(holders: Holders, seed: int, district: int) -> dict[str, I64]:
    """Who belongs to which group; nobody to two. Those of agency and handover have a history to hand over."""
    draw = chance(seed, "takeover groups", district)
    busy = (holders.posts + holders.logins >= 25) & (holders.since == START)
    free = np.ones(len(holders), np.bool_)
    told = {}
    for name, size in SIZES.items():
        count = min(size.most, max(8, int(size.share * len(holders))))
        fit = np.flatnonzero(free & busy if name in ("agency", "handover") else free)
        fit = fit[holders.country[fit] == HOME] if name == "carrier_nat" else fit
        told[name] = who = np.sort(draw.permutation(fit)[:count])
        free[who] = False
    return told


def with_updaters(holders: Holders, who: I64) -> Holders:
    """Those of app_update have the client on their phones that will be updated."""
    client = holders.client.copy()
    client[who, 0] = LITE
    return replace(holders, client=client)


def rearranged(scene: Scene, group: str, who: I64, changes: Changes) -> Changes:
    """The changes with those of the group; untouched where the group is only something else to see."""
    return ARRANGED[group](scene, who, changes) if group in ARRANGED else changes


def _travel(scene: Scene, who: I64, changes: Changes) -> Changes:
    """A conference: all in one hall of one country for three to five days, arriving within two."""
    draw, country = scene.draw, int(scene.draw.integers(0, len(COUNTRIES)))
    since = scene.day() + draw.integers(0, 2 * DAY, who.size)
    return changed(
        changes, who, trip_since=since, trip_until=since + draw.integers(3 * DAY, 5 * DAY, who.size),
        trip_country=country, trip_asn=int(asn_of(np.array(country), CORPORATE)), trip_ip=office(scene, 0),
    )  # fmt: skip


def _phone_launch(scene: Scene, who: I64, changes: Changes) -> Changes:
    """The same new model for all within a week, each its own."""
    waited = np.minimum(scene.draw.exponential(1.5 * DAY, who.size), 7 * DAY).astype(np.int64)
    return changed(changes, who, phone_at=scene.day() + 8 * HOUR + waited, phone_model=LAUNCHED)


def _carrier_nat(scene: Scene, who: I64, changes: Changes) -> Changes:
    """From one week on customers of one carrier of their country, behind its few addresses."""
    at = scene.day() + scene.draw.integers(0, 7 * DAY, who.size)
    return changed(changes, who, carrier_at=at, carrier=0)


def _vpn_rollout(scene: Scene, who: I64, changes: Changes) -> Changes:
    """A company moves everybody behind one gateway within three working days."""
    at = scene.day() + 7 * HOUR + scene.draw.integers(0, 3, who.size) * DAY + scene.draw.integers(0, 8 * HOUR, who.size)
    asn = int(asn_of(np.array(scene.draw.integers(0, len(COUNTRIES))), CORPORATE))
    return changed(changes, who, office_at=at, office_asn=asn, office_ip=office(scene, 1) + 1)


def _timezone(scene: Scene, who: I64, changes: Changes) -> Changes:
    """Half of them change the clocks on one night; the others have moved to another country within the month."""
    draw, half = scene.draw, who.size // 2
    clocks, movers = who[:half], who[half:]
    day = scene.day()
    changes = changed(changes, clocks, clock_at=day + 2 * HOUR, clock_hours=1.0)
    country = (scene.holders.country[movers] + draw.integers(1, len(COUNTRIES), movers.size)) % len(COUNTRIES)
    asn, ip = scene.networks.fixed(country, draw)
    at = day + draw.integers(0, 30 * DAY, movers.size)
    zones = np.array([one.zones[0][0] for one in COUNTRIES])
    apart = zones[country] - zones[scene.holders.country[movers]]
    return changed(
        changes,
        movers,
        home_at=at,
        home_country=country,
        home_asn=asn,
        home_ip=ip,
        carrier_at=FAR,
        clock_at=at,
        clock_hours=apart,
    )


def _app_update(scene: Scene, who: I64, changes: Changes) -> Changes:
    """A client gets a new name with its new version, and everybody has it within five days."""
    waited = np.minimum(scene.draw.exponential(DAY, who.size), 5 * DAY).astype(np.int64)
    return changed(changes, who, client_at=scene.day() + 6 * HOUR + waited, client_name="lite 2")


def office(scene: Scene, slot: int) -> int:
    return OFFICES + (scene.district * OFFICES_PER_DISTRICT + slot) * 256


ARRANGED: Mapping[str, Callable[[Scene, I64, Changes], Changes]] = MappingProxyType(
    {
        "travel": _travel,
        "phone_launch": _phone_launch,
        "carrier_nat": _carrier_nat,
        "vpn_rollout": _vpn_rollout,
        "timezone": _timezone,
        "app_update": _app_update,
    }
)
