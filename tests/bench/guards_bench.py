"""What the guards say of every kind of group: innocent look-alikes, operations, real collections. The table of docs/guards/README.md.

    python -m tests.bench.guards_bench [--worlds PRESET:SEED ...] [--events N] [--shared DIR]
    python -m tests.bench.guards_bench --print

Writes tests/bench/guards_bench.json after every data set; `--print` makes the tables of what stands there.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from detectors import Settings, detect
from detectors.guards.found import settled
from detectors.worlds import WorldSettings
from detectors.worlds.presets import KINDS
from graph.schemas import APART_ROLES
from tests.bench.quality.data_sets import Loaded, ingested, mixes, world
from tests.bench.quality_bench import HERE, surroundings

FILE = HERE / "tests" / "bench" / "guards_bench.json"
WORLDS = ("organic:31", "organic:32", "mixed:31", "mixed:32", *(f"{preset}:31" for preset in KINDS))
CHANNELS = "telegram_ru_news_dev.parquet"
QUICK = Settings(replays=0)  # guards do not ask at which level a cluster was found


def cluster_rows(name: str, loaded: Loaded) -> list[dict[str, Any]]:
    """One row per cluster: of whom it consists mostly, its accounts, tier, tags, and the guards that cap or settle it."""
    frames = detect(loaded.tables, QUICK, seed=0).frames
    labels = _kinds(loaded.labels)
    inside = (
        frames["members"].filter(~pl.col("role").is_in(list(APART_ROLES))).join(labels, on="account_id", how="left")
    )
    most = inside.group_by("cluster_id").agg(
        pl.col("kind").fill_null("").mode().min(), pl.col("coordinated").fill_null(value=False).sum()
    )
    guards = (
        frames["guards"]
        .group_by("cluster_id")
        .agg(
            tags=pl.col("tag").filter(pl.col("tag") != "").sort(),
            capped=pl.col("name").filter(pl.col("cap") < 1).sort(),
        )
    )
    told = frames["clusters"].select("cluster_id", "tier", "size").join(most, on="cluster_id")
    told = told.join(guards, on="cluster_id", how="left").with_columns(
        world=pl.lit(name), settled=pl.col("cluster_id").is_in(settled(frames["guards"])["cluster_id"].implode())
    )
    return told.sort("cluster_id").to_dicts()


def _kinds(labels: pl.DataFrame) -> pl.DataFrame:
    """account_id, coordinated, kind: the archetype of an operation, the group of an innocent account, "" without either."""
    coordinated = pl.col("label").str.to_lowercase() == "coordinated"
    there = [pl.col(name).replace("", None) for name in ("archetype", "group") if name in labels.columns]
    other = pl.when(coordinated).then(pl.lit("operation")).otherwise(pl.lit(""))
    return labels.select("account_id", coordinated=coordinated, kind=pl.coalesce(*there, other))


def accounts_row(name: str, loaded: Loaded) -> dict[str, Any]:
    """How many accounts of a data set are organic."""
    coordinated = loaded.labels["label"].str.to_lowercase() == "coordinated"
    return {"world": name, "accounts": loaded.labels.height, "organic": int((~coordinated).sum())}


def data_sets(worlds: Sequence[str], events: int, shared: Path | None, folder: Path) -> Iterator[tuple[str, Loaded]]:
    """Name and data, one at a time."""
    for told in worlds:
        preset, seed = told.split(":")
        yield told, world(WorldSettings(preset, events, int(seed)), told).load(_own(folder, told))
    if shared is None:
        return
    for mix in mixes(shared):
        yield mix.name, mix.load(_own(folder, mix.name))
    nobody = pl.DataFrame(schema={"account_id": pl.String, "label": pl.String})
    yield CHANNELS, Loaded(ingested([shared / "data" / CHANNELS], _own(folder, CHANNELS)), nobody)


def _own(folder: Path, name: str) -> Path:
    own = folder / name.replace(":", "-")
    own.mkdir()
    return own


def by_kind(clusters: pl.DataFrame) -> pl.DataFrame:
    """One row per kind of group: clusters, accounts, how they stand, and the tags that cap with how often."""
    capping = clusters.explode("capped").group_by("coordinated_mostly", "kind", "capped").len().drop_nulls("capped")
    names = capping.sort("len", "capped", descending=[True, False]).group_by(
        "coordinated_mostly", "kind", maintain_order=True
    )
    said = names.agg(pl.format("{} {}", "len", "capped").str.join(", ").alias("capped by"))
    told = clusters.group_by("coordinated_mostly", "kind").agg(
        pl.len().alias("clusters"),
        pl.col("size").sum().alias("accounts"),
        (pl.col("tier") == "alert").sum().alias("alert"),
        ((pl.col("tier") == "review") & ~pl.col("settled")).sum().alias("review"),
        pl.col("settled").sum().alias("settled"),
    )
    joined = told.join(said, on=["coordinated_mostly", "kind"], how="left")
    return joined.with_columns(pl.col("capped by").fill_null("")).sort("coordinated_mostly", "kind")


def tables(kept: Mapping[str, Any]) -> str:
    """The tables in Markdown: generated worlds by kind of group, then every real collection."""
    schema = {"capped": pl.List(pl.String), "tags": pl.List(pl.String)}
    clusters = pl.DataFrame(kept["clusters"], schema_overrides=schema, infer_schema_length=None).with_columns(
        coordinated_mostly=2 * pl.col("coordinated") > pl.col("size")
    )
    made = pl.col("world").str.contains(":")
    counts = pl.DataFrame(kept["data"])
    flagged = clusters.filter(made & ~pl.col("settled")).select((pl.col("size") - pl.col("coordinated")).sum()).item()
    organic = int(counts.filter(made)["organic"].sum())
    hidden = int(clusters.filter(made & pl.col("settled"))["coordinated"].sum())
    parts = [
        f"{counts.filter(made).height} generated worlds, {organic:,} organic accounts, of which {flagged:,} "
        f"({flagged / max(organic, 1):.2%}) stand in a cluster that is not settled; {hidden:,} accounts of operations stand in "
        "one that is.\n"
    ]
    for title, which in (
        ("innocent group", ~pl.col("coordinated_mostly")),
        ("operation", pl.col("coordinated_mostly")),
    ):
        parts.append(_markdown(by_kind(clusters.filter(made & which)).drop("coordinated_mostly"), title))
    real = clusters.filter(~made).with_columns(kind=pl.format("{}: {}", "world", pl.col("kind").replace("", "others")))
    parts.append(_markdown(by_kind(real).drop("coordinated_mostly"), "real collection"))
    return "\n".join(parts)


def _markdown(frame: pl.DataFrame, title: str) -> str:
    names = [title, *frame.columns[1:]]
    lines = [f"| {' | '.join(names)} |", f"| --- |{' ---: |' * (len(names) - 2)} --- |"]
    return "\n".join([*lines, *(f"| {' | '.join(map(str, row))} |" for row in frame.iter_rows()), ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", nargs="*", default=list(WORLDS))
    parser.add_argument("--events", type=int, default=60_000)
    parser.add_argument("--shared", type=Path, default=None)
    parser.add_argument("--print", action="store_true")
    told = parser.parse_args()
    if told.print:
        print(tables(json.loads(FILE.read_text("utf-8"))))
        return
    kept: dict[str, Any] = {"surroundings": surroundings(), "events": told.events, "data": [], "clusters": []}
    with tempfile.TemporaryDirectory() as folder:
        for name, loaded in data_sets(told.worlds, told.events, told.shared, Path(folder)):
            kept["data"].append(accounts_row(name, loaded))
            kept["clusters"] += cluster_rows(name, loaded)
            FILE.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
            print(name, len(kept["clusters"]), file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
