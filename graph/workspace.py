"""The workspace: one folder that holds the facts, the graph, the runs and the work of one investigation."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.disk_faults import disk_faults_told
from graph.errors import BadWorkspace
from graph.whole_files import replace_file
from graph.writer_lock import WAIT_SECONDS, held_alone

__all__ = ["SCHEMA_VERSION", "Workspace", "open_workspace", "replace_file", "writing"]

SCHEMA_VERSION = 1
_MARK = "flockwatch.json"
_LEFTOVER = re.compile(r".*\.\d+(?:-\d+)?\.part")  # name.PROCESS.part, name.PROCESS-NUMBER.part


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where everything of a workspace lies. Open it with `open_workspace`."""

    path: Path

    @property
    def facts(self) -> Path:
        return self.path / "facts"

    @property
    def staging(self) -> Path:
        return self.path / "staging"

    @property
    def runs(self) -> Path:
        return self.path / "runs"

    @property
    def graph(self) -> Path:
        return self.path / "graph"

    @property
    def work(self) -> Path:
        return self.path / "work.sqlite"

    @property
    def reports(self) -> Path:
        return self.path / "reports"


def open_workspace(path: Path, create: bool = False) -> Workspace:
    """The workspace at `path`; raises BadWorkspace when it is missing (unless `create`), unreadable or newer than we are."""
    mark = path / _MARK
    try:
        if not mark.exists():
            return _create(path) if create else _refuse_missing(path)
        _check_version(path, json.loads(mark.read_text("utf-8")))
    except (OSError, ValueError, RecursionError) as fault:
        raise BadWorkspace(
            f"The workspace {path} cannot be read: {fault}.", "Check the folder's permissions and the disk."
        ) from fault
    return Workspace(path)


@contextmanager
def writing(workspace: Workspace, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the one place for a writer of facts, graph and runs; the thread that holds it may enter again.

    Raises WorkspaceBusy when another process or thread still has it after `wait_seconds`. What a killed writer left
    half-written is removed on the way in.
    """
    with held_alone(workspace.path / "writer.lock", wait_seconds) as entered:
        if entered:
            _clear_leftovers(workspace)
        yield


def _clear_leftovers(workspace: Workspace) -> None:
    # Only writers make these, and we are the only writer now. Staging belongs to ingest, which may resume from it.
    for folder in (workspace.facts, workspace.runs, workspace.graph):
        for path in folder.glob("*.part"):
            if not _LEFTOVER.fullmatch(path.name):
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _create(path: Path) -> Workspace:
    if path.exists() and (not path.is_dir() or any(not _is_half_made(inside) for inside in path.iterdir())):
        raise BadWorkspace(
            f"{path} exists and is not a Flockwatch workspace.", "Name an empty or a new folder with --workspace."
        )
    with disk_faults_told(path, "a new workspace"):
        path.mkdir(parents=True, exist_ok=True)
        replace_file(path / _MARK, json.dumps({"schema_version": SCHEMA_VERSION}).encode())
    return Workspace(path)


def _is_half_made(inside: Path) -> bool:
    """What a creation that was killed leaves behind."""
    return inside.name.startswith(_MARK) and _LEFTOVER.fullmatch(inside.name) is not None


def _refuse_missing(path: Path) -> Workspace:
    raise BadWorkspace(
        f"There is no workspace at {path}.", "Import something first: flockwatch ingest FILE --workspace DIR."
    )


def _check_version(path: Path, mark: Any) -> None:
    version = mark.get("schema_version") if isinstance(mark, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise BadWorkspace(f"{path / _MARK} does not name a schema version.", "Restore the folder from a backup.")
    if version > SCHEMA_VERSION:
        raise BadWorkspace(
            f"The workspace {path} has version {version}; this program knows {SCHEMA_VERSION}.",
            "Use the newer Flockwatch that wrote it; nothing was changed.",
        )
