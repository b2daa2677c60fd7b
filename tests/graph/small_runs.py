"""Small runs: clusters of named accounts, all tied to one another, saved in a workspace."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import combinations
from typing import Any

import polars as pl

from graph.results import RunRecord, RunResult
from graph.runs import StoredRun, save_run
from graph.schemas import APART_ROLES, RUN_SCHEMAS
from graph.workspace import Workspace

Clusters = Mapping[str, Mapping[str, str]]  # cluster -> account -> role


def small_run(
    run_id: str, clusters: Clusters, tiers: Mapping[str, str] | None = None, n: int = 4, day: int = 1
) -> RunResult:
    """Every member is tied to the next ones in two traces; risks fall from cluster to cluster, scores from member to member."""
    tiers = tiers or {}
    who = {
        name: [a for a, role in sorted(roles.items()) if role not in APART_ROLES] for name, roles in clusters.items()
    }
    frames: dict[str, list[dict[str, Any]]] = {
        "clusters": [
            {
                "cluster_id": name,
                "kind": "coordinated",
                "tier": tiers.get(name, "alert"),
                "risk": 0.9 - place / 10,
                "size": len(who[name]),
                "traces": ["share", "url"],
                "title": f"{len(who[name])} accounts",
                "sentence": '=CMD() "they" act,\ntogether',
                "first_at": datetime(2026, 1, day, tzinfo=UTC),
            }
            for place, name in enumerate(sorted(clusters))
        ],
        "members": [
            {
                "cluster_id": name,
                "account_id": account,
                "role": role,
                "score": max(0.95 - place / 16, 0.0),
                "links": place,
                "stability": 0.5,
            }
            for name, roles in sorted(clusters.items())
            for place, (account, role) in enumerate(sorted(roles.items()))
        ],
        "edges": [
            {
                "cluster_id": name,
                "left": left,
                "right": right,
                "trace": trace,
                "window_seconds": 60,
                "n": n + place,
                "expected": 0.25,
                "p": 1e-9,
                "q": 1e-7,
                "min_gap_s": 0.5,
                "median_gap_s": 2.5,
                "left_leads": 0.75,
            }
            for name in sorted(clusters)
            for place, (left, right) in enumerate(combinations(who[name], 2))
            for trace in ("share", "url")
        ],
    }
    lone = {"cluster_id": None, "left": "a", "right": "b", "trace": "share", "window_seconds": 60, "n": 2}
    frames["edges"].append(lone)
    record = RunRecord(run_id, "v1", {"q": 0.01}, 7, {"flockwatch": "2"}, (), None, datetime(2026, 1, day, tzinfo=UTC))
    return RunResult(record, {name: _frame(name, frames.get(name, [])) for name in RUN_SCHEMAS})


def save_small_run(workspace: Workspace, run_id: str, clusters: Clusters, **given: Any) -> StoredRun:
    return save_run(workspace, small_run(run_id, clusters, **given))


def lineage_of(*rows: tuple[str, str, str, str, str, float | None]) -> pl.DataFrame:
    """Rows of run_before, cluster_before, run_after, cluster_after, relation, overlap."""
    names = ("run_before", "cluster_before", "run_after", "cluster_after", "relation", "overlap")
    return pl.DataFrame([dict(zip(names, row, strict=True)) | {"similarity": 0.5} for row in rows])


def _frame(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = dict(RUN_SCHEMAS[name])
    return pl.DataFrame([{column: row.get(column) for column in schema} for row in rows], schema=schema)
