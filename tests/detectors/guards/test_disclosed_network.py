"""Feeds, syndications and news outlets, and groups that only look like them."""

from dataclasses import replace

import polars as pl
import pytest

from detectors.guards.disclosed_network import disclosed_network
from detectors.guards.feed_apps import apps
from detectors.guards.view import ClusterView
from tests.detectors.guards.built import DAY, acts, address, cluster, members, objects, told, year

OUTLET = {"posts": 1000, "originals": 990, "texts": 980, "length": 260.0, "hours": 20, "days": 30}


def outlets(**said: object) -> ClusterView:
    """Four channels that write a thousand texts each and have ten in common."""
    return cluster(objects(trace="text", block="ru"), members=members(**(OUTLET | said)))


def feeds(app: str = "dlvr.it", lag: float = 900.0, first: str = "ana") -> ClusterView:
    """Four accounts that take ten links from one feed, each late by its own interval."""
    joint = objects(trace="url", block="", first_account=first)
    lags = {"ana": 0.0, "ben": lag, "cho": 2 * lag, "dov": 3 * lag}
    return cluster(joint, acts=acts(joint, client=app, lag_s=lags))


def syndication(**said: object) -> ClusterView:
    """One station's ten items, repeated by three sister stations after 5, 10 and 15 minutes, day and night."""
    joint = objects(trace="text", block="en", first_account="ana")
    own = members(**({"acts": 12, "hours": 22, "days": 10} | said))
    return cluster(joint, acts=acts(joint, lag_s={"ana": 0.0, "ben": 300.0, "cho": 600.0, "dov": 900.0}), members=own)


def test_news_channels_with_long_texts_of_their_own_are_a_disclosed_network():
    found = told("disclosed network", outlets())
    assert (found.verdict, found.covers, found.tag, found.cap) == ("open", True, "disclosed network", 0.1)
    assert "980 texts of its own (100 are asked), 260 letters long (200 are asked)" in found.sentence
    assert "99\u202f% of its posts are in no joint act" in found.sentence


@pytest.mark.parametrize("smaller", [{"texts": 499}, {"days": 13}, {"posts": 99, "originals": 99}], ids=str)
def test_outlets_with_less_work_of_their_own_are_capped_and_not_settled(smaller: dict[str, object]):
    found = told("disclosed network", outlets(**smaller))
    assert (found.covers, found.cap) == (True, 0.3)


@pytest.mark.parametrize(
    "near_miss",
    [
        {"length": 85.0},  # an operation that posed as local news wrote short posts around the clock
        {"hours": 12},
        {"days": 5},
        {"texts": 60},
        {"originals": 500},  # half of what it does is passing on
        {"posts": 20, "originals": 20},  # half of what it writes is joint
    ],
    ids=str,
)
def test_channels_that_miss_one_mark_of_outlets_are_not(near_miss: dict[str, object]):
    found = told("disclosed network", outlets(**near_miss))
    assert (found.covers, found.tag, found.cap) == (False, "", 1.0)


def test_a_feed_whose_publisher_stands_apart_as_a_target_is_disclosed_and_one_that_a_stranger_began_is_not():
    led = replace(feeds(first="desk"), targets=frozenset({"desk"}))
    assert told("disclosed network", led).tag == "disclosed network"
    assert told("disclosed network", replace(led, targets=frozenset({"another"}))).tag == ""


def test_three_of_four_outlets_are_not_enough():
    assert told("disclosed network", outlets(texts=[980, 980, 980, 20])).tag == ""


def test_outlets_with_one_hidden_device_are_not_disclosed():
    view = outlets()
    device = address("phone", accounts=4, trace="device")
    hidden = cluster(view.objects, members=view.members, addresses=device)
    found = told("disclosed network", hidden)
    assert (found.verdict, found.covers, found.tag) == ("explains part", False, "")
    assert "they share addresses or devices, which outlets do not" in found.sentence


def test_outlets_that_were_signed_up_in_one_week_are_not_disclosed():
    assert told("disclosed network", outlets(created_at=year(2024))).tag == ""
    assert told("disclosed network", outlets(created_at=[year(2024), year(2019), year(2015), year(2011)])).tag != ""


def test_outlets_that_came_and_went_together_are_not_disclosed():
    assert told("disclosed network", outlets(first_at=year(2024), last_at=year(2024, 11))).tag == ""
    whole = outlets(first_at=year(2024), last_at=year(2024, 30))
    assert told("disclosed network", whole).tag != "", "they were there for the whole of the data"
    starts = [year(2024, day) for day in (1, 4, 8, 12)]
    assert told("disclosed network", outlets(first_at=starts, last_at=[at + 9 * DAY for at in starts])).tag != ""


def test_accounts_on_feed_apps_with_steady_lags_are_a_disclosed_network():
    found = told("disclosed network", feeds())
    assert (found.covers, found.tag) == (True, "disclosed network")
    assert "100\u202f% of the joint acts came through apps that post from feeds" in found.sentence


@pytest.mark.parametrize("app", ["Twitter for Android", "Buffer", "my own bot", None])
def test_an_app_that_is_no_declared_feed_is_no_disclosure(app: str | None):
    assert told("disclosed network", feeds(app)).tag == ""  # type: ignore[arg-type]


def test_feed_apps_on_what_somebody_else_began_are_no_own_feed():
    assert told("disclosed network", feeds(first="zoe")).tag == ""


def test_feed_apps_with_unsteady_lags_are_not_enough():
    view = feeds()
    jitter = view.acts.with_columns(lag_s=pl.col("lag_s") * (1 + pl.col("at") / DAY % 5))
    assert told("disclosed network", cluster(view.objects, acts=jitter)).tag == ""


def test_verified_accounts_are_disclosed_only_for_what_begins_among_them():
    inside, outside = (objects(first_account=first) for first in ("ana", "zoe"))
    verified = members(verified=True)
    assert told("disclosed network", cluster(inside, members=verified)).covers
    assert not told("disclosed network", cluster(outside, members=verified)).covers
    assert not told("disclosed network", cluster(inside, members=members(verified=[True, True, True, False]))).covers


def test_a_syndication_repeats_one_source_around_the_clock_and_does_little_else():
    found = told("disclosed network", syndication())
    assert found.covers
    assert "One source is first on 100\u202f% of the joint acts" in found.sentence
    assert "is such items (80\u202f% of each are asked)" in found.sentence


@pytest.mark.parametrize("near_miss", [{"hours": 14}, {"days": 3}, {"acts": 40}], ids=str)
def test_a_seeder_with_followers_who_sleep_or_live_otherwise_is_no_syndication(near_miss: dict[str, object]):
    found = told("disclosed network", syndication(**near_miss))
    assert (found.covers, found.tag) == (False, "")


def test_sister_stations_that_repeat_at_any_time_or_through_any_app_are_no_syndication():
    view = syndication()
    unsteady = view.acts.with_columns(lag_s=pl.col("lag_s") * (1 + pl.col("at") / DAY % 5))
    apps_differ = view.acts.with_columns(client=pl.col("account_id"))
    for other in (unsteady, apps_differ):
        assert told("disclosed network", cluster(view.objects, acts=other, members=view.members)).tag == ""


def test_a_rotating_pool_is_no_syndication():
    view = syndication()
    turns = view.objects.with_columns(first_account=pl.Series(["ana", "ben", "cho", "dov", "ana"] * 2))
    assert told("disclosed network", cluster(turns, acts=view.acts, members=view.members)).tag == ""


def test_without_apps_profiles_and_posts_it_cannot_tell():
    found = disclosed_network(cluster())
    assert (found.verdict, found.covers, found.fires) == ("open", False, False)
    assert "cannot tell" in found.sentence


def test_the_declared_feed_apps_are_casefolded_and_apart_from_schedulers():
    assert {"dlvr.it", "ifttt", "twitterfeed", "wordpress.com"} <= apps("feed")
    assert "buffer" in apps("scheduler")
    assert not apps("feed") & apps("scheduler")
