"""Generated worlds and worlds without coordination: what is found of each archetype, who else is flagged, and false discoveries beside nominal.

    python -m tests.bench.worlds_bench [--parts nulls archetypes mixed] [--events N] [--shared DIR]

Writes tests/bench/worlds_bench.json after every run. The tables of docs/evidence/detection.md are made of it by `--print`.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from detectors import Settings, Tables, detect, ranking
from detectors.worlds import WorldSettings
from detectors.worlds.presets import KINDS
from tests.bench.quality.data_sets import Loaded, mixes, world
from tests.bench.quality.false_discoveries import LEVELS, SPANS, swapped
from tests.bench.quality.figures import compared, flagged_by
from tests.bench.quality.world_tables import tables
from tests.bench.quality_bench import HERE, surroundings

TIERS = {"review": ["alert", "review"], "alert": ["alert"]}


def null_rows(name: str, found: Loaded | Tables, replays: int) -> list[dict[str, Any]]:
    """Flagged accounts of one world without coordination per q, both tiers at that q. From the loosest down: what is not
    flagged there is not flagged at a stricter level, so such a level is not run."""
    given = found if isinstance(found, Tables) else found.tables
    rows: list[dict[str, Any]] = []
    for q in sorted(LEVELS, reverse=True):
        if rows and not rows[-1]["review"] and not rows[-1]["links"]:
            rows.append({**rows[-1], "q": q, "run": False})
            continue
        run = detect(given, Settings(q=q, review_q=q, replays=replays), seed=0)
        tier = run.frames["accounts"]["tier"]
        told = run.record.calibration
        rows.append(
            {
                "world": name,
                "q": q,
                "run": True,
                "accounts": tier.len(),
                "links": next(stage.rows_out for stage in run.stages if stage.name == "significant links"),
                "clusters": run.frames["clusters"].height,
                **{name: int(tier.is_in(tiers).sum()) for name, tiers in TIERS.items()},
                "replay_fdr": told["empirical_fdr"]["review"],
                "level": told["review_level"],
            }
        )
        print(rows[-1], file=sys.stderr, flush=True)
    return rows


def without_coordination(
    shared: Path, events: int, seeds: Sequence[int], folder: Path
) -> Iterator[tuple[str, Loaded | Tables]]:
    """Organic worlds, and each mix with its accounts dealt anew, over everything and within the hour."""
    for seed in seeds:
        place = folder / f"organic{seed}"
        place.mkdir()
        yield f"organic world, seed {seed}", world(WorldSettings("organic", events, seed), "").load(place)
    for one in mixes(shared):
        place = folder / one.name
        place.mkdir()
        loaded = one.load(place)
        actions = loaded.tables.actions.collect()
        for name, span in SPANS.items():
            yield (
                f"{one.name}, accounts swapped {name}",
                Tables(swapped(actions, 0, span).lazy(), texts=loaded.tables.texts),
            )


def world_row(preset: str, events: int, seed: int, replays: int) -> dict[str, Any]:
    """AP, recall per archetype, organic accounts flagged, and flagged shares per must-not-flag group, at both tiers."""
    with tempfile.TemporaryDirectory() as folder:
        loaded = world(WorldSettings(preset, events, seed), "").load(Path(folder))
        started = time.perf_counter()
        settings = Settings(replays=replays)
        ran = detect(loaded.tables, settings, seed=0)
        seconds = time.perf_counter() - started
        table = compared(loaded.labels, loaded.tables.actions.collect(), settings.traces)
    told: dict[str, Any] = {"preset": preset, "events": events, "seed": seed, "seconds": round(seconds, 1)}
    for name, tiers in TIERS.items():
        answer = ran.frames["accounts"].select("account_id", "score", pl.col("tier").is_in(tiers).alias("flagged"))
        score, flagged = table.answer(answer)
        told["ap"] = ranking.average_precision(table.positive, score)
        told["coordinated"], told["organic"] = int(table.positive.sum()), int((~table.positive).sum())
        told[f"organic_{name}"] = int((flagged & ~table.positive).sum())
        told[f"precision_{name}"] = ranking.precision(table.positive, flagged)
        told[f"archetypes_{name}"] = flagged_by(
            table, answer, loaded.labels.filter(pl.col("label") == "coordinated"), "archetype"
        )
        told[f"groups_{name}"] = flagged_by(table, answer, loaded.labels.filter(pl.col("label") == "organic"), "group")
    plain = loaded.labels.filter((pl.col("label") == "organic") & (pl.col("group") == ""))["account_id"]
    ungrouped = ran.frames["accounts"].filter(pl.col("account_id").is_in(plain.implode()))
    told["ungrouped"] = plain.len()
    told["ungrouped_review"] = ungrouped.filter(pl.col("tier").is_in(TIERS["review"])).height
    told["ungrouped_alert"] = ungrouped.filter(pl.col("tier") == "alert").height
    told["empirical_fdr"] = ran.record.calibration["empirical_fdr"]
    print(told, file=sys.stderr, flush=True)
    return told


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=HERE.parent / "shared")
    parser.add_argument("--parts", nargs="*", default=["archetypes", "nulls", "mixed"])
    parser.add_argument("--events", type=int, default=100_000, help="of mixed and organic worlds")
    parser.add_argument("--archetype-events", type=int, default=30_000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--replays", type=int, default=Settings().replays)
    parser.add_argument("--presets", nargs="*", default=list(KINDS))
    parser.add_argument("--print", action="store_true", help="only print the tables of what was measured")
    parser.add_argument("--json", type=Path, default=HERE / "tests" / "bench" / "worlds_bench.json")
    options = parser.parse_args(arguments)
    kept = json.loads(options.json.read_text("utf-8")) if options.json.exists() else {}
    if options.print:
        print(tables(kept))
        return 0
    told = {**kept, **surroundings(), "replays": options.replays}

    def keep(part: str, rows: list[dict[str, Any]]) -> None:
        told[part] = rows
        options.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")

    seeds = range(1, options.seeds + 1)
    if "archetypes" in options.parts:
        rows: list[dict[str, Any]] = []
        for preset in options.presets:
            rows.append(world_row(preset, options.archetype_events, 1, options.replays))
            keep("archetypes", rows)
    if "mixed" in options.parts:
        rows = []
        for seed in seeds:
            rows.append(world_row("mixed", options.events, seed, options.replays))
            keep("mixed", rows)
    if "nulls" in options.parts:
        rows = []
        with tempfile.TemporaryDirectory() as folder:
            for name, found in without_coordination(options.shared, options.events, seeds, Path(folder)):
                rows += null_rows(name, found, options.replays)
                keep("nulls", rows)
    print(tables(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
