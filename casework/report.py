"""Reports: one sealed folder per cluster, for people to read, sheets to open and programs to check."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from casework.actors import Actor, Permission, local_actor, require
from casework.decisions import Decision, plain
from casework.escalation import escalation_warning
from casework.manifest import MANIFEST, SealCheck, SealedFile, check_seal, seal
from casework.report_content import ClusterContent, cluster_content
from casework.report_page import Page, page_html
from casework.report_ring import ring_limits
from casework.spreadsheets import write_csv, write_parquet
from casework.whole_files import staged_folder
from graph.errors import BadSetting, StoreFault
from graph.facts import Facts
from graph.runs import StoredRun

PROFILES = ("internal",)  # partner, regulator and public come with redaction
_SAFE_NAME = re.compile(r"[A-Za-z0-9_-]{1,60}")
VICTIMS_ELSEWHERE = (
    "what an account did after it was taken over, its owner may not have done. Leave them out of any action."
)
_MOST_EDITIONS = 1_000  # reports of one cluster on one day


@dataclass(frozen=True, slots=True)
class Report:
    """A sealed report: its folder and every file in it, the manifest included."""

    folder: Path
    files: tuple[SealedFile, ...]


def write_report(
    run: StoredRun,
    cluster_id: str,
    decisions: Sequence[Decision],
    out: Path,
    *,
    profile: str = "internal",
    generated_at: datetime,
    facts: Facts | None = None,
    audit_head: str | None = None,
    actor: Actor | None = None,
) -> Report:
    """Write the report of one cluster as a new folder in `out`; equal inputs give equal bytes.

    The folder is named by cluster and date. A different report of the same day gets the next number beside it; the
    same one again is left as it is. `facts` add handles and texts; `audit_head` is printed, so that the log can be
    checked against it later. Raises NotAllowed, NothingThere, BadSetting (profile, time without a zone), StoreFault.
    """
    require(actor or local_actor(), Permission.WRITE_REPORT)
    _require_profile(profile)
    if generated_at.tzinfo is None:
        raise BadSetting(f"The time of the report, {generated_at}, has no time zone.", "Give it in UTC.")
    content = cluster_content(run, cluster_id, facts)
    own = [decision for decision in decisions if decision.cluster_id == cluster_id]
    said = sorted(own, key=lambda decision: decision.number)
    limits = report_limits(run, content, facts)
    page = Page(run.record, run.stages, said, profile, generated_at, _versions(run), limits, audit_head)
    name = report_name(cluster_id, generated_at)
    with staged_folder(out, name) as staged:
        _write_tables(content, staged)
        _write_json(staged / "decisions.json", [plain(decision) for decision in said])
        _write_json(staged / "method.json", _method(page))
        (staged / "report.html").write_text(page_html(content, page), "utf-8")
        return _settle(staged, out, name, seal(staged))


def verify_report(folder: Path) -> SealCheck:
    """Does the folder still hold, byte for byte, what was sealed?"""
    return check_seal(folder)


def report_name(cluster_id: str, generated_at: datetime) -> str:
    """The folder's name, safe on every system: an id that is not plain is spelled by its hash."""
    plain_id = cluster_id if _SAFE_NAME.fullmatch(cluster_id) else sha256(cluster_id.encode()).hexdigest()[:16]
    return f"report_{plain_id}_{generated_at.astimezone(UTC):%Y-%m-%d}"


def report_limits(run: StoredRun, content: ClusterContent, facts: Facts | None) -> list[str]:
    """What a reader must not conclude, and what was left out."""
    record = run.record
    together = (
        "It shows that these accounts acted alike more than chance explains. It does not show who runs them, or why."
    )
    limits = [
        *(ring_limits(content.ring) if content.ring else [together]),
        "Seen is what the export holds: what was deleted before the export, or never exported, is not in it.",
        "Expected comes from the run's model of chance and its parameters (see Method); another model gives other numbers.",
        "This is the internal profile: names stand as exported. It is not meant to leave the team.",
    ]
    if content.victims.count and (content.ring is None or not content.ring.victims):
        limits.insert(0, f"{content.victims.said}, of whom none is to be punished: {VICTIMS_ELSEWHERE}")
    if warning := escalation_warning(content.row):
        limits.insert(0, warning)
    limits += [f"Still open: {guard.name}. {guard.sentence}" for guard in content.guards if guard.verdict == "open"]
    limits += [f"Left out of the run: {note}" for note in record.notes]
    if record.shadow:
        limits.append("This is a shadow run: its settings are being tried and were not released.")
    if facts is None:
        limits.append("Names and texts were not looked up: accounts and texts stand by their ids.")
    elif facts.version != record.facts_version:
        limits.append(
            f"Names and texts come from facts {facts.version}, not from those of the run ({record.facts_version})."
        )
    return limits


def _require_profile(profile: str) -> None:
    if profile not in PROFILES:
        raise BadSetting(
            f"Reports with the profile {profile[:40]!r} cannot be written yet: they need redaction.",
            f"Use --profile {PROFILES[0]}, and keep the report inside the team.",
        )


def _write_tables(content: ClusterContent, folder: Path) -> None:
    for name, frame in content.frames.items():
        write_csv(frame, folder / f"{name}.csv")
        write_parquet(frame, folder / f"{name}.parquet")


def _versions(run: StoredRun) -> list[tuple[str, str]]:
    """Of the run, then of what drew the report."""
    drawn_with = {f"report {name}": version(name) for name in ("altair", "jinja2", "vl-convert-python")}
    return [*sorted({"flockwatch": version("flockwatch"), **run.record.versions}.items()), *sorted(drawn_with.items())]


def _method(page: Page) -> dict[str, Any]:
    return {
        "run": asdict(page.record),
        "stages": [{"name": s.name, "rows_in": s.rows_in, "rows_out": s.rows_out, "note": s.note} for s in page.stages],
        "report": {
            "profile": page.profile,
            "generated_at": page.generated_at,
            "versions": dict(page.versions),
            "audit_head": page.audit_head,
            "limits": list(page.limits),
        },
    }


def _write_json(path: Path, value: object) -> None:
    def spelled(item: object) -> str:
        if isinstance(item, datetime):
            return item.astimezone(UTC).isoformat()
        raise TypeError(f"{type(item).__name__} cannot be written")

    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, default=spelled)
    path.write_text(f"{text}\n", "utf-8")


def _settle(staged: Path, out: Path, name: str, files: tuple[SealedFile, ...]) -> Report:
    """Move the folder to its place: beside an earlier report, never over one."""
    seal_of_this = (staged / MANIFEST).read_bytes()
    for edition in range(1, _MOST_EDITIONS + 1):
        place = out / (name if edition == 1 else f"{name}_{edition}")
        if (place / MANIFEST).exists() and (place / MANIFEST).read_bytes() == seal_of_this and check_seal(place).ok:
            return Report(place, files)
        if place.exists():
            continue
        try:
            staged.rename(place)
        except OSError:
            if not place.exists():
                raise
            continue  # another process was faster; look at what it wrote
        return Report(place, files)
    raise StoreFault(f"{out} holds {_MOST_EDITIONS:,} reports of this day and cluster already.", "Use another --out.")
