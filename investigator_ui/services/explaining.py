"""The evidence behind a cluster, an account or a pair, from a stored run."""

from typing import Any

from detectors import Tables, explain, settings_from
from detectors.explaining.dossier import read_dossier
from detectors.explaining.what_if_answers import what_would_change
from detectors.ring_clusters.what_ifs import is_ring, ring_answers, ring_dossier
from graph.facts import Facts
from graph.runs import StoredRun, load_run
from graph.schemas import RUN_SCHEMAS
from graph.workspace import Workspace
from investigator_ui.services.detection import tables_of


def what_ifs_of(run: StoredRun, facts: Facts, cluster_id: str) -> dict[str, Any]:
    """What would change a cluster of this run, asked of the facts (docs/explanations.md)."""
    names = ("clusters", "members", "edges", "evidence", "signals", "guards", "accounts", "takeover_signs")
    frames = {name: run.frame(name) for name in names}
    settings = settings_from(run.record.parameters)
    if is_ring(frames, cluster_id):
        return ring_answers(
            ring_dossier(frames, cluster_id, settings), *(facts.scan(name) for name in ("posts", "sessions", "actions"))
        )
    tables = Tables(actions=facts.scan("actions"), texts=facts.scan("texts"))
    return what_would_change(read_dossier(frames, tables, cluster_id, settings, run.record.calibration))


def explain_in(workspace: Workspace, run_id: str | None, what: str) -> dict[str, Any]:
    """What `what` (cluster id, account id, or 'A,B') rests on; raises NothingThere when the run does not know it."""
    run = load_run(workspace, run_id)
    frames = {name: run.frame(name) for name in RUN_SCHEMAS}
    made = {"facts_version": run.record.facts_version, "parameters": run.record.parameters, "seed": run.record.seed}
    made |= {"versions": run.record.versions}
    return {
        "run_id": run.run_id,
        "made_from": made,
        **explain(frames, tables_of(workspace), what, settings_from(run.record.parameters), run.record.calibration),
    }
