"""`explain`: the evidence behind a cluster, an account or a pair of accounts."""

from typing import Annotated, Any

import typer

from graph.foreign_text import show_text
from graph.workspace import open_workspace
from investigator_ui.commands.options import DEFAULT_WORKSPACE, JsonOption, RunOption, WorkspaceOption
from investigator_ui.commands.output import print_json, print_table, say
from investigator_ui.services import explaining


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
    for sentence in told.get("sentences", []):
        say(show_text(sentence, limit=2000))
    for title in ("edges", "objects", "counterfactuals"):
        rows: list[dict[str, Any]] = told.get(title, [])
        if rows:
            columns = [name for name in rows[0] if not isinstance(rows[0][name], dict)]
            print_table(title.capitalize(), columns, [[row[name] for name in columns] for row in rows[:20]])
            if len(rows) > 20:
                say(f"{len(rows) - 20:,} more {title} are not shown; --json holds all.")
