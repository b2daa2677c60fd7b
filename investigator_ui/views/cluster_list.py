"""The queue: one row per cluster of a run with its standing verdict, the filters over it, and what the head says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from casework.decisions import VERDICT_TITLES
from detectors.guards import DISCLOSED, EXPLAINED, NEVER_AUTO, NORMAL, OWN_REVIEW, QUEUE_OF
from detectors.guards.found import SETTLED
from graph.foreign_text import show_markdown, show_text
from graph.runs import StoredRun
from graph.takeover_words import COMPROMISED, RING_TYPES, UNDETERMINED, ring_type
from investigator_ui.views.names import trace_title
from investigator_ui.views.wording import count, plural, span

UNDECIDED = "undecided"
VERDICT_WORDS: Mapping[str, str] = {**VERDICT_TITLES, UNDECIDED: "no verdict"}
ACTING_TOGETHER = "acting together"
KIND_WORDS: Mapping[str, str] = {"coordinated": ACTING_TOGETHER, COMPROMISED: "accounts in other hands"}
# What a row is, the words that a table gives their colours.
VICTIMS = RING_TYPES[COMPROMISED].chip  # of `what`
WHATS = (
    VICTIMS,
    *(one.chip for name, one in RING_TYPES.items() if name != COMPROMISED),
    UNDETERMINED.chip,
    ACTING_TOGETHER,
)
QUEUE_WORDS: Mapping[str, str] = {
    NORMAL: "normal queue",
    NEVER_AUTO: "senior review",
    DISCLOSED: "disclosed networks",
    OWN_REVIEW: "own review",
    EXPLAINED: "explained",
}
_STRICTEST = (
    NEVER_AUTO,
    DISCLOSED,
    EXPLAINED,
    OWN_REVIEW,
    NORMAL,
)  # a cluster with tags of two queues stands in the first of them


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address says should be shown; empty means everything."""

    tiers: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    verdicts: tuple[str, ...] = ()
    text: str = ""
    queues: tuple[str, ...] = ()

    @property
    def described(self) -> str:
        """The filters in words, as safe Markdown."""
        parts = [
            *self.tiers,
            *(KIND_WORDS.get(kind, kind) for kind in self.kinds),
            *(VERDICT_WORDS.get(v, v) for v in self.verdicts),
        ]
        parts += [QUEUE_WORDS.get(queue, queue) for queue in self.queues]
        return " · ".join([*parts, *([f"“{show_markdown(self.text, 60)}”"] if self.text.strip() else [])])


def queue_rows(clusters: pl.DataFrame, verdicts: Mapping[str, str], guards: pl.DataFrame | None = None) -> pl.DataFrame:
    """One row per cluster, undecided first, those of disclosed networks and those explained after the others, then by risk.

    Takes CLUSTER_SCHEMA, cluster_id -> standing verdict, and GUARD_SCHEMA. Returns `cluster_id, tier, kind, type, what, why,
    size, risk, stability, badge, lasts, traces, verdict, queue`; words are plain text, visible and harmless.
    """
    lasts = (pl.col("last_at") - pl.col("first_at")).dt.total_seconds()
    standing = pl.DataFrame(
        {"cluster_id": list(verdicts), "verdict": list(verdicts.values())},
        schema={"cluster_id": pl.String, "verdict": pl.String},
    )
    return (
        clusters.join(standing, on="cluster_id", how="left")
        .join(_queues(guards), on="cluster_id", how="left")
        .with_columns(
            pl.col("verdict").fill_null(UNDECIDED),
            pl.col("queue").fill_null(NORMAL),
            seconds=lasts.cast(pl.Float64),
            badge=pl.col("badge").fill_null(""),
            what=pl.struct("kind", "type").map_elements(_what, return_dtype=pl.String),
            why=pl.col("sentence").map_elements(_row_words, return_dtype=pl.String),
        )
        .with_columns(
            lasts=pl.col("seconds").map_elements(span, return_dtype=pl.String),
            traces=pl.col("traces")
            .list.eval(pl.element().map_elements(trace_title, return_dtype=pl.String))
            .list.head(2)
            .list.join(", "),
            waiting=pl.col("verdict") != UNDECIDED,
            apart=pl.col("queue").is_in([DISCLOSED, EXPLAINED]),
        )
        .sort("waiting", "apart", "risk", "size", "cluster_id", descending=[False, False, True, True, False])
        .select(
            "cluster_id",
            "tier",
            "kind",
            "type",
            "what",
            "why",
            "size",
            "risk",
            "stability",
            "badge",
            "lasts",
            "traces",
            "verdict",
            "queue",
        )
    )


def _queues(guards: pl.DataFrame | None) -> pl.DataFrame:
    """cluster_id, queue: the strictest queue of the cluster's tags; what a guard settles stands in that of the explained."""
    if guards is None:
        return pl.DataFrame(schema={"cluster_id": pl.String, "queue": pl.String})
    strictest = pl.Enum(_STRICTEST)
    queue = pl.col("tag").replace_strict(dict(QUEUE_OF), default=NORMAL, return_dtype=strictest)
    settled = pl.when(pl.col("cap") <= SETTLED).then(pl.lit(EXPLAINED)).otherwise(pl.lit(NORMAL)).cast(strictest)
    stands = pl.concat([guards.select("cluster_id", queue=queue), guards.select("cluster_id", queue=settled)])
    return stands.group_by("cluster_id").agg(pl.col("queue").min().cast(pl.String))


def filtered(rows: pl.DataFrame, chosen: Filters, holding: frozenset[str]) -> pl.DataFrame:
    """The rows that every filter lets through; `holding` are the clusters in which the searched text was found."""
    kept = rows
    for column, wanted in (
        ("tier", chosen.tiers),
        ("kind", chosen.kinds),
        ("verdict", chosen.verdicts),
        ("queue", chosen.queues),
    ):
        if wanted:
            kept = kept.filter(pl.col(column).is_in(list(wanted)))
    return kept.filter(pl.col("cluster_id").is_in(sorted(holding))) if chosen.text.strip() else kept


def clusters_holding(run: StoredRun, accounts: pl.LazyFrame, text: str) -> frozenset[str]:
    """The clusters whose id, sentence, member (id or handle) or shared object holds `text`, in any case of letters."""
    needle = text.strip().casefold()
    if not needle:
        return frozenset()
    clusters = run.scan("clusters").filter(_holds("cluster_id", needle) | _holds("sentence", needle))
    named = accounts.filter(_holds("handle", needle) | _holds("account_id", needle)).select("account_id").unique()
    members = run.scan("members")
    by_id = members.filter(_holds("account_id", needle))
    by_name = members.join(named, on="account_id", how="semi")
    objects = run.scan("evidence").filter(_holds("object_id", needle))
    found = pl.concat([part.select("cluster_id") for part in (clusters, by_id, by_name, objects)]).unique().collect()
    return frozenset(found["cluster_id"].drop_nulls().to_list())


def queue_sentence(rows: pl.DataFrame) -> str:
    """The head of the queue as one sentence of safe Markdown."""
    waiting = rows.filter(pl.col("verdict") == UNDECIDED).height
    rings, together = (rows.filter(part) for part in (pl.col("kind") == COMPROMISED, pl.col("kind") != COMPROMISED))
    said = [_together(together)] if together.height or not rings.height else []
    return " ".join(
        [
            *said,
            *([_in_other_hands(rings, alone=not said)] if rings.height else []),
            f"**{waiting}** {'waits' if waiting == 1 else 'wait'} for a verdict; those come first, highest risk on top.",
        ]
    )


def _together(rows: pl.DataFrame) -> str:
    alert = rows.filter(pl.col("tier") == "alert").height
    accounts = int(rows["size"].sum())
    return (
        f"**{plural(rows.height, 'cluster')}** of {plural(accounts, 'account')} acted alike beyond what chance explains, "
        f"**{alert}** of them strongly enough to alert."
    )


def _in_other_hands(rings: pl.DataFrame, *, alone: bool) -> str:
    """Victims are counted apart from operations: an account that was taken is no part of what was done with it."""
    victims = rings.filter(pl.col("type") == COMPROMISED)
    accounts, lost = int(rings["size"].sum()), int(victims["size"].sum())
    apart = "" if alone else "Counted apart: "
    told = f"{apart}**{plural(rings.height, 'ring')}** of {plural(accounts, 'account')} that changed hands together"
    if not victims.height:
        return f"{told}."
    return f"{told}; **{count(lost)}** of these were probably taken over, and their owners are to be helped, not suspended."


def kinds_of(rows: pl.DataFrame) -> Sequence[str]:
    return sorted(rows["kind"].drop_nulls().unique().to_list())


def queues_of(rows: pl.DataFrame) -> Sequence[str]:
    """The queues that have a row, the normal one first."""
    present = set(rows["queue"])
    return [queue for queue in QUEUE_WORDS if queue in present]


def _what(row: Mapping[str, str | None]) -> str:
    """'acting together', or what a ring of accounts in other hands is."""
    known = ring_type(row["kind"], row["type"])
    return known.chip if known else KIND_WORDS.get(row["kind"] or "", show_text(row["kind"] or "", 40))


def _row_words(sentence: str) -> str:
    """The sentence without its subject, which stands in the column of accounts: a row has room for what they did."""
    said = show_text(sentence, 600).removeprefix("These accounts ")
    return said[:1].upper() + said[1:]


def _holds(column: str, needle: str) -> pl.Expr:
    return pl.col(column).str.to_lowercase().str.contains(needle, literal=True).fill_null(value=False)
