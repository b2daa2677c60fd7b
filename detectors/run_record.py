"""How a run came about, complete enough to repeat it, and the id that follows from it."""

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import polars as pl

from detectors.settings import Settings
from graph.results import RunRecord

_LIBRARIES = ("flockwatch", "polars", "igraph", "numpy", "scipy")


def run_record(
    actions: pl.LazyFrame,
    settings: Settings,
    seed: int,
    facts_version: str,
    inputs: Sequence[Mapping[str, Any]],
    *,
    shadow: bool,
    notes: Sequence[str],
    calibration: Mapping[str, Any] | None = None,
) -> RunRecord:
    """The record of a run over `actions`; `data_until` is the microsecond after the last action."""
    first, last = actions.select(pl.col("at").min().alias("first"), pl.col("at").max().alias("last")).collect().row(0)
    versions = library_versions()
    return RunRecord(
        run_id=run_id(facts_version, settings, seed, versions["flockwatch"]),
        facts_version=facts_version,
        parameters=settings.parameters(),
        seed=seed,
        versions=versions,
        inputs=tuple(inputs),
        data_from=first,
        data_until=last + timedelta(microseconds=1) if last is not None else None,
        shadow=shadow,
        notes=tuple(notes),
        calibration=dict(calibration or {}),
    )


def run_id(facts_version: str, settings: Settings, seed: int, program: str) -> str:
    """'R-' and ten hex digits: equal facts, settings, seed and version of the program give the same id."""
    said = json.dumps([facts_version, settings.parameters(), seed, program], sort_keys=True, ensure_ascii=False)
    return "R-" + hashlib.sha256(said.encode()).hexdigest()[:10]


def library_versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # run from a source tree that was never installed
            found[name] = "unknown"
    return found
