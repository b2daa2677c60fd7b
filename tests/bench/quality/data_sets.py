"""What is measured on: the labelled mixes, generated worlds, and a small ring world that needs nothing; all go through ingest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from detectors import Tables
from graph.facts import current_facts
from graph.workspace import open_workspace
from ingest import ingest_files
from tests.detectors.worlds import actions_of, quiet_rows, ring_rows

if TYPE_CHECKING:
    from detectors.worlds import WorldSettings

MIXES = {
    "gop2015": "mix_gop2015_posts.parquet",
    "demonetisation2016": "mix_demonetisation2016_posts.parquet",
    "injected2016": "mix_injected2016_shares.parquet",
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """`labels`: account_id, label and, of generated worlds, archetype. The tables read files of the folder given to load."""

    tables: Tables
    labels: pl.DataFrame


@dataclass(frozen=True, slots=True)
class DataSet:
    """`load(folder)` writes what it needs below `folder`. `kind`: mix, world, organic world or example."""

    name: str
    kind: str
    load: Callable[[Path], Loaded]


def mixes(shared: Path) -> list[DataSet]:
    """The labelled mixes beside the project; none when the folder is not there."""
    folder = shared / "data" / "mixes"
    return [_mix(name, folder, file) for name, file in MIXES.items()] if folder.is_dir() else []


def _mix(name: str, folder: Path, file: str) -> DataSet:
    def load(into: Path) -> Loaded:
        labels = pl.read_csv(folder / f"mix_{name}_labels.csv", infer_schema=False)
        return Loaded(ingested([folder / file], into), labels)

    return DataSet(name, "mix", load)


def worlds(presets: Sequence[str], events: int, seeds: Sequence[int]) -> list[DataSet]:
    """Generated worlds; raises ImportError while there is no detectors.worlds."""
    from detectors.worlds import WorldSettings

    return [
        world(WorldSettings(preset, events, seed), f"{preset}, seed {seed}") for preset in presets for seed in seeds
    ]


def world(settings: "WorldSettings", name: str) -> DataSet:
    """One generated world, written as an export and ingested like any other."""

    def load(into: Path) -> Loaded:
        from detectors.worlds import generate_world

        made = generate_world(settings)
        folder = into / "export"
        folder.mkdir()
        for table in ("posts", "actions", "accounts"):
            frame: pl.DataFrame = getattr(made, table)
            if frame.height:
                frame.write_parquet(folder / f"{table}.parquet")
        return Loaded(ingested(sorted(folder.iterdir()), into), made.labels)

    return DataSet(name, "organic world" if settings.preset == "organic" else "world", load)


def example(seed: int = 1) -> DataSet:
    """A ring of 8 in a quiet crowd of 400: small enough for a test; it says nothing about quality."""

    def load(_: Path) -> Loaded:
        actions = actions_of(quiet_rows(seed) + ring_rows(seed + 1))
        names = actions.select("account_id").unique().sort("account_id")
        ring = pl.col("account_id").str.starts_with("ring")
        labels = names.with_columns(
            label=pl.when(ring).then(pl.lit("coordinated")).otherwise(pl.lit("organic")),
            archetype=pl.when(ring).then(pl.lit("tight")).otherwise(pl.lit("")),
        )
        return Loaded(Tables(actions.lazy()), labels)

    return DataSet("example", "example", load)


def ingested(files: Sequence[Path], into: Path) -> Tables:
    workspace = open_workspace(into / "workspace", create=True)
    ingest_files(workspace, list(files))
    facts = current_facts(workspace)
    return Tables(facts.scan("actions"), facts.scan("posts"), facts.scan("texts"), facts.scan("accounts"))
