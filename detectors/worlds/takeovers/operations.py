"""Operations that took over nobody: accounts run by one owner from the start, and farms of bought, aged accounts."""

import zlib
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from detectors.worlds.drafts import I64, POST, Flags, drafts
from detectors.worlds.rhythm import DAY, HOUR, SECOND, START
from detectors.worlds.takeovers.access import strange_agents
from detectors.worlds.takeovers.countries import COUNTRIES, HOSTING, Networks, asn_of
from detectors.worlds.takeovers.holders import Holders
from detectors.worlds.takeovers.intruders import SLOTS_PER_RING
from detectors.worlds.takeovers.rings import eligible
from detectors.worlds.takeovers.stays import Deeds, Stays, rented, stay_events, stay_logins, stay_rows
from detectors.worlds.takeovers.writing import POST_DRAFT, with_others
from detectors.worlds.words import LANGUAGES, texts

OWNER_RUN, FARM = "owner_run", "farm"
PUSHES = 14  # things a member pushes, as the campaigns of ordinary worlds
JOINING = 0.6  # of the members push each thing
PER_DEVICE = 10  # accounts per device of an operation


@dataclass(frozen=True, slots=True)
class Operation:
    name: str
    type: str
    size: int

    @property
    def code(self) -> int:
        return zlib.crc32(self.name.encode())

    def told(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Crew:
    """`since`: when the operator came; `left`: when whoever held the account before was last there."""

    who: I64
    since: I64
    left: I64


def operations_of(accounts: int, prevalence: float, prefix: str, draw: np.random.Generator) -> tuple[Operation, ...]:
    """Owner-run operations and farms in turn, until `prevalence` of the accounts are in them; one of each at least."""
    made: list[Operation] = []
    budget = prevalence * accounts
    while budget > 0 or len(made) < 2:
        kind = (OWNER_RUN, FARM)[len(made) % 2]
        size = int(np.exp(draw.uniform(np.log(5), np.log(max(6.0, min(100.0, prevalence * accounts / 2))))))
        made.append(Operation(f"{prefix}{kind}{len(made)}", kind, size))
        budget -= size
    return tuple(made)


def crew_of(
    operation: Operation,
    holders: Holders,
    free: Flags,
    days: float,
    draw: np.random.Generator,
) -> Crew:
    """Owner-run accounts are new and the operator's from the start; those of a farm were used by others until some weeks before."""
    if operation.type == OWNER_RUN:
        who = draw.permutation(np.flatnonzero(free))[: operation.size]
        since = START + draw.integers(HOUR, 3 * DAY, who.size)
        return Crew(who, since, np.full(who.size, START))
    bought = START + int(draw.uniform(0.5, 0.75) * days) * DAY
    fit = eligible(holders, np.full(len(holders), bought - 30 * DAY), free)
    who = draw.permutation(fit)[: operation.size]
    # One working day for all: names, addresses and numbers are changed in one go.
    since = bought + 9 * HOUR + draw.integers(0, 8 * HOUR, who.size)
    return Crew(who, since, bought - draw.integers(3 * DAY, 30 * DAY, who.size))


def operation_deeds(
    operation: Operation, crew: Crew, holders: Holders, networks: Networks, home: tuple[int, int], days: float, first: int,
    draw: np.random.Generator,
) -> Deeds:  # fmt: skip
    """Logins of the operator and, where the world has posts, what the crew pushes together. `home` as for rings."""
    stays = _stays(operation, crew, home, days, draw)
    parts = [stay_logins(stays, holders, networks, draw), _kept_up(stays, holders, networks, days, draw)]
    if operation.type == FARM:
        parts += [
            stay_events(stays, holders, networks, share, event, draw)
            for event, share in {"email_changed": 1.0, "phone_changed": 0.9, "mfa_changed": 0.5}.items()
        ]
    posts = (
        _pushed(operation, stays, holders, first, draw)
        if holders.posts.any()
        else pl.DataFrame(schema=dict(POST_DRAFT))
    )
    return Deeds(posts, pl.concat(parts))


def _stays(operation: Operation, crew: Crew, home: tuple[int, int], days: float, draw: np.random.Generator) -> Stays:
    district, slot = home
    count, country = crew.who.size, np.full(crew.who.size, operation.code % len(COUNTRIES))
    desk = np.arange(count) // PER_DEVICE
    return Stays(
        who=crew.who,
        since=crew.since,
        until=np.full(count, START + int(days * DAY)),
        device=(district << 24) + (1 << 23) + slot * 4_096 + desk,
        agent=strange_agents(operation.code + desk),
        client=pl.repeat(f"tool{operation.code}", count, dtype=pl.String, eager=True).alias("client"),
        block=rented(district, slot * SLOTS_PER_RING + draw.integers(0, 3, count)),
        asn=asn_of(country, HOSTING),
        country=country,
    )


def _kept_up(
    stays: Stays, holders: Holders, networks: Networks, days: float, draw: np.random.Generator
) -> pl.DataFrame:
    """Logins every week or so after the first ten days."""
    again = 10 * DAY + np.arange(0, max(1, int((days - 10) / 7))) * 7 * DAY
    row = np.repeat(np.arange(len(stays)), again.size)
    at = stays.since[row] + np.tile(again, len(stays)) + draw.integers(0, 2 * DAY, row.size)
    kept = at < stays.until[row]
    return stay_rows(stays, holders, networks, row[kept], at[kept], "login", draw)


def _pushed(
    operation: Operation, stays: Stays, holders: Holders, first: int, draw: np.random.Generator
) -> pl.DataFrame:
    """POST_DRAFT: things (a link, a text) that most of the crew push within the hour."""
    things = round(PUSHES / JOINING)
    opens, ends = int(stays.since.max(initial=START)) + HOUR, int(stays.until.max(initial=START)) - 2 * HOUR
    born = np.sort(opens + (draw.random(things) * max(ends - opens, 1)).astype(np.int64))
    joins = draw.random((len(stays), things)) < JOINING
    member, thing = np.nonzero(joins)
    at = born[thing] + (draw.exponential(600.0, thing.size) * SECOND).astype(np.int64)
    kept = at < stays.until[member]
    member, thing, at = member[kept], thing[kept], at[kept]
    order = np.lexsort((member, at))
    member, thing, at = member[order], thing[order], at[order]
    lang = LANGUAGES[operation.code % len(LANGUAGES)].code
    frame = pl.DataFrame({"thing": thing})
    url = frame.select(pl.format("https://press{}.example/{}", pl.lit(operation.code), "thing").alias("url"))["url"]
    return with_others(
        drafts(
            at.size, number=first + np.arange(at.size), account=holders.number[stays.who[member]], at=at, kind=POST,
            text=texts(things, lang, draw).gather(thing), lang=lang, client=stays.client.gather(member), url=url,
        )
    )  # fmt: skip
