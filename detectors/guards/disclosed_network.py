"""Disclosed networks: feeds, syndication of one owner, and news outlets that copy one agency within minutes."""

import polars as pl

from detectors.guards.broadcasters import HOURS, LENGTH, OWN_TEXTS, broadcasting, one_short_life
from detectors.guards.fan_circle import OWNED
from detectors.guards.feed_apps import is_feed
from detectors.guards.found import LITTLE, OPEN, PART, Told, verdict_of
from detectors.guards.view import ClusterView
from detectors.sentences import count, percent

STEADY_SECONDS = 60.0  # the narrowest window of the pair tests (DETECTORS 2.1)
STEADY_SHARE = 0.1  # of the lag itself: a poller of a feed is late by its own interval, always
AROUND_THE_CLOCK = 20  # hours of the day: an account that never sleeps more than four

_Reading = tuple[float, str]  # how far the reading holds, 0..1, and its sentence


def disclosed_network(view: ClusterView) -> Told:
    """Whether the group is what a feed, a syndication or a set of outlets looks like, and nothing hidden speaks against it.

    An operation can dress up as any of them. So the rule caps and routes, it never removes, and it does not hold where the
    members share private infrastructure, were signed up together, or came and went together. Only newsrooms settle it:
    hundreds of long texts of their own for weeks, and next to nothing in common.
    """
    against = view.hidden_ties or ("they came and went within one day" if one_short_life(view) else "")
    told = [found for rule in (_feeds, _declared, _outlets, _syndication) if (found := rule(view)) is not None]
    share, sentence = max(told, key=lambda one: one[0])
    if len(told) == 1 and share < OPEN:
        return Told(
            "open",
            "Feeds, one owner or news outlets? The data holds neither the apps, nor the profiles, nor enough posts of the "
            "members: cannot tell. Any of them would.",
        )
    holds = share >= OPEN
    outlets = broadcasting(view)
    return Told(
        "explains part" if holds and against else verdict_of(share),
        f"Feeds, one owner or news outlets? {sentence}"
        + (f" But {against}, which outlets do not." if holds and against else "")
        + " An imprint, a named owner or the feed itself would clear it.",
        covers=holds and not against,
        fires=holds and not against,
        settles=outlets is not None and outlets.newsrooms,
    )


def _feeds(view: ClusterView) -> _Reading | None:
    """Joint acts through feed apps; only as far as the objects begin inside and come at a steady lag. None: no apps known."""
    if view.acts["client"].drop_nulls().is_empty():
        return None
    fed = _share_of_acts(view, is_feed())
    inside, steady = _inside(view), _steady(view)
    share = fed if inside >= OWNED and steady >= PART else min(fed, PART - 0.01)
    return share, (
        f"{percent(fed)} of the joint acts came through apps that post from feeds ({percent(OPEN)} are asked); {percent(inside)} of them are on objects "
        f"that a member or its leader was first on ({percent(OWNED)} are asked), and {percent(steady)} of the members follow at a steady lag "
        f"({percent(PART)} are asked)."
    )


def _declared(view: ClusterView) -> _Reading | None:
    """Members whom the platform verified, where what they share begins among them. None: the data does not say."""
    if view.members["verified"].drop_nulls().is_empty():
        return None
    verified = float(view.members["verified"].fill_null(value=False).mean() or 0.0)  # type: ignore[arg-type]
    inside = _inside(view)
    share = verified if inside >= OWNED else min(verified, PART - 0.01)
    return share, (
        f"{percent(verified)} of the members are verified by the platform ({percent(OPEN)} are asked), and {percent(inside)} of "
        f"the joint acts are on objects that a member or its leader was first on ({percent(OWNED)} are asked)."
    )


def _syndication(view: ClusterView) -> _Reading:
    """One member publishes, the others repeat it at a steady lag around the clock and do little else.

    A ring with one seeder looks much the same for an evening. Therefore all five: one source for nearly everything, one
    app where apps are known, a steady lag, no hours of sleep over more than a week, and nearly no other acts.
    """
    firsts = view.objects.drop_nulls("first_account").group_by("first_account").agg(pl.col("often").sum())
    source = float(firsts["often"].max() or 0) / max(view.weight, 1.0) if _inside(view) >= OPEN else 0.0  # type: ignore[arg-type]
    joint = view.acts.group_by("account_id").agg(pl.struct("trace", "object_id").n_unique().alias("joint"))
    busy = view.members.join(joint, on="account_id", how="left").select(
        only=(pl.col("joint").fill_null(0) / pl.max_horizontal("acts", pl.lit(1))).median(),
        awake=((pl.col("hours") >= AROUND_THE_CLOCK) & (pl.col("days") > 7)).mean(),
    )
    only, awake = (float(value or 0.0) for value in busy.row(0))
    share = min(source, only, awake, _steady(view), _one_app(view))
    return share, (
        f"One source is first on {percent(source)} of the joint acts; {percent(_steady(view))} of the members follow at a "
        f"steady lag, {percent(awake)} post around the clock for more than a week, and {percent(only)} of what the middle "
        f"member does is such items ({percent(OPEN)} of each are asked)."
    )


def _outlets(view: ClusterView) -> _Reading | None:
    """Members that write long texts of their own around the clock and copy only few (broadcasters). None: too few posts."""
    told = broadcasting(view)
    if told is None:
        return None
    return (told.outlets if told.paced else min(told.outlets, PART - 0.01)), (
        f"{percent(told.outlets)} of the members publish mostly texts of their own for days ({percent(OPEN)} are asked); the "
        f"middle one has {count(round(told.texts))} texts of its own ({OWN_TEXTS} are asked), "
        f"{count(round(told.length))} letters long ({LENGTH} are asked), in {count(round(told.hours))} hours of the day "
        f"({HOURS} are asked), and {percent(told.own)} of its posts are in no joint act ({percent(1 - LITTLE)} are asked)."
    )


def _share_of_acts(view: ClusterView, which: pl.Expr) -> float:
    return float(view.acts.select(which.mean()).item() or 0.0)


def _inside(view: ClusterView) -> float:
    """Share of the joint acts on objects that a member was first on, before everybody else in the data.

    A publisher whom the others repeat leads and never follows, so it stands apart as a target: it counts as inside.
    """
    return view.share_of(view.objects.filter(pl.col("first_account").is_in(sorted(view.ids | view.targets))))


def _one_app(view: ClusterView) -> float:
    """Share of the joint acts through the commonest client; 1 where no clients are known."""
    known = view.acts.drop_nulls("client")
    if known.is_empty():
        return 1.0
    return float(known.group_by("client").len()["len"].max() or 0) / known.height  # type: ignore[arg-type]


def _steady(view: ClusterView) -> float:
    """Share of the members who are later than the first of everybody by nearly the same time each time.

    Half of the members' acts may not be the first ones: whoever is mostly first has no lag.
    """
    late = view.acts.filter(pl.col("lag_s") > 0)
    spread = late.group_by("account_id").agg(
        pl.col("lag_s").median().alias("lag"), (pl.col("lag_s") - pl.col("lag_s").median()).abs().median().alias("mad")
    )
    steady = spread.filter(
        (pl.col("mad") <= STEADY_SECONDS)
        & (pl.col("mad") <= pl.max_horizontal(STEADY_SHARE * pl.col("lag"), pl.lit(1.0)))
    )
    return steady.height / max(spread.height, 1)
