"""`doctor`: what is configured, reachable and unsafe."""

import typer

from investigator_ui.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from investigator_ui.commands.output import print_json, print_table
from investigator_ui.services import health


def add_to(app: typer.Typer) -> None:
    app.command("doctor")(doctor)


def doctor(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """What is configured, reachable and unsafe; exit 1 when something is not as it should be."""
    checks = health.examine(workspace)
    if as_json:
        print_json({"checks": [{"name": c.name, "ok": c.ok, "detail": c.detail} for c in checks]})
    else:
        print_table("Doctor", ("check", "ok", "detail"), [(c.name, "yes" if c.ok else "NO", c.detail) for c in checks])
    raise typer.Exit(0 if all(check.ok for check in checks) else 1)
