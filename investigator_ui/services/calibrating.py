"""Stored runs and a file of labels into a risk model in a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from detectors.calibration.calibrate import calibrate
from graph.errors import BadSetting
from graph.runs import load_run
from graph.whole_files import replace_file
from graph.workspace import Workspace
from investigator_ui.services.evaluating import read_labels

_FRAMES = ("clusters", "members", "edges", "evidence", "signals", "guards", "accounts")


def calibrate_runs(
    workspace: Workspace, run_ids: Sequence[str], labels: Path, out: Path, *, seed: int = 0
) -> dict[str, Any]:
    """Fit a risk model to the clusters of the runs (none named: the newest) and write it to `out`, whole or not at all.

    Raises BadSetting when `out` is no .json file in a folder that exists, TooFewLabels when the labels do not suffice.
    """
    if out.suffix != ".json":
        raise BadSetting(f"--out {out.name} has no known ending.", "Use a name that ends in .json.")
    if not out.parent.is_dir():
        raise BadSetting(f"--out {out}: there is no such folder.", "Make it first.")
    runs = [load_run(workspace, run_id) for run_id in run_ids or (None,)]
    fitted = calibrate([{name: run.frame(name) for name in _FRAMES} for run in runs], read_labels(labels), seed=seed)
    replace_file(out, fitted.model.as_json().encode("utf-8"))
    said = fitted.model.model_dump(mode="json", include={"clusters", "positive", "campaigns", "in_sample", "held_out"})
    weights = dict(zip(fitted.model.features, fitted.model.coefficients, strict=True))
    return {
        "model_id": fitted.model.model_id,
        "path": str(out),
        "runs": [run.run_id for run in runs],
        "labels": labels.name,
        **said,
        "coefficients": weights,
        "warnings": list(fitted.warnings),
    }
