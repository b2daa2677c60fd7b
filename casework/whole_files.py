"""Files and folders that appear whole or not at all: written under a passing name, then moved."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.errors import StoreFault


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """A passing path to write to; moved to `path` when the block ends well, removed when it does not.

    Raises StoreFault when the place cannot be written; what stood at `path` before stays then.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        with open(part, "rb") as written:
            os.fsync(written.fileno())
        os.replace(part, path)
    except OSError as fault:
        raise _cannot_write(path, fault) from fault
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def staged_folder(parent: Path, name: str) -> Iterator[Path]:
    """A new folder in `parent` to fill and then move away; what is left of it is removed at the end."""
    part = parent / f".{name}.{os.getpid()}.part"
    try:
        parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        yield part
    except OSError as fault:
        raise _cannot_write(parent / name, fault) from fault
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _cannot_write(path: Path, fault: OSError) -> StoreFault:
    return StoreFault(
        f"{path} cannot be written: {fault.strerror or fault}.",
        "Check the disk and the permissions, or name another folder with --out.",
    )
