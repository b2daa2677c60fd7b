"""`ui`: the pages, on this machine only."""

from typing import Annotated

import typer

from graph.workspace import open_workspace
from investigator_ui.commands.options import DEFAULT_WORKSPACE, WorkspaceOption
from investigator_ui.launch import launch


def add_to(app: typer.Typer) -> None:
    app.command("ui")(ui)


def ui(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    port: Annotated[int | None, typer.Option(help="A free port is chosen when left out.")] = None,
) -> None:
    """The pages for investigators, on this machine only (loopback)."""
    place = open_workspace(workspace)
    raise typer.Exit(launch(place.path, port))
