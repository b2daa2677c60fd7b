"""Every guard asked about every cluster of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from detectors.content import CONTENT
from detectors.evidence import Evidence
from detectors.guards import GUARDS
from detectors.guards.around import Around, Facts, look_around
from detectors.guards.joint import joint_acts
from detectors.guards.origins import origins, unfused_actions
from detectors.guards.view import ACTS, ADDRESSES, CLIENTS, MEMBERS, OBJECTS, REACTIONS, USERS, ClusterView
from detectors.significance import I64
from detectors.trace_actions import TraceActions
from graph.schemas import GUARD_SCHEMA, FrameSchema, empty

VIRAL = 0.999  # the most popular thousandth of a trace's objects (DETECTORS 4, viral and breaking news)

_COLUMNS: FrameSchema = {
    "cluster": pl.Int64,
    "covers": pl.Boolean,
    **{name: kind for name, kind in GUARD_SCHEMA.items() if name != "cluster_id"},
}
_SIGNALS = ("name", "family", "value", "seen", "expected")


@dataclass(frozen=True, slots=True)
class Clusters:
    """The clusters of a run. `groups`: account ranks of each; `everyone`: the sorted ids the ranks point into.

    `explained`: cluster, explained_by_blocks (0..1): the share of the evidence on trusted blocks, where that was tested.
    `targets`: ids of all that were taken out because they led and never followed (detectors.targets).
    `victims`: account_id -> cluster of kind compromised, of those taken from their owners (detectors.ring_clusters).
    """

    groups: Sequence[I64]
    everyone: pl.Series
    explained: pl.DataFrame | None = None
    targets: frozenset[str] = frozenset()
    victims: Mapping[str, str] = field(default_factory=dict)

    @property
    def who(self) -> pl.DataFrame:
        """cluster, account_id of every member."""
        sizes = [len(group) for group in self.groups]
        ranks = np.concatenate([np.zeros(0, dtype=np.int64), *self.groups]).astype(np.int64)
        number = pl.Series("cluster", np.repeat(np.arange(len(sizes)), sizes), dtype=pl.Int64)
        return pl.DataFrame([number, self.everyone.gather(ranks).cast(pl.String).alias("account_id")])


def guards(
    traces: Sequence[TraceActions],
    evidence: Evidence,
    objects: pl.DataFrame,
    signals: pl.DataFrame,
    clusters: Clusters,
    facts: Facts,
) -> pl.DataFrame:
    """GUARD with cluster number and `covers` for cluster_id, by cluster in the order of GUARDS.

    `objects` are those of `joint_objects`, `signals` those of `cluster_signals`. A guard that the data gives no ground
    for has no row.
    """
    contents = next((ready for ready in traces if ready.trace == CONTENT), None)
    if contents is not None:
        facts = replace(facts, tested=unfused_actions(facts.tested, origins(contents.rows)))
    acts = joint_acts(traces, evidence)
    named = acts.with_columns(clusters.everyone.gather(acts["account"]).cast(pl.String).alias("account_id"))
    around = look_around(facts, objects, named, clusters.who)
    rows = []
    for number, view in enumerate(views(traces, around, signals, clusters)):
        told = (guard.ask(view) for guard in GUARDS)
        rows += [
            (number, found.covers, found.name, found.verdict, found.sentence, found.tag, found.cap)
            for found in told
            if found is not None
        ]
    return pl.DataFrame(rows, schema=dict(_COLUMNS), orient="row")


def without_ground(told: pl.DataFrame) -> str:
    """The guards that no cluster gave ground for, as a sentence for the run record; "" when all were tried."""
    missing = [guard.name for guard in GUARDS if guard.name not in set(told["name"])]
    if not missing or told.is_empty():
        return ""
    return f"Not tried on any cluster: {', '.join(missing)}. The data holds nothing on them to try."


def views(
    traces: Sequence[TraceActions], around: Around, signals: pl.DataFrame, clusters: Clusters
) -> Sequence[ClusterView]:
    """One view per cluster, in the order of `clusters.groups`."""
    parts = {
        "objects": (around.objects, OBJECTS),
        "acts": (around.acts, ACTS),
        "members": (around.members, MEMBERS),
        "clients": (around.clients, CLIENTS),
        "addresses": (around.addresses, ADDRESSES),
        "reactions": (around.reactions, REACTIONS),
        "users": (around.users, USERS),
    }
    own = {name: (_by_cluster(frame), empty(schema)) for name, (frame, schema) in parts.items()}
    signs = _by_cluster(signals.select("cluster", *_SIGNALS))
    none, audience, lasted, crowded = (
        signals.select(_SIGNALS).clear(),
        _audience(traces),
        _data_seconds(traces),
        _viral(traces),
    )
    explained = dict(clusters.explained.iter_rows()) if clusters.explained is not None else {}
    return [
        ClusterView(
            **{name: found.get(number, nothing) for name, (found, nothing) in own.items()},
            signals=signs.get(number, none),
            audience=audience,
            data_seconds=lasted,
            speakers=around.speakers,
            crowded=crowded,
            app_texts=around.app_texts,
            explained=explained.get(number),
            targets=clusters.targets,
            victims=clusters.victims,
        )
        for number in range(len(clusters.groups))
    ]


def _by_cluster(frame: pl.DataFrame) -> dict[int, pl.DataFrame]:
    parts = frame.partition_by("cluster", as_dict=True, include_key=False, maintain_order=True)
    return {int(number): part for (number,), part in parts.items()}


def _audience(traces: Sequence[TraceActions]) -> pl.DataFrame:
    """trace, block, accounts: the active accounts on each block; the block of an object without one is the object."""
    nobody = pl.DataFrame(schema={"trace": pl.String, "block": pl.String, "accounts": pl.UInt32})
    told = [
        ready.rows.with_columns(block=_own_block(ready.trace))
        .drop_nulls("block")
        .group_by("block")
        .agg(pl.col("account_id").n_unique().alias("accounts"))
        .select(pl.lit(ready.trace).alias("trace"), "block", "accounts")
        for ready in traces
    ]
    return pl.concat([nobody, *told])


def _own_block(trace: str) -> pl.Expr:
    """The object of a quick share is its author."""
    return pl.col("object_id") if trace == "fast_share" else pl.col("block")


def _data_seconds(traces: Sequence[TraceActions]) -> float:
    ends = [(actions.coded.at.min(), actions.coded.at.max()) for actions in traces if actions.coded.at.size]
    return float(max(last for _, last in ends) - min(first for first, _ in ends)) / 1e6 if ends else 0.0


def _viral(traces: Sequence[TraceActions]) -> dict[str, int]:
    """Per trace the popularity of its most popular thousandth of objects; all objects of a small trace are in it or none."""
    found = {}
    for ready in traces:
        if ready.popularity.size:
            found[ready.trace] = int(np.quantile(ready.popularity, VIRAL, method="higher"))
    return found
