"""`calibrate`: a risk model from runs and labels."""

from pathlib import Path
from typing import Annotated, Any

import typer

from graph.workspace import open_workspace
from investigator_ui.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from investigator_ui.commands.output import print_json, print_table, say
from investigator_ui.services.calibrating import calibrate_runs


def add_to(app: typer.Typer) -> None:
    app.command("calibrate")(calibrate)


def calibrate(
    labels: Annotated[Path, typer.Option("--labels", help="account_id, label[, campaign] (CSV or Parquet).")],
    out: Annotated[Path, typer.Option("--out", help="Where the model goes (.json).")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    run: Annotated[
        list[str] | None, typer.Option(help="A run; repeat the option for several. Default: newest.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the folds.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Fit the risk of clusters to labels; detect uses it when its settings name the file as risk_model."""
    told = calibrate_runs(open_workspace(workspace), run or (), labels, out, seed=seed)
    if as_json:
        print_json(told)
        return
    figures = ("clusters", "positive", "brier", "ece", "auc")
    rows = [(name, told["in_sample"][name], told["held_out"][name]) for name in figures]
    print_table(f"Model {told['model_id']}", ("figure", "in sample", "held out"), rows)
    print_table(
        "Held out: what was said, what was so", ("risk", "clusters", "said", "so"), _reliability(told["held_out"])
    )
    for warning in told["warnings"]:
        say(warning)
    say(f'Written to {out}. In the settings of detect: risk_model = "{out.name}"')


def _reliability(figures: dict[str, Any]) -> list[tuple[object, ...]]:
    return [
        (f"{row['low']:.1f} to {row['high']:.1f}", row["clusters"], row["said"], row["so"])
        for row in figures["reliability"]
        if row["clusters"]
    ]
