"""A ring of accounts in other hands: what a run holds about it, the sentence and the strip of its page, and what ties it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from graph.foreign_text import show_markdown, show_text
from graph.runs import StoredRun
from graph.schemas import APART_ROLES, RUN_SCHEMAS, FrameSchema, empty
from graph.takeover_words import HABITS, RingType, holds_victims, ring_type
from investigator_ui.views.case_against import Explanation
from investigator_ui.views.names import object_name, shorten
from investigator_ui.views.wording import chance, count, figure, moment, percent, plural, span

OWNER_SEEN = 0.1  # of the means and places seen after; the share from which the victim index counts the owner as there


@dataclass(frozen=True, slots=True)
class TakeoverFrames:
    """TAKEOVER, TAKEOVER_ACT, HABIT_CHANGE and TAKEOVER_SIGN rows of one ring or of one account; all empty where there was none."""

    takeovers: pl.DataFrame
    deeds: pl.DataFrame
    changes: pl.DataFrame
    signs: pl.DataFrame

    def of_account(self, account_id: str) -> "TakeoverFrames":
        """What is told of one member; the signs are those of its ring."""
        mine = pl.col("account_id") == account_id
        return TakeoverFrames(
            self.takeovers.filter(mine), self.deeds.filter(mine), self.changes.filter(mine), self.signs
        )


NO_RING = TakeoverFrames(
    *(empty(RUN_SCHEMAS[name]) for name in ("takeovers", "takeover_acts", "habit_changes", "takeover_signs"))
)


def read_takeovers(run: StoredRun, where: pl.Expr) -> TakeoverFrames:
    """The rows that `where` lets through, asked of cluster_id or account_id; an account stands in one ring at most."""
    takeovers = run.scan("takeovers").filter(where).collect()
    rings = takeovers["cluster_id"].unique().to_list()
    return TakeoverFrames(
        takeovers,
        run.scan("takeover_acts").filter(where).collect(),
        run.scan("habit_changes").filter(where).collect(),
        run.scan("takeover_signs").filter(pl.col("cluster_id").is_in(rings)).collect(),
    )


def known_ring(cluster: dict[str, Any]) -> RingType | None:
    """The words for the cluster where it is a ring; None for a coordinated one."""
    return ring_type(cluster.get("kind"), cluster.get("type"))


def ring_sentence(cluster: dict[str, Any], words: RingType, takeovers: pl.DataFrame, said: list[Explanation]) -> str:
    """What happened to whom and what is to be done, then how much could be innocent; safe Markdown."""
    when = ""
    if seen := _times(takeovers):
        when = f", first seen with what ties them between {moment(seen[0])} and {moment(seen[-1])}"
    still = sum(one.verdict in {"open", "explains part"} for one in said)
    innocent = (
        f" **{still} of {plural(len(said), 'innocent explanation')}** {'is' if still == 1 else 'are'} still open."
    )
    return (
        f"**{plural(int(cluster['size']), 'account')}** {words.what}{when}. **{words.care}**{innocent if said else ''}"
    )


def ring_strip(cluster: dict[str, Any], takeovers: pl.DataFrame) -> list[tuple[str, str, str]]:
    """Label, value and note of the facts under the title; safe Markdown."""
    victims = holds_victims(cluster.get("kind"), cluster.get("type"))
    told = [("Accounts", count(cluster["size"]), "counted apart" if victims else "")]
    if seen := _times(takeovers):
        known = takeovers["owner_stays"].drop_nulls()
        stayed = int((known >= OWNER_SEEN).sum())
        back = int(takeovers["recovered_at"].is_not_null().sum())
        fought = takeovers.filter((pl.col("fought") >= 1) | (pl.col("failed") >= 2)).height
        told += [
            ("Within", span((seen[-1] - seen[0]).total_seconds()), ""),
            ("Owner still seen", f"{count(stayed)} of {count(known.len())}", "where it can be told"),
            ("Fought over", count(fought), "log-ins failed, resets"),
            ("Came back", f"{count(back)} of {count(takeovers.height)}", ""),
        ]
    if cluster.get("reach") is not None:
        told.append(("Others", count(cluster["reach"]), "ever seen with the ties"))
    told.append(("Risk", f"{cluster['risk']:.2f}", "how sure, not how bad"))
    return told


def _times(takeovers: pl.DataFrame) -> list[datetime]:
    """When each was first seen with what ties the ring, in order."""
    return takeovers["at"].drop_nulls().sort().to_list()


TIE_ROWS: FrameSchema = {
    "thing": pl.String,
    "members": pl.Int64,
    "others": pl.String,
    "ever": pl.String,
    "broke": pl.String,
    "within": pl.String,
    "chance": pl.String,
}


def tie_rows(signs: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """What ties the ring, the least likely first; takes TAKEOVER_SIGN and EVIDENCE rows of one ring. Plain text columns of TIE_ROWS.

    `others`: who took it up besides the members within the window that was tested; `broke`: how many of all of them broke with other
    habits, against how many would; `ever`: who was ever seen with it besides the members.
    """
    seen = evidence.group_by("trace", "object_id").agg(pl.col("popularity").max())
    ever = {(trace, value): many for trace, value, many in seen.iter_rows()}
    rows = [_tie(sign, ever) for sign in signs.iter_rows(named=True)]
    return pl.DataFrame(rows, schema=dict(TIE_ROWS))


def _tie(sign: dict[str, Any], ever: dict[tuple[str, str], int | None]) -> dict[str, object]:
    things = [(sign["feature"], sign["value"])]
    if sign["other_feature"] is not None:
        things.append((sign["other_feature"], sign["other_value"]))
    met = [many for thing in things if (many := ever.get(thing)) is not None]
    members, adopted = sign["accounts"], sign["adopted"]
    expected = sign["expected"]
    return {
        "thing": " with ".join(thing_name(*thing) for thing in things),
        "members": members,
        "others": "" if adopted is None else count(max(adopted - members, 0)),
        "broke": ""
        if sign["broke"] is None or expected is None
        else f"{count(sign['broke'])} · {figure(expected)} expected",
        "ever": count(max(min(met) - members, 0)) if met else "",
        "within": span((sign["until"] - sign["since"]).total_seconds()),
        "chance": chance(sign["p"]),
    }


def thing_name(feature: str, value: str) -> str:
    """'app web', 'links to go2.example' with the link made harmless; plain text."""
    if feature == "text":
        return object_name("text", value)
    return f"{HABITS.get(feature) or show_text(feature, 40)} {object_name(feature, value)}"


@dataclass(frozen=True, slots=True)
class RingBeside:
    """Another cluster with members of this one; `title` is safe Markdown."""

    cluster_id: str
    title: str
    shared: int
    victims: bool  # whether it is a ring of victims


def rings_beside(run: StoredRun, members: pl.DataFrame, kind: str, most: int = 5) -> list[RingBeside]:
    """The clusters of the kind that hold most of these members, each with how many; takes MEMBER_SCHEMA of one cluster."""
    own = members["cluster_id"].unique().to_list()
    inside = pl.col("account_id").is_in(members["account_id"].to_list()) & ~pl.col("cluster_id").is_in(own)
    apart = pl.col("role").fill_null("").is_in(list(APART_ROLES))
    shared = run.scan("members").filter(inside & ~apart).group_by("cluster_id").agg(shared=pl.len())
    told = (
        run.scan("clusters")
        .filter(pl.col("kind") == kind)
        .select("cluster_id", "title", "kind", "type")
        .join(shared, on="cluster_id")
    )
    rows = told.sort("shared", "cluster_id", descending=[True, False]).head(most).collect()
    return [
        RingBeside(
            id_,
            f"{show_markdown(shorten(id_), 40)} · {show_markdown(title, 100)}",
            many,
            holds_victims(own_kind, type_),
        )
        for id_, title, own_kind, type_, many in rows.iter_rows()
    ]


def share_words(share: float | None) -> str:
    return "cannot tell" if share is None else percent(share)
