"""The evidence behind a cluster, an account or a pair, from a stored run."""

from typing import Any

from detectors import explain, settings_from
from graph.runs import load_run
from graph.schemas import RUN_SCHEMAS
from graph.workspace import Workspace
from investigator_ui.services.detection import tables_of


def explain_in(workspace: Workspace, run_id: str | None, what: str) -> dict[str, Any]:
    """What `what` (cluster id, account id, or 'A,B') rests on; raises NothingThere when the run does not know it."""
    run = load_run(workspace, run_id)
    frames = {name: run.frame(name) for name in RUN_SCHEMAS}
    return {"run_id": run.run_id, **explain(frames, tables_of(workspace), what, settings_from(run.record.parameters))}
