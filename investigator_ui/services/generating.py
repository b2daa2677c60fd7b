"""A made-up world as files: what ingest takes, the labels, and the truth that the world was made by."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import polars as pl

from detectors.worlds import TAKEOVERS, WorldPart, WorldSettings, world_periods
from detectors.worlds.calibration import Calibration, calibrate
from detectors.worlds.mutation import CHANGES
from graph.disk_faults import disk_faults_told
from graph.errors import BadSetting
from graph.whole_files import replace_file

Progress = Callable[[str, int, int], None]

# Parquet, one file each; labels are CSV, as `flockwatch evaluate` takes them.
TABLES = ("posts", "actions", "accounts")
TABLES_OF = {"takeover": ("posts", "sessions", "actions", "accounts"), "sessions": ("sessions", "accounts")}
TRUTH_VERSION = 1
# The gate compares with collections of posts of some days; worlds of many months of few accounts are not like these.
UNJUDGED: dict[str, Any] = {
    "passed": None,
    "refusals": [],
    "why": "worlds with takeovers are not judged: no real collection of their kind is at hand",
}


@dataclass(frozen=True, slots=True)
class Generated:
    """Where the world is, what it holds, and why it should not be used (empty when the calibration gate passes it)."""

    folder: Path
    files: tuple[Path, ...]
    truth: dict[str, Any]
    refusals: tuple[str, ...]


def generate_files(settings: WorldSettings, out: Path, progress: Progress | None = None) -> Generated:
    """Write the world into `out`, district by district, so that memory is that of one; `mutation` into before/ and after/.

    Raises BadSetting when the settings mean nothing or `out` holds anything already: worlds are never mixed.
    """
    periods = world_periods(settings)
    _empty_folder(out)
    told = {}
    for period, parts in periods.items():
        with disk_faults_told(out, "the world"):
            told[period] = _write_period(settings.preset, parts, out / period, progress)
    held = told.get("") or {"periods": told, "changes": CHANGES}
    truth = {**_asked(settings), **held}
    replace_file(out / "truth.json", (json.dumps(truth, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode())
    refusals = dict.fromkeys(sentence for one in told.values() for sentence in one["calibration"]["refusals"])
    return Generated(out, tuple(sorted(path for path in out.rglob("*") if path.is_file())), truth, tuple(refusals))


def _empty_folder(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadSetting(f"--out {out} holds something already.", "Name a folder that is new or empty.")


def _asked(settings: WorldSettings) -> dict[str, Any]:
    versions = {name: _version(name) for name in ("flockwatch", "numpy", "polars")}
    return {"truth_version": TRUTH_VERSION, **asdict(settings), "days": settings.lasting, "versions": versions}


def _write_period(preset: str, parts: Iterator[WorldPart], folder: Path, progress: Progress | None) -> dict[str, Any]:
    """Each district's tables as parts, then one file per table; what there is to tell about the period."""
    folder.mkdir(parents=True, exist_ok=True)
    campaigns: list[dict[str, Any]] = []
    labels: list[pl.DataFrame] = []
    judged: Calibration | None = None
    tables = TABLES_OF.get(preset, TABLES)
    rows = dict.fromkeys(tables, 0)
    for number, part in enumerate(parts, start=1):
        for name in tables:
            table: pl.DataFrame = getattr(part, name)
            table.write_parquet(_part(folder, name, number))
            rows[name] += table.height
        # Districts are alike: the first one, up to half a million events, speaks for all.
        if preset not in TAKEOVERS:
            judged = judged or calibrate(part.posts, part.labels)
        labels.append(part.labels)
        campaigns += part.campaigns
        if progress:
            progress("districts", number, number)
    for name in tables:
        _join_parts(folder, name, len(labels))
    known = pl.concat(labels).sort("account_id")
    known.write_csv(folder / "labels.csv", datetime_format="%Y-%m-%dT%H:%M:%S%.6fZ")
    judgement = judged.document() if judged else UNJUDGED
    return {"rows": rows, **_counts(known), "campaigns": campaigns, "calibration": judgement}


def _part(folder: Path, name: str, number: int) -> Path:
    return folder / f"{name}-{number:04d}.part.parquet"


def _join_parts(folder: Path, name: str, parts: int) -> None:
    files = [_part(folder, name, number) for number in range(1, parts + 1)]
    if parts == 1:
        files[0].rename(folder / f"{name}.parquet")
        return
    pl.scan_parquet(files).sink_parquet(folder / f"{name}.parquet", maintain_order=True)
    for file in files:
        file.unlink()


def _counts(labels: pl.DataFrame) -> dict[str, Any]:
    def counted(name: str) -> dict[str, int]:
        named = labels.filter(pl.col(name) != "").group_by(name).len().sort(name)
        return {str(value): count for value, count in named.iter_rows()}

    told = {"labels": counted("label"), "archetypes": counted("archetype"), "groups": counted("group")}
    return told | {"styles": counted("style")} if "style" in labels.columns else told


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "unknown"


__all__ = ["Generated", "WorldSettings", "generate_files"]
