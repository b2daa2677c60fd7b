"""`demo`: the first minute."""

from pathlib import Path
from typing import Annotated

import typer

from investigator_ui.commands.options import DEFAULT_WORKSPACE, JsonOption
from investigator_ui.commands.output import print_clusters, print_json, records, say, stage_progress
from investigator_ui.services import demonstration


def add_to(app: typer.Typer) -> None:
    app.command("demo")(demo)


def demo(
    workspace: Annotated[
        Path, typer.Option("--workspace", envvar="FLOCKWATCH_WORKSPACE", help="Where the demo is kept.")
    ] = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Made-up sample data, ingested, searched and reported, in a minute or two."""
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
    found = shown.run.frame("clusters")
    print_clusters(f"Found in {shown.posts:,} made-up posts: {found.height} clusters", found)
    say(f"Report of the first cluster: {shown.report}")
    say(f"Open the pages: flockwatch ui --workspace {workspace}")
