"""`evaluate`: a run against labels, beside the baselines."""

from pathlib import Path
from typing import Annotated, Any

import typer

from graph.workspace import open_workspace
from investigator_ui.commands.options import DEFAULT_WORKSPACE, JsonOption, RunOption, WorkspaceOption
from investigator_ui.commands.output import print_json, print_table
from investigator_ui.services import evaluating


def add_to(app: typer.Typer) -> None:
    app.command("evaluate")(evaluate)


def evaluate(
    labels: Annotated[Path, typer.Option("--labels", help="account_id, label (CSV or Parquet).")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    run: RunOption = None,
    as_json: JsonOption = False,
) -> None:
    """How well a run finds labelled accounts; labels are never read by detection."""
    measured = evaluating.evaluate_run(open_workspace(workspace), run, labels)
    if as_json:
        print_json(measured)
    else:
        print_table("Against the labels", ("figure", "value"), list(_flat(measured)))


def _flat(document: dict[str, Any], prefix: str = "") -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for key, value in document.items():
        name = f"{prefix}{key}"
        rows += _flat(value, f"{name}.") if isinstance(value, dict) else [(name, _figure(value))]
    return rows


def _figure(value: object) -> object:
    return f"{value:.3f}" if isinstance(value, float) else value
