"""`export`: a run for other tools."""

from pathlib import Path
from typing import Annotated

import typer

from graph.errors import BadSetting
from graph.runs import load_run
from graph.workspace import open_workspace
from investigator_ui.commands.options import DEFAULT_WORKSPACE, JsonOption, RunOption, WorkspaceOption
from investigator_ui.commands.output import print_json, say
from investigator_ui.services import casefile

FORMATS = ("graphml", "gexf", "csv", "parquet", "html")


def add_to(app: typer.Typer) -> None:
    app.command("export")(export)


def export(
    out: Annotated[Path, typer.Option("--out", help="File (graphml, gexf, html) or folder (csv, parquet).")],
    file_format: Annotated[str, typer.Option("--format", help=" | ".join(FORMATS))] = "graphml",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    run: RunOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the accounts, links and clusters of a run; nothing in the files runs or asks for anything outside."""
    if file_format not in FORMATS:
        raise BadSetting(f"--format {file_format!r} is not known.", f"Choose one of {', '.join(FORMATS)}.")
    path, notes = casefile.export(load_run(open_workspace(workspace), run), file_format, out)
    if as_json:
        print_json({"path": path, "format": file_format, "notes": notes})
    else:
        say(f"Written to {path}.")
        for note in notes:
            say(note)
