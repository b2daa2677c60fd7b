"""A sign of clusters: members answer one author in the same swarm of replies, more of them than its other answerers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import polars as pl

from detectors.reply_swarms import reply_swarms, swarm_repliers
from detectors.risk import strength
from detectors.scan.signals import NUMBERED_SIGNAL
from detectors.sentences import chance, count, plural, span, times
from detectors.significance import chance_band, poisson_tail, surprise
from graph.foreign_text import show_text

LEAST_MEMBERS = 3  # two friends meet under one post
# As in detectors.scan.evidence: a stratum with fewer outsiders says nothing (DETECTORS 7 chose 10-30 over 100).
LEAST_OUTSIDERS = 30


@dataclass(frozen=True, slots=True)
class _Swarm:
    target: str
    since: datetime
    seconds: float
    repliers: frozenset[str]
    present: Counter[str]  # account -> authors answered on the day of the swarm: whoever answers at all could be in it
    ever: frozenset[str]  # who answered the author in any span


def swarm_signals(replies: pl.DataFrame, groups: Sequence[Sequence[str]]) -> pl.DataFrame:
    """One row (NUMBERED_SIGNAL) per group of which three or more answered one author within one swarm; by cluster.

    `replies`: actions of the trace `reply_author`, without those of posts on which other signs stand. For each swarm
    the outsiders say how many of the members were to be expected in it, in two ways, and the larger counts: by the authors
    that one answered on that day (who answers much is in every swarm), and, where at least 30 outsiders ever answered this
    author, by the share of them that did so in the swarm (its regular answerers). Outsiders are in none of the groups.
    Poisson tail, Bonferroni over the swarms: the fullest one is told.
    """
    swarms, flagged = _swarms(replies), frozenset(account for members in groups for account in members)
    rows = []
    for cluster, members in enumerate(groups):
        asked = [_asked(swarm, frozenset(members), flagged) for swarm in swarms]
        asked = [one for one in asked if one[1] >= LEAST_MEMBERS]
        if asked:
            place = min(range(len(asked)), key=lambda number: (asked[number][0], number))
            rows.append(_row(cluster, asked[place], len(set(members)), len(swarms)))
    return pl.DataFrame(rows, schema=dict(NUMBERED_SIGNAL), orient="row")


def _swarms(replies: pl.DataFrame) -> list[_Swarm]:
    found = reply_swarms(replies)
    if found.is_empty():
        return []
    who = swarm_repliers(replies, found).group_by("target", "since").agg("account_id")
    inside = {(target, since): frozenset(ids) for target, since, ids in who.iter_rows()}
    to_targets = replies.filter(pl.col("object_id").is_in(found["target"].unique().implode()))
    ever = dict(to_targets.group_by("object_id").agg(pl.col("account_id").unique()).iter_rows())
    per_day = _answered_per_day(replies)
    return [
        _Swarm(
            target,
            since,
            (until - since).total_seconds(),
            inside[target, since],
            sum((per_day.get(day, Counter()) for day in {since.date(), until.date()}), Counter[str]()),
            frozenset(ever[target]),
        )
        for target, since, until in found.select("target", "since", "until").iter_rows()
    ]


def _answered_per_day(replies: pl.DataFrame) -> dict[date, Counter[str]]:
    """How many authors each account answered on each day (UTC)."""
    counted = replies.group_by(pl.col("at").dt.date().alias("day"), "account_id").agg(pl.col("object_id").n_unique())
    return {
        rows["day"][0]: Counter(dict(rows.select("account_id", "object_id").iter_rows()))
        for _, rows in counted.group_by("day")
    }


_Asked = tuple[float, int, float, _Swarm]


def _asked(swarm: _Swarm, members: frozenset[str], flagged: frozenset[str]) -> _Asked:
    """p, members in the swarm, expected."""
    seen = len(swarm.repliers & members)
    expected = max(_by_activity(swarm, members, flagged), _by_habit(swarm, members, flagged))
    p = float(poisson_tail(np.array([seen]), np.array([expected]))[0])
    return p, seen, expected, swarm


def _by_activity(swarm: _Swarm, members: frozenset[str], flagged: frozenset[str]) -> float:
    """Members who would be in it if they took part as outsiders do who answered as many authors on that day."""
    outside = [many for account, many in swarm.present.items() if account not in flagged]
    if len(outside) < LEAST_OUTSIDERS:
        return float(len(members))  # nobody to compare with: the swarm surprises nobody
    # One more than there were: that no outsider came does not make it impossible.
    rate = (len(swarm.repliers - flagged) + 1) / sum(outside)
    # In one order: sums of floats depend on it, and sets have another one in every process.
    return float(sum(min(1.0, rate * swarm.present[one]) for one in sorted(members) if one in swarm.present))


def _by_habit(swarm: _Swarm, members: frozenset[str], flagged: frozenset[str]) -> float:
    outside = swarm.ever - flagged
    if len(outside) < LEAST_OUTSIDERS:
        return 0.0
    return len(swarm.ever & members) * len(swarm.repliers & outside) / len(outside)


def _row(cluster: int, asked: _Asked, size: int, swarms: int) -> dict[str, object]:
    p, seen, expected, swarm = asked
    adjusted = min(1.0, p * swarms)
    low, high = chance_band(expected)
    sentence = (
        f"{count(seen)} of {count(size)} members answered one author ({show_text(swarm.target, 40)}) within "
        f"{span(swarm.seconds)} from {swarm.since:%Y-%m-%d %H:%M} UTC, in a swarm of {plural(len(swarm.repliers), 'account', 'accounts')}. "
        f"As many accounts that answer as much, or answer this author too, would be in it {times(expected)}. "
        f"By chance: {chance(adjusted)}."
    )
    return {
        "cluster": cluster,
        "trace": "reply_author",
        "window_seconds": int(swarm.seconds),
        "name": "reply_author_swarm",
        "family": "lockstep",
        "value": strength(float(surprise(np.array([adjusted]))[0])),
        "seen": float(seen),
        "expected": expected,
        "low": low,
        "high": high,
        "p": adjusted,
        "sentence": sentence,
    }
