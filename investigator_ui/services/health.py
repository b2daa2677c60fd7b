"""`doctor`: each check says what it looked at, whether it is as it should be, and what to do when it is not."""

import importlib.metadata
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from graph.errors import FlockwatchError
from graph.facts import current_facts
from graph.local.store import open_graph
from graph.runs import list_runs
from graph.workspace import Workspace, open_workspace
from investigator_ui.launch import server_settings
from investigator_ui.services.casefile import verify_audit
from investigator_ui.services.server_health import server_looks

_LIBRARIES = ("polars", "igraph", "streamlit", "sqlalchemy", "networkx", "neo4j", "pyvis")
_FREE_BYTES = 2 * 2**30  # staging of one large export; an estimate, shown with the figure
_CLOCK_FLOOR = datetime(2026, 1, 1, tzinfo=UTC)  # before this release: the clock cannot be right


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    ok: bool
    detail: str


def examine(path: Path) -> list[Check]:
    """Every check, in order; one that cannot be made counts as not ok and says why."""
    checks = [
        _check("python", _python),
        _check("libraries", _libraries),
        _check("clock", _clock),
        _check("pages", _pages),
        _check("disk", lambda: _disk(path)),
        _check("scratch folder", _scratch),
    ]
    if not (path / "flockwatch.json").exists():
        return [*checks, Check("workspace", True, f"{path} does not exist yet; flockwatch ingest makes it")]
    checks.append(_check("workspace", lambda: _workspace(path)))
    if checks[-1].ok:
        workspace = open_workspace(path)
        checks += [
            _check("facts", lambda: _facts(workspace)),
            _check("graph store", lambda: _graph(workspace)),
            _check("runs", lambda: (True, f"{len(list_runs(workspace)):,} runs")),
            _check("work store and audit log", lambda: _work(workspace)),
            *_server(workspace),
        ]
    return checks


def _check(name: str, look: Callable[[], tuple[bool, str]]) -> Check:
    try:
        ok, detail = look()
    except FlockwatchError as refusal:
        ok, detail = False, str(refusal)
    except OSError as fault:
        ok, detail = False, f"cannot be looked at: {fault}"
    return Check(name, ok, detail)


def _python() -> tuple[bool, str]:
    return sys.version_info >= (3, 11), f"{sys.version.split()[0]} (3.11 or newer is needed)"


def _libraries() -> tuple[bool, str]:
    return True, ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES)


def _clock() -> tuple[bool, str]:
    now = datetime.now(UTC)
    return now > _CLOCK_FLOOR, f"{now:%Y-%m-%d %H:%M:%S} UTC"


def _pages() -> tuple[bool, str]:
    settings = server_settings(port=0)
    unsafe = [
        name
        for name, safe in {
            "server.address": "127.0.0.1",
            "server.enableCORS": "true",
            "server.enableXsrfProtection": "true",
            "browser.gatherUsageStats": "false",
            "client.showErrorDetails": "none",
            "client.disableDataExport": "true",
        }.items()
        if str(settings.get(name)).lower() != safe
    ]
    return not unsafe, f"unsafe: {', '.join(unsafe)}" if unsafe else "loopback only, exports and statistics off"


def _disk(path: Path) -> tuple[bool, str]:
    place = next(folder for folder in (path.absolute(), *path.absolute().parents) if folder.exists())
    free = shutil.disk_usage(place).free
    return free > _FREE_BYTES, f"{free / 2**30:.1f} GiB free ({_FREE_BYTES / 2**30:.0f} GiB are wanted)"


def _scratch() -> tuple[bool, str]:
    folder = Path(tempfile.gettempdir())
    return os.access(folder, os.W_OK), f"{folder} is {'' if os.access(folder, os.W_OK) else 'not '}writable"


def _workspace(path: Path) -> tuple[bool, str]:
    open_workspace(path)
    writable = os.access(path, os.W_OK)
    return writable, str(path) if writable else f"{path} is read-only: nothing can be decided or ingested"


def _facts(workspace: Workspace) -> tuple[bool, str]:
    facts = current_facts(workspace)
    lost = [part.file for part in facts.parts if not (facts.folder / part.file).exists()]
    if lost:
        return False, f"{len(lost)} of {len(facts.parts)} files are missing, the first is {lost[0]}"
    return True, f"version {facts.number}, {len(facts.sources):,} files ingested"


def _graph(workspace: Workspace) -> tuple[bool, str]:
    if not current_facts(workspace).sources:
        return True, "empty until something is ingested"
    with open_graph(workspace) as store:
        counts = store.summary()
    return True, f"{counts.accounts:,} accounts, {counts.objects:,} objects"


def _server(workspace: Workspace) -> list[Check]:
    try:
        return [_check(name, look) for name, look in server_looks(workspace)]
    except FlockwatchError as damaged:
        return [Check("graph server", False, str(damaged))]


def _work(workspace: Workspace) -> tuple[bool, str]:
    checked = verify_audit(workspace, None)
    return checked.ok, checked.said
