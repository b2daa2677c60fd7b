"""`query`: saved recipes and Cypher of one's own against the team's graph, read-only."""

from typing import Annotated

import typer

from graph.errors import BadSetting
from graph.neo4j.recipes import RECIPES
from graph.workspace import open_workspace
from investigator_ui.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from investigator_ui.commands.output import print_entries, print_json, print_table, say
from investigator_ui.services import querying
from investigator_ui.services.casefile import local_person


def add_to(app: typer.Typer) -> None:
    app.command("query")(query)


def query(
    recipe: Annotated[str | None, typer.Option(help="A saved recipe; --list names them.")] = None,
    given: Annotated[list[str] | None, typer.Option("--set", help="A parameter of the recipe: key=value.")] = None,
    cypher: Annotated[
        str | None, typer.Option(help="A query of your own; $version is the version that counts.")
    ] = None,
    show_list: Annotated[bool, typer.Option("--list", help="The recipes and what they take.")] = False,
    actor: Annotated[str | None, typer.Option(help="Who asks; the signed-in user when left out.")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Ask the team's graph server, read-only and written to the audit log; see docs/cypher.md."""
    if show_list:
        _list(as_json)
        return
    if (recipe is None) == (cypher is None):
        raise BadSetting(
            "Name one recipe, or give one query.", "--recipe NAME or --cypher TEXT; --list shows the recipes."
        )
    place, person = open_workspace(workspace), local_person(actor)
    if recipe is not None:
        answer = querying.ask_recipe(place, recipe, _pairs(given or []), person)
    elif given:
        raise BadSetting("--set belongs to a recipe.", "Write the values into the query.")
    else:
        answer = querying.ask_cypher(place, cypher or "", person)
    if as_json:
        print_json(
            {
                "columns": answer.columns,
                "rows": answer.rows,
                "nodes": [
                    {"key": one.key, "label": one.label, "name": one.name, "account_id": one.account_id}
                    for one in answer.nodes
                ],
                "ties": [{"source": one.source, "target": one.target, "kind": one.kind} for one in answer.ties],
                "left_out": answer.left_out,
            }
        )
        return
    print_table(f"{len(answer.rows):,} rows", answer.columns, answer.rows)
    for sentence in answer.left_out:
        say(sentence)


def _list(as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "recipes": [
                    {
                        "name": one.name,
                        "purpose": one.purpose,
                        "parameters": [
                            {"name": p.name, "kind": p.kind, "says": p.says, "default": p.default}
                            for p in one.parameters
                        ],
                        "cypher": one.cypher.strip(),
                    }
                    for one in RECIPES.values()
                ]
            }
        )
        return
    print_entries(
        "Recipes",
        [
            (
                " ".join(
                    [one.name, *(f"{p.name}={'...' if p.default is None else p.default}" for p in one.parameters)]
                ),
                one.purpose,
            )
            for one in RECIPES.values()
        ],
    )


def _pairs(given: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign or not name.strip():
            raise BadSetting(f"--set {one!r} is not of the form key=value.", "--set accounts=ana,ben")
        pairs[name.strip()] = value
    return pairs
