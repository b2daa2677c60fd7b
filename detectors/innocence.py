"""Could it be innocent? The plain explanations tried on every cluster, each with both numbers, a verdict and what would clear it."""

from collections.abc import Callable, Mapping, Sequence
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
PUBLIC = 50  # independent accounts that make a text public property (DETECTORS 4, share-button text)
EPISODE_SECONDS = 6 * 3600  # DETECTORS 2.3
DAY_SECONDS = 86_400

_COLUMNS: FrameSchema = {
    "cluster": pl.Int64,
    **{name: kind for name, kind in GUARD_SCHEMA.items() if name != "cluster_id"},
}


@dataclass(frozen=True, slots=True)
class Found:
    """One explanation tried: `name` is the question."""

    name: str
    verdict: str  # ruled out | explains little | explains part | open
    sentence: str


@dataclass(frozen=True, slots=True)
class ClusterActs:
    """What one cluster did together in the widest window: one row per joint object.

    `objects`: trace, object, members (who met there), popularity (all accounts on it), often, block, at (first act).
    """

    objects: pl.DataFrame
    signals: pl.DataFrame
    base_blocks: Mapping[str, float]  # per trace the share of the largest block among all actions
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
    """Fans of one author, site or tag: the share of the joint acts on the block that has most of them."""
    known = acts.objects.drop_nulls("block")
    if known["often"].sum() < 0.5 * acts.weight:
        return Found(
            "one source", "open", "The data does not say where these objects came from; their sources would tell."
        )
    per_block = known.group_by("block").agg(pl.col("often").sum())
    share = float(per_block["often"].max() or 0) / acts.weight  # type: ignore[arg-type]
    usual = max(acts.base_blocks.get(trace, 0.0) for trace in acts.objects["trace"].unique())
    return Found(
        "one source",
        verdict_of(share),
        f"Fans of one source? {percent(share)} of the joint acts are on its largest source, of {per_block.height:,}; "
        f"the largest source of all has {percent(usual)} of everyone's acts. Joint acts on other sources would clear it up.",
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


def innocence(traces: Sequence[TraceActions], evidence: Evidence, signals: pl.DataFrame) -> pl.DataFrame:
    """Try every explanation on every cluster: GUARD with the cluster's number, sorted by cluster in the order of TESTS."""
    objects = joint_objects(traces, evidence)
    blocks = {actions.trace: _largest_block(actions) for actions in traces}
    lasted = _data_seconds(traces)
    rows = []
    for (cluster,), acts in objects.group_by("cluster", maintain_order=True):
        own = ClusterActs(acts, signals.filter(pl.col("cluster") == cluster), blocks, lasted)
        for test in TESTS:
            found = test(own)
            if found is not None:
                rows.append((cluster, found.name, found.verdict, found.sentence))
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
    widest = joint.filter(pl.col("window_seconds") == pl.col("window_seconds").max())
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


def _largest_block(actions: TraceActions) -> float:
    sizes = actions.rows.group_by("block").len().drop_nulls("block")
    return float(sizes["len"].max() or 0) / max(actions.rows.height, 1)  # type: ignore[arg-type]


def _data_seconds(traces: Sequence[TraceActions]) -> float:
    ends = [(actions.coded.at.min(), actions.coded.at.max()) for actions in traces if actions.coded.at.size]
    return float(max(last for _, last in ends) - min(first for first, _ in ends)) / 1e6 if ends else 0.0
