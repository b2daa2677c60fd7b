"""A made-up world as files: what ingest takes, the labels, and the truth that the world was made by."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import polars as pl

from detectors.worlds import WorldPart, WorldSettings, world_parts
from graph.disk_faults import disk_faults_told
from graph.errors import BadSetting
from graph.whole_files import replace_file

Progress = Callable[[str, int, int], None]

TABLES = ("posts", "actions", "accounts")  # Parquet, one file each; labels are CSV, as `flockwatch evaluate` takes them
TRUTH_VERSION = 1


@dataclass(frozen=True, slots=True)
class Generated:
    """Where the world is and what it holds."""

    folder: Path
    files: tuple[Path, ...]
    truth: dict[str, Any]


def generate_files(settings: WorldSettings, out: Path, progress: Progress | None = None) -> Generated:
    """Write the world into `out`, district by district, so that memory is that of one.

    Raises BadSetting when the settings mean nothing or `out` holds anything already: worlds are never mixed.
    """
    settings.checked()
    _empty_folder(out)
    with disk_faults_told(out, "the world"):
        written = _written(settings, out, progress)
    truth = _truth(settings, written)
    replace_file(out / "truth.json", (json.dumps(truth, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode())
    return Generated(out, tuple(sorted(out.iterdir())), truth)


def _empty_folder(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadSetting(f"--out {out} holds something already.", "Name a folder that is new or empty.")
    with disk_faults_told(out.parent, out.name):
        out.mkdir(parents=True, exist_ok=True)


def _written(settings: WorldSettings, out: Path, progress: Progress | None) -> dict[str, Any]:
    """Each district's tables as parts, then one file per table; what is counted on the way."""
    rows = dict.fromkeys((*TABLES, "labels"), 0)
    campaigns: list[dict[str, Any]] = []
    labels: list[pl.DataFrame] = []
    number = 0
    for number, part in enumerate(world_parts(settings), start=1):
        for name in TABLES:
            table: pl.DataFrame = getattr(part, name)
            table.write_parquet(_part(out, name, number))
            rows[name] += table.height
        labels.append(part.labels)
        campaigns += part.campaigns
        if progress:
            progress("districts", number, number)
    for name in TABLES:
        _join_parts(out, name, number)
    told = pl.concat(labels).sort("account_id")
    rows["labels"] = told.height
    told.write_csv(out / "labels.csv")
    return {"rows": rows, "campaigns": campaigns, "labels": told}


def _part(out: Path, name: str, number: int) -> Path:
    return out / f"{name}-{number:04d}.part.parquet"


def _join_parts(out: Path, name: str, parts: int) -> None:
    files = [_part(out, name, number) for number in range(1, parts + 1)]
    if parts == 1:
        files[0].rename(out / f"{name}.parquet")
        return
    pl.scan_parquet(files).sink_parquet(out / f"{name}.parquet", maintain_order=True)
    for file in files:
        file.unlink()


def _truth(settings: WorldSettings, written: dict[str, Any]) -> dict[str, Any]:
    labels: pl.DataFrame = written["labels"]
    return {
        "truth_version": TRUTH_VERSION,
        **asdict(settings),
        "versions": {name: _version(name) for name in ("flockwatch", "numpy", "polars")},
        "rows": written["rows"],
        "accounts": {str(label): count for label, count in labels.group_by("label").len().sort("label").iter_rows()},
        "groups": {
            str(group): count
            for group, count in labels.filter(pl.col("group") != "").group_by("group").len().sort("group").iter_rows()
        },
        "campaigns": written["campaigns"],
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "unknown"


__all__ = ["Generated", "WorldPart", "WorldSettings", "generate_files"]
