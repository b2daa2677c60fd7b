"""Mutation: the same two operations in two periods; one changes as DETECTORS section 6 says, one does not."""

import polars as pl
import pytest

PERIODS = ("before", "after")


@pytest.fixture(scope="module")
def pair(world):
    return {period: world("mutation", events=60_000, period=period) for period in PERIODS}


def crew(made, campaign: str) -> list[str]:
    return made.labels.filter(pl.col("campaign") == campaign)["account_id"].sort().to_list()


def theirs(made, campaign: str) -> pl.DataFrame:
    return made.posts.filter(pl.col("account_id").is_in(crew(made, campaign)))


def own_links(made, campaign: str) -> pl.DataFrame:
    """Per link, the median wait behind the first in seconds; only links that several members push."""
    linked = theirs(made, campaign).explode("urls").drop_nulls("urls")
    waits = linked.with_columns(
        wait=(pl.col("created_at") - pl.col("created_at").min().over("urls")).dt.total_microseconds() / 1e6
    )
    told = waits.group_by("urls").agg(pl.col("wait").median(), pl.len())
    return told.filter(pl.col("len") >= 5)


def test_the_same_accounts_run_both_periods(pair):
    for campaign, size in (("mutating", 40), ("steady", 30)):
        assert crew(pair["before"], campaign) == crew(pair["after"], campaign)
        assert len(crew(pair["before"], campaign)) == size


def test_the_second_period_begins_where_the_first_ends_with_posts_of_its_own(pair):
    before, after = pair["before"].posts, pair["after"].posts
    assert before["created_at"].max() < after["created_at"].min()
    assert (after["created_at"].min() - before["created_at"].min()).days in (13, 14)
    assert not set(before["post_id"]) & set(after["post_id"])
    known = pl.col("account_id").is_in(set(before["account_id"]))
    assert after.select(known.mean()).item() > 0.6


def test_shares_become_replies(pair):
    together = {}
    for period, made in pair.items():
        rows = theirs(made, "mutating")
        inside = rows.filter(pl.col("shared_account_id").is_in(crew(made, "mutating")) & (pl.col("kind") == "share"))
        answered = (
            rows.filter(pl.col("kind") == "reply").group_by("reply_to_post_id").agg(pl.col("account_id").n_unique())
        )
        together[period] = (inside["shared_post_id"].n_unique(), (answered["account_id"] >= 15).sum())
    assert together["before"][0] >= 3
    assert together["before"][1] == 0
    assert together["after"][0] == 0
    assert together["after"][1] >= 3


def test_the_lag_grows_from_half_a_minute_to_eight(pair):
    assert own_links(pair["before"], "mutating")["wait"].median() == pytest.approx(30, abs=8)
    assert own_links(pair["after"], "mutating")["wait"].median() == pytest.approx(480, abs=120)


def test_the_domains_are_new(pair):
    sites = [
        set(own_links(made, "mutating")["urls"].str.extract(r"//([^/]+)")) for made in (pair["before"], pair["after"])
    ]
    assert all(sites)
    assert not sites[0] & sites[1]


def test_fewer_copies_are_exact(pair):
    exact = {}
    for period, made in pair.items():
        start = pl.col("text").str.split(" ").list.head(6).list.join(" ")
        words = pl.col("text").str.replace_all(r"[^\p{L} ]", "").str.strip_chars()
        told = theirs(made, "mutating").drop_nulls("text").with_columns(start=start, words=words)
        copied = told.filter(pl.len().over("start") >= 10)
        best = copied.group_by("start").agg(pl.col("words").mode().first().alias("usual"))
        exact[period] = copied.join(best, on="start").select((pl.col("words") == pl.col("usual")).mean()).item()
    assert exact["before"] == pytest.approx(0.9, abs=0.06)
    assert exact["after"] == pytest.approx(0.5, abs=0.1)


def test_the_steady_operation_stays_as_it_is(pair):
    first, second = (own_links(pair[period], "steady") for period in PERIODS)
    assert abs(first["wait"].median() - second["wait"].median()) < 8
    sites = [set(links["urls"].str.extract(r"//([^/]+)")) for links in (first, second)]
    assert sites[0] == sites[1]
