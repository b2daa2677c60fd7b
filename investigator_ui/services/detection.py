"""From facts to a stored run, and from two runs to their difference."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from detectors import Settings, Tables, load_settings, settings_from
from detectors import detect as detect_in
from graph.errors import NothingThere
from graph.facts import current_facts
from graph.runs import StoredRun, save_run
from graph.schemas import APART_ROLES
from graph.workspace import Workspace, writing

FLAGGED = pl.col("tier").is_in(["alert", "review"])


def read_settings(config: Path | None, traces: Sequence[str] | None) -> Settings:
    """The settings of a run: the file when given, then the traces named on the command line."""
    settings = load_settings(config) if config else Settings()
    return settings_from(settings.model_dump() | {"traces": tuple(traces)}, "--trace") if traces else settings


def run_detection(
    workspace: Workspace,
    settings: Settings,
    *,
    seed: int = 0,
    shadow: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> StoredRun:
    """Detect on the published facts and store the run; raises NothingThere when nothing was ingested."""
    facts = current_facts(workspace)
    if not facts.sources:
        raise NothingThere(f"Nothing was ingested into {workspace.path} yet.", "flockwatch ingest FILE...")
    inputs = tuple(
        {"name": source.name, "sha256": source.sha256, "accepted": source.accepted}
        for source in sorted(facts.sources, key=lambda s: s.sha256)
    )
    result = detect_in(
        tables_of(workspace),
        settings,
        seed=seed,
        shadow=shadow,
        facts_version=facts.version,
        inputs=inputs,
        progress=progress,
        cancelled=cancelled,
    )
    with writing(workspace):
        return save_run(workspace, result)


def tables_of(workspace: Workspace) -> Tables:
    """The published facts as detectors read them, lazily."""
    facts = current_facts(workspace)
    return Tables(
        actions=facts.scan("actions"),
        posts=facts.scan("posts"),
        texts=facts.scan("texts"),
        accounts=facts.scan("accounts"),
        sessions=facts.scan("sessions"),
    )


def compare_runs(first: StoredRun, second: StoredRun) -> dict[str, Any]:
    """Parameters that differ, clusters matched by members (Jaccard), accounts newly flagged and no longer flagged."""
    before, after = _flagged(first), _flagged(second)
    clusters = _matched(_members(first), _members(second))
    old, new = asdict(first.record), asdict(second.record)
    changed = {
        key: {"from": old[key], "to": new[key]}
        for key in ("facts_version", "parameters", "seed", "versions")
        if old[key] != new[key]
    }
    matched_old = {match["from"] for match in clusters if match["from"]}
    lost = sorted(set(_members(first)) - matched_old)
    return {
        "summary": {
            "clusters before": len(_members(first)),
            "clusters after": len(_members(second)),
            "clusters new": sum(match["from"] is None for match in clusters),
            "clusters lost": len(lost),
            "accounts newly flagged": len(after - before),
            "accounts no longer flagged": len(before - after),
        },
        "changed": changed,
        "clusters": clusters,
        "lost": lost,
        "newly_flagged": sorted(after - before),
        "no_longer_flagged": sorted(before - after),
    }


def _flagged(run: StoredRun) -> set[str]:
    return set(run.scan("accounts").filter(FLAGGED).select("account_id").collect()["account_id"].to_list())


def _members(run: StoredRun) -> dict[str, frozenset[str]]:
    inside = run.frame("members").filter(~pl.col("role").is_in(list(APART_ROLES)))
    frame = inside.group_by("cluster_id").agg("account_id")
    return {cluster: frozenset(accounts) for cluster, accounts in frame.iter_rows()}


def _matched(old: dict[str, frozenset[str]], new: dict[str, frozenset[str]]) -> list[dict[str, Any]]:
    matches: list[dict[str, Any]] = []
    for cluster, members in sorted(new.items()):
        overlap, best = max(
            ((len(members & other) / len(members | other), name) for name, other in sorted(old.items())),
            default=(0.0, None),
        )
        matches.append({"to": cluster, "from": best if overlap else None, "jaccard": round(overlap, 4)})
    return matches
