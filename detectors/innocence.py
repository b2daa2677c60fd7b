"""Could it be innocent? The plain explanations tried on every cluster, each with both numbers, a verdict and what would clear it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.evidence import Evidence
from detectors.sentences import count, percent, plural, span, times
from detectors.trace_actions import TraceActions
from graph.schemas import GUARD_SCHEMA, FrameSchema

# Shares of the evidence from which an explanation reaches further. Conventions of this page, not measurements: a half and
# four fifths are the usual 'most of it' and 'nearly all of it' (DETECTORS 4 caps fan circles at 80 %).
LITTLE, PART, OPEN = 0.2, 0.5, 0.8
FOLLOWING = 30  # accounts outside from which a source has a following of its own (n_min of DETECTORS 2.4)
WITHOUT_SOURCE = frozenset({"text", "media", "hashtag_sequence", "hashtag"})  # their blocks are languages and tags
PUBLIC = 50  # independent accounts that make a text public property (DETECTORS 4, share-button text)
EPISODE_SECONDS = 6 * 3600  # DETECTORS 2.3
DAY_SECONDS = 86_400

_COLUMNS: FrameSchema = {
    "cluster": pl.Int64,
    "covers": pl.Boolean,
    **{name: kind for name, kind in GUARD_SCHEMA.items() if name != "cluster_id"},
}


@dataclass(frozen=True, slots=True)
class Found:
    """One explanation tried: `name` is the question."""

    name: str
    verdict: str  # ruled out | explains little | explains part | open
    sentence: str
    covers: bool = False  # it was tested, and explains nearly all of the evidence: the risk is capped (risk.CAPS)


@dataclass(frozen=True, slots=True)
class ClusterActs:
    """What one cluster did together in the widest window: one row per joint object.

    `objects`: trace, object, members (who met there), popularity (all accounts on it), often, block, at (first act).
    `audience`: trace, block, accounts: how many active accounts act on each block.
    """

    objects: pl.DataFrame
    signals: pl.DataFrame
    size: int
    audience: pl.DataFrame
    data_seconds: float

    @property
    def weight(self) -> float:
        return float(self.objects["often"].sum())


def verdict_of(share: float) -> str:
    """How much of the evidence an explanation covers, in words."""
    if share < LITTLE:
        return "ruled out"
    if share < PART:
        return "explains little"
    return "explains part" if share < OPEN else "open"


def one_source(acts: ClusterActs) -> Found:
    """Fans of one author, site or tag: the share of the joint acts on the block that has most of them.

    A following is larger than the cluster: where hardly anybody else acts on the source, it explains little. The block
    of a text is its language, which is no source.
    """
    known = acts.objects.drop_nulls("block").filter(
        ~pl.col("trace").is_in(list(WITHOUT_SOURCE)) & (pl.col("block") != "")
    )
    if float(known["often"].sum()) < PART * acts.weight:
        return Found(
            "one source", "open", "The data does not say where most of this came from; its sources would tell."
        )
    per_block = (
        known.group_by("trace", "block")
        .agg(pl.col("often").sum())
        .sort(["often", "trace", "block"], descending=[True, False, False])
    )
    trace, block, most = per_block.row(0)
    share = most / acts.weight
    here = acts.audience.filter((pl.col("trace") == trace) & (pl.col("block") == block))["accounts"]
    others = max(int(here.sum()) - acts.size, 0)
    followed = others >= FOLLOWING
    return Found(
        "one source",
        verdict_of(share) if followed or share < LITTLE else "explains little",
        f"Fans of one source? {percent(share)} of the joint acts are on its largest source, of {per_block.height:,}; "
        f"{plural(others, 'active account', 'active accounts')} outside the cluster {'acts' if others == 1 else 'act'} on that "
        "source too. Joint acts on other sources would rule it out; a large following would explain it.",
        covers=followed and share >= OPEN,
    )


def one_occasion(acts: ClusterActs) -> Found:
    """A call to action or one event: the share of the joint acts on the busiest day."""
    day = acts.objects.with_columns(day=pl.col("at") // (DAY_SECONDS * 1_000_000))
    per_day = day.group_by("day").agg(pl.col("often").sum())
    share = float(per_day["often"].max() or 0) / acts.weight  # type: ignore[arg-type]
    episodes = acts.objects.select((pl.col("at") // (EPISODE_SECONDS * 1_000_000)).n_unique()).item()
    if acts.data_seconds < 2 * DAY_SECONDS:
        return Found(
            "one occasion",
            "open",
            f"One occasion? The data spans only {span(acts.data_seconds)}, with joint acts in {plural(episodes, 'spell', 'spells')} "
            "of 6 h: cannot tell. More days of data would.",
        )
    return Found(
        "one occasion",
        verdict_of(share),
        f"One occasion? {percent(share)} of the joint acts are on the busiest day, of {plural(per_day.height, 'day', 'days')} "
        f"with joint acts in {span(acts.data_seconds)} of data. The same on other days would rule it out.",
    )


def popular_objects(acts: ClusterActs) -> Found:
    """What everyone shares: the share of the joint acts on objects where the members are a minority of the audience."""
    crowded = acts.objects.filter(pl.col("popularity") > 2 * pl.col("members"))
    share = float(crowded["often"].sum()) / acts.weight
    middle = float(np.median((acts.objects["members"] / acts.objects["popularity"]).to_numpy()))
    return Found(
        "popular objects",
        verdict_of(share),
        f"Only what everyone passes on? {percent(share)} of the joint acts are on objects where most accounts are outside; "
        f"on the middle object {percent(middle)} of all accounts are of this cluster. "
        "It is cleared when the outsiders alone explain the rate.",
        covers=share >= OPEN,
    )


def public_text(acts: ClusterActs) -> Found | None:
    """Share buttons, quotes, prayers: the share of the joint texts that many outsiders posted too. Only for texts."""
    texts = acts.objects.filter(pl.col("trace") == "text")
    if texts.is_empty():
        return None
    public = texts.filter(pl.col("popularity") - pl.col("members") >= PUBLIC)
    share = float(public["often"].sum()) / float(texts["often"].sum())
    return Found(
        "public text",
        verdict_of(share),
        f"A text that everybody uses? {count(public.height)} of {plural(texts.height, 'joint text', 'joint texts')} "
        f"({percent(share)} of the joint acts) were also posted by {PUBLIC} or more accounts outside. "
        "The page with the share button or the quote's source would clear it.",
        covers=share >= OPEN,
    )


def activity(acts: ClusterActs) -> Found:
    """Simply very active: what chance explains against what was seen, at the accounts' own activity."""
    overlap = acts.signals.filter(pl.col("name").str.contains("_(overlap|company)$"))
    seen, expected = float(overlap["seen"].sum()), float(overlap["expected"].sum())
    return Found(
        "activity",
        verdict_of(expected / max(seen, 1e-9)),
        f"Simply very active? Accounts as active as these would act together {times(expected)} by chance; "
        f"{plural(round(seen), 'time was', 'times were')} seen.",
    )


TESTS: Sequence[Callable[[ClusterActs], Found | None]] = (
    one_source,
    one_occasion,
    popular_objects,
    public_text,
    activity,
)


def innocence(
    traces: Sequence[TraceActions], objects: pl.DataFrame, signals: pl.DataFrame, sizes: Sequence[int]
) -> pl.DataFrame:
    """Try every explanation on every cluster: GUARD with cluster number and `covers`, by cluster in the order of TESTS.

    `objects` are those of `joint_objects`; `sizes` the number of members of each cluster.
    """
    audience = _audience(traces)
    lasted = _data_seconds(traces)
    rows = []
    for number, size in enumerate(sizes):
        acts = objects.filter(pl.col("cluster") == number)
        own = ClusterActs(acts, signals.filter(pl.col("cluster") == number), size, audience, lasted)
        told = (test(own) for test in TESTS)
        rows += [(number, found.covers, found.name, found.verdict, found.sentence) for found in told if found]
    return pl.DataFrame(rows, schema=dict(_COLUMNS), orient="row")


_JOINT_OBJECTS: FrameSchema = {
    "cluster": pl.Int64,
    "trace": pl.String,
    "object": pl.UInt32,
    "members": pl.Int64,
    "popularity": pl.Int64,
    "often": pl.Int64,
    "block": pl.String,
    "at": pl.Int64,
    "until": pl.Int64,
}


def joint_objects(traces: Sequence[TraceActions], evidence: Evidence) -> pl.DataFrame:
    """What each cluster met on in the widest window, sorted by cluster, trace, object; `at`, `until` in microseconds."""
    told = [pl.DataFrame(schema=dict(_JOINT_OBJECTS)), *(_joint_objects(actions, evidence) for actions in traces)]
    return pl.concat(told).sort("cluster", "trace", "object")


def _joint_objects(actions: TraceActions, evidence: Evidence) -> pl.DataFrame:
    joint = evidence.joint.filter(pl.col("trace") == actions.trace)
    widest = joint.filter(pl.col("window_seconds") == pl.col("window_seconds").max().over("cluster"))
    rows = widest["row"].to_numpy()
    named = widest.with_columns(
        pl.Series("at", actions.coded.at[rows], dtype=pl.Int64),
        pl.Series("popularity", actions.popularity[widest["object"].to_numpy()], dtype=pl.Int64),
        actions.rows["block"].gather(rows),
    )
    met = named.group_by("cluster", "trace", "object").agg(
        pl.len().cast(pl.Int64).alias("members"),
        (pl.col("meetings").sum() // 2).alias("pairs"),
        pl.col("popularity").first(),
        pl.col("block").drop_nulls().min(),
        pl.col("at").min(),
        pl.col("at").max().alias("until"),
    )
    often = pl.min_horizontal(pl.col("members") - 1, "pairs")
    return met.with_columns(often=often).select(pl.col(column).cast(kind) for column, kind in _JOINT_OBJECTS.items())


def _audience(traces: Sequence[TraceActions]) -> pl.DataFrame:
    """trace, block, accounts: the active accounts on each block."""
    nobody = pl.DataFrame(schema={"trace": pl.String, "block": pl.String, "accounts": pl.UInt32})
    told = [
        ready.rows.drop_nulls("block")
        .group_by("block")
        .agg(pl.col("account_id").n_unique().alias("accounts"))
        .select(pl.lit(ready.trace).alias("trace"), "block", "accounts")
        for ready in traces
    ]
    return pl.concat([nobody, *told])


def _data_seconds(traces: Sequence[TraceActions]) -> float:
    ends = [(actions.coded.at.min(), actions.coded.at.max()) for actions in traces if actions.coded.at.size]
    return float(max(last for _, last in ends) - min(first for first, _ in ends)) / 1e6 if ends else 0.0
