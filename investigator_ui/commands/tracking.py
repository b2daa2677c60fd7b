"""`lineage`: which cluster of a run is which of the run before, and what it was further back."""

from typing import Any

import typer

from graph.foreign_text import show_text
from graph.workspace import open_workspace
from investigator_ui.commands.options import DEFAULT_WORKSPACE, JsonOption, RunOption, WorkspaceOption
from investigator_ui.commands.output import print_json, print_table, say
from investigator_ui.services import lineages

COLUMNS = ("cluster_before", "cluster_after", "relation", "similarity", "overlap", "shared")


def add_to(app: typer.Typer) -> None:
    app.command("lineage")(lineage)


def lineage(workspace: WorkspaceOption = DEFAULT_WORKSPACE, run: RunOption = None, as_json: JsonOption = False) -> None:
    """What became of the clusters of the run before: continues, split, merged, reborn, born, missing, dormant, dead."""
    told = lineages.lineage_of(open_workspace(workspace), run)
    if as_json:
        print_json(told)
        return
    if told["before"] is None:
        say(f"Run {told['run_id']} is the first: there is nothing before it to compare with.")
        return
    rows = [[row[column] for column in COLUMNS] for row in told["relations"]]
    print_table(f"From run {told['before']} to {told['run_id']}", COLUMNS, rows)
    for cluster in told["clusters"]:
        say(_said(cluster))


def _said(cluster: dict[str, Any]) -> str:
    chain = cluster["chain"]
    if not chain:
        return f"{cluster['cluster_id']}: no earlier run holds it."
    line = " <- ".join(f"{one['cluster_id']} in {one['run_id']}" for one in chain[:5])
    more = f" <- {len(chain) - 5:,} more" if len(chain) > 5 else ""
    return (
        f"{cluster['cluster_id']} <- {line}{more}: {cluster['stayed']:,} members stayed, {cluster['left']:,} left, "
        f"{cluster['joined']:,} joined. {show_text(cluster['mutation'], 600)}"
    )
