"""The report of a cluster as one zip: written whole into the workspace, then packed; the one way a page hands out data."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from casework.actors import Actor
from casework.audit_log import audit_head
from casework.decisions import decisions
from casework.report import write_report
from casework.work_store import WorkStore
from graph.facts import Facts
from graph.runs import StoredRun
from graph.workspace import Workspace

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment a zip can name: equal reports are equal bytes


def report_zip(
    workspace: Workspace, facts: Facts, run: StoredRun, cluster_id: str, store: WorkStore, actor: Actor
) -> bytes:
    """Write the internal report, with every decision taken so far, under the workspace's reports; return it as a zip.

    Raises NotAllowed, NothingThere, StoreFault.
    """
    report = write_report(
        run,
        cluster_id,
        decisions(store, cluster_id),
        workspace.reports,
        profile="internal",
        generated_at=datetime.now(UTC),
        facts=facts,
        audit_head=audit_head(store),
        actor=actor,
    )
    return packed(report.folder)


def packed(folder: Path) -> bytes:
    """Every file below `folder` in one zip under the folder's name, sorted, without times of this machine."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(f"{folder.name}/{path.relative_to(folder).as_posix()}", _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            pack.writestr(entry, path.read_bytes())
    return out.getvalue()


def report_file_name(run: StoredRun, cluster_id: str) -> str:
    """A file name of letters, digits and dashes alone, whatever the ids hold."""
    return "report-" + "-".join(_plain(part) for part in (run.run_id, cluster_id)) + ".zip"


def _plain(opaque: str) -> str:
    return "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in opaque)[:40] or "x"
