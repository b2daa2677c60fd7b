"""Runs on disk: each in a folder of its own, written beside and moved into place whole, listed by the order of writing."""

import json
import os
import re
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from graph.disk_faults import disk_faults_told
from graph.errors import BadSetting, BadWorkspace, NothingThere
from graph.foreign_text import show_text
from graph.results import RunRecord, RunResult, Stage
from graph.schemas import RUN_SCHEMAS, empty
from graph.tables import collect_table, scan_tables
from graph.whole_files import sync_file, sync_folder
from graph.workspace import Workspace, replace_file, writing

Read = TypeVar("Read")

_HINT = "Run flockwatch detect again; it gives the same result."
_TIMES = "times.json"
# Tables that runs of older versions lack; they read as empty.
_LATER = frozenset({"nesting", "takeovers", "takeover_acts", "takeover_signs", "habit_changes"})
# Ids come from the command line and become folder names; "~" is ours.
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_FOLDER = re.compile(rf"{_RUN_ID.pattern}(?:~\d+)?")


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A finished run, read lazily: `frame('clusters')` and the like; `record` and `stages` say how it came about."""

    folder: Path
    record: RunRecord
    stages: tuple[Stage, ...]
    finished_at: datetime | None

    @property
    def run_id(self) -> str:
        return self.record.run_id

    def scan(self, name: str) -> pl.LazyFrame:
        """The rows of one table in RUN_SCHEMAS, none of a table that was added since the run; raises BadWorkspace when its file is missing or cut off."""
        file = self.folder / f"{name}.parquet"
        return scan_tables([] if name in _LATER and not file.exists() else [file], RUN_SCHEMAS[name], _HINT)

    def frame(self, name: str) -> pl.DataFrame:
        """The whole table; raises BadWorkspace when it cannot be read."""
        return collect_table(self.scan(name), self.folder, _HINT)


def save_run(workspace: Workspace, result: RunResult) -> StoredRun:
    """Write the run and list it as the newest, in one step for readers.

    The same run id again keeps the folder when its content is equal (times apart), else a new folder takes its place;
    the old one stays until the next save, for those who are reading it. Raises BadSetting for an id that is no plain name.
    """
    run_id = result.record.run_id
    if not _RUN_ID.fullmatch(run_id):
        raise BadSetting(
            f"{show_text(run_id, 80)} cannot name a run.", "Use letters, digits, dots, - and _, 80 at most."
        )
    with writing(workspace), disk_faults_told(workspace.runs, f"run {run_id}"):
        workspace.runs.mkdir(parents=True, exist_ok=True)
        listed = _listed(workspace)
        _remove_unlisted(workspace, {run_id, *map(_run_of, listed)}, listed)
        staged = workspace.runs / f".{run_id}.{os.getpid()}.part"
        try:
            _stage(staged, result)
            folder = _place(workspace, staged, run_id, listed)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
        order = [name for name in listed if _run_of(name) != run_id]
        replace_file(workspace.runs / "order.json", json.dumps([*order, folder]).encode())
    return load_run(workspace, run_id)


def list_runs(workspace: Workspace) -> list[StoredRun]:
    """Every run, the newest last."""
    return _while_listed(workspace, lambda listed: [_read(workspace.runs / name) for name in listed])


def load_run(workspace: Workspace, run_id: str | None = None) -> StoredRun:
    """The run of that id, or the newest; raises NothingThere."""
    return _while_listed(workspace, lambda listed: _load(workspace, listed, run_id))


def _load(workspace: Workspace, listed: Sequence[str], run_id: str | None) -> StoredRun:
    folders = {_run_of(name): name for name in listed}
    if not folders:
        raise NothingThere("There is no run yet.", "Start one: flockwatch detect.")
    if run_id is not None and run_id not in folders:
        raise NothingThere(f"There is no run {show_text(run_id, 80)}.", "flockwatch runs lists them.")
    return _read(workspace.runs / (folders[run_id] if run_id else listed[-1]))


def _while_listed(workspace: Workspace, read: Callable[[list[str]], Read]) -> Read:
    """Read what is listed; again when it could not be read because a writer replaced it in between."""
    listed = _listed(workspace)
    while True:
        try:
            return read(listed)
        except BadWorkspace:
            before, listed = listed, _listed(workspace)
            if listed == before:
                raise


def _listed(workspace: Workspace) -> list[str]:
    """The folders of the runs, the newest last: RUN, or RUN~2 when it took the place of another."""
    try:
        listed = json.loads((workspace.runs / "order.json").read_text("utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as fault:
        raise BadWorkspace(f"The list of runs in {workspace.runs} cannot be read: {fault}.", _HINT) from fault
    if not isinstance(listed, list) or not all(isinstance(name, str) and _FOLDER.fullmatch(name) for name in listed):
        raise BadWorkspace(f"The list of runs in {workspace.runs} is damaged.", _HINT)
    return listed


def _run_of(folder: str) -> str:
    return folder.partition("~")[0]


def _stage(staged: Path, result: RunResult) -> None:
    """The whole run in a folder that nobody looks at, durable."""
    staged.mkdir()
    for name, schema in RUN_SCHEMAS.items():
        held = result.frames.get(name, empty(schema)) if name in _LATER else result.frames[name]
        frame = held.select(pl.col(column).cast(kind) for column, kind in schema.items())
        frame.write_parquet(staged / f"{name}.parquet")
    (staged / "run.json").write_bytes(_as_json(asdict(result.record)))
    times = {
        "started_at": result.started_at,
        "finished_at": result.finished_at,
        "stages": [asdict(stage) for stage in result.stages],
    }
    (staged / _TIMES).write_bytes(_as_json(times))
    for file in sorted(staged.iterdir()):
        sync_file(file)
    sync_folder(staged)


def _place(workspace: Workspace, staged: Path, run_id: str, listed: Sequence[str]) -> str:
    """Move the staged folder to a name of its own; gives that name, or the listed one when that holds the same."""
    old = next((name for name in listed if _run_of(name) == run_id), None)
    if old is not None and _are_equal(staged, workspace.runs / old):
        return old
    taken = int(old.partition("~")[2] or 1) if old else 0
    name = f"{run_id}~{taken + 1}" if taken else run_id
    os.replace(staged, workspace.runs / name)
    sync_folder(workspace.runs)
    return name


def _are_equal(one: Path, other: Path) -> bool:
    """The same files with the same bytes; when it ran and how long it took does not count."""
    names = [sorted(f.name for f in folder.glob("*") if f.name != _TIMES) for folder in (one, other)]
    if names[0] != names[1] or not (other / _TIMES).is_file():
        return False
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in names[0])


def _remove_unlisted(workspace: Workspace, run_ids: Collection[str], listed: Collection[str]) -> None:
    """Folders of these runs that a newer one replaced before this save, or that a killed save had not listed yet."""
    for folder in sorted(workspace.runs.iterdir()):
        known = _FOLDER.fullmatch(folder.name) and _run_of(folder.name) in run_ids
        if known and folder.is_dir() and folder.name not in listed:
            shutil.rmtree(folder, ignore_errors=True)


def _read(folder: Path) -> StoredRun:
    try:
        said: dict[str, Any] = json.loads((folder / "run.json").read_text("utf-8"))
        times: dict[str, Any] = json.loads((folder / _TIMES).read_text("utf-8"))
        said["inputs"] = tuple(said["inputs"])
        said["notes"] = tuple(said["notes"])
        for name in ("data_from", "data_until"):
            said[name] = _time(said[name])
        stages = tuple(Stage(**stage) for stage in times["stages"])
        return StoredRun(folder, RunRecord(**said), stages, _time(times["finished_at"]))
    except (OSError, ValueError, TypeError, KeyError) as fault:
        raise BadWorkspace(f"The run in {folder} cannot be read: {fault}.", _HINT) from fault


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _as_json(value: Mapping[str, Any]) -> bytes:
    def plain(item: object) -> str:
        if isinstance(item, datetime):
            return item.astimezone(UTC).isoformat()
        raise TypeError(f"{type(item).__name__} cannot be written")

    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, default=plain).encode()
