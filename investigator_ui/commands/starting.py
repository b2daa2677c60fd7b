"""`demo`, `ui` and `doctor`: the first minutes."""

from pathlib import Path
from typing import Annotated

import typer

from graph.workspace import open_workspace
from investigator_ui.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from investigator_ui.commands.output import print_json, print_table, records, say, stage_progress
from investigator_ui.services import demonstration, health


def add_to(app: typer.Typer) -> None:
    app.command("demo")(demo)
    app.command("ui")(ui)
    app.command("doctor")(doctor)


def demo(
    workspace: Annotated[
        Path, typer.Option("--workspace", envvar="FLOCKWATCH_WORKSPACE", help="Where the demo is kept.")
    ] = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Made-up sample data, ingested, searched and reported, in about a minute."""
    with stage_progress() as progress:
        shown = demonstration.run_demo(workspace, progress)
    if as_json:
        print_json(
            {
                "run_id": shown.run.run_id,
                "workspace": workspace,
                "clusters": records(shown.run.frame("clusters")),
                "report": shown.report,
            }
        )
        return
    found = shown.run.frame("clusters").select("cluster_id", "tier", "risk", "size", "title", "sentence")
    print_table(f"Found in {shown.posts:,} made-up posts: {found.height} clusters", found.columns, found.rows())
    say(f"Report of the first cluster: {shown.report}")
    say(f"Open the pages: flockwatch ui --workspace {workspace}")


def ui(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    port: Annotated[int | None, typer.Option(help="A free port is chosen when left out.")] = None,
) -> None:
    """The pages for investigators, on this machine only (loopback)."""
    from investigator_ui.launch import launch  # noqa: PLC0415 - Streamlit takes a second to import; only this command needs it

    place = open_workspace(workspace)
    raise typer.Exit(launch(place.path, port))


def doctor(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """What is configured, reachable and unsafe; exit 1 when something is not as it should be."""
    checks = health.examine(workspace)
    if as_json:
        print_json({"checks": [{"name": c.name, "ok": c.ok, "detail": c.detail} for c in checks]})
    else:
        print_table("Doctor", ("check", "ok", "detail"), [(c.name, "yes" if c.ok else "NO", c.detail) for c in checks])
    raise typer.Exit(0 if all(check.ok for check in checks) else 1)
