"""The attacks of SECURITY section 5 on generated rings: who is found, who is accused with them, and who is shown as framed.

    python -m tests.bench.attacks_bench [--events N] [--seeds N] [--attacks NAME ...] [--replays N]

Writes tests/bench/attacks_bench.json after every world, and docs/evidence/attacks.md. Exit 1 when a target of SECURITY section 7 is missed.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from detectors import Settings, detect
from detectors.worlds import ATTACKS, WorldSettings
from tests.bench.quality.attack_page import attack_page, missed, summed
from tests.bench.quality.data_sets import world
from tests.bench.quality_bench import HERE, surroundings

TIERS = {"review": ("alert", "review"), "alert": ("alert",)}


def attacked(attack: str, events: int, seed: int, settings: Settings) -> dict[str, Any]:
    """Counts of one world: ring members, organic accounts and framed innocents, and how many of each are flagged."""
    made = world(WorldSettings("security", events, seed, attack), f"{attack}, seed {seed}")
    with tempfile.TemporaryDirectory() as folder:
        loaded = made.load(Path(folder))
        started = time.perf_counter()
        run = detect(loaded.tables, settings, seed=0)
        seconds = time.perf_counter() - started
    counted = counts(loaded.labels, run.frames["accounts"], run.frames["members"])
    return {"attack": attack, "seed": seed, "seconds": round(seconds, 1), **counted}


def counts(labels: pl.DataFrame, accounts: pl.DataFrame, members: pl.DataFrame) -> dict[str, Any]:
    """Whom a run flagged (ACCOUNT_RESULT, MEMBER), by what the labels say of them; `look_alikes`: groups whose flags are wrong."""
    apart = members.filter(pl.col("role") == "target").select("account_id").unique().with_columns(shown=pl.lit(True))
    told = labels.join(accounts.select("account_id", "tier", "cluster_id"), on="account_id", how="left").join(
        apart, on="account_id", how="left"
    )
    told = told.with_columns(pl.col("shown").fill_null(False), pl.col("tier").fill_null("none"))
    ring, framed = pl.col("label") == "coordinated", pl.col("role") == "target"
    rings = told.filter(ring & pl.col("tier").is_in(TIERS["review"]))["cluster_id"].drop_nulls().unique()
    inside = pl.col("cluster_id").is_in(rings.implode()) & pl.col("tier").is_in(TIERS["review"])
    found: dict[str, Any] = {
        "ring": told.filter(ring).height,
        "framed": told.filter(framed).height,
        "organic": told.filter(~ring & ~framed).height,
        "framed_inside": told.filter(framed & inside).height,
        "framed_shown": told.filter(framed & pl.col("shown")).height,
        "ring_shown_as_target": told.filter(ring & pl.col("shown")).height,
    }
    for tier, tiers in TIERS.items():
        flagged = pl.col("tier").is_in(tiers)
        found[f"ring_{tier}"] = told.filter(ring & flagged).height
        found[f"framed_{tier}"] = told.filter(framed & flagged).height
        wrong = told.filter(~ring & ~framed & flagged)
        found[f"organic_{tier}"] = wrong.height
        found[f"ungrouped_{tier}"] = wrong.filter(pl.col("group") == "").height
        grouped = wrong.filter(pl.col("group") != "").group_by("group").len().sort("group")
        found[f"look_alikes_{tier}"] = dict(grouped.iter_rows())
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attacks", nargs="*", default=list(ATTACKS), choices=ATTACKS)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--replays", type=int, default=Settings().replays)
    parser.add_argument("--json", type=Path, default=HERE / "tests" / "bench" / "attacks_bench.json")
    parser.add_argument("--page", type=Path, default=HERE / "docs" / "evidence" / "attacks.md")
    options = parser.parse_args(arguments)
    told: dict[str, Any] = {**surroundings(), "events": options.events, "replays": options.replays, "worlds": []}
    for seed in range(1, options.seeds + 1):
        for attack in options.attacks:
            one = attacked(attack, options.events, seed, Settings(replays=options.replays))
            told["worlds"].append(one)
            print(one, file=sys.stderr, flush=True)
            options.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    text = attack_page(told)
    options.page.write_text(text, "utf-8")
    print(text)
    if short := missed(summed(told["worlds"])):
        print(f"Targets missed: {'; '.join(short)}.", file=sys.stderr)
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
