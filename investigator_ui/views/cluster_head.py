"""The head of a cluster page: its name, one sentence that weighs both sides, and the strip of facts."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from graph.foreign_text import show_markdown
from graph.fused import told_evidence
from graph.runs import StoredRun
from graph.schemas import APART_ROLES
from investigator_ui.views.case_against import Explanation
from investigator_ui.views.names import shorten
from investigator_ui.views.network_picture import beyond_chance
from investigator_ui.views.takeovers import TakeoverFrames, read_takeovers
from investigator_ui.views.wording import NARROW, count, moment, percent, plural, span

BADGES = {  # hue and icon
    "solid": ("green", "verified"),
    "fragile": ("orange", "warning"),
    "do not escalate": ("red", "do_not_disturb_on"),
}
_CONFIDENCE = ((0.75, "high"), (0.5, "fair"), (0.0, "low"))  # words for the confidence beside the risk, never alone


@dataclass(frozen=True, slots=True)
class ClusterFrames:
    """What a run holds about one cluster; each frame is of that cluster alone.

    `members` are in it; `apart` (account_id, role, score, links, sentence) are shown with it and are not in it.
    """

    cluster: dict[str, Any]
    members: pl.DataFrame
    edges: pl.DataFrame
    evidence: pl.DataFrame
    signals: pl.DataFrame
    guards: pl.DataFrame
    apart: pl.DataFrame
    nesting: pl.DataFrame
    ring: TakeoverFrames


def read_cluster(run: StoredRun, cluster_id: str) -> ClusterFrames | None:
    """Everything of that cluster, or None when the run has no such cluster."""

    def part(name: str) -> pl.DataFrame:
        return run.scan(name).filter(pl.col("cluster_id") == cluster_id).collect()

    found = part("clusters")
    if found.is_empty():
        return None
    everyone = part("members").sort("score", "links", "account_id", descending=[True, True, False])
    beside = pl.col("role").is_in(list(APART_ROLES))
    return ClusterFrames(
        found.row(0, named=True),
        everyone.filter(~beside),
        part("edges"),
        part("evidence"),
        part("signals"),
        part("guards"),
        _with_reason(run, everyone.filter(beside)),
        part("nesting"),
        read_takeovers(run, pl.col("cluster_id") == cluster_id),
    )


def _with_reason(run: StoredRun, apart: pl.DataFrame) -> pl.DataFrame:
    ids = apart["account_id"].to_list()
    said = run.scan("accounts").filter(pl.col("account_id").is_in(ids))
    first = said.select("account_id", sentence=pl.col("reasons").list.first()).collect()
    kept = apart.select("account_id", "role", "score", "links")
    return kept.join(first, on="account_id", how="left", maintain_order="left")


def title(cluster: dict[str, Any]) -> str:
    """'C-2291 · 48 accounts, quick shares', as safe Markdown."""
    return f"{show_markdown(shorten(cluster['cluster_id']), 40)} · {show_markdown(cluster['title'], 120)}"


def both_sides(frames: ClusterFrames, said: list[Explanation]) -> str:
    """One sentence of safe Markdown for each side: what holds the group together, and how much could still be innocent."""
    still = sum(one.verdict in {"open", "explains part"} for one in said)
    innocent = (
        f"**{still} of {plural(len(said), 'innocent explanation')}** {'is' if still == 1 else 'are'} still open."
        if said
        else "No innocent explanation was tested yet."
    )
    return (
        f"**{plural(frames.members.height, 'account')}** {_held_by(frames)}, between {moment(frames.cluster['first_at'])} "
        f"and {moment(frames.cluster['last_at'])}. {innocent}{how_stable(frames.cluster)}"
    )


def badge_words(cluster: dict[str, Any]) -> tuple[str, str, str] | None:
    """The stability badge as words, hue and icon; None where it was not tried."""
    known = BADGES.get(cluster.get("badge") or "")
    return (str(cluster["badge"]), *known) if known else None


def how_stable(cluster: dict[str, Any]) -> str:
    """What must be known before escalating; nothing for a solid cluster."""
    if cluster.get("badge") in (None, "solid"):
        return ""
    again = f"{cluster['stability']:.2f}"
    if cluster["badge"] == "fragile":
        return f" It is **fragile**: in repeated runs its members came back together to {again} on a scale of 0 to 1."
    return (
        f" **Do not escalate on this alone**: in repeated runs its members came back together to {again} on a scale of "
        "0 to 1, or nothing is left without the one object they share most."
    )


def _held_by(frames: ClusterFrames) -> str:
    """What holds the group together: links that stand alone, the company its accounts keep by turns, or both."""
    links, pairs = _beyond_chance(frames), frames.edges.select("left", "right").n_unique()
    company = "the company they keep by turns"
    if not links:
        return (
            f"are held together by {company}: **{plural(pairs, 'pair')}** met, none often enough to be told from chance"
        )
    held = f"are held together by **{plural(links, 'link')}** that chance does not explain"
    return f"{held} and by {company}" if links < pairs else held


def _beyond_chance(frames: ClusterFrames) -> int:
    return beyond_chance(frames.edges).select("left", "right").n_unique()


def facts_strip(frames: ClusterFrames) -> list[tuple[str, str, str]]:
    """Label, value and note of the facts under the title; safe Markdown."""
    cluster = frames.cluster
    gap = frames.evidence["gap_s"].abs().median()
    lasted = (
        (cluster["last_at"] - cluster["first_at"]).total_seconds() if cluster["first_at"] and cluster["last_at"] else 0
    )
    alone, pairs = _beyond_chance(frames), frames.edges.select("left", "right").n_unique()
    met = f"of {count(pairs)} that met" if alone < pairs else f"{percent(cluster['density'] or 0.0)} of all possible"
    return [
        ("Accounts", count(cluster["size"]), ""),
        ("Pairs beyond chance", count(alone), met),
        ("Objects", count(_objects(frames.evidence)), "in the evidence"),
        ("Median gap", span(gap) if isinstance(gap, int | float) else "not known", "in the evidence"),
        ("Active for", span(lasted), ""),
        *_reach(cluster),
        ("Risk", f"{cluster['risk']:.2f}", f"confidence {_word(cluster['confidence'])}"),
    ]


def _objects(evidence: pl.DataFrame) -> int:
    return told_evidence(evidence).select("trace", "object_id").n_unique()


def _reach(cluster: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Severity apart from risk; a run of an older version does not know it."""
    if cluster.get("reach") is None:
        return []
    return [("Reach", count(cluster["reach"]), f"others met it · severity {cluster['severity']:.2f}")]


def as_of(run: StoredRun) -> str:
    """'Run 0412 · data up to 21 Nov 13:40:00 UTC' for the corner of each page; safe Markdown."""
    until = run.record.data_until
    since = run.record.data_from
    window = f" · window {span((until - since).total_seconds())}" if since and until else ""
    shadow = " · shadow" if run.record.shadow else ""
    return f"Run {show_markdown(shorten(run.run_id), 40)} · data up to {moment(until, with_year=True)}{window}{shadow}"


def _word(confidence: float | None) -> str:
    if confidence is None:
        return f"not{NARROW}known"
    return next(word for least, word in _CONFIDENCE if confidence >= least)
