"""Made-up worlds with takeovers: the rings are found, told for what they are, and nobody else is shown."""

from collections.abc import Iterator
from datetime import timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from detectors.takeovers import Takeovers, find_takeovers
from detectors.worlds.takeovers import TakeoverWorld, takeover_world
from detectors.worlds.takeovers.groups import SIZES
from graph.schemas import ACCOUNT_SCHEMA, ACTION_SCHEMA, POST_SCHEMA, SESSION_SCHEMA
from ingest.canonical.addresses import block_of
from tests.bench.takeovers_bench import SHOWN, as_table, found_in, scores


@pytest.fixture(scope="module")
def world() -> TakeoverWorld:
    return takeover_world(events=60_000, seed=1)


@pytest.fixture(scope="module")
def found(world: TakeoverWorld) -> Iterator[Takeovers]:
    yield found_in(world)


def shown(found: Takeovers, world: TakeoverWorld) -> pl.DataFrame:
    kept = found.members.join(found.rings.filter(pl.col("type").is_in(SHOWN)), on="ring", how="semi")
    return kept.join(world.labels, on="account_id")


def test_no_ordinary_account_is_shown_and_no_group_that_must_not_be(found: Takeovers, world: TakeoverWorld):
    assert shown(found, world).filter(pl.col("label") == "organic").is_empty()


def test_rings_are_found_and_told_for_what_they_are(world: TakeoverWorld):
    told = scores(world, 1, posts_only=False)
    assert told.precision == 1
    assert told.recall_5 is not None and told.recall_5 >= 0.8
    assert told.types == 1
    assert told.hours is not None and told.hours < 1


def test_accounts_that_were_handed_over_are_explained(found: Takeovers, world: TakeoverWorld):
    managed = found.members.join(found.rings.filter(pl.col("type") == "managed"), on="ring", how="semi")
    groups = managed.join(world.labels, on="account_id")["group"]
    assert set(groups) == {"agency", "handover"}


def test_the_order_of_rows_changes_nothing(found: Takeovers, world: TakeoverWorld):
    shuffled = TakeoverWorld(
        *(
            frame.sample(fraction=1, shuffle=True, seed=3)
            for frame in (world.posts, world.sessions, world.accounts, world.actions)
        ),
        world.labels,
        world.campaigns,
    )
    again = found_in(shuffled)
    for name in ("rings", "members", "signs"):
        assert_frame_equal(getattr(again, name), getattr(found, name))


@pytest.mark.parametrize("at_once", [7_000, 31_000])
def test_how_much_is_read_at_once_changes_nothing(found: Takeovers, world: TakeoverWorld, at_once: int):
    again = found_in(world, at_once=at_once)
    for name in ("rings", "members", "signs"):
        assert_frame_equal(getattr(again, name), getattr(found, name), check_exact=True)


def test_newcomers_without_habits_change_no_ring(found: Takeovers, world: TakeoverWorld):
    newcomers = world.sessions.head(200).with_columns(
        account_id=pl.format("new-{}", pl.int_range(200)), device=pl.format("their-{}", pl.int_range(200))
    )
    more = TakeoverWorld(
        world.posts,
        pl.concat([world.sessions, newcomers]),
        world.accounts,
        world.actions,
        world.labels,
        world.campaigns,
    )
    rings = [
        frame.group_by("ring").agg(pl.col("account_id").sort()) for frame in (found.members, found_in(more).members)
    ]
    assert sorted(rings[0]["account_id"].to_list()) == sorted(rings[1]["account_id"].to_list())


@pytest.mark.parametrize("group", sorted(SIZES))
def test_nobody_is_shown_of(found: Takeovers, world: TakeoverWorld, group: str):
    assert world.labels.filter(pl.col("group") == group).height >= 8
    assert shown(found, world).filter(pl.col("group") == group).is_empty()


def test_a_conference_that_has_a_site_of_its_own_is_no_ring(world: TakeoverWorld):
    """Everybody in the hall comes from its network, links its site and says the same."""
    travelled = world.labels.filter(pl.col("group") == "travel")["account_id"].implode()
    blocks = world.sessions.filter(pl.col("account_id").is_in(travelled)).with_columns(block=block_of("ip"))
    hall = blocks.drop_nulls("block").group_by("block").agg(pl.col("account_id").n_unique()).sort("account_id", "block")
    there = blocks.filter(pl.col("block") == hall["block"][-1]).group_by("account_id").agg(pl.col("at").min())
    speakers = there.sort("account_id")
    said = [
        speakers.select("account_id", pl.col("at") + timedelta(hours=3), trace=pl.lit(trace), object_id=pl.lit(what))
        for trace, what in (("domain", "conference.example"), ("text", "see you all at the conference"))
    ]
    actions = pl.concat([world.actions, *said], how="diagonal_relaxed")
    assert speakers.height >= 5
    again = found_in(TakeoverWorld(world.posts, world.sessions, world.accounts, actions, world.labels, world.campaigns))
    assert shown(again, world).filter(pl.col("label") == "organic").is_empty()


def test_a_world_without_rings_and_an_empty_one_give_nothing(world: TakeoverWorld):
    organic = world.labels.filter(pl.col("label") == "organic")["account_id"].implode()
    calm = [
        frame.filter(pl.col("account_id").is_in(organic))
        for frame in (world.posts, world.sessions, world.accounts, world.actions)
    ]
    told = found_in(TakeoverWorld(*calm, world.labels, world.campaigns))
    assert set(told.rings["type"]) <= {"managed"}
    schemas = (POST_SCHEMA, SESSION_SCHEMA, ACTION_SCHEMA, ACCOUNT_SCHEMA)
    nothing = find_takeovers(*(pl.LazyFrame(schema=dict(schema)) for schema in schemas))
    assert nothing.rings.is_empty() and nothing.members.is_empty() and nothing.signs.is_empty()


def test_posts_alone_find_rings_too(world: TakeoverWorld):
    told = scores(world, 1, posts_only=True)
    assert told.rings >= 1
    assert told.fpr == 0


def test_the_signs_name_what_was_new(found: Takeovers, world: TakeoverWorld):
    sessions = world.sessions.with_columns(ip_block=block_of("ip"))
    device = found.signs.filter((pl.col("feature") == "device") & pl.col("other_feature").is_null()).row(0, named=True)
    users = as_table(sessions, SESSION_SCHEMA).filter(pl.col("device") == device["value"]).collect()["account_id"]
    members = found.members.filter(pl.col("ring") == device["ring"])["account_id"]
    assert len(set(users) & set(members)) >= device["accounts"] >= 3
