"""Runs on disk: each in a folder of its own, written beside and moved into place whole, listed by the order of writing."""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from graph.errors import BadWorkspace, NothingThere
from graph.results import RunRecord, RunResult, Stage
from graph.schemas import RUN_SCHEMAS
from graph.workspace import Workspace, replace_file


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
        return pl.scan_parquet(self.folder / f"{name}.parquet", schema=dict(RUN_SCHEMAS[name]))

    def frame(self, name: str) -> pl.DataFrame:
        return self.scan(name).collect()


def save_run(workspace: Workspace, result: RunResult) -> StoredRun:
    """Write the run; the same run id again replaces the folder with equal content."""
    workspace.runs.mkdir(parents=True, exist_ok=True)
    staged = workspace.runs / f".{result.record.run_id}.{os.getpid()}.part"
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir()
    for name, schema in RUN_SCHEMAS.items():
        frame = result.frames[name].select(pl.col(column).cast(kind) for column, kind in schema.items())
        frame.write_parquet(staged / f"{name}.parquet")
    (staged / "run.json").write_bytes(_as_json(asdict(result.record)))
    times = {
        "started_at": result.started_at,
        "finished_at": result.finished_at,
        "stages": [asdict(stage) for stage in result.stages],
    }
    (staged / "times.json").write_bytes(_as_json(times))
    final = workspace.runs / result.record.run_id
    shutil.rmtree(final, ignore_errors=True)
    os.replace(staged, final)
    order = [run for run in _order(workspace) if run != result.record.run_id]
    replace_file(workspace.runs / "order.json", json.dumps([*order, result.record.run_id]).encode())
    return load_run(workspace, result.record.run_id)


def list_runs(workspace: Workspace) -> list[StoredRun]:
    """Every run, the newest last."""
    return [_read(workspace.runs / run_id) for run_id in _order(workspace)]


def load_run(workspace: Workspace, run_id: str | None = None) -> StoredRun:
    """The run of that id, or the newest; raises NothingThere."""
    order = _order(workspace)
    if not order:
        raise NothingThere("There is no run yet.", "Start one: flockwatch detect.")
    if run_id is not None and run_id not in order:
        raise NothingThere(f"There is no run {run_id!r}.", "flockwatch runs lists them.")
    return _read(workspace.runs / (run_id or order[-1]))


def _order(workspace: Workspace) -> list[str]:
    path = workspace.runs / "order.json"
    return list(json.loads(path.read_text("utf-8"))) if path.exists() else []


def _read(folder: Path) -> StoredRun:
    try:
        said: dict[str, Any] = json.loads((folder / "run.json").read_text("utf-8"))
        times: dict[str, Any] = json.loads((folder / "times.json").read_text("utf-8"))
    except (OSError, ValueError) as fault:
        raise BadWorkspace(
            f"The run in {folder} cannot be read: {fault}.", "Run flockwatch detect again; it gives the same result."
        ) from fault
    said["inputs"] = tuple(said["inputs"])
    said["notes"] = tuple(said["notes"])
    for name in ("data_from", "data_until"):
        said[name] = _time(said[name])
    return StoredRun(
        folder, RunRecord(**said), tuple(Stage(**stage) for stage in times["stages"]), _time(times["finished_at"])
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _as_json(value: Mapping[str, Any]) -> bytes:
    def plain(item: object) -> str:
        if isinstance(item, datetime):
            return item.astimezone(UTC).isoformat()
        raise TypeError(f"{type(item).__name__} cannot be written")

    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, default=plain).encode()
