"""Files that are there whole or not at all, and still there after a power cut."""

import itertools
import os
from pathlib import Path

from graph.disk_faults import disk_faults_told

_numbers = itertools.count()  # two threads of one process may write the same file


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` so that a reader sees the old file or the new one, never a part; durable when it returns.

    Raises StoreFault when the disk is full or read-only; the old file is still there then, and nothing else is.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}-{next(_numbers)}.part")
    with disk_faults_told(path.parent, path.name):
        try:
            with open(part, "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            os.replace(part, path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Make the content of a written file durable."""
    with open(path, "rb") as written:
        os.fsync(written.fileno())


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
