"""One file from bytes to staged parts: read, canonicalise, sift, write, and keep the account."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from graph.disk_faults import disk_faults_told
from graph.errors import BadExport
from ingest.chunks import Chunk, Fault, ReadingOptions
from ingest.formats import Canonical, Mapping, canonicalise, recognise
from ingest.known import Known
from ingest.network_tables import load_networks
from ingest.parts import PartWriter, StagedPart
from ingest.quarantine import fault_rows
from ingest.reading.ahead import one_ahead
from ingest.reading.open_table import open_table
from ingest.report import FileReport, Outcome
from ingest.sifting import Sieve, Sifted

MAX_REJECTED = (
    0.05  # share of the lines above which a file is refused unless the person accepts it (SECURITY section 3)
)
MAX_STRAY_BYTES = 0.1  # share of rows with undecodable text above which another encoding is likelier than damage
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class FileJob:
    """What to read and how; `sha256` is the hash of the file as it lies on disk, `folder` takes the parts."""

    path: Path
    sha256: str
    folder: Path
    options: ReadingOptions
    mapping: Mapping | None = None
    accept_partial: bool = False


# Told with the warnings, but no damage: an unknown number of followers or a private address makes no file partial.
_HARMLESS = ("unknown_number", "ties_nobody")


@dataclass(slots=True)
class _Account:
    """Counts of one file, with the first examples of what was wrong."""

    read: int = 0
    accepted: int = 0
    duplicates: int = 0
    blank: int = 0
    warned: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    not_decoded: int = 0
    passed_over: int = 0  # of the blank ones: records about something else

    @property
    def quarantined(self) -> int:
        return self.reasons.total()

    def add(self, chunk: Chunk, sifted: Sifted, faults: list[Fault], warnings: list[Fault], passed_over: int) -> None:
        self.read += chunk.frame.height + len(chunk.faults) + chunk.blank
        self.accepted += sifted.accepted.len()
        self.duplicates += sifted.duplicates
        self.blank += chunk.blank + passed_over
        self.passed_over += passed_over
        self.warned += len({warning.line for warning in warnings if warning.reason not in _HARMLESS})
        self.reasons.update(fault.reason for fault in faults)
        self.not_decoded += len({warning.line for warning in warnings if warning.reason == "encoding"})
        self.examples += [fault.message for fault in faults[: _EXAMPLES - len(self.examples)]]
        if self.read != self.accepted + self.quarantined + self.duplicates + self.blank:
            raise AssertionError(f"the account does not add up: {self}")


def stage_file(
    job: FileJob, known: Known, progress: Callable[[int], None]
) -> tuple[FileReport, tuple[StagedPart, ...]]:
    """Read the file and write its parts under `job.folder`; `progress` hears the lines read so far.

    Raises BadExport when the file is refused (parts may then lie in the folder), BadSetting for a bad table of networks, StoreFault when the disk refuses.
    """
    if job.options.networks:
        load_networks(job.options.networks)  # a bad table is told before anything is read
    kind, table = open_table(job.path, job.options)
    sample = table.sample()
    profile = recognise(table.columns, sample, job.path.name, job.options, job.mapping)
    table.notes.extend(_unused(table.columns, profile.columns_needed))
    sieve = Sieve(known, profile.kind, job.sha256)
    writer = PartWriter(job.folder, job.sha256)
    account = _Account()
    for chunk in one_ahead(table.chunks(profile.columns_needed)):
        canonical = canonicalise(chunk, profile, job.options)
        sifted = sieve.sift(chunk, canonical)
        faults, warnings = _findings(chunk, canonical, sifted)
        account.add(chunk, sifted, faults, warnings, canonical.passed_over)
        with disk_faults_told(job.folder, "the imported rows"):
            _write(writer, sifted, faults, warnings, job)
        progress(account.read)
    with disk_faults_told(job.folder, "the imported rows"):
        parts = writer.close()
    _refuse_too_bad(account, job)
    return _report(account, job, profile.name, kind, table.notes), parts


def _findings(chunk: Chunk, canonical: Canonical, sifted: Sifted) -> tuple[list[Fault], list[Fault]]:
    """Faults of the set-aside lines in order, and warnings of rows that were accepted."""
    faults = sorted((*chunk.faults, *canonical.faults, *sifted.faults), key=lambda fault: fault.line)
    accepted = set(sifted.accepted.to_list()) if chunk.warnings or canonical.warnings or sifted.warnings else set()
    warnings = [fault for fault in (*chunk.warnings, *canonical.warnings, *sifted.warnings) if fault.line in accepted]
    return faults, warnings


def _write(
    writer: PartWriter, sifted: Sifted, faults: Iterable[Fault], warnings: Iterable[Fault], job: FileJob
) -> None:
    for table, frame in sifted.frames.items():
        writer.add(table, frame)
    writer.add("quarantine", fault_rows(list(faults), job.path.name, job.sha256))
    writer.add("warnings", fault_rows(list(warnings), job.path.name, job.sha256))


def _refuse_too_bad(account: _Account, job: FileJob) -> None:
    if job.accept_partial or account.quarantined <= MAX_REJECTED * account.read:
        return
    raise BadExport(
        f"{job.path.name}: {account.quarantined:,} of {account.read:,} lines cannot be used ({_listed(account.reasons)});"
        f" first {'; '.join(account.examples)}.",
        "Mend or export the file again, or pass --accept-partial to import the rest. Nothing of it was stored.",
    )


def _report(account: _Account, job: FileJob, format_name: str, kind: str, notes: list[str]) -> FileReport:
    damaged = account.quarantined or account.warned
    report = FileReport(
        str(job.path),
        Outcome.PARTIAL if damaged else Outcome.ACCEPT,
        account.read,
        account.accepted,
        account.quarantined,
        account.duplicates,
        account.blank,
        account.warned,
        dict(sorted(account.reasons.items())),
        sha256=job.sha256,
        format=f"{format_name} ({kind})",
    )
    return replace(report, message=" ".join([_sentence(account, format_name), *notes]), hint=_encoding_hint(account))


def _unused(columns: Sequence[str], needed: frozenset[str] | None) -> list[str]:
    unused = [] if needed is None else sorted(set(columns) - needed)
    if not unused:
        return []
    more = ", ..." if len(unused) > _EXAMPLES else ""
    return [f"{_counted(len(unused), 'column')} not used: {', '.join(unused[:_EXAMPLES])}{more}."]


def _encoding_hint(account: _Account) -> str:
    """Text that was written in another encoding shows as many damaged rows; a stray byte here and there does not."""
    if account.not_decoded <= MAX_STRAY_BYTES * account.read:
        return ""
    return "Much of the text is not UTF-8: if you know its encoding, name it with --encoding (cp1252, latin-1) in a new workspace."


def _sentence(account: _Account, format_name: str) -> str:
    if not account.read:
        return f"0 rows: the file has a header ({format_name}) and nothing below it."
    said = [f"{_counted(account.accepted, 'row')} accepted ({format_name})"]
    if account.duplicates:
        said.append(f"{_counted(account.duplicates, 'duplicate')} left out")
    if account.quarantined:
        said.append(
            f"{_counted(account.quarantined, 'line')} set aside ({_listed(account.reasons)}), first {'; '.join(account.examples)}"
        )
    if account.passed_over:
        said.append(f"{_counted(account.passed_over, 'line')} about other things passed over, counted as blank")
    if account.warned:
        said.append(f"a damaged cell in {_counted(account.warned, 'row')}")
    return "; ".join(said) + "."


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _listed(reasons: Counter[str]) -> str:
    return ", ".join(
        f"{reason} {count:,}" for reason, count in sorted(reasons.items(), key=lambda each: (-each[1], each[0]))
    )
