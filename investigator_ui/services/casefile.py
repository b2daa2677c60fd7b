"""Decisions, reports, exports and the audit, from the workspace: opens the work store, calls casework, closes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import polars as pl

from casework.actors import LOCAL_ROLE, Actor, local_actor
from casework.audit import AuditReport, verify
from casework.decisions import Decision, decide, decisions
from casework.escalation import escalation_warning
from casework.exports import export_run
from casework.report import Report, write_report
from casework.work_store import WorkStore, open_work_store
from graph.facts import current_facts
from graph.runs import StoredRun
from graph.workspace import Workspace
from investigator_ui.network_page import write_network_page


@contextmanager
def work_store(workspace: Workspace) -> Iterator[WorkStore]:
    """The work store of a workspace, closed at the end of the block."""
    store = open_work_store(workspace)
    try:
        yield store
    finally:
        store.close()


def decisions_in(workspace: Workspace, cluster_id: str | None = None) -> list[Decision]:
    """Every decision of the workspace, or those on one cluster; [] when nobody has decided anything yet."""
    if not workspace.work.exists():
        return []
    with work_store(workspace) as store:
        return decisions(store, cluster_id)


def local_person(name: str | None) -> Actor:
    """Somebody working alone on this machine; the signed-in user of the system when no name is given."""
    return Actor(name, LOCAL_ROLE) if name else local_actor()


def decide_on(
    workspace: Workspace,
    run: StoredRun,
    cluster_id: str,
    verdict: str,
    reason: str,
    actor: Actor,
    key: str | None = None,
    corrects: str | None = None,
    owners_spared: bool = False,
) -> Decision:
    """Append one decision on a cluster of the run."""
    with work_store(workspace) as store:
        return decide(
            store,
            run=run,
            cluster_id=cluster_id,
            verdict=verdict,
            reason=reason,
            actor=actor,
            key=key,
            corrects=corrects,
            owners_spared=owners_spared,
        )


def report_on(
    workspace: Workspace, run: StoredRun, cluster_id: str, out: Path, profile: str, generated_at: datetime
) -> Report:
    """Write the sealed package of a cluster, with the decisions taken on it so far and the head of the audit log."""
    with work_store(workspace) as store:
        taken = decisions(store, cluster_id)
        head = verify(store).head
    return write_report(
        run,
        cluster_id,
        taken,
        out,
        profile=profile,
        generated_at=generated_at,
        facts=current_facts(workspace),
        audit_head=head,
    )


def warning_on(run: StoredRun, cluster_id: str) -> str:
    """The sentence for a cluster that should not be escalated on its own evidence; empty for others."""
    rows = run.scan("clusters").filter(pl.col("cluster_id") == cluster_id).select("badge", "stability").collect()
    return escalation_warning(rows.row(0, named=True)) if rows.height else ""


def export(run: StoredRun, file_format: str, out: Path) -> tuple[Path, tuple[str, ...]]:
    """Write a run for other tools; 'html' is the hardened network page. Returns the path and sentences about it."""
    if file_format == "html":
        return write_network_page(run, out), ()
    written = export_run(run, file_format, out)
    return written.path, written.notes


def verify_audit(workspace: Workspace, head: str | None) -> AuditReport:
    """Check the chain, against a head noted outside when there is one."""
    with work_store(workspace) as store:
        return verify(store, head)
