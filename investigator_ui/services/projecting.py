"""The projection alone: from the workspace or a bare table to a file of pairs, ours or by a peer's definition."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import polars as pl

from detectors.co_action_pairs import co_action_pairs
from detectors.peers import astrodetection, cnt, coordinationz, coortweet
from graph.errors import BadExport, BadSetting, NothingThere
from graph.facts import current_facts
from graph.traces import TRACES
from graph.workspace import open_workspace

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Projecting:
    """What to project and by whose definition; `like` None is our own (weight = distinct objects)."""

    trace: str = "share"
    window: timedelta = timedelta(seconds=60)
    min_shared: int = 2
    like: str | None = None
    min_participation: int = 2
    min_similarity: float = 0.3
    idf: str = "none"


@dataclass(frozen=True, slots=True)
class Projected:
    pairs: int
    rows: int
    seconds: float


def write_pairs(
    workspace: Path, table: Path | None, settings: Projecting, out: Path, progress: Progress | None = None
) -> Projected:
    """Project and write; raises BadSetting for an unknown trace, peer or file ending, before any work."""
    if out.suffix not in (".parquet", ".csv"):
        raise BadSetting(f"--out {out.name} has no known ending.", "Use a name that ends in .parquet or .csv.")
    if settings.min_shared < 1:
        raise BadSetting(f"--min-shared {settings.min_shared} is below 1.", "Give 1 or more.")
    rows = _read_bare(table) if table else _read_workspace(workspace, settings.trace)
    started = time.perf_counter()
    pairs = _project(rows, settings, progress)
    seconds = time.perf_counter() - started
    if out.suffix == ".parquet":
        pairs.write_parquet(out)
    else:
        pairs.write_csv(out)
    return Projected(pairs.height, rows.height, round(seconds, 3))
