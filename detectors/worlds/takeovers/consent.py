"""Consent: strangers in accounts that their holders let in, and bursts of resets that nobody broke in for."""

import numpy as np
import polars as pl

from detectors.worlds.drafts import I64, POST, drafts
from detectors.worlds.rhythm import DAY, HOUR, START, awake
from detectors.worlds.takeovers.access import followed, session_rows
from detectors.worlds.takeovers.countries import CORPORATE, asn_of
from detectors.worlds.takeovers.groups import Scene, office
from detectors.worlds.takeovers.holders import Changes
from detectors.worlds.takeovers.machines import VERSIONS, computers
from detectors.worlds.takeovers.seen import SESSION_DRAFT, seen_with
from detectors.worlds.takeovers.stays import Deeds, Stays, stay_events, stay_logins, stay_times
from detectors.worlds.takeovers.writing import POST_DRAFT, in_their_manner

SCHEDULED = 8  # posts that the agency makes for each client: an assumption
CLIENTS_PER_MANAGER = 6
DESK = (1 << 23) - 4_096  # device numbers of agencies and managers, above those of holders


def breach_resets(scene: Scene, who: I64, changes: Changes) -> pl.DataFrame:
    """SESSION_DRAFT: after a notice everybody sets a new password within two days, at home and with the usual device."""
    holders, draw = scene.holders, scene.draw
    told = scene.day() + 9 * HOUR
    waited = np.minimum(draw.exponential(10 * HOUR, who.size), 48 * HOUR).astype(np.int64)
    at = awake(told + waited, holders.zone[who], draw)
    seen = seen_with(holders, changes, scene.networks, who, at, draw)
    rows = session_rows(holders, who, at, seen, "reset_requested")
    # The platform ends all sessions itself: from no address, with no device.
    nowhere = {
        name: pl.lit(None, SESSION_DRAFT[name]) for name in ("ip", "asn", "country", "device", "agent", "client")
    }
    out = rows.with_columns(at=pl.lit(told, pl.Int64), event=pl.lit("session_revoked"), **nowhere)
    safer = rows.filter(pl.Series(draw.random(who.size) < 0.3)).with_columns(
        at=pl.col("at") + HOUR, event=pl.lit("mfa_changed")
    )
    return pl.concat([followed(rows, np.ones(who.size, np.bool_), draw), out, safer])


def agency(scene: Scene, who: I64, first: int) -> Deeds:
    """One device of an agency logs in for all its clients within two working days and posts for them what they would."""
    since = scene.day() + 9 * HOUR + _working(who.size, 2, scene.draw)
    stays = _desk(scene, who, since, np.zeros(who.size, np.int64), "suite", 2)
    return Deeds(
        posts=_scheduled(scene, stays, SCHEDULED, 40.0, first),
        sessions=pl.concat(
            [
                stay_logins(stays, scene.holders, scene.networks, scene.draw),
                stay_events(stays, scene.holders, scene.networks, 0.4, "mfa_changed", scene.draw),
                stay_events(stays, scene.holders, scene.networks, 0.2, "email_changed", scene.draw),
            ]
        ),
    )


def handover(scene: Scene, who: I64, since: I64, first: int) -> Deeds:
    """From `since` on new community managers, each with a few of the accounts, instead of those before: see `handed_over`."""
    stays = _desk(scene, who, since, 1 + np.arange(who.size) // CLIENTS_PER_MANAGER, "web", 3)
    posts = max(1, int(scene.holders.posts[who].mean()))
    return Deeds(
        posts=_scheduled(scene, stays, posts, scene.days, first),
        sessions=pl.concat(
            [
                stay_logins(stays, scene.holders, scene.networks, scene.draw),
                *(
                    stay_events(stays, scene.holders, scene.networks, share, event, scene.draw)
                    for event, share in {"email_changed": 0.9, "phone_changed": 0.7, "mfa_changed": 0.7}.items()
                ),
            ]
        ),
    )


def handed_over(scene: Scene, who: I64) -> I64:
    """When: all on one morning."""
    return scene.day() + 9 * HOUR + _working(who.size, 1, scene.draw)


def _working(count: int, days: int, draw: np.random.Generator) -> I64:
    """Moments of `days` working days, from their start."""
    told: I64 = draw.integers(0, days, count) * DAY + draw.integers(0, 8 * HOUR, count)
    return told


def _desk(scene: Scene, who: I64, since: I64, desk: I64, client: str, slot: int) -> Stays:
    """One device per `desk`, all in one office."""
    machine = computers(int(desk.max(initial=0)) + 1, scene.draw)
    country = np.full(who.size, int(np.bincount(scene.holders.country[who]).argmax()) if who.size else 0)
    return Stays(
        who=who,
        since=since,
        until=np.full(who.size, START + int(scene.days * DAY)),
        device=(scene.district << 24) + DESK + slot * 512 + desk,
        agent=machine[desk] * VERSIONS + 6,
        client=pl.repeat(client, who.size, dtype=pl.String, eager=True).alias("client"),
        block=np.full(who.size, office(scene, slot)),
        asn=asn_of(country, CORPORATE),
        country=country,
    )


def _scheduled(scene: Scene, stays: Stays, posts: int, days: float, first: int) -> pl.DataFrame:
    """POST_DRAFT of what is posted for the holders: their language, tags and sites, somebody else's hours."""
    holders, draw = scene.holders, scene.draw
    if not holders.posts.any():
        return pl.DataFrame(schema=dict(POST_DRAFT))
    zone = float(holders.zone[stays.who].mean()) if len(stays) else 0.0
    row, at = stay_times(stays, draw.poisson(posts, len(stays)), days, zone, draw, soon=1.0)
    who = stays.who[row]
    rows = drafts(
        who.size, number=first + np.arange(who.size), account=holders.number[who], at=at, kind=POST,
        lang=holders.langs(who), client=stays.client.gather(row),
    )  # fmt: skip
    return in_their_manner(rows, holders, who, draw)
