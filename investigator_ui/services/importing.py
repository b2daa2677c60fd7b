"""From files to facts and graph: ingest, then the interaction graph over what is published."""

from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from graph.errors import BadSetting
from graph.facts import current_facts
from graph.foreign_text import show_text, spreadsheet_cell
from graph.local.store import rebuild_graph
from graph.workspace import Workspace
from ingest import IngestReport, ReadingOptions, ingest_files, load_mapping
from ingest.formats import suggest_map
from ingest.reading.open_table import open_table

__all__ = ["IngestReport", "draft_mapping", "export_quarantine", "import_files"]

Progress = Callable[[str, int, int], None]


def import_files(
    workspace: Workspace,
    paths: Sequence[str | Path],
    *,
    options: ReadingOptions,
    mapping: Path | None,
    strict: bool,
    accept_partial: bool,
    progress: Progress | None = None,
) -> IngestReport:
    """Ingest, publish, and bring the interaction graph to what is published now (nothing to do when it is there)."""
    report = ingest_files(
        workspace,
        paths,
        options=options,
        mapping=load_mapping(mapping) if mapping else None,
        strict=strict,
        accept_partial=accept_partial,
        progress=_per_file(progress),
    )
    if current_facts(workspace).sources:
        rebuild_graph(workspace, progress=progress)
    return report


def _per_file(progress: Progress | None) -> Callable[[Path, int], None] | None:
    """Lines read so far, as a stage of its own per file; how many there are is known only at the end."""
    if progress is None:
        return None
    return lambda path, lines: progress(f"lines of {show_text(path.name, limit=40)}", lines, lines)


def draft_mapping(path: Path, options: ReadingOptions) -> str:
    """A commented mapping file guessed from the names and values of the first records of `path`."""
    _, table = open_table(path, options)
    sample = table.sample()
    return suggest_map(table.columns, sample, path.name)


def export_quarantine(rows: pl.DataFrame, path: Path) -> None:
    """All set-aside rows with their bytes; CSV cells cannot start a formula."""
    if path.suffix == ".parquet":
        rows.write_parquet(path)
    elif path.suffix == ".csv":
        as_text = pl.col("original").map_elements(
            lambda b: bytes(b).decode("utf-8", "backslashreplace"), return_dtype=pl.String
        )
        safe = pl.selectors.string().map_elements(spreadsheet_cell, return_dtype=pl.String)
        rows.with_columns(as_text).with_columns(safe).write_csv(path, quote_style="always")
    else:
        raise BadSetting(f"--export {path.name} has no known ending.", "Use a name that ends in .parquet or .csv.")
