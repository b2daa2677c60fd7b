"""The evidence behind a cluster, an account or a pair, from a stored run."""

from typing import Any

from detectors import explain
from graph.facts import current_facts
from graph.runs import load_run
from graph.workspace import Workspace


def explain_in(workspace: Workspace, run_id: str | None, what: str) -> dict[str, Any]:
    """What `what` (cluster id, account id, or 'A,B') rests on; raises NothingThere when the run does not know it."""
    run = load_run(workspace, run_id)
    return explain(run.frame, current_facts(workspace).scan("actions"), what)
