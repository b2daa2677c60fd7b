"""How many posts a ring has made when it is first told, the data cut at the moment of each of some of its posts.

    python -m tests.bench.takeover_delay [--events N] [--seeds 31 32 33]

Synthetic. A ring's posts are those in its accounts after each was taken; the owners' own are among them, so that the delay is told rather too
long. Only rings that are told in the end have a delay; it is the first of STEPS at which most of one ring of ours is theirs.
"""

import argparse
import json
from collections.abc import Sequence

import numpy as np
import polars as pl

from detectors.worlds.takeovers import TakeoverWorld, takeover_world
from tests.bench.takeovers_bench import SHOWN, found_in

STEPS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 100, 200)


def told_of(world: TakeoverWorld, until: object, victims: pl.Series) -> bool:
    """Whether a ring is shown, at that moment, of which most accounts are of these."""
    then = pl.lit(until)
    seen = [frame.filter(pl.col("at") <= then) for frame in (world.posts, world.sessions, world.actions)]
    found = found_in(TakeoverWorld(seen[0], seen[1], world.accounts, seen[2], world.labels, world.campaigns))
    shown = found.members.join(found.rings.filter(pl.col("type").is_in(SHOWN)), on="ring", how="semi")
    mine = shown.group_by("ring").agg(pl.col("account_id").is_in(victims.implode()).mean())
    return bool((mine["account_id"] > 0.5).any())


def delay(world: TakeoverWorld, ring: str) -> int | None:
    """The first of STEPS at which the ring is told; None when it is not at the last, or has no posts. Told once is taken as told from then on."""
    victims = world.labels.filter(pl.col("ring") == ring)
    posts = world.posts.join(victims.select("account_id", "taken_at"), on="account_id")
    times = posts.filter(pl.col("at") >= pl.col("taken_at"))["at"].sort()
    steps = [step for step in STEPS if step <= times.len()]
    low, high = 0, len(steps)
    while low < high:
        middle = (low + high) // 2
        if told_of(world, times[steps[middle] - 1], victims["account_id"]):
            high = middle
        else:
            low = middle + 1
    return steps[low] if low < len(steps) else None


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=60_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[31, 32, 33])
    options = parser.parse_args(arguments)
    every: list[int | None] = []
    for seed in options.seeds:
        world = takeover_world(events=options.events, seed=seed)
        rings = world.labels.filter(pl.col("type") == "compromised")["ring"].unique().sort().to_list()
        told = {ring: delay(world, ring) for ring in rings}
        every += told.values()
        print(json.dumps({"seed": seed, **told}), flush=True)
    known = [one for one in every if one is not None]
    print(json.dumps({"rings": len(every), "told": len(known), "median": float(np.median(known)) if known else None}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
