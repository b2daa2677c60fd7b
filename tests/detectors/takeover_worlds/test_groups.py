"""The groups that must not be flagged: each is as new to its accounts as a ring would be, and for its own reason."""

from datetime import timedelta

import polars as pl
import pytest


@pytest.fixture(scope="module")
def group(made):
    """group(name): its sessions with the network block, in order."""
    world = made(250_000, 7)
    block = pl.col("ip").str.extract(r"^(.*)\.\d+$").alias("block")
    sessions = world.sessions.with_columns(block).sort("at")
    return lambda name: sessions.join(world.labels.filter(pl.col("group") == name), on="account_id", how="semi")


def members(made, name: str) -> int:
    return made(250_000, 7).labels.filter(pl.col("group") == name).height


def spread(rows: pl.DataFrame) -> timedelta:
    """From the first account's first row to the last account's."""
    first = rows.group_by("account_id").agg(pl.col("at").min())["at"]
    return first.max() - first.min()


def most_shared(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """The rows with the value of `name` that most accounts have."""
    counts = rows.drop_nulls(name).group_by(name).agg(pl.col("account_id").n_unique()).sort("account_id", name)
    return rows.filter(pl.col(name) == counts[name][-1])


def test_travellers_are_in_one_hall_in_the_same_days(group, made):
    hall = most_shared(group("travel").filter(pl.col("ip").str.starts_with("55.")), "block")
    assert hall["country"].n_unique() == 1
    assert hall["at"].max() - hall["at"].min() < timedelta(days=8)
    assert hall["account_id"].n_unique() > 0.2 * members(made, "travel")


def test_a_launch_gives_many_the_same_model_within_days_and_each_a_device_of_its_own(group, made):
    launched = group("phone_launch").filter(pl.col("user_agent").str.contains("Phone 41"))
    assert launched["account_id"].n_unique() > 0.6 * members(made, "phone_launch")
    assert launched.group_by("device").agg(pl.col("account_id").n_unique())["account_id"].max() == 1
    assert (
        not made(250_000, 7)
        .sessions.filter(pl.col("at") < launched["at"].min())["user_agent"]
        .drop_nulls()
        .str.contains("Phone 41")
        .any()
    )


def test_a_carrier_puts_many_behind_few_blocks(group, made):
    shared = group("carrier_nat").filter(pl.col("ip").str.starts_with("100."))
    behind = shared.group_by("block").agg(pl.col("account_id").n_unique())["account_id"]
    assert behind.max() > 20


def test_a_company_moves_behind_one_gateway_for_good(group):
    rows = group("vpn_rollout")
    gateway = most_shared(rows.filter(pl.col("ip").str.starts_with("55.")), "ip")
    assert gateway["ip"].n_unique() == 1
    moved = rows.join(gateway.group_by("account_id").agg(pl.col("at").min().alias("moved")), on="account_id")
    after = moved.filter((pl.col("at") > pl.col("moved")) & pl.col("success"))
    assert (after["ip"] == gateway["ip"][0]).all()


def test_an_agency_enters_all_accounts_with_one_device_in_two_days_and_the_owners_go_on(group, made):
    rows = group("agency").filter(pl.col("event") == "login")
    ours = most_shared(rows, "device")
    assert ours["account_id"].n_unique() == members(made, "agency")
    assert spread(ours) < timedelta(days=2)
    later = rows.filter((pl.col("at") > ours["at"].min() + timedelta(days=3)) & (pl.col("device") != ours["device"][0]))
    assert later["account_id"].n_unique() > 0.6 * members(made, "agency")


def test_a_breach_brings_resets_within_two_days_with_the_usual_devices(group, made):
    rows = group("breach_resets")
    burst = (
        rows.filter(pl.col("event") == "reset_done")
        .group_by_dynamic("at", every="3d")
        .agg(pl.col("account_id").n_unique())
    )
    assert burst["account_id"].max() > 0.7 * members(made, "breach_resets")
    told = (
        rows.filter(pl.col("event") == "session_revoked")
        .group_by("at")
        .agg(pl.col("account_id").n_unique(), pl.col("ip").null_count())
    )
    # All sessions end at one moment, by the platform itself.
    assert told["account_id"].max() == members(made, "breach_resets")


def test_who_moves_gets_another_country_for_good_and_clocks_change_on_one_night(group, made):
    rows = group("timezone").filter(pl.col("event") == "login")
    late, early = rows.tail(rows.height // 8), rows.head(rows.height // 8)
    last, first = (part.group_by("account_id").agg(pl.col("country").mode().first()) for part in (late, early))
    both = first.join(last, on="account_id")
    assert 0.2 < (both["country"] != both["country_right"]).mean() < 0.8


def test_an_update_gives_all_a_new_client_within_days(group, made):
    updated = group("app_update").filter(pl.col("client") == "lite 2")
    assert updated["account_id"].n_unique() > 0.6 * members(made, "app_update")
    sessions = group("app_update").filter(pl.col("client") == "lite")
    both = sessions.group_by("account_id").agg(pl.col("at").max().alias("old")).join(
        updated.group_by("account_id").agg(pl.col("at").min().alias("new")), on="account_id"
    )  # fmt: skip
    assert (both["old"] < both["new"]).all()


def test_new_managers_take_over_a_few_accounts_each_and_nobody_else_is_seen_again(group, made):
    rows = group("handover").filter("success")
    shared = (
        rows.group_by("device")
        .agg(pl.col("account_id").n_unique(), pl.col("at").min())
        .filter(pl.col("account_id") > 1)
    )
    assert shared["account_id"].sum() == members(made, "handover")
    assert shared["account_id"].max() <= 6
    since = rows.filter(pl.col("device").is_in(shared["device"].implode()))
    entered = rows.join(since.group_by("account_id").agg(pl.col("at").min().alias("since")), on="account_id")
    assert set(entered.filter(pl.col("at") > pl.col("since"))["device"]) <= set(shared["device"])
