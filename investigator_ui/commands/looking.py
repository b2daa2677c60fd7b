"""`clusters`, `accounts` and `explain`: what a run found, for people and for programs."""

from typing import Annotated, Any

import polars as pl
import typer

from graph.foreign_text import show_text
from graph.runs import load_run
from graph.workspace import open_workspace
from investigator_ui.commands.options import DEFAULT_WORKSPACE, JsonOption, RunOption, WorkspaceOption
from investigator_ui.commands.output import print_json, print_table, records, say
from investigator_ui.services import explaining


def add_to(app: typer.Typer) -> None:
    app.command("clusters")(clusters)
    app.command("accounts")(accounts)
    app.command("explain")(explain)


def clusters(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    run: RunOption = None,
    kind: Annotated[str | None, typer.Option(help="coordinated | compromised")] = None,
    min_risk: Annotated[float, typer.Option(help="Only clusters of at least this risk.")] = 0.0,
    as_json: JsonOption = False,
) -> None:
    """The flagged clusters of a run, the riskiest first."""
    found = load_run(open_workspace(workspace), run)
    wanted = found.frame("clusters").filter(pl.col("risk") >= min_risk)
    if kind is not None:
        wanted = wanted.filter(pl.col("kind") == kind)
    if as_json:
        members, signals, guards = (_by_cluster(found.frame(name)) for name in ("members", "signals", "guards"))
        print_json(
            {
                "run_id": found.run_id,
                "clusters": [
                    {
                        **row,
                        "members": members.get(row["cluster_id"], []),
                        "signals": signals.get(row["cluster_id"], []),
                        "guards": guards.get(row["cluster_id"], []),
                    }
                    for row in records(wanted)
                ],
            }
        )
        return
    shown = wanted.select("cluster_id", "tier", "risk", "confidence", "size", "first_at", "last_at", "sentence")
    print_table(f"Run {found.run_id}: {wanted.height:,} clusters", shown.columns, shown.rows())


def accounts(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    run: RunOption = None,
    limit: Annotated[int, typer.Option(help="Rows to print for people; JSON holds every account.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """The result of every account that acted, the highest score first."""
    found = load_run(open_workspace(workspace), run)
    rows = found.frame("accounts").sort(["score", "account_id"], descending=[True, False])
    if as_json:
        print_json({"run_id": found.run_id, "accounts": records(rows)})
        return
    shown = rows.head(limit).select("account_id", "score", "tier", "cluster_id", "reasons")
    print_table(f"Run {found.run_id}: {rows.height:,} accounts", shown.columns, shown.rows())
    if rows.height > limit:
        say(f"{rows.height - limit:,} more are not shown; --limit shows more, --json all.")


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


def _by_cluster(frame: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in records(frame):
        grouped.setdefault(row.pop("cluster_id"), []).append(row)
    return grouped
