"""COMPA and EvilCohort on the worlds of takeovers_bench, beside ours.

    python -m tests.bench.takeover_rivals [--events N] [--seeds 31 32]

Synthetic. Neither says what a ring is, so that farms and agencies count as theirs would: a ring of farm accounts is a right one, an agency's
is not. EvilCohort with each of several thresholds; the table gives the one that does best on these worlds, which favours it.
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence

import polars as pl

from detectors.rivals.compa import Compa
from detectors.rivals.evilcohort import EvilCohort
from detectors.worlds.takeovers import TakeoverWorld, takeover_world
from graph.schemas import ACTION_SCHEMA, POST_SCHEMA, SESSION_SCHEMA, TIME
from tests.bench.takeovers_bench import as_table, found_in, scored

ADDRESSES = (1, 2, 3, 5, 10)


Told = tuple[pl.DataFrame, pl.DataFrame]  # rings (ring, type) and members (account_id, ring, at)


def as_told(cohorts: pl.DataFrame) -> Told:
    """COHORT_SCHEMA as rings of the type compromised."""
    rings = cohorts.select("ring", type=pl.lit("compromised")).unique().sort("ring")
    return rings, cohorts.with_columns(at=pl.lit(None, TIME))  # neither says when


def compared(world: TakeoverWorld) -> Iterator[tuple[str, Told, float]]:
    """The name of each method, what it found, and seconds."""
    posts, sessions, actions = (
        as_table(frame, schema).collect()
        for frame, schema in (
            (world.posts, POST_SCHEMA),
            (world.sessions, SESSION_SCHEMA),
            (world.actions, ACTION_SCHEMA),
        )
    )
    started = time.perf_counter()
    found = found_in(world)
    yield "ours", (found.rings, found.members), time.perf_counter() - started
    started = time.perf_counter()
    yield "COMPA", as_told(Compa().rings(posts, actions)), time.perf_counter() - started
    for addresses in ADDRESSES:
        started = time.perf_counter()
        rings = EvilCohort(addresses).rings(sessions)
        yield f"EvilCohort {addresses}", as_told(rings), time.perf_counter() - started


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=250_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[31, 32])
    options = parser.parse_args(arguments)
    for seed in options.seeds:
        world = takeover_world(events=options.events, seed=seed)
        for name, found, seconds in compared(world):
            told = {key: one for key, one in scored(*found, world.labels).items() if key not in ("types", "hours")}
            print(json.dumps({"seed": seed, "method": name, "seconds": round(seconds, 1), **told}), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
