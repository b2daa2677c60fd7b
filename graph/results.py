"""What a detector run says: the frames it leaves behind and the record of how it came about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a run, for the funnel: what went in, what came out, how long it took."""

    name: str
    rows_in: int
    rows_out: int
    seconds: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """How a run came about; enough to repeat it. `run_id` follows from facts, parameters, seed and version."""

    run_id: str
    facts_version: str
    parameters: Mapping[str, Any]
    seed: int
    versions: Mapping[str, str]  # python, flockwatch, polars, igraph, numpy, scipy
    inputs: tuple[Mapping[str, Any], ...]  # {name, sha256, accepted} of every ingested file
    data_from: datetime | None
    data_until: datetime | None  # exclusive
    engine: str = "polars"
    shadow: bool = False
    notes: tuple[str, ...] = ()  # sentences about what was left out and why
    calibration: Mapping[str, Any] = field(default_factory=dict)  # the level of the clusters and what replay says of it


@dataclass(frozen=True, slots=True)
class RunResult:
    """A whole run: `frames` holds one frame per name of graph.schemas.RUN_SCHEMAS, sorted, so that equal runs are equal bytes."""

    record: RunRecord
    frames: Mapping[str, pl.DataFrame]
    stages: tuple[Stage, ...] = ()
    started_at: datetime | None = None
    finished_at: datetime | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
