"""`explain`: the evidence behind a cluster, an account or a pair of accounts."""

from typing import Annotated, Any

import typer

from graph.foreign_text import show_text
from graph.workspace import open_workspace
from investigator_ui.commands.options import DEFAULT_WORKSPACE, JsonOption, RunOption, WorkspaceOption
from investigator_ui.commands.output import print_json, print_table, say
from investigator_ui.services import explaining

MOST = 20  # rows of a table for people
SHOWN = {
    "edges": ("left", "right", "trace", "window_seconds", "n", "expected", "p", "median_gap_s"),
    "strongest": ("trace", "object_id", "members", "often", "expected", "popularity", "first_account", "first_at"),
    "objects": ("object_id", "left", "left_at", "right", "right_at", "gap_s", "popularity"),
    "counterfactuals": (
        "what",
        "trace",
        "window_seconds",
        "left",
        "right",
        "account",
        "seen",
        "expected",
        "p",
        "risk",
        "tier",
        "size",
    ),
}


def add_to(app: typer.Typer) -> None:
    app.command("explain")(explain)


def explain(
    what: Annotated[str, typer.Argument(help="A cluster id, an account id, or two accounts as A,B.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    run: RunOption = None,
    as_json: JsonOption = False,
) -> None:
    """The evidence: what was shared and when, what chance explains, and what would change the picture."""
    told = explaining.explain_in(open_workspace(workspace), run, what)
    if as_json:
        print_json(told)
        return
    say(f"{told['kind'].capitalize()} {show_text(told['id'])} in run {told['run_id']}")
    for signal in told.get("signals", []):
        say(f"  {show_text(signal['sentence'], limit=1000)}")
    for guard in told.get("guards", []):
        say(f"  Could be innocent, {guard['name']}: {guard['verdict']}. {show_text(guard['sentence'], limit=1000)}")
    for beside in told.get("targets", []):
        say(f"  {show_text(beside['account_id'])}: {show_text(beside['sentence'], limit=500)}")
    for cost in told.get("cost_to_frame", []):
        say(f"  In {cost['cluster_id']}: {show_text(cost['sentence'], limit=500)}")
    if told.get("minimal"):
        say(f"  {told['minimal']['sentence']}")
    if told.get("note"):
        say(f"  {told['note']}")
    for name, columns in SHOWN.items():
        _table(name, columns, told.get(name, []))


def _table(name: str, columns: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    present = [column for column in columns if any(row.get(column) is not None for row in rows)]
    print_table(name.capitalize(), present, [[row.get(column) for column in present] for row in rows[:MOST]])
    if len(rows) > MOST:
        say(f"{len(rows) - MOST:,} more {name} are not shown; --json holds all.")
