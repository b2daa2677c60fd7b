"""Disk full, read-only, gone: what the system says about a disk, told in one sentence with what to do next."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from graph.errors import StoreFault

_FULL = ("no space left", "disk is full", "disk quota", "file too large")
_FULL_NUMBERS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_LOCKED = ("read-only", "readonly", "permission denied", "operation not permitted")
_BROKEN = ("os error", "i/o error", "unable to open")
_LOCKED_NUMBERS = {errno.EROFS, errno.EACCES, errno.EPERM}


@contextmanager
def disk_faults_told(place: Path, what: str) -> Iterator[None]:
    """Turn faults of the disk under `place` into StoreFault; `what` completes "cannot write ...". Our own faults pass."""
    try:
        yield
    except OSError as fault:
        raise store_fault(fault, place, what) from fault
    except (sqlite3.OperationalError, pl.exceptions.PolarsError) as fault:
        if not any(sign in str(fault).casefold() for sign in (*_FULL, *_LOCKED, *_BROKEN)):
            raise
        raise store_fault(fault, place, what) from fault


def store_fault(fault: BaseException, place: Path, what: str) -> StoreFault:
    """The sentence for one fault."""
    number = fault.errno if isinstance(fault, OSError) else None
    said = str(fault).casefold()
    if number in _FULL_NUMBERS or any(sign in said for sign in _FULL):
        return StoreFault(
            f"The disk is full: cannot write {what} in {place}.", "Make room, then run again; nothing was lost."
        )
    if number in _LOCKED_NUMBERS or any(sign in said for sign in _LOCKED):
        return StoreFault(
            f"{place} is read-only for this user: cannot write {what}.",
            "Change the permissions or name another --workspace; nothing was changed.",
        )
    first_line = next(iter(str(fault).splitlines()), type(fault).__name__)
    return StoreFault(
        f"Cannot write {what} in {place}: {first_line}.", "Check the disk; what was there before is kept."
    )
