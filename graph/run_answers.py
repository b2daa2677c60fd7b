"""What saved runs say of an account and of a cluster, read from their Parquet folders; and how such answers are put together."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

import polars as pl

from graph.answers import (
    ClusterGraph,
    ClusterMember,
    ClustersAround,
    CoordinatedTie,
    Membership,
    Memberships,
    NearCluster,
    NewThing,
)
from graph.errors import NothingThere
from graph.foreign_text import show_text
from graph.new_things import new_things
from graph.runs import StoredRun, list_runs, load_run
from graph.schemas import APART_ROLES, FLAGGED_TIERS
from graph.store import left_out
from graph.workspace import Workspace

APART = pl.col("role").is_in(list(APART_ROLES))
CLUSTER_FIGURES = ("kind", "tier", "risk", "size")
TIE_COLUMNS = (
    "left", "right", "trace", "window_seconds", "n", "expected", "p", "q", "min_gap_s", "median_gap_s", "left_leads",
)  # fmt: skip


def coordinated(run: StoredRun) -> pl.LazyFrame:
    """EDGE_SCHEMA rows that count as COORDINATED: significant ones (q of the run), inside clusters of a flagged tier.

    Not those of accounts in other hands: what is new to two victims does not make them act together.
    """
    together = pl.col("tier").is_in(list(FLAGGED_TIERS)) & (pl.col("kind") != "compromised").fill_null(value=True)
    flagged = run.scan("clusters").filter(together).select("cluster_id")
    return run.scan("edges").join(flagged, on="cluster_id", how="semi")


def memberships_in(workspace: Workspace, account_id: str, limit: int) -> Memberships:
    """See GraphStore.memberships."""
    rows: list[dict[str, Any]] = []
    for place, run in enumerate(list_runs(workspace)):
        rows += _members(run, place, [account_id])
    return memberships_from(account_id, rows, limit)


def clusters_around_in(workspace: Workspace, account_id: str, limit: int) -> ClustersAround:
    """See GraphStore.clusters_around."""
    runs = list_runs(workspace)
    near: set[str] = set()
    for run in runs:
        ties = coordinated(run).filter((pl.col("left") == account_id) | (pl.col("right") == account_id))
        near |= {name for pair in ties.select("left", "right").collect().rows() for name in pair} - {account_id}
    own, others = [], []
    for place, run in enumerate(runs):
        for row in _members(run, place, [account_id, *sorted(near)]):
            if row["account_id"] == account_id:
                own.append(row)
            elif row["role"] not in APART_ROLES:
                others.append(row)
    return around_from(account_id, own, _counted(others), len(near), limit)


def cluster_graph_in(
    workspace: Workspace, cluster_id: str, run_id: str | None, limit_members: int, limit_ties: int
) -> ClusterGraph:
    """See GraphStore.cluster_graph."""
    run = load_run(workspace, run_id)
    found = run.scan("clusters").filter(pl.col("cluster_id") == cluster_id).collect()
    if found.is_empty():
        raise no_such_cluster(cluster_id, run.run_id)
    who = run.scan("members").filter(pl.col("cluster_id") == cluster_id).collect()
    who = who.sort(["score", "account_id"], descending=[True, False])
    inside, apart = who.filter(~APART), who.filter(APART)
    shown = inside["account_id"].head(limit_members).to_list()
    ties = coordinated(run).filter(
        (pl.col("cluster_id") == cluster_id) & pl.col("left").is_in(shown) & pl.col("right").is_in(shown)
    )
    order = ["n", "left", "right", "trace", "window_seconds"]
    sorted_ties = ties.select(TIE_COLUMNS).collect().sort(order, descending=[True, False, False, False, False])
    things = new_things(run)
    uses = things.new_for.filter((pl.col("cluster_id") == cluster_id) & pl.col("account_id").is_in(shown))
    new = uses.join(things.entities.drop("cluster_id"), on="place").sort("place", "at", "account_id")
    return cluster_graph_from(
        {"run_id": run.run_id, **found.row(0, named=True)},
        (inside.head(limit_members).to_dicts(), inside.height),
        (apart.head(limit_members).to_dicts(), apart.height),
        (sorted_ties.head(limit_ties).to_dicts(), sorted_ties.height),
        new.to_dicts(),
    )


def no_such_cluster(cluster_id: str, run_id: str) -> NothingThere:
    return NothingThere(
        f"There is no cluster {show_text(cluster_id, 80)} in the run {run_id}.", "flockwatch clusters lists them."
    )


def memberships_from(account_id: str, rows: Iterable[Mapping[str, Any]], limit: int) -> Memberships:
    """Rows of place (of the run), run_id, cluster_id, kind, risk, role, score, in any order."""
    ordered = sorted(rows, key=_newest_first)
    names = ("run_id", "cluster_id", "kind", "risk", "role", "score")
    said = left_out(len(ordered) - limit, "cluster", "of older runs or of lower risk")
    return Memberships(
        account_id, tuple(Membership(*(row[name] for name in names)) for row in ordered[:limit]), tuple(said)
    )


def around_from(
    account_id: str,
    own: Iterable[Mapping[str, Any]],
    others: Iterable[Mapping[str, Any]],
    neighbours: int,
    limit: int,
) -> ClustersAround:
    """`own` are the account's clusters with its role, `others` those of its neighbours with how many of them."""
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for row in others:
        found[row["place"], row["cluster_id"]] = {**row, "role": None}
    for row in own:
        near = found.get((row["place"], row["cluster_id"]), {"neighbours": 0})
        found[row["place"], row["cluster_id"]] = {**row, "neighbours": near["neighbours"]}
    ordered = sorted(found.values(), key=lambda row: (-row["place"], row["role"] is None, *_newest_first(row)))
    names = ("run_id", "cluster_id", *CLUSTER_FIGURES, "role", "neighbours")
    said = left_out(len(ordered) - limit, "cluster", "of older runs or of lower risk")
    clusters = tuple(NearCluster(*(row[name] for name in names)) for row in ordered[:limit])
    return ClustersAround(account_id, neighbours, clusters, tuple(said))


def cluster_graph_from(
    cluster: Mapping[str, Any],
    inside: tuple[list[dict[str, Any]], int],
    apart: tuple[list[dict[str, Any]], int],
    ties: tuple[list[dict[str, Any]], int],
    new: Iterable[Mapping[str, Any]] = (),
) -> ClusterGraph:
    """Each of the three: the rows to show, sorted, and how many there are. `new`: place, kind, value, ever, account_id, at; sorted."""
    said = [
        *left_out(inside[1] - len(inside[0]), "member", "with a lower score"),
        *left_out(apart[1] - len(apart[0]), "account", "beside the cluster with a lower score"),
        *left_out(ties[1] - len(ties[0]), "tie", "among the members shown, with fewer objects in common"),
    ]
    return ClusterGraph(
        **{name: cluster[name] for name in ("run_id", "cluster_id", *CLUSTER_FIGURES, "title")},
        members=_as_members(inside[0]),
        apart=_as_members(apart[0]),
        ties=tuple(CoordinatedTie(*(row[name] for name in TIE_COLUMNS)) for row in ties[0]),
        left_out=tuple(said),
        new_things=tuple(
            NewThing(kind, value, ever, tuple((row["account_id"], row["at"]) for row in rows))
            for (_, kind, value, ever), rows in groupby(new, key=itemgetter("place", "kind", "value", "ever"))
        ),
    )


def _as_members(rows: Iterable[Mapping[str, Any]]) -> tuple[ClusterMember, ...]:
    names = ("account_id", "role", "score", "links")
    return tuple(ClusterMember(*(row[name] for name in names)) for row in rows)


def _newest_first(row: Mapping[str, Any]) -> tuple[int, float, str]:
    risk = row["risk"]
    return -row["place"], float("-inf") if risk is None else -risk, row["cluster_id"]


def _members(run: StoredRun, place: int, accounts: list[str]) -> list[dict[str, Any]]:
    rows = (
        run.scan("members")
        .filter(pl.col("account_id").is_in(accounts))
        .join(run.scan("clusters").select("cluster_id", *CLUSTER_FIGURES), on="cluster_id")
        .select("account_id", "cluster_id", *CLUSTER_FIGURES, "role", "score")
        .collect()
    )
    return [{"place": place, "run_id": run.run_id, **row} for row in rows.iter_rows(named=True)]


def _counted(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row per cluster, with `neighbours` in it."""
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for row in rows:
        one = found.setdefault((row["place"], row["cluster_id"]), {**row, "neighbours": 0})
        one["neighbours"] += 1
    return list(found.values())
