"""Killed at any moment: every acknowledged decision is there once, and the chain holds."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from casework.audit import verify
from casework.decisions import decisions
from casework.work_store import open_work_store
from graph.runs import StoredRun
from graph.workspace import Workspace

KILLS = int(os.environ.get("FLOCKWATCH_KILLS", "20"))  # the release runs 100
CHILD = Path(__file__).with_name("deciding_child.py")


def kill_at_random(workspace: Workspace, acknowledged: Path, names: tuple[str, ...], chance: random.Random) -> None:
    """Start one process per name, wait until all have decided something new, then kill each within 0.3 s."""
    before = Counter(_names(acknowledged))
    running = [
        subprocess.Popen([sys.executable, str(CHILD), str(workspace.path), str(acknowledged), name]) for name in names
    ]
    until = time.monotonic() + 60
    while any(Counter(_names(acknowledged))[name] == before[name] for name in names):
        assert time.monotonic() < until and all(process.poll() is None for process in running)
        time.sleep(0.01)
    for process in running:
        time.sleep(chance.uniform(0, 0.15))
        process.kill()
    assert [process.wait() for process in running] == [-signal.SIGKILL] * len(names)


def _names(acknowledged: Path) -> list[str]:
    return [key.partition("-")[0] for key in _keys(acknowledged)]


def _keys(acknowledged: Path) -> list[str]:
    return acknowledged.read_text().splitlines() if acknowledged.exists() else []


def test_kill_9_during_decisions_loses_no_acknowledged_one_and_doubles_none(
    workspace: Workspace, run: StoredRun, tmp_path: Path
) -> None:
    acknowledged = tmp_path / "acknowledged"
    chance = random.Random(11)
    for _ in range(KILLS // 2):  # two at a time, so that each also dies while another waits for the store
        kill_at_random(workspace, acknowledged, ("ana", "ben"), chance)
    store = open_work_store(workspace)
    kept = Counter(decision.key for decision in decisions(store))
    said = _keys(acknowledged)
    assert len(said) > KILLS
    assert set(said) - set(kept) == set()  # nothing lost
    assert max(kept.values()) == 1  # nothing doubled
    assert len(kept) - len(set(said)) <= 2  # at most one in flight per process, sent again after the others
    report = verify(store)
    assert (report.ok, report.events) == (True, len(kept))
    with store.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    store.close()
