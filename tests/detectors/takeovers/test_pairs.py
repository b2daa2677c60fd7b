"""Accounts that acted together before anything changed were nobody's victims."""

from datetime import timedelta

import polars as pl
import pytest

from detectors.worlds.takeovers import TakeoverWorld, takeover_world
from tests.bench.takeovers_bench import found_in


@pytest.fixture(scope="module")
def world() -> TakeoverWorld:
    return takeover_world(events=60_000, seed=1)


def types(world: TakeoverWorld, ring: str) -> list[tuple[str, float, float]]:
    """Type and shares of pairs, before and after, of our rings that hold accounts of this true one."""
    found = found_in(world)
    mine = world.labels.filter(pl.col("ring") == ring)["account_id"].implode()
    numbers = found.members.filter(pl.col("account_id").is_in(mine))["ring"].unique()
    told = found.rings.filter(pl.col("ring").is_in(numbers.implode()))
    return list(told.select("type", "pairs_before", "pairs_after").iter_rows())


def largest_ring(world: TakeoverWorld) -> str:
    victims = world.labels.drop_nulls("ring").group_by("ring").len().sort("len", "ring")
    return str(victims["ring"][-1])


def test_victims_did_nothing_together_before_and_the_intruders_things_after(world: TakeoverWorld):
    for kind, before, after in types(world, largest_ring(world)):
        assert kind == "compromised"
        assert before < 0.1 < after


def test_a_ring_whose_members_pushed_the_same_things_before_is_run_by_one_owner(world: TakeoverWorld):
    ring = largest_ring(world)
    members = world.labels.filter(pl.col("ring") == ring).select("account_id", "taken_at")
    earlier = [
        members.select(
            "account_id",
            at=pl.col("taken_at") - timedelta(days=5 * week + 5),
            trace=pl.lit("text"),
            object_id=pl.lit(f"what they all say, {week}"),
        )
        for week in range(6)
    ]
    actions = pl.concat([world.actions, *earlier], how="diagonal_relaxed")
    owned = TakeoverWorld(world.posts, world.sessions, world.accounts, actions, world.labels, world.campaigns)
    told = types(owned, ring)
    assert told
    assert all(kind == "owner_run" and before > 0.9 for kind, before, _ in told)
