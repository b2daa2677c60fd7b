"""The frames a run leaves behind: numbers turned back into ids, columns as the schemas say, rows in one order."""

from collections.abc import Sequence

import polars as pl

from detectors import sentences
from detectors.account_scores import account_rows, on_their_shelves
from detectors.calibrated_risk import with_model
from detectors.clusters import Shape, describe, member_rows
from detectors.guards.found import settled
from detectors.settings import Settings
from detectors.significance import F64
from graph.schemas import APART_ROLES, RUN_SCHEMAS

# Clusters come riskiest first, signals and guards in that order of clusters; everything else by its ids.
_ORDER = {
    "members": ["cluster_id", "account_id"],
    "edges": ["left", "right", "trace", "window_seconds"],
    "evidence": ["left", "right", "trace", "object_id"],
    "accounts": ["account_id"],
    "nesting": ["cluster_id", "resolution", "group_id"],
}


def run_frames(
    shape: Shape, evidence: pl.DataFrame, counts: pl.DataFrame, score: F64, settings: Settings, seed: int
) -> dict[str, pl.DataFrame]:
    """The frames of RUN_SCHEMAS that hold coordinated clusters, and all accounts. `evidence` has numbers for ids; `counts`: account_id, n of everyone, sorted; `score` by account rank."""
    everyone = counts["account_id"]
    clusters = describe(shape, settings)
    covering = shape.guards.filter(pl.col("covers") & (pl.col("cap") < 1))["cluster"]
    explained = settled(shape.guards).group_by("cluster").agg(explained=pl.col("tag").min())
    cleared = pl.col("cluster").is_in(explained["cluster"].implode())
    shelves = clusters.with_columns(explained=pl.col("cluster").is_in(covering.implode()), settled=cleared)
    score = on_their_shelves(score, shelves, shape.members.groups)
    members = member_rows(shape, score, seed)
    ids = clusters.select("cluster", "cluster_id")
    named = {
        "members": _named(members, ids, everyone, {"account": "account_id"}),
        "edges": _named(shape.links, ids, everyone, {"left": "left", "right": "right"}),
        "evidence": _named(evidence, ids, everyone, {"left": "left", "right": "right"}),
        "nesting": _named(shape.robust.nesting, ids, everyone, {}),
    }
    if settings.risk_model is not None:
        told = {
            name: _in_order_of(clusters, rows) for name, rows in (("signals", shape.signals), ("guards", shape.guards))
        }
        acted = {"accounts": counts.rename({"n": "actions"}), "clusters": clusters}
        clusters = with_model(
            named | told | acted, shape.guards, settings.risk_model, settings.alert_risk, shape.groups.may_alert
        )
    # Nobody is flagged for what an innocent explanation settles: the accounts are linked, the cluster stays for review.
    tier = pl.when(cleared).then(pl.lit("linked")).otherwise("tier").alias("tier")
    about = clusters.select("cluster", "cluster_id", tier, "kind", "title").join(explained, on="cluster", how="left")
    inside = members.filter(~pl.col("role").is_in(list(APART_ROLES)))
    who = inside.select("cluster", "account", "role").join(about, on="cluster", maintain_order="left")
    beside = shape.split.apart.join(ids, on="cluster", maintain_order="left")
    named |= {
        "clusters": clusters,
        "signals": _in_order_of(clusters, shape.signals),
        "guards": _in_order_of(clusters, shape.guards),
        "accounts": account_rows(everyone, counts, score, shape.links, _memberships(who), _beside(beside)),
    }
    return {name: _finished(named[name], name) for name in named}


def _named(frame: pl.DataFrame, ids: pl.DataFrame, everyone: pl.Series, accounts: dict[str, str]) -> pl.DataFrame:
    joined = frame.join(ids, on="cluster", how="left", maintain_order="left")
    return joined.with_columns(everyone.gather(frame[rank]).alias(name) for rank, name in accounts.items())


def _in_order_of(clusters: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    return clusters.select("cluster", "cluster_id").join(told, on="cluster", how="inner", maintain_order="left_right")


def _memberships(who: pl.DataFrame) -> pl.DataFrame:
    said: Sequence[str] = [
        sentences.member_reason(cluster_id, title, role, explained or "")
        for cluster_id, title, role, explained in who.select("cluster_id", "title", "role", "explained").iter_rows()
    ]
    return who.with_columns(membership=pl.Series(said, dtype=pl.String)).drop("cluster", "role", "title", "explained")


def _beside(apart: pl.DataFrame) -> pl.DataFrame:
    """account, beside: what is said of those who are shown with a cluster and are not in it."""
    said = [
        sentences.beside_reason(cluster_id, role, sentence)
        for cluster_id, role, sentence in apart.select("cluster_id", "role", "sentence").iter_rows()
    ]
    return apart.select("account", beside=pl.Series(said, dtype=pl.String))


def _finished(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    plain = frame.select(pl.col(column).cast(kind) for column, kind in RUN_SCHEMAS[name].items())
    return plain.sort(_ORDER[name], nulls_last=True) if name in _ORDER else plain
