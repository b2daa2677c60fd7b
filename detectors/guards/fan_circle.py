"""Fans of one source, or a circle that carries one voice: most joint acts lead back to one author, site or member."""

from dataclasses import replace

import polars as pl
from scipy.stats import binomtest

from detectors.guards.ages import ages
from detectors.guards.found import EXPLAINS_PART, FOLLOWING, LITTLE, OPEN, PART, STILL_OPEN, Told, verdict_of
from detectors.guards.reactions import joint_reactions, pace, share_by_one_clock, share_of_posts
from detectors.guards.view import AUTHORED, WITHOUT_SOURCE, ClusterView
from detectors.sentences import percent, plural

# One author who owns the evidence, or one member who is first on this share of it (DETECTORS 9, change 4: without this
# rule 31 % of the accounts around celebrities were flagged, with it none).
OWNED = 0.6
BY_TURNS = 0.01  # chance of so many firsts if the members took turns, above which nobody leads; the level of the links


def fan_circle(view: ClusterView) -> Told:
    """Fans of one source each, that others follow too, a circle around one author, or amplifiers of one member.

    Where the data tells when the posts appeared that the members share, the times decide further. Settled: people of
    many years, each devoted to one author and in its own time. Not covered: accounts that share by one clock.
    """
    told = _circle_or_fans(view)
    theirs = _own_authors(view)
    if theirs.is_empty():
        return told
    share, kept, old = share_of_posts(view, theirs), pace(theirs), ages(view)
    devoted = _devoted(view, theirs)
    people = kept.each_for_itself and old.grown and view.ids.isdisjoint(theirs["author"]) and not view.hidden_ties
    # Where most of a cluster are such people an alert would be wrong for most whom it names, whatever the others are.
    most = people and min(share, devoted) >= PART
    if not most and not told.covers:
        return told
    by_clock = share_by_one_clock(view)
    settles = most and min(share, devoted) >= OPEN
    joined = "joined over years" if old.grown else "did not join over years, or that is not known"
    said = (
        f"{percent(share)} of the joint posts pass on the author whom the member shares most, at times that are known, and "
        f"{percent(devoted)} of the members share hardly another one ({percent(OPEN)} of both are asked). {kept.told} The members {joined}."
    )
    found = STILL_OPEN if settles else EXPLAINS_PART if by_clock or not told.covers else told.verdict
    return replace(
        told,
        verdict=found,
        sentence=f"{told.sentence} {said}",
        covers=most or not by_clock,
        fires=True,
        settles=settles,
    )


def _own_authors(view: ClusterView) -> pl.DataFrame:
    """REACTIONS of each member to the author whom it shares most among the joint posts."""
    reactions = joint_reactions(view)
    joint = reactions.filter(pl.col("post_id").is_in(view.joint_posts.implode()))
    most = joint.group_by("account_id", "author").len().sort(["len", "author"], descending=[True, False])
    return reactions.join(most.unique("account_id", keep="first"), on=["account_id", "author"], how="semi")


def _devoted(view: ClusterView, theirs: pl.DataFrame) -> float:
    """The share of the members nearly all of whose joint posts are among `theirs`."""
    posts = view.acts.drop_nulls("post_id").select("account_id", "post_id").unique()
    own = pl.col("post_id").is_in(theirs["post_id"].implode()).mean()
    return posts.group_by("account_id").agg(own.alias("own")).filter(pl.col("own") >= OPEN).height / max(view.size, 1)


def _circle_or_fans(view: ClusterView) -> Told:
    """The verdict on the sources.

    The block of a text is its language, which is no source: pools that take turns with texts are not explained, but
    whoever is first with most of them is a voice, whether or not the source is known.
    """
    if view.explained is not None and view.explained >= OPEN:
        return Told(
            "open",
            f"Fans of the same sources? {percent(view.explained)} of the joint acts are on sources that have a public of "
            "their own, at the rate of that public. Joint acts elsewhere would rule it out.",
            covers=True,
        )
    source = _largest_source(view)
    voice = _first_voice(view)
    if voice is not None and voice[1] >= OWNED:
        return _circle(view, *voice)
    if source is None:
        return Told("open", "The data does not say where most of this came from; its sources would tell.")
    return _fans(*source)


def _fans(share: float, others: int, sources: int) -> Told:
    """A following is larger than the cluster: where hardly anybody else acts on the source, it explains little."""
    followed = others >= FOLLOWING
    return Told(
        verdict_of(share) if followed or share < LITTLE else "explains little",
        f"Fans of one source? {percent(share)} of the joint acts are on its largest source, of {sources:,}; "
        f"{plural(others, 'active account', 'active accounts')} outside the cluster {'acts' if others == 1 else 'act'} on that "
        "source too. Joint acts on other sources would rule it out; a large following would explain it.",
        covers=followed and share >= OPEN,
    )


def _circle(view: ClusterView, name: str, share: float) -> Told:
    """One member or author stands first: a circle unless somebody else follows that author, or one hand is behind it."""
    inside = name in view.ids
    others = _others_on(view, name)
    ties = view.hidden_ties
    followed = others >= FOLLOWING
    who = "one of the members" if inside else "one author outside the cluster"
    fires = inside or not followed or share >= OPEN
    return Told(
        "open" if fires and not ties else "explains part",
        f"Fans or amplifiers of one voice? {percent(share)} of the joint acts come from {who} ({percent(OWNED)} make a "
        f"circle); {plural(others, 'other active account', 'other active accounts')} outside the cluster acted on that voice. "
        + (f"But {ties}, which fans do not. " if ties else "")
        + "Joint acts on what others began would rule it out.",
        covers=fires and not ties,
        fires=fires,
    )


def _sourced(view: ClusterView) -> pl.DataFrame:
    """Joint objects that come from somewhere: not texts, tags, or shares of which only the words are known."""
    return view.objects.filter(
        ~pl.col("trace").is_in(sorted(WITHOUT_SOURCE)) & ~pl.col("object_id").str.starts_with("text:")
    )


def _largest_source(view: ClusterView) -> tuple[float, int, int] | None:
    """Share of the joint acts on the block with most of them, accounts outside on it, blocks; None: sources unknown."""
    known = _sourced(view).drop_nulls("block").filter(pl.col("block") != "")
    if view.share_of(known) < PART:
        return None
    per_block = (
        known.group_by("trace", "block")
        .agg(pl.col("often").sum())
        .sort(["often", "trace", "block"], descending=[True, False, False])
    )
    trace, block, most = per_block.row(0)
    return most / view.weight, _outside(view, pl.col("trace") == trace, block), per_block.height


def _first_voice(view: ClusterView) -> tuple[str, float] | None:
    """Author or member behind most joint acts, with its share.

    Of a share or an answer it is the author where known; of anything else the member who was first of
    everybody, or else alone first of the members.
    In a small group that takes turns somebody is first on 60 % of a few objects by chance: that is no voice.
    """
    authored = pl.col("trace").is_in(sorted(AUTHORED)) & (pl.col("block") != "")
    quick = pl.col("trace") == "fast_share"
    author = pl.when(authored).then(pl.col("block")).when(quick).then(pl.col("object_id"))
    first = pl.when(pl.col("first_account").is_in(sorted(view.ids))).then(pl.col("first_account"))
    led_by = view.objects.join(_leaders(view), on=["trace", "object_id"], how="left")
    voices = led_by.with_columns(voice=pl.coalesce(author, first, "leader")).drop_nulls("voice")
    if voices.is_empty():
        return None
    most = voices.group_by("voice").agg(pl.col("often").sum()).sort(["often", "voice"], descending=[True, False])
    name, often = str(most.row(0)[0]), most.row(0)[1]
    led, told = voices.filter(pl.col("voice") == name).height, voices.height
    turns = binomtest(led, told, 1 / max(view.size, 2), alternative="greater").pvalue
    return None if name in view.ids and turns > BY_TURNS else (name, often / view.weight)


def _leaders(view: ClusterView) -> pl.DataFrame:
    """trace, object_id, leader: the member who acted first of the members; null where several share the moment."""
    first = pl.col("at") == pl.col("at").min()
    alone = pl.when(first.sum() == 1).then(pl.col("account_id").filter(first).first())
    return view.acts.group_by("trace", "object_id").agg(leader=alone)


def _others_on(view: ClusterView, name: str) -> int:
    return _outside(view, pl.col("trace").is_in([*sorted(AUTHORED), "fast_share"]), name)


def _outside(view: ClusterView, which: pl.Expr, block: str) -> int:
    """Active accounts on the block beside as many as the cluster has members."""
    here = view.audience.filter(which & (pl.col("block") == block))["accounts"]
    return max(int(here.max() or 0) - view.size, 0)  # type: ignore[arg-type]
