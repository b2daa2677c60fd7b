"""Rings of taken-over accounts in made-up worlds with log-ins: who is found, as what, how soon, and who is wrongly shown.

    python -m tests.bench.takeovers_bench [--events N] [--seeds 1 2 3] [--posts-only | --sessions-only]

Synthetic throughout (docs/generator.md). A ring is found when half of its accounts are in one ring of ours.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from detectors.takeovers import Takeovers, find_takeovers
from detectors.takeovers.histories import AT_ONCE
from detectors.worlds.takeovers import TakeoverWorld, takeover_world
from graph.schemas import ACCOUNT_SCHEMA, ACTION_SCHEMA, POST_SCHEMA, SESSION_SCHEMA, FrameSchema
from ingest.canonical.addresses import block_of

SHOWN = (
    "compromised",
    "farm",
    "undetermined",
    "owner_run",
)  # what an investigator is shown as a ring; handed-over accounts are explained


@dataclass(frozen=True)
class Scores:
    """Of one world. Shares in 0..1; `None` where there was nothing to count."""

    seed: int
    accounts: int
    rings: int  # found and shown
    precision: float | None  # of the rings shown, those of which half are of one true ring or farm
    recall_5: float | None  # of true rings of five or more
    recall_3: float | None  # of three or four
    types: float | None  # of the true rings and farms that were found, those typed right
    victims: float | None  # of the victims, those in a ring shown
    fpr: float  # of organic accounts, those in a ring shown
    hours: float | None  # median distance of the time told from the true one
    seconds: float


def scores(world: TakeoverWorld, seed: int, posts_only: bool) -> Scores:
    started = time.perf_counter()
    found = found_in(world, posts_only)
    seconds = time.perf_counter() - started
    return Scores(seed=seed, seconds=round(seconds, 1), **scored(found.rings, found.members, world.labels))


def scored(rings_told: pl.DataFrame, members: pl.DataFrame, truth: pl.DataFrame) -> dict[str, Any]:
    """The entries of Scores but seed and seconds. `rings_told`: ring, type; `members`: account_id, ring, at; `truth`: labels of a
    generated world.
    """
    named = pl.coalesce("ring", pl.when(pl.col("type") == "farm").then("campaign"))
    labels = truth.with_columns(truth=named, organic=pl.col("label") == "organic")
    inside = members.join(rings_told.select("ring", "type"), on="ring", suffix="_told").rename({"type": "told"})
    joined = inside.select("account_id", "ring", "told", "at").join(
        labels.select("account_id", "truth", "type", "organic", "taken_at"), on="account_id", how="left"
    )
    shown = joined.filter(pl.col("told").is_in(SHOWN))
    each = shown.group_by("ring").agg(
        pl.len(), best=pl.col("truth").drop_nulls().value_counts().struct.field("count").max()
    )
    sizes = labels.drop_nulls("truth").group_by("truth", "type").len("size")
    hit = shown.drop_nulls("truth").group_by("truth", "ring", "told").len("hit").sort("hit").group_by("truth").last()
    rings = sizes.join(hit, on="truth", how="left").with_columns(found=pl.col("hit").fill_null(0) * 2 >= pl.col("size"))
    taken = rings.filter(pl.col("type") == "compromised")
    late = shown.drop_nulls("taken_at").select(((pl.col("at") - pl.col("taken_at")).dt.total_seconds() / 3600).abs())
    victims = labels.filter(pl.col("type") == "compromised")
    return {
        "accounts": labels.height,
        "rings": each.height,
        "precision": _mean(each, pl.col("best").fill_null(0) * 2 >= pl.col("len")),
        "recall_5": _mean(taken.filter(pl.col("size") >= 5), pl.col("found")),
        "recall_3": _mean(taken.filter(pl.col("size").is_between(3, 4)), pl.col("found")),
        "types": _mean(rings.filter("found"), pl.col("told") == pl.col("type")),
        "victims": _mean(victims, pl.col("account_id").is_in(shown["account_id"].implode())),
        "fpr": shown.filter("organic").height / max(labels.filter("organic").height, 1),
        "hours": late.to_series().median() if late.height else None,
    }


def found_in(world: TakeoverWorld, posts_only: bool = False, at_once: int = AT_ONCE) -> Takeovers:
    """The rings of a world; sessions as ingest leaves them."""
    sessions = world.sessions.with_columns(ip_block=block_of("ip"))
    return find_takeovers(
        as_table(world.posts, POST_SCHEMA),
        as_table(sessions.clear() if posts_only else sessions, SESSION_SCHEMA),
        as_table(world.actions, ACTION_SCHEMA),
        as_table(world.accounts, ACCOUNT_SCHEMA),
        at_once=at_once,
    )


def as_table(frame: pl.DataFrame, schema: FrameSchema) -> pl.LazyFrame:
    """The columns of the schema, null where a made-up frame has none."""
    return frame.lazy().select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in schema.items()
    )


def _mean(rows: pl.DataFrame, right: pl.Expr) -> float | None:
    told = rows.select(right.cast(pl.Float64).mean()).item() if rows.height else None
    return None if told is None else round(float(told), 3)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=250_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--posts-only", action="store_true")
    only.add_argument("--sessions-only", action="store_true", help="worlds without posts")
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args(arguments)
    told = []
    for seed in options.seeds:
        world = takeover_world(events=options.events, seed=seed, posts=not options.sessions_only)
        told.append(scores(world, seed, options.posts_only))
        print(told[-1], flush=True)
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in told], indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
