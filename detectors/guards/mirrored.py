"""Mirrored publishing: everyone carries everything, or items appear everywhere at once, day after day: feeds do that."""

import polars as pl

from detectors.guards.found import EXPLAINS_LITTLE, EXPLAINS_PART, OPEN, PART, RULED_OUT, STILL_OPEN, Told
from detectors.guards.view import EPISODE_SECONDS, ClusterView
from detectors.sentences import percent, plural, span

# Nothing else: the usual 'nearly all of it' of guards.found. A ring that hides among people does other things too: the
# least camouflage measured was a third (DATA.md, injected mix), and fast-share pools of real operations reach .8 to .97
# only where each object is carried by few of them.
ALONE = OPEN
EVERYONE = PART  # of the members on the middle of what they did together: most of them carry each item
AT_ONCE = 60.0  # seconds; the fastest window of the tests
DAYS, PER_EPISODE = 7, 2.0  # a week of items as they come, at most two in six hours; campaigns come in bursts


def mirrored(view: ClusterView) -> Told | None:
    """One owner's pages, cross-posting and feeds look exactly like the tightest ring; behaviour alone cannot tell them apart.

    Fires where the members do hardly anything else, and either most of them carry each item, or each item appears at
    once, few at a time, over a week and more. Signs of one hidden hand (infrastructure, sign-up) take the cap away.
    """
    if view.objects.is_empty() or view.members.is_empty():
        return None
    alone = _joint_share(view)
    carried = float((view.objects["members"] * view.objects["often"]).sum()) / (max(view.weight, 1.0) * view.size)
    gap, days, per_episode = _pace(view)
    everyone = alone >= ALONE and carried >= EVERYONE
    steady = alone >= ALONE and gap <= AT_ONCE and days >= DAYS and per_episode <= PER_EPISODE
    ties = view.hidden_ties
    fires = everyone or steady
    return Told(
        _verdict(alone, carried, fires, ties),
        f"Mirrored pages or a feed? {percent(alone)} of what the middle member does is joint; {percent(carried)} of the members "
        f"carry an item; items appear {span(gap)} apart, {plural(round(per_episode), 'item', 'items')} in six hours on "
        f"{plural(days, 'day', 'days')}. " + (f"But {ties}. " if ties else "") + "Naming the owner would clear it; "
        "other things the members do, each for itself, rule it out.",
        covers=fires and not ties,
        fires=fires,
    )


def _verdict(alone: float, carried: float, fires: bool, ties: str) -> str:
    if fires:
        return EXPLAINS_PART if ties else STILL_OPEN
    if alone < PART:
        return RULED_OUT
    return EXPLAINS_PART if carried >= EVERYONE else EXPLAINS_LITTLE


def _joint_share(view: ClusterView) -> float:
    """Of the middle member, the share of its distinct objects that another member acted on near in time.

    A post may be known under two names, its id and its text; `acts` of MEMBERS counts it by the one that the crowd has
    a lag on, so only that one counts here.
    """
    joint = (
        view.acts.drop_nulls("lag_s")
        .select("account_id", "trace", "object_id")
        .unique()
        .group_by("account_id")
        .len("joint")
    )
    told = view.members.select("account_id", "acts").join(joint, on="account_id", how="left")
    shares = (pl.col("joint").fill_null(0) / pl.col("acts").clip(1)).clip(upper_bound=1.0)
    return float(told.select(shares.median()).item() or 0.0)


def _pace(view: ClusterView) -> tuple[float, int, float]:
    """The middle gap to the nearest other member (s), days with joint acts, objects per six-hour episode that has any."""
    timed = view.acts.sort("trace", "object_id", "at").with_columns(
        before=(pl.col("at") - pl.col("at").shift(1)).over("trace", "object_id"),
        after=(pl.col("at").shift(-1) - pl.col("at")).over("trace", "object_id"),
    )
    gap = timed.select((pl.min_horizontal("before", "after") / 1e6).median()).item()
    first = view.objects["at"]
    episodes = (first // (EPISODE_SECONDS * 1_000_000)).n_unique()
    return float(gap or 0.0), (first // 86_400_000_000).n_unique(), view.objects.height / max(episodes, 1)
