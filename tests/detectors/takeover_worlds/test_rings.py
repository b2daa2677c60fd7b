"""Rings: each style breaks in as it is said to, owners are there or not, and some get their accounts back."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from detectors.worlds.seeds import chance
from detectors.worlds.takeovers.rings import STYLES, rings_of


@pytest.fixture(scope="module")
def world(made):
    return made(250_000, 7)


@pytest.fixture(scope="module")
def rings(world) -> dict[str, dict]:
    return {one["name"]: one for one in world.campaigns if one["type"] == "compromised"}


@pytest.fixture(scope="module")
def access(world) -> pl.DataFrame:
    """Sessions of victims with what is known of their takeover."""
    block = pl.col("ip").str.extract(r"^(.*)\.\d+$").alias("block")
    victims = world.labels.filter(pl.col("label") == "compromised").drop("label", "campaign")
    home = world.accounts.select("account_id", home="country")
    return world.sessions.with_columns(block).join(victims, on="account_id").join(home, on="account_id").sort("at")


def opening(access: pl.DataFrame) -> pl.DataFrame:
    """The intruder's first login at each victim."""
    return access.filter(
        (pl.col("event") == "login") & (pl.col("at") >= pl.col("taken_at")) & (pl.col("style") != "token")
    ).unique("account_id", keep="first", maintain_order=True)


def test_stuffing_fails_at_many_accounts_before_and_around_the_ones_that_open(world, rings, access):
    names = [name for name, one in rings.items() if one["style"] == "stuffing" and "network" in one["ties"]]
    assert names
    block = pl.col("ip").str.extract(r"^(.*)\.\d+$")
    failed = world.sessions.filter(pl.col("event") == "login_failed")
    for name in names:
        blocks = set(opening(access).filter(pl.col("ring") == name)["block"])
        tried = failed.filter(block.is_in(list(blocks)))
        # Eight times as many tries as victims, nearly all at accounts that stay whole.
        assert tried["account_id"].n_unique() > 4 * rings[name]["victims"]
    before = access.filter((pl.col("event") == "login_failed") & (pl.col("style") == "stuffing"))
    near = before.filter((pl.col("taken_at") - pl.col("at")).is_between(timedelta(0), timedelta(minutes=31)))
    stuffed = access.filter(pl.col("style") == "stuffing")["account_id"].n_unique()
    assert 0.5 < near["account_id"].n_unique() / stuffed < 0.95


def test_token_thieves_post_through_one_application_and_never_log_in(world, access, rings):
    token = world.labels.filter(pl.col("style") == "token")
    posts = world.posts.join(token, on="account_id").filter(pl.col("client").str.contains(r"^app\d"))
    assert posts["account_id"].n_unique() == token.height
    assert posts.group_by("ring").agg(pl.col("client").n_unique())["client"].max() == 1
    assert (posts["at"] >= posts["taken_at"]).all()
    assert not access.filter(
        pl.col("client").str.contains(r"^(app|tool)\d") & (pl.col("style") == "token") & pl.col("success")
    ).height


def test_sim_swaps_are_few_famous_accounts_reset_and_given_another_phone(world, access):
    swapped = world.labels.filter(pl.col("style") == "sim_swap")
    profiles = world.accounts.join(swapped, on="account_id")
    assert profiles["verified"].all()
    assert profiles["protection_tier"].is_not_null().all()
    assert swapped.group_by("ring").len()["len"].max() <= 12
    rows = access.filter(pl.col("style") == "sim_swap")
    asked = rows.filter((pl.col("event") == "reset_requested") & (pl.col("at") < pl.col("taken_at")))
    soon = asked.filter(pl.col("taken_at") - pl.col("at") <= timedelta(minutes=30))
    assert soon["account_id"].n_unique() == swapped.height
    done = rows.filter((pl.col("event") == "reset_done") & (pl.col("at") == pl.col("taken_at")))
    assert done["account_id"].n_unique() == swapped.height
    phone = rows.filter(
        (pl.col("event") == "phone_changed")
        & (pl.col("at") - pl.col("taken_at")).is_between(timedelta(0), timedelta(hours=1))
    )
    assert phone["account_id"].n_unique() == swapped.height


def test_proxies_stand_in_the_country_of_the_victim_where_the_ring_is_said_to_have_them(rings, access):
    told = opening(access)
    for name, ring in rings.items():
        ours = told.filter(pl.col("ring") == name)
        if ring["home_proxies"]:
            assert (ours["country"] == ours["home"]).all()
    away = told.filter(pl.col("ring").is_in([name for name, ring in rings.items() if not ring["home_proxies"]]))
    assert (away["country"] == away["home"]).mean() < 0.5


def test_owners_go_on_with_their_old_devices_where_they_are_said_to(rings, access):
    old = (
        access.filter((pl.col("at") < pl.col("taken_at")) & (pl.col("event") == "login"))
        .select("account_id", "device")
        .unique()
    )
    until = pl.col("recovered_at").fill_null(access["at"].max())
    during = access.filter(
        (pl.col("at") > pl.col("taken_at")) & (pl.col("at") < until - timedelta(hours=1)) & pl.col("success")
    )
    beside = during.join(old, on=["account_id", "device"], how="semi")
    owners = {name: ring["owner"] for name, ring in rings.items()}
    present = set(beside["ring"])
    assert not present & {name for name, share in owners.items() if share == 0}
    assert present & {name for name, share in owners.items() if share == 1}


def test_after_recovery_the_intruder_is_out_and_the_owner_is_back(access):
    back = access.drop_nulls("recovered_at").filter(pl.col("style") != "token")
    intruder = opening(back).select("account_id", "device")
    later = back.filter(pl.col("at") >= pl.col("recovered_at"))
    assert not later.join(intruder, on=["account_id", "device"], how="semi").height
    ended = later.filter(
        (pl.col("event") == "session_revoked") & (pl.col("at") - pl.col("recovered_at") < timedelta(minutes=2))
    )
    assert ended["account_id"].n_unique() == back["account_id"].n_unique()


def test_owners_who_are_shut_out_try_their_password_in_vain(rings, access):
    shut = [name for name, ring in rings.items() if ring["owner"] == 0 and ring["style"] in ("stuffing", "sim_swap")]
    victims = access.filter(pl.col("ring").is_in(shut))
    old = (
        victims.filter((pl.col("event") == "login") & (pl.col("at") < pl.col("taken_at")))
        .select("account_id", "device")
        .unique()
    )
    since = pl.col("at") - pl.col("taken_at")
    failed = victims.filter((pl.col("event") == "login_failed") & since.is_between(timedelta(0), timedelta(hours=48)))
    tried = failed.join(old, on=["account_id", "device"], how="semi")["account_id"].n_unique()
    assert tried > 0.3 * victims["account_id"].n_unique()


def test_rings_share_one_anothers_posts_within_minutes(world):
    posts = world.posts.join(world.labels.drop_nulls("ring"), on="account_id").filter(
        pl.col("at") >= pl.col("taken_at")
    )
    own = posts.select("ring", shared_post_id="post_id", author="account_id")
    shared = posts.drop_nulls("shared_post_id").join(own, on=["ring", "shared_post_id"])
    assert shared.height > 100
    assert (shared["account_id"] != shared["author"]).all()
    assert (shared["at"] - shared["shared_at"]).median() < timedelta(minutes=5)


def test_owners_delete_some_of_what_was_posted_for_them_when_they_are_back(world):
    deleted = world.posts.drop_nulls("deleted_at").join(world.labels, on="account_id")
    assert deleted.height > 20
    assert deleted["recovered_at"].is_not_null().all()
    assert (deleted["at"] >= deleted["taken_at"]).all()
    assert (deleted["deleted_at"] > deleted["recovered_at"]).all()


def test_victims_fall_one_after_the_other_within_three_days_mostly(world, rings):
    taken = world.labels.drop_nulls("taken_at").filter(pl.col("style") != "contagion")
    apart = taken.group_by("ring").agg(pl.col("taken_at").max() - pl.col("taken_at").min(), pl.len())
    assert (apart["taken_at"] < timedelta(hours=72)).mean() > 0.6
    assert (apart["taken_at"] <= timedelta(hours=240)).all()


def test_farms_change_hands_on_one_day_with_all_addresses_and_the_old_owners_are_gone(world):
    farm = world.labels.filter(pl.col("type") == "farm")
    rows = world.sessions.join(farm, on="account_id").sort("at")
    bought = rows.filter(pl.col("client").str.starts_with("tool") & pl.col("success"))
    entered = bought.group_by("account_id").agg(pl.col("at").min().alias("since"), pl.col("campaign").first())
    assert entered.height == farm.height
    days = entered.group_by("campaign").agg(pl.col("since").dt.date().n_unique())
    assert days["since"].max() == 1
    changed = bought.filter(pl.col("event") == "email_changed")
    assert changed["account_id"].n_unique() > 0.95 * farm.height
    after = rows.join(entered, on="account_id").filter((pl.col("at") > pl.col("since")) & pl.col("success"))
    assert after["client"].str.starts_with("tool").all()
    created = world.accounts.join(farm, on="account_id")["created_at"]
    assert (created < rows["at"].min()).all()


def test_owner_run_accounts_are_alike_from_their_first_day(world):
    crew = world.labels.filter(pl.col("type") == "owner_run")
    posts = world.posts.join(crew, on="account_id")
    assert posts.group_by("campaign").agg(pl.col("client").n_unique())["client"].max() == 1
    assert posts["url" if "url" in posts.columns else "urls"].list.len().min() == 1
    created = world.accounts.join(crew, on="account_id")["created_at"]
    assert (world.posts["at"].min() - created.min()) < timedelta(days=8)


def test_sizes_are_log_uniform_and_every_ring_has_two_ties_but_not_all_have_the_same():
    drawn = [ring for seed in range(40) for ring in rings_of(40_000, 0.02, None, True, "", chance(seed, "rings"))]
    wide = np.log([ring.size for ring in drawn if ring.style == "stuffing"])
    assert {ring.style for ring in drawn} == set(STYLES)
    assert round(np.exp(wide.min())) == 3
    assert 150 < np.exp(wide.max()) <= 200.5
    assert abs(np.median(wide) - np.log(np.sqrt(3 * 200))) < 0.4
    assert all(len(ring.ties) >= 2 for ring in drawn)
    for tie in ("device", "network", "client", "domain", "text"):
        assert 0.1 < np.mean([tie in ring.ties for ring in drawn]) < 0.95
