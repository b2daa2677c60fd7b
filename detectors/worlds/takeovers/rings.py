"""Rings: which accounts one intruder takes over, how, when, and what ties his victims together."""

import zlib
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from detectors.worlds.drafts import F64, I64, Flags
from detectors.worlds.rhythm import DAY, HOUR, MINUTE, START
from detectors.worlds.takeovers.holders import FAR, Holders

TIES = ("device", "network", "client", "domain", "text")
LEAST_EVENTS, LEAST_DAYS = 20, 14.0  # a victim's history (DETECTORS 3)
LEAST_VICTIMS = 3  # two accounts are no ring (DETECTORS 3)
DORMANT_DAYS = 92.0
WITHIN_HOURS, LONGER_HOURS = 72.0, 240.0
SOON = 45 * MINUTE
SOONER = 0.85  # of the rings take all victims within WITHIN_HOURS


@dataclass(frozen=True, slots=True)
class Style:
    """How a style of intrusion goes about it. `ties`: chances of TIES; `owner`: shares of victims whose owner goes on beside the
    intruder, one of them per ring; `posts`: per victim, from the fewest to the most of a ring."""

    low: int
    high: int
    ties: tuple[float, float, float, float, float]
    owner: tuple[float, ...]
    posts: tuple[int, int]
    days: float  # over which the posts of a victim are spread
    needs_posts: bool = False  # not to be seen in sessions


# Sizes 3 to 200 (DETECTORS 3); what is shared how often, and how much is posted: assumptions.
STYLES: Mapping[str, Style] = MappingProxyType(
    {
        "stuffing": Style(3, 200, (0.5, 0.7, 0.3, 0.7, 0.6), (0.0, 0.3, 1.0), (4, 30), 3.0),
        "token": Style(3, 200, (0.0, 0.0, 1.0, 0.7, 0.7), (1.0,), (3, 20), 5.0, needs_posts=True),
        "sim_swap": Style(3, 12, (0.7, 0.6, 0.2, 0.8, 0.6), (0.0,), (3, 12), 0.5),
        "dormant": Style(3, 120, (0.5, 0.6, 0.5, 0.6, 0.6), (0.0,), (5, 25), 14.0),
        "contagion": Style(3, 150, (0.3, 0.4, 0.3, 1.0, 0.8), (0.3, 1.0), (3, 15), 2.0),
    }
)
RECOVERING = (0.0, 0.5, 0.9)  # share of the victims of a ring that get their account back; Thomas 2014: 21 % never did


@dataclass(frozen=True, slots=True)
class Ring:
    name: str
    style: str
    size: int
    ties: tuple[str, ...]
    home_proxies: bool  # proxies in the victim's own country
    owner: float
    recovering: float
    spread_hours: float
    posts: int  # per victim, on average
    own_language: bool
    keeps_hours: bool  # of one time zone

    @property
    def code(self) -> int:
        """Stands for the ring in links and clients, so that no object tells its name."""
        return zlib.crc32(self.name.encode())

    def told(self) -> dict[str, Any]:
        return {**asdict(self), "ties": list(self.ties)}


@dataclass(frozen=True, slots=True)
class Victims:
    """`who` in the order of the work queue; `owner_on`: the owner goes on beside the intruder."""

    who: I64
    taken: I64
    recovered: I64
    owner_on: Flags

    def __len__(self) -> int:
        return self.who.size


def rings_of(
    accounts: int, prevalence: float, size: int | None, posts: bool, prefix: str, draw: np.random.Generator
) -> tuple[Ring, ...]:
    """Rings of every style in turn, until `prevalence` of the accounts are victims; at least one of each."""
    styles = [name for name, style in STYLES.items() if posts or not style.needs_posts]
    budget, most = prevalence * accounts, max(3.0, 0.4 * prevalence * accounts)
    made: list[Ring] = []
    while budget > 0 or len(made) < len(styles):
        name = styles[len(made) % len(styles)]
        style = STYLES[name]
        drawn = np.exp(draw.uniform(np.log(style.low), np.log(max(style.low, min(style.high, most)) + 0.99)))
        made.append(_ring(f"{prefix}{name}{len(made)}", name, size or int(drawn), posts, draw))
        budget -= made[-1].size
    return tuple(made)


def _ring(name: str, style: str, size: int, posts: bool, draw: np.random.Generator) -> Ring:
    of = STYLES[style]
    usable = TIES if posts else TIES[:3]
    ties: tuple[str, ...] = ()
    while len(ties) < 2:  # one alone is chance; all five in every ring would be too easy
        ties = tuple(tie for tie, chance in zip(TIES, of.ties, strict=True) if tie in usable and draw.random() < chance)
    within = draw.random() < SOONER
    spread = (
        draw.uniform(np.log(2), np.log(WITHIN_HOURS)) if within else np.log(draw.uniform(WITHIN_HOURS, LONGER_HOURS))
    )
    return Ring(
        name=name,
        style=style,
        size=size,
        ties=ties,
        home_proxies=bool(draw.random() < 0.5),
        owner=float(draw.choice(of.owner)),
        recovering=float(draw.choice(RECOVERING)),
        spread_hours=round(float(np.exp(spread)), 1),
        posts=int(draw.integers(of.posts[0], of.posts[1] + 1)),
        own_language=bool(draw.random() < 0.5),
        keeps_hours=bool(draw.random() < 0.5),
    )


def eligible(holders: Holders, taken: I64, free: Flags) -> I64:
    """Accounts nobody else is cast from whose expected history by `taken` is long enough, with room for chance."""
    used = (taken - holders.since) / DAY
    whole = np.maximum((holders.until - holders.since) / DAY, 1)
    events = (holders.posts + holders.logins) * np.clip(used / whole, 0, 1)
    return np.flatnonzero(free & (used >= LEAST_DAYS + 7) & (events >= 1.6 * LEAST_EVENTS))


def queue(ring: Ring, size: int, days: float, draw: np.random.Generator) -> I64:
    """When each of `size` victims is taken: exponential gaps within the spread, the first in the last half of the world."""
    late = (0.88, 0.92) if ring.style == "dormant" else (0.5, 0.85)
    start = START + int(draw.uniform(*late) * days * DAY)
    gaps = draw.exponential(1.0, size)
    gaps[0] = 0.0
    through = np.cumsum(gaps) / max(float(gaps.sum()), 1e-9) * draw.uniform(0.7, 1.0)
    return start + (through * ring.spread_hours * HOUR).astype(np.int64)


def spread_by_contact(holders: Holders, fit: I64, count: int, draw: np.random.Generator) -> tuple[I64, I64]:
    """Up to `count` victims in order: the contacts of the first, then theirs; a new first where the circle is exhausted. And the
    place of the victim each of them knows the link from, -1 for the first."""
    open_to = set(fit.tolist())
    chosen: list[int] = []
    told_by: list[int] = []
    for first in draw.permutation(fit).tolist():
        near = deque([(first, -1)])
        while near and len(chosen) < count:
            one, teller = near.popleft()
            if one in open_to:
                open_to.remove(one)
                near.extend((other, len(chosen)) for other in holders.contacts[one].tolist())
                chosen.append(one)
                told_by.append(teller)
    return np.array(chosen, np.int64), np.array(told_by, np.int64)


def after_the_tellers(taken: I64, told_by: I64, draw: np.random.Generator) -> I64:
    """Times at which nobody falls before the link has come: a victim's first post is out within 40 minutes."""
    later = taken.copy()
    waited = SOON + (draw.exponential(3.0, taken.size) * HOUR).astype(np.int64)
    for place, teller in enumerate(told_by.tolist()):
        if teller >= 0:
            later[place] = max(later[place], later[teller] + waited[place])
    return later


def victims_of(
    ring: Ring,
    holders: Holders,
    free: Flags,
    days: float,
    draw: np.random.Generator,
) -> Victims:
    """Cast the ring; smaller than asked when there are too few fit accounts."""
    taken = queue(ring, ring.size, days, draw)
    # The dormant have used their whole life until they fell silent: see `silenced`.
    fit = eligible(
        holders, np.full(len(holders), FAR) if ring.style == "dormant" else taken[:1].repeat(len(holders)), free
    )
    fit = fit[holders.since[fit] == START] if ring.style == "dormant" else fit
    if ring.style == "contagion":
        who, told_by = spread_by_contact(holders, fit, ring.size, draw)
        taken = after_the_tellers(taken[: who.size], told_by, draw)
    else:
        who = draw.permutation(fit)[: ring.size]
        taken = taken[: who.size]
    end = START + int(days * DAY)
    waited = np.exp(draw.normal(np.log(40.0), 0.9, who.size)) * HOUR  # median 40 h: an assumption
    back = taken + waited.astype(np.int64)
    recovered = np.where((draw.random(who.size) < ring.recovering) & (back < end - DAY), back, FAR)
    return Victims(who, taken, recovered, draw.random(who.size) < ring.owner)


def silent_since(victims: Victims, draw: np.random.Generator) -> I64:
    """When the dormant stopped using their accounts: more than 90 days before."""
    quiet: F64 = draw.uniform(DORMANT_DAYS, DORMANT_DAYS + 8, len(victims))
    return victims.taken - (quiet * DAY).astype(np.int64)
