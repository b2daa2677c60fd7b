"""Which clusters hold an account, over all saved runs, read from their Parquet folders."""

import polars as pl

from graph.answers import Membership, Memberships
from graph.runs import list_runs
from graph.store import left_out
from graph.workspace import Workspace


def memberships_in(workspace: Workspace, account_id: str, limit: int) -> Memberships:
    """The newest run first, then the highest risk, then the cluster id."""
    found: list[Membership] = []
    for run in reversed(list_runs(workspace)):
        rows = (
            run.scan("members")
            .filter(pl.col("account_id") == account_id)
            .join(run.scan("clusters").select("cluster_id", "kind", "risk"), on="cluster_id")
            .select("cluster_id", "kind", "risk", "role", "score")
            .sort(["risk", "cluster_id"], descending=[True, False])
            .collect()
        )
        found += [Membership(run.run_id, *row) for row in rows.rows()]
    said = left_out(len(found) - limit, "cluster", "of older runs or of lower risk")
    return Memberships(account_id, tuple(found[:limit]), tuple(said))
