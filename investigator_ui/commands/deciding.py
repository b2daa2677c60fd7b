"""`decide`, `report` and `audit`: what people make of a cluster, the sealed package of it, and the log that proves itself."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from casework.decisions import VERDICT_TITLES, Verdict
from graph.runs import load_run
from graph.workspace import open_workspace
from investigator_ui.commands.options import DEFAULT_WORKSPACE, JsonOption, RunOption, WorkspaceOption
from investigator_ui.commands.output import print_json, say
from investigator_ui.services import casefile


def add_to(app: typer.Typer) -> None:
    app.command("decide")(decide)
    app.command("report")(report)
    audit = typer.Typer(help="The append-only log of who did what.", no_args_is_help=True)
    audit.command("verify")(verify)
    app.add_typer(audit, name="audit")


def decide(
    cluster: Annotated[str, typer.Argument(help="The cluster that is decided on.")],
    verdict: Annotated[str, typer.Option(help=" | ".join(Verdict))],
    reason: Annotated[str, typer.Option(help="Why, for those who read it later.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    run: RunOption = None,
    actor: Annotated[str | None, typer.Option(help="Who decides; the signed-in user when left out.")] = None,
    key: Annotated[str | None, typer.Option(help="The same key again records nothing twice.")] = None,
    corrects: Annotated[str | None, typer.Option(help="The decision that this one corrects.")] = None,
    owners_spared: Annotated[
        bool, typer.Option("--owners-spared", help="violating, but not the owners of accounts that were taken over.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Append one decision; it is never edited, a correction is another entry."""
    place = open_workspace(workspace)
    of, person = load_run(place, run), casefile.local_person(actor)
    decision = casefile.decide_on(place, of, cluster, verdict, reason, person, key, corrects, owners_spared)
    if as_json:
        told = {"decision_id": decision.decision_id, "cluster_id": cluster, "verdict": verdict}
        print_json({**told, "note": decision.note})
    else:
        say(f"Recorded {decision.decision_id}: {cluster}, {VERDICT_TITLES[decision.verdict]} ({decision.note}).")


def report(
    cluster: Annotated[str, typer.Argument(help="The cluster to report.")],
    out: Annotated[Path, typer.Option("--out", help="Folder that receives the package.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    run: RunOption = None,
    profile: Annotated[str, typer.Option(help="internal")] = "internal",
    as_json: JsonOption = False,
) -> None:
    """Write the sealed package: one page, the tables, the method, the decisions and a manifest of hashes."""
    place = open_workspace(workspace)
    of = load_run(place, run)
    written = casefile.report_on(place, of, cluster, out, profile, datetime.now(UTC))
    warning = casefile.warning_on(of, cluster)
    if warning:
        say(warning)
    if as_json:
        files = [{"path": f.path, "sha256": f.sha256} for f in written.files]
        print_json({"report": written.folder, "files": files, "warning": warning})
    else:
        say(f"{len(written.files)} files in {written.folder}; open report.html.")


def verify(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    head: Annotated[str | None, typer.Option(help="A head noted earlier, outside: SEQ:HASH.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Check the hash chain of the audit log; exit 1 when it is broken."""
    checked = casefile.verify_audit(open_workspace(workspace), head)
    if as_json:
        print_json({"ok": checked.ok, "events": checked.events, "head": checked.head, "said": checked.said})
    else:
        say(checked.said)
    raise typer.Exit(0 if checked.ok else 1)
