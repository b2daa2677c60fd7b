"""The workspace: one folder that holds the facts, the graph, the runs and the work of one investigation."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.errors import BadWorkspace, WorkspaceBusy

SCHEMA_VERSION = 1
_MARK = "flockwatch.json"


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
    except (OSError, ValueError) as fault:
        raise BadWorkspace(
            f"The workspace {path} cannot be read: {fault}.", "Check the folder's permissions and the disk."
        ) from fault
    return Workspace(path)


@contextmanager
def writing(workspace: Workspace) -> Iterator[None]:
    """Hold the one place for a writer of facts, graph and runs; raises WorkspaceBusy at once when it is taken."""
    with open(workspace.path / "writer.lock", "a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            lock.seek(0)
            owner = lock.read().strip() or "another process"
            raise WorkspaceBusy(
                f"The workspace {workspace.path} is in use by {owner}.", "Wait until it has finished, then run again."
            ) from taken
        lock.truncate(0)
        lock.write(f"process {os.getpid()}")
        lock.flush()
        yield


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` so that a reader sees the old file or the new one, never a part; durable when it returns."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with open(part, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    os.replace(part, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _create(path: Path) -> Workspace:
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise BadWorkspace(
            f"{path} exists and is not a Flockwatch workspace.", "Name an empty or a new folder with --workspace."
        )
    path.mkdir(parents=True, exist_ok=True)
    replace_file(path / _MARK, json.dumps({"schema_version": SCHEMA_VERSION}).encode())
    return Workspace(path)


def _refuse_missing(path: Path) -> Workspace:
    raise BadWorkspace(
        f"There is no workspace at {path}.", "Import something first: flockwatch ingest FILE --workspace DIR."
    )


def _check_version(path: Path, mark: Any) -> None:
    version = mark.get("schema_version") if isinstance(mark, dict) else None
    if not isinstance(version, int):
        raise BadWorkspace(f"{path / _MARK} does not name a schema version.", "Restore the folder from a backup.")
    if version > SCHEMA_VERSION:
        raise BadWorkspace(
            f"The workspace {path} has version {version}; this program knows {SCHEMA_VERSION}.",
            "Use the newer Flockwatch that wrote it; nothing was changed.",
        )
