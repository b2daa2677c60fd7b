"""One event or one day: the share of the joint acts on the busiest day, and conferences, which last their days and no longer."""

import polars as pl

from detectors.guards.ages import ages
from detectors.guards.fan_circle import OWNED
from detectors.guards.found import OPEN, PART, Told, verdict_of
from detectors.guards.reactions import joint_reactions, pace, share_of_posts
from detectors.guards.view import DAY_SECONDS, EPISODE_SECONDS, ClusterView
from detectors.sentences import count, percent, plural, span

EVENT_DAYS = 4  # a conference, a congress, a long weekend; a convention
DATA_PER_EVENT = 3  # lengths of an event that the data must span: an occasion is known by the time without it
ONLY_THEN = 0.95  # of the joint acts
SPEAKERS = 3  # authors that are passed on: with fewer it is a circle of fans
VISITORS_ELSEWHERE = PART  # of the members, who also acted on days before or after


def one_occasion(view: ClusterView) -> Told:
    """The busiest day is said of every cluster, without a cap: it can be an event, a call, or an operation that was quick.

    An event is recognised, and settles, where all of it holds: nearly all joint acts within four days in a row, in data
    at least three times as long; shares of several authors, each at its own pace (detectors.guards.reactions); members
    who joined over years, wrote words of their own, and were there on other days without one another; no common means.
    """
    day = view.objects.with_columns(day=pl.col("at") // (DAY_SECONDS * 1_000_000))
    per_day = day.group_by("day").agg(pl.col("often").sum()).sort("day")
    share = float(per_day["often"].max() or 0) / max(view.weight, 1.0)  # type: ignore[arg-type]
    episodes = view.objects.select((pl.col("at") // (EPISODE_SECONDS * 1_000_000)).n_unique()).item()
    if view.data_seconds < 2 * DAY_SECONDS:
        return Told(
            "open",
            f"One occasion? The data spans only {span(view.data_seconds)}, with joint acts in {plural(episodes, 'spell', 'spells')} "
            "of 6 h: cannot tell. More days of data would.",
        )
    event, said = _event(view, per_day)
    return Told(
        "open" if event else verdict_of(share),
        f"One occasion? {percent(share)} of the joint acts are on the busiest day, of {plural(per_day.height, 'day', 'days')} "
        f"with joint acts in {span(view.data_seconds)} of data.{said} The same on other days would rule it out.",
        covers=event,
        fires=event,
        settles=event,
    )


def _event(view: ClusterView, per_day: pl.DataFrame) -> tuple[bool, str]:
    """Whether an event explains it, and what was looked at, "" where the joint acts are not an event's in time."""
    starts, within = _fullest(per_day, view.weight)
    if within < ONLY_THEN or view.data_seconds < DATA_PER_EVENT * EVENT_DAYS * DAY_SECONDS:
        return False, ""
    opens, closes = _borders(starts)
    reactions = joint_reactions(view).filter(pl.col("born").is_between(opens, closes, closed="left"))
    known, kept, old = share_of_posts(view, reactions), pace(reactions), ages(view)
    authors = reactions.group_by("author").len().sort("len", descending=True)["len"]
    most = float(authors.max() or 0) / max(reactions.height, 1)  # type: ignore[arg-type]
    elsewhere, wrote = _elsewhere(view, starts), view.members.filter(pl.col("texts") > 0).height / max(view.size, 1)
    event = (
        known >= OPEN
        and len(authors) >= SPEAKERS
        and most < OWNED
        and kept.each_for_itself
        and min(elsewhere, wrote) >= VISITORS_ELSEWHERE
        and old.grown
        and not view.hidden_ties
    )
    return event, (
        f" {percent(within)} lie within {EVENT_DAYS} days in a row. {percent(known)} of the joint posts pass on posts of "
        f"{plural(len(authors), 'author', 'authors')} whose times are known ({percent(OPEN)} are asked, and {count(SPEAKERS)} authors). {kept.told} "
        f"{percent(elsewhere)} of the members acted on other days too and {percent(wrote)} wrote texts of their own ({percent(PART)} of both are "
        f"asked); they {'joined over years' if old.grown else 'did not join over years, or that is not known'}."
    )


def _fullest(per_day: pl.DataFrame, weight: float) -> tuple[int, float]:
    """The first of the days in a row with most joint acts, and the part of the joint acts in them."""
    days, often = per_day["day"].to_numpy(), per_day["often"].to_numpy()
    sums = [(float(often[(days >= day) & (days < day + EVENT_DAYS)].sum()), -int(day)) for day in days]
    most, day = max(sums, default=(0.0, 0))
    return -day, most / max(weight, 1.0)


def _elsewhere(view: ClusterView, starts: int) -> float:
    """The share of the members who acted before the event's days or after them."""
    opens, closes = _borders(starts)
    return view.members.filter((pl.col("first_at") < opens) | (pl.col("last_at") >= closes)).height / max(view.size, 1)


def _borders(starts: int) -> tuple[int, int]:
    """The first moment of the event's days and the first after them, microseconds."""
    return starts * DAY_SECONDS * 1_000_000, (starts + EVENT_DAYS) * DAY_SECONDS * 1_000_000
