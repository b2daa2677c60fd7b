"""The rises in the facts of a workspace, with the accounts that its run flagged."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from detectors.trends import BINS, DIMENSIONS, Trends, Who, find_trends, read_acts
from graph.errors import BadSetting, NothingThere
from graph.facts import Facts, current_facts
from graph.runs import StoredRun, list_runs, load_run
from graph.workspace import Workspace

FLAGGED = pl.col("tier").is_in(["alert", "review"])


def trends_in(facts: Facts, run: StoredRun | None, by: Sequence[str] = (), width: str = "1h") -> Trends:
    """Rises of `by` (all dimensions when empty) in bins of `width`; raises NothingThere before anything was ingested."""
    if not facts.sources:
        raise NothingThere("Nothing was ingested yet.", "flockwatch ingest FILE...")
    if width not in BINS:
        raise BadSetting(f"--bin {width!r} is not known.", f"Choose one of {', '.join(BINS)}.")
    # Causes are sought in every dimension, whatever is counted.
    acts = read_acts(facts.scan("actions"), facts.scan("posts"), facts.scan("accounts"), DIMENSIONS)
    return find_trends(acts, _who(facts, run), by=tuple(by) or DIMENSIONS, width=BINS[width])


def trends_of(workspace: Workspace, run_id: str | None, by: Sequence[str], width: str) -> dict[str, Any]:
    """What `flockwatch trends` says; the newest run flags, and none has to exist unless it is named."""
    run = load_run(workspace, run_id) if run_id is not None or list_runs(workspace) else None
    found = trends_in(current_facts(workspace), run, by, width)
    return {
        "run_id": run.run_id if run else None,
        "bin": width,
        "by": list(by) or list(DIMENSIONS),
        "rises": list(found.rises.iter_rows(named=True)),
        "causes": list(found.causes.iter_rows(named=True)),
        "notes": list(found.notes),
    }


def _who(facts: Facts, run: StoredRun | None) -> Who | None:
    if run is None:
        return None
    flagged = run.scan("accounts").filter(FLAGGED).select("account_id").collect()["account_id"]
    created = facts.scan("accounts").select("account_id", pl.col("created_at").dt.timestamp("us")).drop_nulls()
    return Who(frozenset(flagged), created.unique().collect())
