"""The one place for a writer: a lock file that the system lets go of when its process ends, however it ends."""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from graph.disk_faults import store_fault
from graph.errors import WorkspaceBusy

WAIT_SECONDS = 5.0  # SECURITY section 4: the second process is told "in use by ..." within 5 s
_LOOK_AGAIN_SECONDS = 0.05

_held = threading.local()  # .places: the lock files this thread is inside of


@contextmanager
def held_alone(place: Path, wait_seconds: float = WAIT_SECONDS) -> Iterator[bool]:
    """Hold `place` alone, among all processes and threads; gives False when this thread holds it already.

    Raises WorkspaceBusy when somebody else still holds it after `wait_seconds`, StoreFault when it cannot be written.
    """
    places: set[Path] = _held.__dict__.setdefault("places", set())
    if place.absolute() in places:
        yield False
        return
    try:
        lock = place.open("a+", encoding="utf-8", errors="replace")
    except OSError as fault:
        raise store_fault(fault, place.parent, "anything") from fault
    with lock:
        _wait(lock, place, wait_seconds)
        places.add(place.absolute())
        try:
            _sign(lock, f"process {os.getpid()}")
            yield True
        finally:
            places.discard(place.absolute())
            _sign(lock, "")


def _wait(lock: IO[str], place: Path, seconds: float) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            if time.monotonic() >= until:
                lock.seek(0)
                owner = lock.read(80).strip() or "another process"
                raise WorkspaceBusy(
                    f"The workspace {place.parent} is in use by {owner}.", "Wait until it has finished, then run again."
                ) from taken
            time.sleep(_LOOK_AGAIN_SECONDS)
        else:
            return


def _sign(lock: IO[str], owner: str) -> None:
    """Say who holds it, for the message of the others. A full disk must not keep anybody from the lock itself."""
    try:
        lock.seek(0)
        lock.truncate(0)
        lock.write(owner)
        lock.flush()
    except OSError:
        pass
