"""Activists and calls to action: different people, one day, one call."""

from dataclasses import dataclass

import polars as pl

from detectors.guards.ages import ages
from detectors.guards.found import FOLLOWING, OPEN, PART, Told, verdict_of
from detectors.guards.view import DAY_SECONDS, EPISODE_SECONDS, ClusterView
from detectors.sentences import percent

EPISODES = 2  # spells of 6 h that a call fills (DETECTORS 4)
WORDINGS = 5  # texts that a call proposes at least, where its texts are copied: people choose among them


@dataclass(frozen=True, slots=True)
class _Kind:
    """Whether the members differ in one respect: None where the data does not say."""

    words: str
    diverse: bool | None


def call_to_action(view: ClusterView) -> Told | None:
    """Joint acts in at most two spells of 6 h, by accounts that differ in age, app and words; None in data of under two days.

    A day alone excuses nobody: where at least two of the three are known and none is uniform, the risk is capped.
    """
    if view.data_seconds < 2 * DAY_SECONDS:
        return None
    share, episodes = _busiest(view)
    if share < PART:
        return Told("ruled out", f"A call to action? {_spells(share, episodes)} A call fills at most {EPISODES}.")
    kinds = (_ages(view), _apps(view), _words(view))
    known = [kind for kind in kinds if kind.diverse is not None]
    uniform = [kind.words for kind in known if not kind.diverse]
    differ = ", ".join(kind.words for kind in known if kind.diverse) or "nothing that the data tells"
    fires = share >= OPEN and len(known) >= 2 and not uniform
    said = f"the members differ in {differ}" + (f", but not in {' and '.join(uniform)}" if uniform else "")
    return Told(
        "explains little" if uniform else verdict_of(share),
        f"A call to action? {_spells(share, episodes)} {_call(view)} Of age, app and words, {said}; people who answer a "
        "call differ in all of them. The public call would clear it; the same accounts acting together on other days "
        "would rule it out.",
        covers=fires,
        fires=fires,
    )


def _spells(share: float, episodes: int) -> str:
    return f"{percent(share)} of the joint acts fall into the {EPISODES} busiest spells of 6 h, of {episodes:,} ({percent(OPEN)} are asked)."


def _busiest(view: ClusterView) -> tuple[float, int]:
    spell = view.objects.with_columns(spell=pl.col("at") // (EPISODE_SECONDS * 1_000_000))
    per = spell.group_by("spell").agg(pl.col("often").sum()).sort("often", descending=True)
    return float(per["often"].head(EPISODES).sum()) / max(view.weight, 1.0), per.height


def _call(view: ClusterView) -> str:
    """Whether one public object stands before everything else."""
    public = view.objects.filter(pl.col("outsiders") >= FOLLOWING).sort("at", "trace", "object_id")
    if public.is_empty():
        return f"No joint object with {FOLLOWING} or more accounts outside all clusters stands at its beginning."
    first = public.row(0, named=True)
    before = view.share_of(view.objects.filter(pl.col("at") > first["at"]))
    return f"An object that {first['outsiders']:,} accounts outside all clusters touched precedes {percent(before)} of the rest."


def _ages(view: ClusterView) -> _Kind:
    told = ages(view)
    return _Kind("age", told.diverse if told.known >= PART else None)


def _apps(view: ClusterView) -> _Kind:
    """Different apps: the commonest one among the joint acts is not nearly all of them."""
    clients = view.acts.drop_nulls("client")
    if clients.height < PART * view.acts.height or clients.is_empty():
        return _Kind("app", None)
    commonest = float(clients.group_by("client").len()["len"].max() or 0) / clients.height  # type: ignore[arg-type]
    return _Kind("app", commonest < OPEN)


def _words(view: ClusterView) -> _Kind:
    """Words of their own, or chosen among those that the call proposes.

    Members wrote originals, and most joint acts are not copied texts; or the copied ones are several, none of which
    carries half of them: one text for all is a template.
    """
    wrote = view.members.filter(pl.col("texts") > 0).height
    if wrote < PART * view.size:
        return _Kind("words", None)
    copied = view.objects.filter(pl.col("trace") == "text")
    most = float(copied["often"].max() or 0) / max(float(copied["often"].sum()), 1.0)  # type: ignore[arg-type]
    return _Kind("words", view.share_of(copied) < PART or (copied.height >= WORDINGS and most < PART))
