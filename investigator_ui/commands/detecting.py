"""`detect` and `compare`: a run, and what changed from one to another."""

from pathlib import Path
from typing import Annotated

import typer

from graph.errors import BadSetting
from graph.foreign_text import show_text
from graph.runs import load_run
from graph.team_server import remembered
from graph.workspace import open_workspace
from investigator_ui.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from investigator_ui.commands.output import print_clusters, print_json, print_table, records, say, stage_progress
from investigator_ui.services import detection, team_graph


def add_to(app: typer.Typer) -> None:
    app.command("detect")(detect)
    app.command("compare")(compare)


def detect(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    config: Annotated[Path | None, typer.Option(help="Settings (TOML).")] = None,
    trace: Annotated[list[str] | None, typer.Option(help="Only these traces; repeat the option.")] = None,
    engine: Annotated[str, typer.Option(help="polars")] = "polars",
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    shadow: Annotated[bool, typer.Option(help="A run that is compared, never worked from.")] = False,
    as_json: JsonOption = False,
) -> None:
    """A run: which accounts act together beyond chance, with the evidence."""
    if engine != "polars":
        raise BadSetting(f"--engine {engine!r} is not available.", "This version runs on polars.")
    place = open_workspace(workspace)
    remembered(place)  # a damaged note of the server is said now, not after the work
    with stage_progress() as progress:
        run = detection.run_detection(
            place,
            detection.read_settings(config, trace),
            seed=seed,
            shadow=shadow,
            progress=progress,
        )
    with team_graph.team_of(workspace) as team:
        team.write_run(place, run)
    clusters = run.frame("clusters")
    if as_json:
        print_json(
            {
                "run_id": run.run_id,
                "engine": run.record.engine,
                "stages": [
                    {"name": s.name, "rows_in": s.rows_in, "rows_out": s.rows_out, "seconds": s.seconds}
                    for s in run.stages
                ],
                "clusters": records(clusters),
                "notes": run.record.notes,
                **({"graph": {"behind": team.is_behind}} if team.is_behind else {}),
            }
        )
        _say_behind(team)
        return
    print_table(
        f"Run {run.run_id}",
        ("stage", "in", "out", "seconds"),
        [(s.name, s.rows_in, s.rows_out, s.seconds) for s in run.stages],
    )
    print_clusters(f"{clusters.height:,} clusters", clusters.head(20))
    if clusters.height > 20:
        say(f"{clusters.height - 20:,} more are not shown; flockwatch clusters shows all.")
    for note in run.record.notes:
        say(note)
    _say_behind(team)


def _say_behind(team: team_graph.Team) -> None:
    if team.is_behind:
        say(show_text(team.is_behind, limit=2000))


def compare(
    first: Annotated[str, typer.Argument(help="The earlier run.")],
    second: Annotated[str, typer.Argument(help="The later run.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """What changed from one run to another: parameters, clusters, flagged accounts."""
    place = open_workspace(workspace)
    changes = detection.compare_runs(load_run(place, first), load_run(place, second))
    if as_json:
        print_json(changes)
    else:
        print_table(f"{first} to {second}", ("what", "value"), list(changes["summary"].items()))
