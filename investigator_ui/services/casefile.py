"""Decisions, reports, exports and the audit, from the workspace: opens the work store, calls casework, closes it."""

from datetime import datetime
from pathlib import Path

from casework.audit import AuditReport, verify
from casework.decisions import Decision, Verdict, decide, decisions
from casework.exports import export_run
from casework.report import Report, write_report
from casework.work_store import open_work_store
from graph.errors import BadSetting
from graph.runs import StoredRun
from graph.workspace import Workspace
from investigator_ui.network_page import write_network_page


def decide_on(
    workspace: Workspace,
    run: StoredRun,
    cluster_id: str,
    verdict: str,
    reason: str,
    actor: str,
    key: str | None,
    corrects: str | None,
) -> Decision:
    """Append one decision on a cluster of the run."""
    known = [v.value for v in Verdict]
    if verdict not in known:
        raise BadSetting(f"--verdict {verdict!r} is not known.", f"Choose one of {', '.join(known)}.")
    with open_work_store(workspace) as store:
        return decide(
            store,
            run=run,
            cluster_id=cluster_id,
            verdict=Verdict(verdict),
            reason=reason,
            actor=actor,
            key=key,
            corrects=corrects,
        )


def report_on(
    workspace: Workspace, run: StoredRun, cluster_id: str, out: Path, profile: str, generated_at: datetime
) -> Report:
    """Write the sealed package of a cluster, with the decisions taken on it so far."""
    with open_work_store(workspace) as store:
        taken = decisions(store, cluster_id)
    return write_report(run, cluster_id, taken, out, profile=profile, generated_at=generated_at)


def export(run: StoredRun, file_format: str, out: Path) -> Path:
    """Write a run for other tools; 'html' is the hardened network page."""
    if file_format == "html":
        return write_network_page(run, out)
    return export_run(run, file_format, out)


def verify_audit(workspace: Workspace, head: str | None) -> AuditReport:
    """Check the chain, against a head noted outside when there is one."""
    with open_work_store(workspace) as store:
        return verify(store, head)
