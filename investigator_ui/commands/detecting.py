"""`pairs`, `detect`, `runs` and `compare`: the projection alone, whole runs, and what changed between two."""

from pathlib import Path
from typing import Annotated

import typer

from graph.errors import BadSetting
from graph.runs import StoredRun, list_runs, load_run
from graph.workspace import open_workspace
from investigator_ui.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, parse_window
from investigator_ui.commands.output import print_json, print_table, records, say, stage_progress
from investigator_ui.services import detection, projecting


def add_to(app: typer.Typer) -> None:
    app.command("pairs")(pairs)
    app.command("detect")(detect)
    app.command("runs")(runs)
    app.command("compare")(compare)


def pairs(
    out: Annotated[Path, typer.Option("--out", help="Where the pairs go (.parquet or .csv).")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    table: Annotated[Path | None, typer.Option("--input", help="A bare table instead of the workspace.")] = None,
    trace: Annotated[str, typer.Option(help="Which trace of the workspace.")] = "share",
    window: Annotated[str, typer.Option(help="60s, 10min, 1h, ...")] = "60s",
    min_shared: Annotated[int, typer.Option(help="Distinct objects a pair must share.")] = 2,
    like: Annotated[str | None, typer.Option(help="cooRTweet | cnt | coordinationz | astrodetection")] = None,
    min_participation: Annotated[int, typer.Option(help="cooRTweet: rows an account needs.")] = 2,
    min_similarity: Annotated[float, typer.Option(help="coordinationz: cosine above which a pair is kept.")] = 0.3,
    idf: Annotated[str, typer.Option(help="coordinationz: none | smoothlog | linear | log")] = "none",
    as_json: JsonOption = False,
) -> None:
    """The exact projection alone: which accounts acted on the same objects within a window."""
    settings = projecting.Projecting(
        trace=trace,
        window=parse_window(window),
        min_shared=min_shared,
        like=like,
        min_participation=min_participation,
        min_similarity=min_similarity,
        idf=idf,
    )
    done = projecting.write_pairs(workspace, table, settings, out)
    if as_json:
        print_json(
            {"pairs": done.pairs, "seconds": done.seconds, "out": out, "rows": done.rows, "set_aside": done.set_aside}
        )
    else:
        say(f"{done.pairs:,} pairs from {done.rows:,} rows in {done.seconds:.1f} s, written to {out}.")
        if done.set_aside:
            say(f"{done.set_aside:,} lines of {table} were set aside; flockwatch ingest tells why.")


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
    with stage_progress() as progress:
        run = detection.run_detection(
            open_workspace(workspace),
            detection.read_settings(config, trace),
            seed=seed,
            shadow=shadow,
            progress=progress,
        )
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
            }
        )
        return
    print_table(
        f"Run {run.run_id}",
        ("stage", "in", "out", "seconds"),
        [(s.name, s.rows_in, s.rows_out, s.seconds) for s in run.stages],
    )
    shown = clusters.head(20).select("cluster_id", "tier", "risk", "size", "title", "sentence")
    print_table(f"{clusters.height:,} clusters", shown.columns, shown.rows())
    for note in run.record.notes:
        say(note)


def runs(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """The runs of the workspace, the newest last."""
    listed = [_summary(run) for run in list_runs(open_workspace(workspace))]
    if as_json:
        print_json({"runs": listed})
    else:
        columns = ("run_id", "finished_at", "seed", "clusters", "flagged", "shadow")
        print_table("Runs", columns, [[run[column] for column in columns] for run in listed])


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


def _summary(run: StoredRun) -> dict[str, object]:
    accounts = run.scan("accounts")
    return {
        "run_id": run.run_id,
        "finished_at": run.finished_at,
        "seed": run.record.seed,
        "clusters": run.frame("clusters").height,
        "flagged": accounts.filter(detection.FLAGGED).collect().height,
        "shadow": run.record.shadow,
        "facts_version": run.record.facts_version,
        "data_from": run.record.data_from,
        "data_until": run.record.data_until,
    }
