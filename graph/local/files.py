"""The files of the local graph: one per version, a pointer to the one that counts, and who is still reading which."""

import fcntl
import hashlib
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

from graph.errors import BadWorkspace, NothingThere, StoreFault
from graph.local.schema import APPLICATION_ID, BEFORE_WORDS, SCHEMA_VERSION
from graph.workspace import Workspace, replace_file

_VERSION = re.compile(r"graph-(\d{6,})\.sqlite")
_ATTEMPTS = 5  # a version may be removed between reading the pointer and opening it; only after two newer ones came


@dataclass(slots=True)
class OpenVersion:
    """One version held for reading; while it is held, its file stays."""

    path: Path
    connection: sqlite3.Connection
    hold: IO[bytes] | None
    identity: tuple[int, int] | None = None  # device and inode of the file that was opened

    @property
    def number(self) -> int:
        return version_number(self.path.name)

    @property
    def has_words(self) -> bool:
        return bool(self.connection.execute("PRAGMA user_version").fetchone()[0] > BEFORE_WORDS)

    def digest(self) -> "hashlib._Hash":
        """SHA-256 over the file that the connection reads; raises StoreFault when another one took its place meanwhile."""
        with self.path.open("rb") as file:
            if self.identity not in {None, _identity(os.fstat(file.fileno()))}:
                raise StoreFault(f"{self.path} was built anew while it was read.", "Do it again.")
            return hashlib.file_digest(file, "sha256")

    def close(self) -> None:
        self.connection.close()
        if self.hold is not None:
            self.hold.close()


def version_path(workspace: Workspace, number: int) -> Path:
    return workspace.graph / f"graph-{number:06d}.sqlite"


def version_number(name: str) -> int:
    found = _VERSION.fullmatch(name)
    if found is None:
        raise StoreFault(f"{name!r} is not the name of a graph.", "Build it again: flockwatch ingest FILE.")
    return int(found[1])


def current_path(workspace: Workspace) -> Path | None:
    """The file that counts now; None when no graph was built yet."""
    try:
        name = (workspace.graph / "CURRENT").read_text("utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as fault:
        raise StoreFault(
            f"The graph of {workspace.path} cannot be read: {fault}.", "Check the folder's permissions."
        ) from fault
    version_number(name)
    return workspace.graph / name


def open_version(workspace: Workspace) -> OpenVersion:
    """Hold the current version; raises NothingThere when none was built, StoreFault when it cannot be read."""
    for _ in range(_ATTEMPTS):
        path = current_path(workspace)
        if path is None:
            break
        hold = _hold(path)
        if identity := _identity_at(path):
            opened = OpenVersion(path, _connect(path), hold, identity)
            if _identity_at(path) == identity:
                return opened
            opened.close()
            continue
        if hold is not None:
            hold.close()
    raise NothingThere(
        f"The interaction graph of {workspace.path} is not built yet.", "Import something: flockwatch ingest FILE."
    )


def publish(workspace: Workspace, built: Path, number: int) -> None:
    """Put the built file in its place and point to it, in one step for readers; then remove what nobody needs."""
    target = version_path(workspace, number)
    previous = current_path(workspace)
    _hold_path(target).touch()
    os.replace(built, target)
    replace_file(workspace.graph / "CURRENT", target.name.encode())
    _remove_old(workspace, {target, previous})


@contextmanager
def building_folder(workspace: Workspace) -> Iterator[Path]:
    """An empty folder beside the versions; leftovers of a killed rebuild are removed before, ours afterwards."""
    folder = workspace.graph / "building"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _connect(path: Path) -> sqlite3.Connection:
    # Immutable: a published file never changes, so readers take no locks and write nothing, not even on a read-only disk.
    connection = sqlite3.connect(
        f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        mark = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.Error as fault:
        connection.close()
        raise StoreFault(f"{path} is damaged: {fault}.", "Build it again: flockwatch ingest FILE.") from fault
    if mark != APPLICATION_ID:
        connection.close()
        raise StoreFault(f"{path} is not a Flockwatch graph.", "Remove it, then ingest again to rebuild the graph.")
    if version > SCHEMA_VERSION:
        connection.close()
        raise BadWorkspace(
            f"The graph {path.name} has version {version}; this program knows {SCHEMA_VERSION}.",
            "Use the newer Flockwatch that wrote it; nothing was changed.",
        )
    if version < BEFORE_WORDS:
        connection.close()
        raise StoreFault(f"{path} was built by an older Flockwatch.", "Ingest again to rebuild the graph.")
    return connection


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _identity_at(path: Path) -> tuple[int, int] | None:
    try:
        return _identity(path.stat())
    except FileNotFoundError:
        return None


def _hold(path: Path) -> IO[bytes] | None:
    try:
        hold = _hold_path(path).open("rb")
    except OSError:
        return None  # no hold file: nobody can remove the version either, or it is gone already
    try:
        fcntl.flock(hold, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        hold.close()
        return None
    return hold


def _hold_path(path: Path) -> Path:
    return path.with_suffix(".readers")


def _remove_old(workspace: Workspace, kept: set[Path | None]) -> None:
    for path in sorted(workspace.graph.glob("graph-*.sqlite")):
        if path in kept or _is_held(path):
            continue
        path.unlink(missing_ok=True)
        _hold_path(path).unlink(missing_ok=True)


def _is_held(path: Path) -> bool:
    try:
        with _hold_path(path).open("rb") as hold:
            fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
