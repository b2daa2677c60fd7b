"""Files into facts: each staged in the reading process, all that were accepted published in one step."""

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from graph.disk_faults import disk_faults_told
from graph.errors import BadExport
from graph.facts import Facts, Part, Source, current_facts, publish_facts
from graph.workspace import Workspace, writing
from ingest.chunks import ReadingOptions
from ingest.formats import Mapping
from ingest.known import StoredPart
from ingest.parts import StagedPart
from ingest.reading.packed import content_hash
from ingest.reading.paths import export_files
from ingest.reading_process import ReadingProcess
from ingest.report import COUNTS, FileReport, IngestReport, Outcome
from ingest.staging import FileJob

Progress = Callable[[Path, int], None]  # file, lines read so far


@dataclass(slots=True)
class _Batch:
    """What this import accepted so far: sources, and staged files with the place they go to."""

    facts: Facts
    files: list[FileReport] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    staged: list[Path] = field(default_factory=list)  # one per part

    def first_import(self, sha256: str) -> Source | None:
        return next((source for source in (*self.facts.sources, *self.sources) if source.sha256 == sha256), None)


def ingest_files(
    workspace: Workspace,
    paths: Sequence[str | Path],
    *,
    options: ReadingOptions | None = None,
    mapping: Mapping | None = None,
    strict: bool = False,
    accept_partial: bool = False,
    progress: Progress | None = None,
) -> IngestReport:
    """Read files, folders and patterns into the facts of the workspace; files are stored whole or not at all.

    A file whose content the workspace holds already changes nothing. All accepted files become visible in one step at the
    end; whatever stops the import before that leaves the facts as they were. `strict` only decides the exit code of the
    report. Raises BadExport when a path means no file, WorkspaceBusy, BadSetting, StoreFault.
    """
    files = export_files(paths)
    with writing(workspace):
        clear_leftovers(workspace)
        batch = _Batch(current_facts(workspace))
        with disk_faults_told(workspace.staging, "the imported rows"):
            workspace.staging.mkdir(parents=True, exist_ok=True)
            # A name of its own: the reading process of a killed import may still be writing to the last one.
            folder = Path(tempfile.mkdtemp(prefix="import-", dir=workspace.staging))
        try:
            with ReadingProcess(_stored(batch.facts)) as reader:
                for file in files:
                    order = FileJob(file, "", folder, options or ReadingOptions(), mapping, accept_partial)
                    _ingest_one(order, batch, reader, progress)
            facts = _publish(workspace, batch)
        finally:
            shutil.rmtree(workspace.staging, ignore_errors=True)
    return IngestReport(tuple(batch.files), facts.version, strict)


def clear_leftovers(workspace: Workspace) -> None:
    """Remove what a killed import left: staged parts, and parts that were moved but never published."""
    shutil.rmtree(workspace.staging, ignore_errors=True)
    published = {part.file for part in current_facts(workspace).parts}
    for path in workspace.facts.glob("*/*.parquet"):
        if str(path.relative_to(workspace.facts)) not in published:
            path.unlink()


def _ingest_one(order: FileJob, batch: _Batch, reader: ReadingProcess, progress: Progress | None) -> None:
    path = order.path
    try:
        state, sha256 = _state(path), content_hash(path)
        if source := batch.first_import(sha256):
            batch.files.append(_already(path, source))
            return
        job = replace(order, sha256=sha256, folder=order.folder / str(len(batch.files)))
        report, parts = reader.stage(job, lambda lines: progress(path, lines) if progress else None)
        _refuse_changed(path, state)
    except OSError as fault:
        said = f"{path.name} cannot be read: {fault.strerror or fault}."
        batch.files.append(_refused(path, BadExport(said, "Check its permissions and the disk.")))
    except BadExport as refusal:
        batch.files.append(_refused(path, refusal))
    else:
        _accept(batch, report, parts, job)
        reader.accepted([StoredPart(part.table, job.folder / part.file, sha256) for part in parts])


def _refuse_changed(path: Path, state: tuple[int, int, int]) -> None:
    if _state(path) != state:
        raise BadExport(f"{path.name} changed while it was read.", "Wait until it is complete, then import it again.")


def _state(path: Path) -> tuple[int, int, int]:
    """What changes when a file is written to; raises BadExport for what is no file (a pipe would wait for ever)."""
    if not path.is_file():
        raise BadExport(f"{path.name} is not a file.", "Name a file, a folder or a pattern.")
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _accept(batch: _Batch, report: FileReport, parts: Sequence[StagedPart], job: FileJob) -> None:
    batch.files.append(report)
    counts = {name: getattr(report, name) for name in COUNTS}
    batch.sources.append(Source(job.sha256, job.path.name, report.format, **counts, reasons=dict(report.reasons)))
    for part in parts:
        batch.parts.append(Part(part.table, part.file, part.rows, job.sha256))
        batch.staged.append(job.folder / part.file)


def _already(path: Path, source: Source) -> FileReport:
    """The account of the first import; nothing is read or stored again."""
    counts = {name: getattr(source, name) for name in COUNTS}
    damaged = source.quarantined or source.warned
    return FileReport(
        str(path),
        Outcome.PARTIAL if damaged else Outcome.ACCEPT,
        **counts,
        reasons=source.reasons,
        message=f"Already imported as {source.name} ({source.format}); nothing changed.",
        already=True,
        sha256=source.sha256,
        format=source.format,
    )


def _refused(path: Path, refusal: BadExport) -> FileReport:
    return FileReport(str(path), Outcome.REFUSE, message=refusal.message, hint=refusal.hint)


def _publish(workspace: Workspace, batch: _Batch) -> Facts:
    """Move the staged parts to the facts and make them the next version; nothing to add leaves the version as it is."""
    if not batch.sources:
        return batch.facts
    with disk_faults_told(workspace.facts, "the facts"):
        for staged, part in zip(batch.staged, batch.parts, strict=True):
            place = workspace.facts / part.file
            place.parent.mkdir(parents=True, exist_ok=True)
            os.replace(staged, place)
    return publish_facts(workspace, batch.sources, batch.parts)


def _stored(facts: Facts) -> list[StoredPart]:
    return [StoredPart(part.table, facts.folder / part.file, part.source) for part in facts.parts]
