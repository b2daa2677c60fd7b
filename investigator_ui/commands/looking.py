"""`runs`, `clusters` and `accounts`: what was run and what it found, for people and for programs."""

from typing import Annotated, Any

import polars as pl
import typer

from graph.runs import StoredRun, list_runs, load_run
from graph.schemas import APART_ROLES
from graph.workspace import open_workspace
from investigator_ui.commands.options import DEFAULT_WORKSPACE, JsonOption, RunOption, WorkspaceOption
from investigator_ui.commands.output import print_clusters, print_json, print_table, records, say

FLAGGED = pl.col("tier").is_in(["alert", "review"])


def add_to(app: typer.Typer) -> None:
    app.command("runs")(runs)
    app.command("clusters")(clusters)
    app.command("accounts")(accounts)


def runs(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """The runs of the workspace, the newest last."""
    listed = [_summary(run) for run in list_runs(open_workspace(workspace))]
    if as_json:
        print_json({"runs": listed})
    else:
        columns = ("run_id", "finished_at", "seed", "clusters", "flagged", "shadow")
        print_table("Runs", columns, [[run[column] for column in columns] for run in listed])


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
        signals, guards = (_by_cluster(found.frame(name)) for name in ("signals", "guards"))
        apart = pl.col("role").is_in(list(APART_ROLES))
        members, beside = (_by_cluster(found.frame("members").filter(part)) for part in (~apart, apart))
        print_json(
            {
                "run_id": found.run_id,
                "clusters": [
                    {
                        **row,
                        "members": members.get(row["cluster_id"], []),
                        "targets": beside.get(row["cluster_id"], []),
                        "signals": signals.get(row["cluster_id"], []),
                        "guards": guards.get(row["cluster_id"], []),
                    }
                    for row in records(wanted)
                ],
            }
        )
        return
    print_clusters(f"Run {found.run_id}: {wanted.height:,} clusters", wanted)


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


def _by_cluster(frame: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in records(frame):
        grouped.setdefault(row.pop("cluster_id"), []).append(row)
    return grouped


def _summary(run: StoredRun) -> dict[str, object]:
    accounts = run.scan("accounts")
    return {
        "run_id": run.run_id,
        "finished_at": run.finished_at,
        "seed": run.record.seed,
        "clusters": run.frame("clusters").height,
        "flagged": accounts.filter(FLAGGED).collect().height,
        "shadow": run.record.shadow,
        "facts_version": run.record.facts_version,
        "data_from": run.record.data_from,
        "data_until": run.record.data_until,
    }
