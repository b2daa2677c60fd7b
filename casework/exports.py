"""Exports: a whole run as files for other tools, written whole, with notes on what is not as in the run."""

from dataclasses import dataclass
from pathlib import Path

from casework.actors import Actor, Permission, local_actor, require
from casework.interchange import GRAPH_FORMATS, write_graph
from casework.spreadsheets import write_csv, write_parquet
from graph.errors import BadSetting
from graph.runs import StoredRun
from graph.schemas import RUN_SCHEMAS

_TABLE_WRITERS = {"csv": write_csv, "parquet": write_parquet}
EXPORT_FORMATS = (*_TABLE_WRITERS, *GRAPH_FORMATS)


@dataclass(frozen=True, slots=True)
class Export:
    """What was written where; `notes` are sentences about what differs from the run, for the person who exports."""

    path: Path
    files: tuple[Path, ...]
    notes: tuple[str, ...]


def export_run(run: StoredRun, form: str, out: Path, *, actor: Actor | None = None) -> Export:
    """Write the run as `csv`, `parquet`, `graphml` or `gexf`; equal runs give equal files.

    `out` is a folder: tables go there as one file each (clusters, members, ...), a graph as `flockwatch.graphml`; for a
    graph it may also be the file itself, named by the ending. Files of the same names are replaced, each in one step.
    Raises NotAllowed, BadSetting (unknown format, `out` is a file), StoreFault.
    """
    require(actor or local_actor(), Permission.EXPORT)
    if form not in EXPORT_FORMATS:
        raise BadSetting(f"{form[:40]!r} is not a format of export.", f"Choose one of: {', '.join(EXPORT_FORMATS)}.")
    is_file = form in GRAPH_FORMATS and out.suffix == f".{form}" and not out.is_dir()
    if out.exists() and not out.is_dir() and not is_file:
        raise BadSetting(f"{out} is a file; an export needs a folder.", "Name a folder with --out.")
    if form in GRAPH_FORMATS:
        path = out if is_file else out / f"flockwatch.{form}"
        return Export(path, (path,), write_graph(run, form, path))
    return _export_tables(run, form, out)


def _export_tables(run: StoredRun, form: str, out: Path) -> Export:
    written = tuple(out / f"{name}.{form}" for name in RUN_SCHEMAS)
    for name, path in zip(RUN_SCHEMAS, written, strict=True):
        _TABLE_WRITERS[form](run.frame(name), path)
    notes = () if form == "parquet" else ("A ' stands before what a spreadsheet would take for a formula.",)
    return Export(out, written, notes)
