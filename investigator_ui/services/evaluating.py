"""A stored run against a file of labels."""

from pathlib import Path
from typing import Any

import polars as pl

from detectors import evaluate
from graph.errors import BadExport
from graph.facts import current_facts
from graph.runs import load_run
from graph.workspace import Workspace


def read_labels(path: Path) -> pl.DataFrame:
    """account_id, label and, where the file has them, campaign and type as text; raises BadExport when the file or a column is missing."""
    try:
        frame = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as fault:
        first_line = str(fault).splitlines()[0] if str(fault) else type(fault).__name__
        raise BadExport(f"The labels {path} cannot be read: {first_line}.", "Give a CSV or Parquet file.") from None
    missing = {"account_id", "label"} - set(frame.columns)
    if missing:
        raise BadExport(
            f"{path.name} has no column {', '.join(sorted(missing))}; it has {', '.join(frame.columns)}.",
            "Labels need the columns account_id and label.",
        )
    kept = ["account_id", "label", *(name for name in ("campaign", "type") if name in frame.columns)]
    return frame.select(pl.col(name).cast(pl.String) for name in kept)


def evaluate_run(workspace: Workspace, run_id: str | None, labels: Path) -> dict[str, Any]:
    """The figures of a run against labels, beside the baselines."""
    run = load_run(workspace, run_id)
    traces = list(run.record.parameters["traces"])
    actions = current_facts(workspace).scan("actions").filter(pl.col("trace").is_in(traces)).collect()
    measured = evaluate(
        run.frame("accounts"),
        read_labels(labels),
        actions=actions,
        members=run.frame("members"),
        clusters=run.frame("clusters"),
    )
    return {"run_id": run.run_id, "labels": labels.name, **measured}
