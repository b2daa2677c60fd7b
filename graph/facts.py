"""Facts as Parquet: immutable part files, and a manifest per version that says which parts and sources belong to it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from graph.errors import BadWorkspace
from graph.schemas import FACT_SCHEMAS
from graph.workspace import Workspace, replace_file


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
        schema = FACT_SCHEMAS[table]
        files = [self.folder / part.file for part in self.parts if part.table == table and part.rows]
        if not files:
            return pl.LazyFrame(schema=dict(schema))
        return pl.scan_parquet(files, schema=dict(schema))


def current_facts(workspace: Workspace) -> Facts:
    """The version that is published now; an empty one when nothing was ingested yet."""
    pointer = workspace.facts / "CURRENT"
    if not pointer.exists():
        return Facts(workspace.facts, 0, (), ())
    try:
        manifest: dict[str, Any] = json.loads((workspace.facts / pointer.read_text("ascii").strip()).read_text("utf-8"))
        return Facts(
            workspace.facts,
            manifest["number"],
            tuple(Source(**s) for s in manifest["sources"]),
            tuple(Part(**p) for p in manifest["parts"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise BadWorkspace(
            f"The facts of {workspace.path} cannot be read: {fault}.", "Restore the folder from a backup."
        ) from fault


def publish_facts(workspace: Workspace, sources: Sequence[Source], parts: Sequence[Part]) -> Facts:
    """Add sources and their parts (files already in place under the facts folder) as the next version, in one step."""
    old = current_facts(workspace)
    new = Facts(workspace.facts, old.number + 1, (*old.sources, *sources), (*old.parts, *parts))
    name = f"manifest-{new.number:06d}.json"
    body = {
        "number": new.number,
        "version": new.version,
        "sources": [asdict(s) for s in new.sources],
        "parts": [asdict(p) for p in new.parts],
    }
    workspace.facts.mkdir(parents=True, exist_ok=True)
    replace_file(workspace.facts / name, json.dumps(body, indent=1, sort_keys=True, ensure_ascii=False).encode())
    replace_file(workspace.facts / "CURRENT", name.encode())
    return new
