"""The truth about a world with takeovers: it adds up, and what the rings bring was never seen at their victims before."""

from datetime import timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from detectors.worlds.takeovers import takeover_world
from detectors.worlds.takeovers.groups import SIZES
from detectors.worlds.takeovers.rings import STYLES

FRAMES = ("posts", "sessions", "accounts", "actions", "labels")


def test_a_world_is_made_again_to_the_last_value(made):
    again = takeover_world(60_000, 1)
    for name in FRAMES:
        assert_frame_equal(getattr(made(60_000, 1), name), getattr(again, name))
    assert made(60_000, 1).campaigns == again.campaigns


def test_another_seed_makes_another_world(made):
    assert not made(60_000, 1).sessions.equals(made(60_000, 2).sessions)


def test_every_account_has_one_label_and_one_profile(made):
    world = made(60_000, 1)
    known = set(world.labels["account_id"])
    assert len(known) == world.labels.height == world.accounts.height
    assert set(world.accounts["account_id"]) == known
    assert set(world.posts["account_id"]) | set(world.sessions["account_id"]) <= known


def test_all_styles_of_intrusion_and_both_other_types_are_there(made):
    labels = made(60_000, 1).labels
    assert set(labels["style"].drop_nulls()) == set(STYLES)
    assert set(labels["type"].drop_nulls()) == {"compromised", "owner_run", "farm"}
    by_type = dict(labels.group_by("type").agg(pl.col("label").unique()).iter_rows())
    assert by_type == {
        None: ["organic"],
        "compromised": ["compromised"],
        "owner_run": ["coordinated"],
        "farm": ["coordinated"],
    }


def test_a_ring_has_the_victims_it_is_said_to_have(made, victims):
    told = {one["name"]: one["victims"] for one in made(60_000, 1).campaigns if one["type"] == "compromised"}
    assert dict(victims.group_by("ring").len().iter_rows()) == told


def test_nobody_of_a_group_that_must_not_be_flagged_is_in_a_ring_or_an_operation(made):
    grouped = made(60_000, 1).labels.filter(pl.col("group") != "")
    assert set(grouped["group"]) == set(SIZES)
    assert set(grouped["label"]) == {"organic"}
    assert grouped.select(pl.col("type", "ring", "taken_at", "style").is_null().all()).row(0) == (True,) * 4


def test_every_victim_has_habits_before_it_is_taken(made, victims):
    world = made(60_000, 1)
    events = pl.concat(
        [world.posts.select("account_id", "at"), world.sessions.filter("success").select("account_id", "at")]
    )
    history = events.join(victims, on="account_id").filter(pl.col("at") < pl.col("taken_at"))
    known = history.group_by("account_id").agg(pl.len(), since=pl.col("taken_at").first() - pl.col("at").min())
    assert known.height == victims.height
    assert known["len"].min() >= 20
    assert known["since"].min() >= timedelta(days=14)


def test_an_account_is_taken_before_it_comes_back(victims):
    back = victims.drop_nulls("recovered_at")
    assert 0 < back.height < victims.height
    assert (back["recovered_at"] > back["taken_at"]).all()


@pytest.mark.parametrize("tie", ["device", "network"])
def test_what_a_ring_comes_with_is_new_to_its_victims_and_shared_by_them(made, tie):
    told = {one["name"]: one for one in made(60_000, 1).campaigns if one["type"] == "compromised"}
    rings = [name for name, one in told.items() if tie in one["ties"] and one["style"] != "token"]
    assert rings
    world = made(60_000, 1)
    value = pl.col("device") if tie == "device" else pl.col("ip").str.extract(r"^(.*)\.\d+$")
    seen = (
        world.sessions.filter(pl.col("event") == "login").with_columns(value=value).join(world.labels, on="account_id")
    )
    for name in rings:
        ours = seen.filter(pl.col("ring") == name)
        opening = (
            ours.filter(pl.col("at") == pl.col("taken_at"))
            if told[name]["style"] != "sim_swap"
            else ours.filter(pl.col("at") >= pl.col("taken_at")).unique("account_id", keep="first", maintain_order=True)
        )
        before = ours.filter(pl.col("at") < pl.col("taken_at"))
        assert opening["account_id"].n_unique() == told[name]["victims"]
        assert not set(opening["value"]) & set(before["value"])
        per_home = opening.group_by("country").agg(pl.col("value").n_unique())
        assert per_home["value"].max() <= (1 if tie == "device" else 3)


def test_a_site_or_client_of_a_ring_is_used_by_its_victims_alone_and_after_they_were_taken(made):
    world = made(60_000, 1)
    sites = world.actions.filter((pl.col("trace") == "domain") & pl.col("object_id").str.starts_with("go"))
    clients = world.posts.filter(pl.col("client").str.contains("^(app|tool)[0-9]")).select("account_id", "at")
    used = pl.concat([sites.select("account_id", "at"), clients]).join(world.labels, on="account_id")
    ours = used.filter(pl.col("label") != "coordinated")
    assert set(ours["label"]) == {"compromised"}
    assert (ours["at"] >= ours["taken_at"]).all()


def test_the_dormant_were_silent_for_ninety_days(made, victims):
    world = made(60_000, 1)
    dormant = victims.filter(pl.col("style") == "dormant")
    events = pl.concat(
        [world.posts.select("account_id", "at"), world.sessions.filter("success").select("account_id", "at")]
    )
    last = events.join(dormant, on="account_id").filter(pl.col("at") < pl.col("taken_at"))
    quiet = last.group_by("account_id").agg(pl.col("taken_at").first() - pl.col("at").max())
    assert quiet["taken_at"].min() > timedelta(days=90)


def test_no_name_of_a_ring_or_operation_stands_in_anything_it_leaves(made):
    world = made(60_000, 1)
    names = [one["name"] for one in world.campaigns]
    objects = " ".join(
        [
            *world.actions["object_id"],
            *world.posts["client"].drop_nulls().unique(),
            *world.sessions["client"].drop_nulls().unique(),
        ]
    )
    assert not any(name in objects for name in names)


def test_posts_are_shared_after_they_were_made_and_everything_shared_exists(made):
    posts = made(60_000, 1).posts
    assert posts["post_id"].n_unique() == posts.height
    origin = posts.select(shared_post_id="post_id", author="account_id", made="at")
    shared = posts.drop_nulls("shared_post_id").join(origin, on="shared_post_id", how="left")
    assert (shared["author"] == shared["shared_account_id"]).all()
    assert (shared["made"] == shared["shared_at"]).all()
    assert (shared["at"] > shared["made"]).all()


def test_contagion_goes_from_contact_to_contact_by_a_link(made):
    world = made(250_000, 3)
    ill = world.labels.filter(pl.col("style") == "contagion")
    links = world.posts.filter((pl.col("urls").list.len() > 0) & (pl.col("mentions").list.len() > 0))
    sent = links.join(ill.select("account_id", "ring"), on="account_id").explode("mentions")
    told = sent.select("ring", told_at="at", account_id="mentions")
    fell = ill.join(told, on=["account_id", "ring"], how="left")
    before = fell.group_by("account_id", "ring").agg(
        (pl.col("told_at") < pl.col("taken_at")).any().fill_null(value=False).alias("told")
    )
    assert ill.height > 20
    # The first of a circle knew the link from nobody we see.
    assert before["told"].mean() > 0.7


@pytest.mark.parametrize("seed", range(6))
def test_a_small_world_has_no_ring_of_fewer_than_three(seed):
    world = takeover_world(6_000, seed)
    assert all(one["victims"] >= 3 for one in world.campaigns if one["type"] == "compromised")
    sizes = world.labels.drop_nulls("ring").group_by("ring").len()["len"]
    assert sizes.is_empty() or sizes.min() >= 3
