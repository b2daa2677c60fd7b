"""`graph sync`, `graph check` and `graph export`: the team's graph server brought up to date, compared, and filled offline."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from graph.errors import BadSetting
from graph.runs import list_runs
from graph.workspace import open_workspace
from investigator_ui.commands.importing import graph_counts
from investigator_ui.commands.options import (
    DEFAULT_WORKSPACE,
    GraphNameOption,
    GraphOption,
    JsonOption,
    WorkspaceOption,
)
from investigator_ui.commands.output import print_json, print_table, say, stage_progress
from investigator_ui.services import team_graph


def add_to(app: typer.Typer) -> None:
    graph = typer.Typer(help="The team's graph server and this workspace.", no_args_is_help=True)
    graph.command("sync")(sync)
    graph.command("check")(check)
    graph.command("export")(export)
    app.add_typer(graph, name="graph")


def sync(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    graph: GraphOption = None,
    graph_name: GraphNameOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring the server's graph to the facts and runs of this workspace; what is there already is not sent again."""
    place = open_workspace(workspace)
    with team_graph.team_of(workspace, graph, graph_name, is_required=True) as team, stage_progress() as progress:
        team.settle(place)
        loaded = team.bring_up(place, progress)
    runs, counts = len(list_runs(place)), graph_counts(loaded, "")["graph"]
    named = asdict(team.named) if team.named else {}
    if as_json:
        print_json({"server": named, "graph": counts | {"runs": runs}})
    else:
        print_table(f"Graph {named['graph']} at {named['url']}", ("what", "rows"), [*counts.items(), ("runs", runs)])


def check(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    graph: GraphOption = None,
    graph_name: GraphNameOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare the server's graph with this workspace's, row counts and checksums of every kind; exit 1 when they differ."""
    place = open_workspace(workspace)
    with team_graph.team_of(workspace, graph, graph_name, is_required=True) as team:
        kinds = team.check(place)
    agree = all(kind.agrees for kind in kinds)
    if as_json:
        print_json({"agree": agree, "kinds": [asdict(kind) | {"agrees": kind.agrees} for kind in kinds]})
    else:
        columns = ("kind", "rows here", "rows there", "same")
        rows = [(k.name, k.rows_here, k.rows_there, "yes" if k.agrees else "no") for k in kinds]
        print_table("This workspace and the server", columns, rows)
        say("Both hold the same." if agree else "They differ; flockwatch graph sync brings the server up.")
    raise typer.Exit(0 if agree else 1)


def export(
    neo4j_import: Annotated[
        Path | None, typer.Option("--neo4j-import", help="A new folder for the files and the command line.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    graph_name: GraphNameOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the graph and the runs as files for the server's own offline import, with the command line for it."""
    if neo4j_import is None:
        raise BadSetting("No folder was named.", "flockwatch graph export --neo4j-import OUT")
    with stage_progress() as progress:
        exported = team_graph.export_for_import(open_workspace(workspace), neo4j_import, graph_name, progress)
    if as_json:
        print_json(asdict(exported))
    else:
        say(f"{exported.rows:,} rows in {exported.files} files. On the server, stopped, with the folder at hand:")
        typer.echo(exported.command)
        say(f"Then start it, run {exported.schema_file} with cypher-shell, and compare: flockwatch graph check.")
