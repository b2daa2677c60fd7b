"""`lineage` and `trends`: what became of clusters from run to run, and where activity left its usual rhythm."""

from typing import Annotated, Any

import typer

from casework.decisions import VERDICT_TITLES
from graph.foreign_text import show_text
from graph.workspace import open_workspace
from investigator_ui.commands.options import DEFAULT_WORKSPACE, JsonOption, RunOption, WorkspaceOption
from investigator_ui.commands.output import print_entries, print_json, print_table, say
from investigator_ui.services import lineages, trending

COLUMNS = ("cluster_before", "cluster_after", "relation", "similarity", "overlap", "shared")


def add_to(app: typer.Typer) -> None:
    app.command("lineage")(lineage)
    app.command("trends")(trends)


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


def trends(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    run: RunOption = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            help="everything | hashtag | domain | language | client | country | kind | share; repeat the option."
        ),
    ] = None,
    width: Annotated[str, typer.Option("--bin", help="15min | 1h | 1d")] = "1h",
    limit: Annotated[int, typer.Option(help="Rises to print for people; JSON holds all.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """Where counts left their usual rhythm, what the rise is made of, and how much of it looks manufactured."""
    told = trending.trends_of(open_workspace(workspace), run, by or (), width)
    if as_json:
        print_json(told)
        return
    rises = told["rises"]
    say(f"{len(rises):,} rises in bins of {width}." if rises else f"Nothing left its usual rhythm, in bins of {width}.")
    entries = [(_figures(rise), rise["sentence"]) for rise in rises[:limit]]
    if entries:
        print_entries("Rises, the largest first", entries)
    if len(rises) > limit:
        say(f"{len(rises) - limit:,} more are not shown; --limit shows more, --json all.")
    for note in told["notes"]:
        say(note)


def _figures(rise: dict[str, Any]) -> str:
    made = "" if rise["manufactured"] is None else f"  {rise['manufactured']:.0%} looks manufactured"
    figures = f"{rise['seen']:,.0f} seen, {rise['expected']:,.1f} expected"
    return f"{rise['since']:%Y-%m-%d %H:%M}  {rise['kind']:<5}  {rise['dimension']} {rise['value']}  {figures}{made}"


def _said(cluster: dict[str, Any]) -> str:
    chain = cluster["chain"]
    if not chain:
        return f"{cluster['cluster_id']}: no earlier run holds it."
    line = " <- ".join(f"{one['cluster_id']} in {one['run_id']}" for one in chain[:5])
    more = f" <- {len(chain) - 5:,} more" if len(chain) > 5 else ""
    return (
        f"{cluster['cluster_id']} <- {line}{more}: {cluster['stayed']:,} members stayed, {cluster['left']:,} left, "
        f"{cluster['joined']:,} joined. {show_text(cluster['mutation'], 600)}{_decided(cluster['earlier_decision'])}"
    )


def _decided(earlier: dict[str, Any] | None) -> str:
    if earlier is None:
        return ""
    return (
        f" Earlier: {VERDICT_TITLES[earlier['verdict']]}, by {show_text(earlier['actor'], 60)} on {earlier['at'][:10]}; "
        f"{earlier['members_shared']:,} of {earlier['members_now']:,} members were in it then. It counts only when taken over on the page."
    )
