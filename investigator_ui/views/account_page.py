"""One account: what is known of it, what it did, whom it acted alike with, and the sentence that says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from graph.foreign_text import show_markdown, show_text
from graph.fused import CONTENT_TRACES, edges_once, told_acts, told_evidence
from graph.runs import StoredRun
from graph.schemas import APART_ROLES, FrameSchema
from graph.takeover_words import VICTIM
from graph.traces import TRACES
from investigator_ui.views.member_table import NOT_PROTECTED
from investigator_ui.views.names import shorten, trace_family, trace_title
from investigator_ui.views.network_picture import beyond_chance, linked_pairs
from investigator_ui.views.takeovers import TakeoverFrames, read_takeovers
from investigator_ui.views.wording import chance, count, day, figure, plural, short, span

MOST_LINKS = 500


@dataclass(frozen=True, slots=True)
class AccountFrames:
    """What a run and the facts hold about one account; `profile` and `result` are empty when nothing is known."""

    account_id: str
    result: dict[str, Any]
    profile: dict[str, Any]
    memberships: pl.DataFrame
    edges: pl.DataFrame
    evidence: pl.DataFrame
    acts: pl.DataFrame
    ring: TakeoverFrames

    @property
    def moments(self) -> int:
        """Its acts, each once: one post leaves a trace of its link, its tag and its text."""
        return self.acts.select("at", "post_id").n_unique()

    @property
    def role_in_ring(self) -> str:
        """Its role in the ring of accounts in other hands that it is in; '' where it is in none."""
        rings = self.ring.takeovers["cluster_id"].to_list()
        return next(iter(self.memberships.filter(pl.col("cluster_id").is_in(rings))["role"]), "")

    @property
    def told(self) -> pl.DataFrame:
        """The evidence by what it came by, each act once: not as a share and again as content."""
        return told_evidence(self.evidence)


def read_account(
    run: StoredRun, accounts: pl.LazyFrame, actions: pl.LazyFrame, account_id: str
) -> AccountFrames | None:
    """Everything about that account, or None when neither the run nor the facts know it."""
    on_side = (pl.col("left") == account_id) | (pl.col("right") == account_id)
    result = run.scan("accounts").filter(pl.col("account_id") == account_id).head(1).collect()
    profile = accounts.filter(pl.col("account_id") == account_id).head(1).collect()
    acts = actions.filter(pl.col("account_id") == account_id).select("at", "trace", "object_id", "post_id").collect()
    if result.is_empty() and profile.is_empty() and acts.is_empty():
        return None
    memberships = (
        run.scan("members")
        .filter(pl.col("account_id") == account_id)
        .join(run.scan("clusters").select("cluster_id", "tier", "risk", "title", "size"), on="cluster_id", how="left")
        .sort("risk", "cluster_id", descending=[True, False])
        .collect()
    )
    ring = read_takeovers(run, pl.col("account_id") == account_id)
    # What ties a ring is told with the ring: it is nothing that the owner did alike with somebody.
    together = on_side & ~pl.col("cluster_id").is_in(ring.takeovers["cluster_id"].to_list())
    return AccountFrames(
        account_id,
        result.row(0, named=True) if result.height else {},
        profile.row(0, named=True) if profile.height else {},
        memberships,
        run.scan("edges").filter(together).collect(),
        run.scan("evidence").filter(together).collect(),
        acts.sort("at", "trace", "object_id"),
        ring,
    )


def account_sentence(frames: AccountFrames) -> str:
    """What the account did with others, in one sentence of safe Markdown."""
    if frames.role_in_ring:
        return _changed_hands(frames)
    partners = linked_pairs(beyond_chance(frames.edges)).height
    acts = plural(frames.moments, "act")
    if not partners and frames.edges.height:
        met = plural(linked_pairs(frames.edges).height, "other account")
        return (
            f"It met **{met}** by turns, on single objects; none alone says much, together they are more company than chance "
            f"explains. **{acts}** of it were read."
        )
    if not partners:
        return (
            f"It did not act alike with any other account more often than chance explains; **{acts}** of it were read."
        )
    objects = frames.told.select("trace", "object_id").n_unique()
    first = frames.memberships.row(0, named=True) if frames.memberships.height else None
    place = _place(first) if first else ""
    return (
        f"It did the same thing to **{plural(objects, 'object')}** at nearly the same time as "
        f"**{plural(partners, 'other account')}**, more often than chance explains; **{acts}** of it were read in all.{place}"
    )


def _changed_hands(frames: AccountFrames) -> str:
    """What happened to the account comes before what was done with it."""
    row = frames.ring.takeovers.row(0, named=True)
    ring = f"**{show_markdown(shorten(row['cluster_id']), 40)}**"
    inside = frames.memberships.filter(~pl.col("role").is_in(list(APART_ROLES)))
    others = [id_ for id_ in inside["cluster_id"] if id_ != row["cluster_id"]]
    more = (
        f" What it did since also stands in {', '.join(f'**{show_markdown(shorten(id_), 40)}**' for id_ in others[:3])}."
        if others
        else ""
    )
    if frames.role_in_ring == VICTIM:
        return (
            f"It was **probably taken over**, with the other accounts of {ring}: the owner is a victim. Secure it and contact "
            f"the owner, do not suspend.{more}"
        )
    return f"It **changed its habits** together with the other accounts of {ring}; whose it is now is not known.{more}"


def _place(membership: dict[str, Any]) -> str:
    """In which cluster it is, or beside which."""
    name = f"**{show_markdown(shorten(membership['cluster_id']), 40)}**"
    if membership["role"] in APART_ROLES:
        said = "a possible target of" if membership["role"] == "target" else "a bystander of"
        return f" It is {said} {name}, not a member."
    return f" It is one of {count(membership['size'])} accounts of {name}."


def account_strip(frames: AccountFrames) -> list[tuple[str, str, str]]:
    """Label, value and note; safe Markdown. What the export does not say is called not known."""
    profile, result = frames.profile, frames.result
    created = profile.get("created_at")
    followers = profile.get("followers")
    score = result.get("score")
    strip = [
        ("Account id", show_markdown(shorten(frames.account_id), 60), ""),
        ("Created", day(created), _age(created, frames)),
        ("Followers", short(followers) if followers is not None else "not known", ""),
        ("Status", show_markdown(profile.get("status") or "not known", 40), ""),
        ("Acts read", count(frames.moments), ""),
        (
            "Score",
            f"{score:.2f}" if score is not None else "not scored",
            "how sure the ring is" if frames.role_in_ring else "reasons below" if result.get("reasons") else "",
        ),
    ]
    if (profile.get("protection_tier") or "").lower() not in NOT_PROTECTED:
        strip.append(
            ("Protected", show_markdown(profile["protection_tier"], 40), "policy must agree before any action")
        )
    return strip


def reasons(frames: AccountFrames, names: Mapping[str, str]) -> list[str]:
    """Why it has its score, as safe Markdown; the run tells of others by their ids, a reader of them by their names."""
    ids = sorted({*frames.edges["left"], *frames.edges["right"]})
    told = []
    for reason in frames.result.get("reasons") or []:
        other = next((id_ for id_ in ids if f" as {id_} within " in reason), None)
        named = reason.replace(f" as {other} within ", f" as {names.get(other, other)} within ") if other else reason
        told.append(show_markdown(named, 400))
    return told


def counts_by_trace(frames: AccountFrames) -> pl.DataFrame:
    """What it did: `trace` (a list with the family), `what, acts, objects, together`; together: acts that are evidence."""
    mine = own_side(frames)
    together = mine.group_by("trace").agg(together=pl.len().cast(pl.Int64))
    rows = (
        frames.acts.group_by("trace")
        .agg(acts=pl.len().cast(pl.Int64), objects=pl.col("object_id").n_unique().cast(pl.Int64))
        .join(together, on="trace", how="full", coalesce=True)
        .with_columns(pl.col("acts", "objects", "together").fill_null(0))
        .sort("acts", "trace", descending=[True, False])
    )
    return rows.select(
        pl.concat_list(pl.col("trace").map_elements(trace_family, return_dtype=pl.String)).alias("trace"),
        pl.col("trace").map_elements(_acted, return_dtype=pl.String).alias("what"),
        "acts",
        "objects",
        "together",
    )


def own_side(frames: AccountFrames) -> pl.DataFrame:
    """Its own acts in the evidence, each once: `at, trace, object_id`.

    What others had in common with it as a text may have been a share of its own: its own trace counts.
    """
    told = told_acts(frames.evidence).filter(pl.col("account_id") == frames.account_id)
    rank = pl.col("trace").replace_strict({trace: n for n, trace in enumerate(CONTENT_TRACES)}, return_dtype=pl.Int8)
    contents = frames.acts.filter(pl.col("trace").is_in(list(CONTENT_TRACES)))
    did = contents.join(told, on=["at", "trace"], how="anti").sort("at", rank).unique("at", keep="first")
    known = contents.select("at", "trace", known=pl.lit(value=True)).unique()
    named = told.join(known, on=["at", "trace"], how="left").join(did.select("at", did="trace"), on="at", how="left")
    is_elsewhere = pl.col("trace").is_in(list(CONTENT_TRACES)) & pl.col("known").is_null()
    trace = pl.when(is_elsewhere).then(pl.coalesce("did", "trace")).otherwise("trace").alias("trace")
    return named.select("at", trace, "object_id").unique()


def links_note(frames: AccountFrames) -> str:
    """'13 accounts, 4 of them beyond chance'."""
    met = linked_pairs(frames.edges).height
    alone = linked_pairs(beyond_chance(frames.edges)).height
    return (
        f"{plural(met, 'account')} beyond chance"
        if alone == met
        else f"{plural(met, 'account')}, {alone} of them beyond chance"
    )


def link_rows(frames: AccountFrames, names: Mapping[str, str]) -> pl.DataFrame:
    """Whom it acted alike with, most evidence first: `account_id, account, trace, seen, expected, chance, closest, first`."""
    mine = (
        edges_once(frames.edges)
        .with_columns(
            other=pl.when(pl.col("left") == frames.account_id).then("right").otherwise("left"),
            leads=pl.when(pl.col("left") == frames.account_id).then("left_leads").otherwise(1 - pl.col("left_leads")),
        )
        .sort("n", "p", "other", "trace", "window_seconds", descending=[True, False, False, False, False])
    )
    rows = mine.unique(["other", "trace"], keep="first", maintain_order=True).head(MOST_LINKS)
    shown = [
        {
            "account_id": row["other"],
            "account": names.get(row["other"]) or show_text(row["other"], 40),
            "trace": [trace_family(row["trace"])],
            "what": trace_title(row["trace"]),
            "seen": row["n"],
            "expected": figure(row["expected"]) if row["expected"] is not None else "not computed",
            "chance": chance(row["p"]),
            "closest": span(row["min_gap_s"]) if row["min_gap_s"] is not None else "",
            "first": row["leads"],
        }
        for row in rows.iter_rows(named=True)
    ]
    return pl.DataFrame(shown, schema=dict(_LINKS))


def days(frames: AccountFrames) -> pl.DataFrame:
    """`day, all, together` for charts.daily; days without an act are left out."""
    mine = own_side(frames)
    everything = (
        frames.acts.select("at", "post_id").unique().group_by(day=pl.col("at").dt.truncate("1d")).agg(all=pl.len())
    )
    together = mine.select("at").unique().group_by(day=pl.col("at").dt.truncate("1d")).agg(together=pl.len())
    return (
        everything.join(together, on="day", how="full", coalesce=True)
        .with_columns(pl.col("all", "together").fill_null(0))
        .sort("day")
    )


_LINKS: FrameSchema = {
    "account_id": pl.String,
    "account": pl.String,
    "trace": pl.List(pl.String),
    "what": pl.String,
    "seen": pl.Int64,
    "expected": pl.String,
    "chance": pl.String,
    "closest": pl.String,
    "first": pl.Float64,
}


def _acted(trace: str) -> str:
    return f"{TRACES[trace].acted} {TRACES[trace].noun}" if trace in TRACES else show_text(trace, 40)


def _age(created: datetime | None, frames: AccountFrames) -> str:
    began = frames.acts["at"].min() if frames.acts.height else None
    if created is None or not isinstance(began, datetime) or began <= created:
        return ""
    return f"{span((began - created).total_seconds())} before its first act here"
