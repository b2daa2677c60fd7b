"""`ingest` and `quarantine`: exports into facts and the interaction graph, and what was set aside on the way."""

from pathlib import Path
from typing import Annotated, Any

import typer

from graph.answers import GraphSummary
from graph.errors import BadSetting
from graph.facts import current_facts
from graph.foreign_text import show_text
from graph.workspace import open_workspace
from ingest.chunks import ReadingOptions
from investigator_ui.commands.options import (
    DEFAULT_WORKSPACE,
    GraphNameOption,
    GraphOption,
    JsonOption,
    WorkspaceOption,
)
from investigator_ui.commands.output import print_json, print_table, records, say, stage_progress
from investigator_ui.services import importing, team_graph


def add_to(app: typer.Typer) -> None:
    app.command("ingest")(ingest)
    app.command("quarantine")(quarantine)


def ingest(
    paths: Annotated[list[str] | None, typer.Argument(help="Files, folders or globs.")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    mapping: Annotated[Path | None, typer.Option("--map", help="Mapping file (TOML) for other layouts.")] = None,
    suggest_map: Annotated[Path | None, typer.Option(help="Print a first draft of a mapping for FILE.")] = None,
    strict: Annotated[bool, typer.Option(help="Exit 1 when any line was set aside or damaged.")] = False,
    accept_partial: Annotated[bool, typer.Option(help="Take a file even when over 5 % of it is set aside.")] = False,
    trace: Annotated[str, typer.Option(help="Trace of a bare account/object/time table.")] = "share",
    dayfirst: Annotated[bool, typer.Option(help="Read 01/02/2026 as 1 February.")] = False,
    monthfirst: Annotated[bool, typer.Option(help="Read 01/02/2026 as January 2.")] = False,
    timezone: Annotated[str, typer.Option(help="Zone of times that carry none.")] = "UTC",
    year: Annotated[
        int | None, typer.Option(min=2004, max=2100, help="Year of a log's first line, when it says none.")
    ] = None,
    networks: Annotated[
        Path | None, typer.Option(help="Table of networks (network, asn, country) that fills what sessions lack.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding, when it is not UTF-8.")] = None,
    graph: GraphOption = None,
    graph_name: GraphNameOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read exports into facts and the interaction graph; nothing disappears."""
    if suggest_map is not None:
        typer.echo(importing.draft_mapping(suggest_map, ReadingOptions(encoding=encoding)))
        return
    if not paths:
        raise BadSetting("No file was named.", "flockwatch ingest FILE...; a folder or a glob will do.")
    if dayfirst and monthfirst:
        raise BadSetting("--dayfirst and --monthfirst exclude each other.", "Give one of them, or none.")
    options = ReadingOptions(
        day_order="day" if dayfirst else "month" if monthfirst else None,
        timezone=timezone,
        encoding=encoding,
        trace=trace,
        year=year,
        networks=None if networks is None else str(networks.resolve()),
    )
    # The server is asked before anything is read: a wrong password must not cost an import first.
    with team_graph.team_of(workspace, graph, graph_name) as team, stage_progress() as progress:
        place = open_workspace(workspace, create=True)
        team.settle(place)
        report = importing.import_files(
            place,
            paths,
            options=options,
            mapping=mapping,
            strict=strict,
            accept_partial=accept_partial,
            progress=progress,
        )
        loaded = team.bring_up(place, progress)
    if as_json:
        print_json(report.as_json() | graph_counts(loaded, team.is_behind))
    else:
        _tell(report)
    if team.is_behind:
        say(show_text(team.is_behind, limit=2000))
    for file in report.files:
        if file.outcome == "refuse":
            say(f"Refused: {show_text(f'{file.message} {file.hint}', limit=2000)}")
    raise typer.Exit(report.exit_code)


def graph_counts(loaded: GraphSummary | None, behind: str) -> dict[str, Any]:
    """What `--json` says of the team's graph: its counts, or why it is behind; nothing without a server."""
    if loaded is None:
        return {"graph": {"behind": behind}} if behind else {}
    return {"graph": {name: getattr(loaded, name) for name in ("accounts", "objects", "touches", "interactions")}}


def quarantine(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    export: Annotated[Path | None, typer.Option(help="Write all rows with their bytes (Parquet or CSV).")] = None,
    limit: Annotated[int, typer.Option(help="Rows to print.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """What ingest set aside, where it stood and why."""
    rows = current_facts(open_workspace(workspace)).scan("quarantine").sort("file", "line", "column").collect()
    if export is not None:
        importing.export_quarantine(rows, export)
        say(f"{rows.height:,} rows written to {export}.")
    if as_json:
        print_json({"rows": records(rows.drop("original")), "total": rows.height})
    elif export is None:
        shown = rows.head(limit).select("file", "line", "column", "reason", "message")
        print_table(f"Set aside: {rows.height:,} lines", shown.columns, shown.rows())
        if rows.height > limit:
            say(f"{rows.height - limit:,} more are not shown; --export FILE writes all.")


def _tell(report: importing.IngestReport) -> None:
    columns = ("read", "accepted", "quarantined", "duplicates", "blank", "warned")
    print_table(
        "Ingested",
        ("file", "outcome", *columns, "reasons"),
        [
            (
                Path(file.path).name,
                file.outcome,
                *(getattr(file, column) for column in columns),
                ", ".join(f"{reason} {count}" for reason, count in sorted(file.reasons.items())),
            )
            for file in report.files
        ],
    )
    for file in report.files:
        if file.message and file.outcome != "refuse":
            say(f"{show_text(Path(file.path).name)}: {show_text(file.message, limit=2000)}")
