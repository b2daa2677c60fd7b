"""How long a log of a million events takes to prove, and how many decisions a second one process records.

python tests/bench/audit_chain.py [EVENTS]; figures of one machine stand in audit_chain.md.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from casework.actors import LOCAL_ROLE, Actor
from casework.audit import append_event, verify, verify_lines
from casework.audit_log import NO_EVENT
from casework.canonical import canonical_json, content_hash
from casework.work_store import open_work_store


def chain(length: int) -> Iterator[bytes]:
    """A sound log, line by line."""
    before = NO_EVENT
    for seq in range(1, length + 1):
        event: dict[str, object] = {
            "seq": seq, "utc": "2026-03-12T08:00:00.000000Z", "actor": "ana", "role": "local", "action": "test.event",
            "object": f"d{seq}", "content": NO_EVENT, "reason": NO_EVENT, "prev": before,
        }  # fmt: skip
        before = content_hash(event)
        yield canonical_json({**event, "hash": before})


def main(events: int) -> None:
    lines = list(chain(events))
    took = []
    for _ in range(5):
        began = time.perf_counter()
        assert verify_lines(lines).events == events
        took.append(time.perf_counter() - began)
    print(f"verify {events:,} events: {statistics.median(took):.1f} s ({min(took):.1f}-{max(took):.1f})")
    with tempfile.TemporaryDirectory() as folder, open_work_store(f"sqlite:///{Path(folder) / 'work.sqlite'}") as store:
        began, actor = time.perf_counter(), Actor("ana", LOCAL_ROLE)
        for number in range(500):
            at = datetime.now(UTC)
            store.write(
                lambda c, n=number, at=at: append_event(c, actor, "test.event", f"o{n}", NO_EVENT, NO_EVENT, at)
            )
        print(f"append with sync: {500 / (time.perf_counter() - began):,.0f} events a second")
        assert verify(store).events == 500


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
