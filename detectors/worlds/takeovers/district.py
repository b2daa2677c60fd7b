"""District: one part of a world with takeovers, from its accounts to its tables."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from detectors.worlds.drafts import I64, first_number, together
from detectors.worlds.people import NAMESPACES
from detectors.worlds.rhythm import DAY, START
from detectors.worlds.takeovers.access import ordinary_access
from detectors.worlds.takeovers.consent import agency, breach_resets, handover
from detectors.worlds.takeovers.countries import Networks
from detectors.worlds.takeovers.holders import FAR, Holders
from detectors.worlds.takeovers.intruders import locked_out, recovery, ring_sessions, ring_stays
from detectors.worlds.takeovers.operations import operation_deeds
from detectors.worlds.takeovers.ring_posts import ring_posts
from detectors.worlds.takeovers.rings import LEAST_DAYS, LEAST_EVENTS, LEAST_VICTIMS, Victims
from detectors.worlds.takeovers.roles import Asked, Roles, roles_of
from detectors.worlds.takeovers.seen import SESSION_DRAFT
from detectors.worlds.takeovers.stays import Deeds, without
from detectors.worlds.takeovers.tables import follows, profiles, sessions_table
from detectors.worlds.takeovers.truth import truth_table
from detectors.worlds.takeovers.writing import POST_DRAFT, ordinary_posts, takeover_posts_table
from detectors.worlds.world_part import WorldPart

GROUP_SPACE = 4_000  # namespaces of posts of groups; those of rings and operations count from 1


def takeover_district(asked: Asked, networks: Networks) -> WorldPart:
    """People, their groups, rings and operations; then what all of them do."""
    roles = roles_of(asked, networks)
    posts = _ordinary_posts(asked, roles, networks)
    access = ordinary_access(roles.holders, roles.changes, networks, asked.days, asked.stream("access"))
    roles = replace(
        roles, rings=[(ring, _with_history(one, roles.holders, posts, access)) for ring, one in roles.rings]
    )
    gone = _absences(roles)
    deeds = list(_deeds(asked, roles, networks))
    posts = _within(together([without(posts, gone), *(one.posts for one in deeds)], POST_DRAFT), asked.days)
    posts = posts.join(posts.select(shared="number"), on="shared", how="semi").vstack(
        posts.filter(pl.col("shared").is_null())
    )
    access = _within(together([without(access, gone), *(one.sessions for one in deeds)], SESSION_DRAFT), asked.days)
    labels = truth_table(roles.holders, roles.groups, roles.rings, roles.operations)
    return WorldPart(
        posts=takeover_posts_table(posts),
        sessions=sessions_table(access),
        actions=follows(roles, asked),
        accounts=profiles(roles, asked),
        labels=labels,
        campaigns=tuple(_told(roles)),
    )


def _ordinary_posts(asked: Asked, roles: Roles, networks: Networks) -> pl.DataFrame:
    if not asked.posts:
        return together([], POST_DRAFT)
    first = first_number(asked.district * NAMESPACES)
    return ordinary_posts(roles.holders, roles.changes, networks, first, asked.stream("posts"))


def _with_history(victims: Victims, holders: Holders, posts: pl.DataFrame, access: pl.DataFrame) -> Victims:
    """Those whose history came out long enough: pauses may have shortened it. The others are let go, all when too few are left."""
    taken = pl.DataFrame({"account": holders.number[victims.who], "taken": victims.taken})
    kept = access.filter(pl.col("success"))
    rows = pl.concat([posts.select("account", "at"), kept.select("account", "at")]).join(taken, on="account")
    before = rows.filter(pl.col("at") < pl.col("taken")).group_by("account").agg(pl.len(), pl.col("at").min())
    known = taken.join(before, on="account", how="left", maintain_order="left")
    long = (known["len"] >= LEAST_EVENTS) & (known["taken"] - known["at"] >= int(LEAST_DAYS * DAY))
    fit = np.flatnonzero(long.fill_null(value=False).to_numpy())
    fit = fit if fit.size >= LEAST_VICTIMS else fit[:0]
    return Victims(victims.who[fit], victims.taken[fit], victims.recovered[fit], victims.owner_on[fit])


def _absences(roles: Roles) -> pl.DataFrame:
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


def _deeds(asked: Asked, roles: Roles, networks: Networks) -> Iterator[Deeds]:
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
            parts = [access, recovery(victims, holders, roles.changes, networks, draw)]
            if ring.style not in ("token", "dormant"):  # nobody was shut out, nobody is there
                parts.append(locked_out(victims, holders, roles.changes, networks, draw))
            yield Deeds(made, pl.concat(parts))
    for slot, (operation, crew) in enumerate(roles.operations, start=len(roles.rings) + 1):
        draw = asked.stream("operation deeds", operation.name)
        home, first = (asked.district, slot), first_number(space + slot)
        yield operation_deeds(operation, crew, holders, networks, home, asked.days, first, draw)
    breach = breach_resets(asked.scene(holders, networks, "breach"), roles.groups["breach_resets"], roles.changes)
    yield Deeds(_silent(), breach)
    yield agency(asked.scene(holders, networks, "agency"), roles.groups["agency"], first_number(space + GROUP_SPACE))
    scene = asked.scene(holders, networks, "handover")
    yield handover(scene, roles.groups["handover"], roles.handed, first_number(space + GROUP_SPACE + 1))


def _silent() -> pl.DataFrame:
    return together([], POST_DRAFT)


def _within(rows: pl.DataFrame, days: float) -> pl.DataFrame:
    return rows.filter(pl.col("at").is_between(START, START + int(days * DAY), "left"))


def _told(roles: Roles) -> Iterator[dict[str, Any]]:
    for ring, victims in (one for one in roles.rings if len(one[1])):
        yield {**ring.told(), "type": "compromised", "victims": len(victims)}
    for operation, crew in roles.operations:
        yield {**operation.told(), "size": int(crew.who.size)}
