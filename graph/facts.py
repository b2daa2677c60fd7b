"""Facts as Parquet: immutable part files, and a manifest per version that says which parts and sources belong to it."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from graph.disk_faults import disk_faults_told
from graph.errors import BadWorkspace
from graph.schemas import FACT_SCHEMAS
from graph.tables import scan_tables
from graph.whole_files import sync_file, sync_folder
from graph.workspace import Workspace, replace_file, writing

FACTS_HINT = "Restore the workspace from a backup, or ingest the files again into a new one."
_MANIFEST = re.compile(r"manifest-\d{6,}\.json")


@dataclass(frozen=True, slots=True)
class Source:
    """One ingested file and its account: read = accepted + quarantined + duplicates + blank."""

    sha256: str
    name: str
    format: str
    read: int
    accepted: int
    quarantined: int
    duplicates: int
    blank: int
    warned: int
    reasons: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """One immutable Parquet file of one table, written while reading one source."""

    table: str
    file: str  # relative to the facts folder
    rows: int
    source: str


@dataclass(frozen=True, slots=True)
class Facts:
    """One published version of the facts. Frames come lazily; a table nobody has written yet is empty, not an error."""

    folder: Path
    number: int
    sources: tuple[Source, ...]
    parts: tuple[Part, ...]

    @property
    def version(self) -> str:
        """A hash of what was ingested, the same for the same files in any order."""
        named = "\n".join(sorted(f"{s.sha256} {s.format} {s.accepted}" for s in self.sources))
        return hashlib.sha256(named.encode()).hexdigest()[:16]

    def scan(self, table: str) -> pl.LazyFrame:
        """The rows of one table in FACT_SCHEMAS; raises BadWorkspace when one of its files is missing or cut off."""
        files = [self.folder / part.file for part in self.parts if part.table == table and part.rows]
        return scan_tables(files, FACT_SCHEMAS[table], FACTS_HINT)


def current_facts(workspace: Workspace) -> Facts:
    """The version that is published now; an empty one when nothing was ingested yet."""
    try:
        name = _current_manifest(workspace)
        if name is None:
            return Facts(workspace.facts, 0, (), ())
        manifest: dict[str, Any] = json.loads((workspace.facts / name).read_text("utf-8"))
        return Facts(
            workspace.facts,
            manifest["number"],
            tuple(Source(**s) for s in manifest["sources"]),
            tuple(Part(**p) for p in manifest["parts"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise BadWorkspace(f"The facts of {workspace.path} cannot be read: {fault}.", FACTS_HINT) from fault


def publish_facts(workspace: Workspace, sources: Sequence[Source], parts: Sequence[Part]) -> Facts:
    """Add sources and their parts (files already in place under the facts folder) as the next version, in one step.

    Whoever reads sees the version before or this one, whole. Raises StoreFault when the disk refuses, BadWorkspace when
    a part is not there; the version before is untouched then.
    """
    with writing(workspace), disk_faults_told(workspace.facts, "the facts"):
        workspace.facts.mkdir(parents=True, exist_ok=True)
        old = current_facts(workspace)
        new = Facts(workspace.facts, old.number + 1, (*old.sources, *sources), (*old.parts, *parts))
        _make_durable(new, parts)
        body = {
            "number": new.number,
            "version": new.version,
            "sources": [asdict(s) for s in new.sources],
            "parts": [asdict(p) for p in new.parts],
        }
        name = f"manifest-{new.number:06d}.json"
        replace_file(workspace.facts / name, json.dumps(body, indent=1, sort_keys=True, ensure_ascii=False).encode())
        replace_file(workspace.facts / "CURRENT", name.encode())
    return new


def _current_manifest(workspace: Workspace) -> str | None:
    try:
        name = (workspace.facts / "CURRENT").read_text("ascii").strip()
    except FileNotFoundError:
        return None
    if not _MANIFEST.fullmatch(name):
        raise ValueError(f"CURRENT names {name!r}, which is not a manifest")
    return name


def _make_durable(facts: Facts, parts: Sequence[Part]) -> None:
    """A manifest that outlives a power cut must not name files that did not."""
    for part in parts:
        path = facts.folder / part.file
        if not path.is_file():
            raise BadWorkspace(f"The table {path} is missing and cannot be published.", "Ingest the file again.")
        sync_file(path)
    for folder in sorted({(facts.folder / part.file).parent for part in parts}):
        sync_folder(folder)
