"""Targets and bystanders taken out of a cluster before anything is said of it: nobody is accused by what others did alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import polars as pl

from detectors.copied import copied_by
from detectors.groups import Groups
from detectors.own_acts import tied_by_own_acts
from detectors.scan.choose import Candidate, contracted
from detectors.sentences import plural, span
from detectors.settings import Settings
from detectors.signals import Members
from detectors.significance import I64
from detectors.standing import STANDING, joint_acts_in_time, standing
from detectors.trace_actions import TraceActions
from graph.schemas import FrameSchema

# .01 for each of the two ways p_led asks. Eight copied links, each by one account only, give 2/256 (SECURITY 5:
# innocents framed by eight copied links). On twenty worlds with 400 framed .01 left four in the ring, this one, and .05
# none, for a loss among the members of real operations (docs/explanations.md).
LEADS = 0.02

APART: FrameSchema = {**STANDING, "role": pl.String, "sentence": pl.String}


@dataclass(frozen=True, slots=True)
class Split:
    """`groups` without those taken out; `apart` (APART, by cluster and account) are those, with the cluster they touch.

    `inside` (STANDING) says where the members stand in time among themselves, without those taken out.
    """

    groups: Groups
    apart: pl.DataFrame
    inside: pl.DataFrame


def split_targets(traces: Sequence[TraceActions], links: pl.DataFrame, groups: Groups, settings: Settings) -> Split:
    """Take targets, then bystanders, out of every group; one that is left without enough evidence is no cluster.

    A *target* is an account whose evidence others made by acting after it: a member, or one linked to the group, that
    leads its joint acts more often than chance allows (p <= LEADS, all orders of those present equally likely), one in
    no group that a group follows beyond chance (detectors.copied), or one that is alone with the group only in posts of
    its own which the group passed on; and that no act of its own ties to the group (detectors.own_acts). It is framed,
    or a source, and where the two cannot be told apart it is listed here. Acts at the same moment carry no direction,
    so nobody is a target by them.

    Those taken out of one group who stand as a group without it, by what they did after one another, are a cluster of
    their own. What is left of a group is scored anew where it was found, and contracted: a *bystander* keeps no company of its own
    with those who are left. Below the level for review it is no cluster. `links`: left, right (ranks).
    """
    members = groups.members
    if not members.groups:
        return Split(groups, nobody_apart(), standing(joint_acts_in_time((), members.cluster_of, max(settings.spans))))
    copied = copied_by(groups, settings)
    asked = _with_linked(np.where(copied >= 0, copied, members.cluster_of), members.cluster_of, links)
    where = _standing(traces, asked, members, settings)
    is_copied = pl.col("account").is_in(np.flatnonzero(copied >= 0)) & (pl.col("led") > 0)
    # Nobody can help who passes on what they wrote, so being first there is no chance to be tested.
    only_wrote = (pl.col("wrote") > 0) & (pl.col("wrote") == pl.col("among"))
    leads = where.filter((pl.col("p_led") <= LEADS) | is_copied | only_wrote)
    tied = tied_by_own_acts(traces, groups, asked, leads["account"].to_numpy(), settings)
    framed = leads.filter(~pl.col("account").is_in(sorted(tied)))
    kept, number_of = _left(groups, set(framed["account"].to_list()), settings.min_cluster)
    circles = _of_their_own(groups, set(framed["account"].to_list()), settings.min_cluster)
    again = [None if number is None else kept[number].members for number in number_of]
    astray = _bystanders(where, members, set(framed["account"].to_list()), again)
    of_their_own = sorted({account for circle in circles for account in circle.members.tolist()})
    told = pl.concat([_told(framed, "target"), _told(astray, "bystander")])
    told = told.filter(~pl.col("account").is_in(of_their_own))
    left = _members([*kept, *circles], members.cluster_of.size)
    inside = _standing(traces, left.cluster_of, left, settings)
    return Split(replace(groups, members=left), _numbered(told, number_of), inside)


def nobody_apart() -> pl.DataFrame:
    """APART without rows."""
    return pl.DataFrame(schema=dict(APART))


def _with_linked(asked: I64, cluster_of: I64, links: pl.DataFrame) -> I64:
    """`asked`, and for accounts still in no group (-1) the one they have most links to (the first on a tie)."""
    pairs = links.select(pl.col("left", "right").cast(pl.Int64)).unique()
    ends = pl.concat([pairs, pairs.select(left="right", right="left")])
    named = ends.with_columns(
        own=pl.Series(asked[ends["left"].to_numpy()]), other=pl.Series(cluster_of[ends["right"].to_numpy()])
    )
    most = (
        named.filter((pl.col("own") < 0) & (pl.col("other") >= 0))
        .group_by("left", "other")
        .len()
        .sort("left", "len", "other", descending=[False, True, False])
        .unique("left", keep="first", maintain_order=True)
    )
    linked = asked.copy()
    linked[most["left"].to_numpy()] = most["other"].to_numpy()
    return linked


def _standing(traces: Sequence[TraceActions], cluster_of: I64, members: Members, settings: Settings) -> pl.DataFrame:
    """STANDING within the widest window, or the one in which the group was found where that is wider."""
    widest = 1_000_000 * max(settings.windows)
    window_of = np.array([max(one.window_us, widest) for one in members.found] or [widest], dtype=np.int64)
    told = [pl.DataFrame(schema=dict(STANDING))]
    for window in np.unique(window_of):
        here = np.where((cluster_of >= 0) & (window_of[cluster_of] == window), cluster_of, -1)
        told.append(standing(joint_acts_in_time(traces, here, timedelta(microseconds=int(window)))))
    return pl.concat(told).sort("cluster", "account")


def _left(groups: Groups, framed: set[int], smallest: int) -> tuple[list[Candidate], list[int | None]]:
    """The groups without `framed`, and for each group given its number among them, None where nothing is left."""
    kept: list[Candidate] = []
    number_of: list[int | None] = []
    for one in groups.members.found:
        own = np.array([account for account in one.members.tolist() if account not in framed], dtype=np.int64)
        # Whoever was framed is no outsider to those who framed them.
        apart = np.union1d(one.aside, np.setdiff1d(one.members, own))
        again = one if own.size == one.members.size else contracted(one.usual, own, smallest, apart)
        stands = again is not None and again.evidence.net >= groups.level.review
        number_of.append(len(kept) if stands else None)
        if again is not None and stands:
            kept.append(again)
    return kept, number_of


def _of_their_own(groups: Groups, framed: set[int], smallest: int) -> list[Candidate]:
    """What those taken out of each group are among themselves, where that stands without the group."""
    circles = []
    for one in groups.members.found:
        inside = np.array([account for account in one.members.tolist() if account in framed], dtype=np.int64)
        circle = contracted(one.usual, inside, smallest)
        if circle is not None and circle.evidence.net >= groups.level.review:
            circles.append(circle)
    return circles


def _members(kept: Sequence[Candidate], accounts: int) -> Members:
    cluster_of = np.full(accounts, -1, dtype=np.int64)
    for number, one in enumerate(kept):
        cluster_of[one.members] = number
    return Members([one.members for one in kept], cluster_of, kept)


def _bystanders(where: pl.DataFrame, members: Members, framed: set[int], again: Sequence[I64 | None]) -> pl.DataFrame:
    """The members, not framed, whom a group that still stands is left without."""
    gone = [
        account
        for group, left in zip(members.groups, again, strict=True)
        if left is not None
        for account in np.setdiff1d(group, left).tolist()
        if account not in framed
    ]
    return where.filter(pl.col("account").is_in(gone))


def _told(rows: pl.DataFrame, role: str) -> pl.DataFrame:
    say = target_sentence if role == "target" else bystander_sentence
    said = [say(row) for row in rows.iter_rows(named=True)]
    told = rows.with_columns(role=pl.lit(role), sentence=pl.Series(said, dtype=pl.String))
    return told.select(pl.col(column).cast(kind) for column, kind in APART.items())


def target_sentence(row: Mapping[str, float]) -> str:
    """How quickly and how often it was followed, and how seldom it came second."""
    second = (
        "it never came second"
        if not row["followed"]
        else f"it came second {plural(int(row['followed']), 'time', 'times')}"
    )
    return (
        f"Others copied this account within a median of {span(row['lag_s'])}, {plural(int(row['led']), 'time', 'times')} "
        f"({plural(int(row['copies']), 'act', 'acts')} of theirs); {second}: it may be framed or is a source."
    )


def bystander_sentence(row: Mapping[str, float]) -> str:
    """That it met the cluster, and on what little."""
    met = int(row["led"] + row["followed"] + row["tied"])
    return (
        f"This account met the cluster {plural(met, 'time', 'times')}, with hardly a link to those who are in it: "
        "it is in the picture, not in the cluster."
    )


def _numbered(told: pl.DataFrame, number_of: Sequence[int | None]) -> pl.DataFrame:
    """`told` (APART) with the new numbers of the groups; of a group that is no more, nobody is told."""
    number = {old: new for old, new in enumerate(number_of) if new is not None}
    known = told.filter(pl.col("cluster").is_in(list(number)))
    return known.with_columns(pl.col("cluster").replace_strict(number, return_dtype=pl.Int64)).sort(
        "cluster", "account"
    )
