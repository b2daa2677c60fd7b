"""District: one part of a world with takeovers, from its accounts to its tables."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from detectors.worlds.drafts import (
    I64,
    Flags,
    account_ids,
    actions_table,
    acts,
    first_number,
    moments,
    scrambled,
    together,
)
from detectors.worlds.people import NAMESPACES, accounts_table
from detectors.worlds.rhythm import DAY, START
from detectors.worlds.seeds import chance
from detectors.worlds.takeovers.access import ordinary_access
from detectors.worlds.takeovers.consent import agency, breach_resets, handed_over, handover
from detectors.worlds.takeovers.countries import CODES, Networks, dotted
from detectors.worlds.takeovers.groups import Scene, cast, rearranged, with_updaters
from detectors.worlds.takeovers.holders import FAR, Changes, Holders, changes_of, holders_of
from detectors.worlds.takeovers.intruders import Deeds, recovery, ring_posts, ring_sessions, ring_stays
from detectors.worlds.takeovers.machines import AGENTS
from detectors.worlds.takeovers.operations import (
    OWNER_RUN,
    Crew,
    Operation,
    crew_of,
    operation_deeds,
    operations_of,
)
from detectors.worlds.takeovers.rings import LEAST_DAYS, LEAST_EVENTS, Ring, Victims, rings_of, silent_since, victims_of
from detectors.worlds.takeovers.seen import SESSION_DRAFT
from detectors.worlds.takeovers.truth import truth_table
from detectors.worlds.takeovers.writing import POST_DRAFT, ordinary_posts, takeover_posts_table

GROUP_SPACE = 4_000  # namespaces of posts of groups; those of rings and operations count from 1
FOLLOWED = 3  # of the contacts
FAMOUS = 0.01  # of the accounts; and every victim of a SIM swap


@dataclass(frozen=True, slots=True)
class Asked:
    """What a district is made from."""

    seed: int
    district: int
    count: int
    days: float
    posts: bool
    prevalence: float
    size: int | None
    prefix: str  # of the names of rings

    def stream(self, *subject: str | int) -> np.random.Generator:
        return chance(self.seed, "takeovers", self.district, *subject)


@dataclass(frozen=True, slots=True)
class Part:
    """The tables of a district: canonical but for provenance; `campaigns`: rings and operations, told."""

    posts: pl.DataFrame
    sessions: pl.DataFrame
    actions: pl.DataFrame
    accounts: pl.DataFrame
    labels: pl.DataFrame
    campaigns: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class _Cast:
    holders: Holders
    changes: Changes
    groups: dict[str, I64]
    handed: I64
    rings: list[tuple[Ring, Victims]]
    operations: list[tuple[Operation, Crew]]


def takeover_district(asked: Asked, networks: Networks) -> Part:
    """People, their groups, rings and operations; then what all of them do."""
    roles = _cast(asked, networks)
    posts = _ordinary_posts(asked, roles, networks)
    access = ordinary_access(roles.holders, roles.changes, networks, asked.days, asked.stream("access"))
    roles = replace(
        roles, rings=[(ring, _with_history(one, roles.holders, posts, access)) for ring, one in roles.rings]
    )
    gone = _absences(roles)
    deeds = list(_deeds(asked, roles, networks))
    posts = _within(together([_without(posts, gone), *(one.posts for one in deeds)], POST_DRAFT), asked.days)
    posts = posts.join(posts.select(shared="number"), on="shared", how="semi").vstack(
        posts.filter(pl.col("shared").is_null())
    )
    access = _within(together([_without(access, gone), *(one.sessions for one in deeds)], SESSION_DRAFT), asked.days)
    labels = truth_table(roles.holders, roles.groups, roles.rings, roles.operations)
    return Part(
        posts=takeover_posts_table(posts),
        sessions=sessions_table(access),
        actions=_follows(roles.holders, asked),
        accounts=_accounts(roles, asked),
        labels=labels,
        campaigns=tuple(_told(roles)),
    )


def _cast(asked: Asked, networks: Networks) -> _Cast:
    holders = holders_of(asked.district, asked.count, asked.days, networks, asked.posts, asked.stream("holders"))
    groups = cast(holders, asked.seed, asked.district)
    holders = with_updaters(holders, groups["app_update"])
    changes = changes_of(holders, asked.days, networks, asked.stream("changes"))
    for name, who in groups.items():
        scene = Scene(holders, networks, asked.days, asked.district, asked.stream("group", name))
        changes = rearranged(scene, name, who, changes)
    handed = handed_over(_scene(asked, holders, networks, "handing over"), groups["handover"])
    free = np.ones(len(holders), np.bool_)
    free[np.concatenate(list(groups.values()))] = False
    draw = asked.stream("plans")
    rings = []
    for ring in rings_of(len(holders), asked.prevalence, asked.size, asked.posts, asked.prefix, draw):
        own = asked.stream("ring", ring.name)
        victims = victims_of(ring, holders, free, asked.days, own)
        free[victims.who] = False
        if ring.style == "dormant":
            holders = _silenced(holders, victims.who, silent_since(ring, victims, own))
        rings.append((ring, victims))
    operations = []
    for operation in operations_of(len(holders), asked.prevalence / 2, asked.prefix, draw):
        crew = crew_of(operation, holders, free, asked.days, asked.stream("operation", operation.name))
        free[crew.who] = False
        operations.append((operation, crew))
    return _Cast(holders, changes, groups, handed, rings, operations)


def _scene(asked: Asked, holders: Holders, networks: Networks, subject: str) -> Scene:
    return Scene(holders, networks, asked.days, asked.district, asked.stream("deeds", subject))


def _silenced(holders: Holders, who: I64, until: I64) -> Holders:
    """They did all they ever did before they fell silent."""
    silent = holders.until.copy()
    silent[who] = until
    return replace(holders, until=silent)


def _ordinary_posts(asked: Asked, roles: _Cast, networks: Networks) -> pl.DataFrame:
    if not asked.posts:
        return together([], POST_DRAFT)
    first = first_number(asked.district * NAMESPACES)
    return ordinary_posts(roles.holders, roles.changes, networks, first, asked.stream("posts"))


def _with_history(victims: Victims, holders: Holders, posts: pl.DataFrame, access: pl.DataFrame) -> Victims:
    """Those whose history came out long enough: pauses may have shortened it. The others are let go."""
    taken = pl.DataFrame({"account": holders.number[victims.who], "taken": victims.taken})
    kept = access.filter(pl.col("success"))
    rows = pl.concat([posts.select("account", "at"), kept.select("account", "at")]).join(taken, on="account")
    before = rows.filter(pl.col("at") < pl.col("taken")).group_by("account").agg(pl.len(), pl.col("at").min())
    known = taken.join(before, on="account", how="left", maintain_order="left")
    long = (known["len"] >= LEAST_EVENTS) & (known["taken"] - known["at"] >= int(LEAST_DAYS * DAY))
    fit = np.flatnonzero(long.fill_null(value=False).to_numpy())
    return Victims(victims.who[fit], victims.taken[fit], victims.recovered[fit], victims.owner_on[fit])


def _absences(roles: _Cast) -> pl.DataFrame:
    """account, since, until: when those who held accounts before are not there."""
    spans: list[tuple[I64, I64, I64]] = [
        (victims.who[~victims.owner_on], victims.taken[~victims.owner_on], victims.recovered[~victims.owner_on])
        for _, victims in roles.rings
    ]
    spans += [(crew.who, crew.left, np.full(crew.who.size, FAR)) for _, crew in roles.operations]
    managed = roles.groups["handover"]
    spans.append((managed, roles.handed, np.full(managed.size, FAR)))
    who, since, until = (np.concatenate(column) for column in zip(*spans, strict=True))
    return pl.DataFrame({"account": roles.holders.number[who], "since": since, "until": until})


def _without(rows: pl.DataFrame, gone: pl.DataFrame) -> pl.DataFrame:
    """The rows outside of the absences; an account has one at most."""
    told = rows.join(gone, on="account", how="left", maintain_order="left")
    away = (pl.col("at") >= pl.col("since")) & (pl.col("at") < pl.col("until"))
    return told.filter(~away.fill_null(value=False)).drop("since", "until")


def _deeds(asked: Asked, roles: _Cast, networks: Networks) -> Iterator[Deeds]:
    holders, space = roles.holders, asked.district * NAMESPACES
    end = START + int(asked.days * DAY)
    for slot, (ring, victims) in enumerate(roles.rings, start=1):
        if len(victims):
            draw = asked.stream("ring deeds", ring.name)
            stays = ring_stays(ring, victims, holders, (asked.district, slot), end, draw)
            made = (
                ring_posts(ring, victims, stays, holders, first_number(space + slot), draw)
                if asked.posts
                else _silent()
            )
            access = ring_sessions(ring, stays, holders, networks, draw)
            yield Deeds(made, pl.concat([access, recovery(victims, holders, roles.changes, networks, draw)]))
    for slot, (operation, crew) in enumerate(roles.operations, start=len(roles.rings) + 1):
        draw = asked.stream("operation deeds", operation.name)
        home, first = (asked.district, slot), first_number(space + slot)
        yield operation_deeds(operation, crew, holders, networks, home, asked.days, first, draw)
    breach = breach_resets(_scene(asked, holders, networks, "breach"), roles.groups["breach_resets"], roles.changes)
    yield Deeds(_silent(), breach)
    yield agency(_scene(asked, holders, networks, "agency"), roles.groups["agency"], first_number(space + GROUP_SPACE))
    scene = _scene(asked, holders, networks, "handover")
    yield handover(scene, roles.groups["handover"], roles.handed, first_number(space + GROUP_SPACE + 1))


def _silent() -> pl.DataFrame:
    return together([], POST_DRAFT)


def _within(rows: pl.DataFrame, days: float) -> pl.DataFrame:
    return rows.filter(pl.col("at").is_between(START, START + int(days * DAY), "left"))


def sessions_table(rows: pl.DataFrame) -> pl.DataFrame:
    """SESSION_DRAFT as the canonical sessions table, sorted by time and account."""
    named = rows.select(
        account_ids("account").alias("account_id"),
        moments("at").alias("at"),
        "event",
        dotted("ip").alias("ip"),
        pl.col("asn").cast(pl.String).alias("asn"),
        pl.col("country").map_batches(CODES.gather, return_dtype=pl.String).alias("country"),
        _devices().alias("device"),
        pl.col("agent").map_batches(AGENTS.gather, return_dtype=pl.String).alias("user_agent"),
        "client",
        "success",
    )
    return named.sort("at", "account_id", "event", "ip", "device", "user_agent")


def _devices() -> pl.Expr:
    return pl.format("d{}", scrambled(pl.col("device")))


def _follows(holders: Holders, asked: Asked) -> pl.DataFrame:
    """Everybody follows a few contacts, since some time of the world."""
    if not asked.posts:
        return actions_table(acts(0))
    draw = asked.stream("follows")
    who = np.repeat(np.arange(len(holders)), FOLLOWED)
    other = pl.DataFrame({"n": holders.number[holders.contacts[:, :FOLLOWED].ravel()]})
    at = holders.since[who] + (draw.random(who.size) * 0.5 * (holders.until - holders.since)[who]).astype(np.int64)
    rows = acts(who.size, account=holders.number[who], trace="follow", at=at,
                object=other.select(account_ids("n").alias("object"))["object"])  # fmt: skip
    return actions_table(rows)


def _accounts(roles: _Cast, asked: Asked) -> pl.DataFrame:
    """Profiles; the famous are verified, have many followers and are protected."""
    holders, draw = roles.holders, asked.stream("profiles")
    created = holders.created.copy()
    famous: Flags = draw.random(len(holders)) < FAMOUS
    for operation, crew in roles.operations:
        if operation.type == OWNER_RUN:  # opened in the week before the world begins
            created[crew.who] = START - draw.integers(0, 7 * DAY, crew.who.size)
    for ring, victims in roles.rings:
        famous[victims.who] |= ring.style == "sim_swap"
    table = accounts_table(holders.number, created, holders.langs(np.arange(len(holders))), draw)
    is_famous = pl.Series(famous)
    return table.with_columns(
        followers=pl.when(is_famous).then(pl.col("followers") * 300).otherwise("followers"),
        verified=pl.col("verified") | is_famous,
        protection_tier=pl.when(is_famous).then(pl.lit("public_figure")),
        country=CODES.gather(holders.country),
    ).sort("account_id")


def _told(roles: _Cast) -> Iterator[dict[str, Any]]:
    for ring, victims in roles.rings:
        yield {**ring.told(), "type": "compromised", "victims": len(victims)}
    for operation, crew in roles.operations:
        yield {**operation.told(), "size": int(crew.who.size)}
