"""Each group that must not be flagged looks like an operation in its own way, and is not one."""

import polars as pl
import pytest


@pytest.fixture(scope="module")
def made(world):
    return world("organic", events=100_000)


def of_group(made, group: str, role: str = "member") -> pl.DataFrame:
    """The posts of a group's accounts."""
    who = made.labels.filter((pl.col("group") == group) & (pl.col("role") == role)).select("account_id")
    return made.posts.join(who, on="account_id", how="semi")


def seen(made, group: str, trace: str) -> pl.DataFrame:
    """Per object of an infrastructure trace that the group's accounts use: how many accounts, of the group and in all."""
    who = made.labels.filter(pl.col("group") == group)["account_id"]
    acts = made.actions.filter(pl.col("trace") == trace).with_columns(ours=pl.col("account_id").is_in(who.implode()))
    told = acts.group_by("object_id").agg(
        pl.col("account_id").n_unique().alias("all"), pl.col("account_id").filter("ours").n_unique().alias("ours")
    )
    return told.filter(pl.col("ours") > 0)


def waits(shares: pl.DataFrame) -> pl.Series:
    return (shares["created_at"] - shares["shared_at"]).dt.total_seconds()


def test_fans_share_most_posts_of_one_author_within_minutes(made):
    shares = of_group(made, "fans").drop_nulls("shared_post_id").filter(pl.col("kind") == "share")
    figures = made.labels.filter(pl.col("group") == "public_figure")["account_id"]
    idol = shares.filter(pl.col("shared_account_id").is_in(figures.implode()))
    assert idol.height > 0.6 * shares.height
    assert waits(idol).median() < 30 * 60
    assert (waits(idol) <= 60).mean() > 0.1


def test_public_figures_are_known_as_such(made):
    figures = made.accounts.join(made.labels.filter(pl.col("group") == "public_figure"), on="account_id", how="semi")
    assert figures["verified"].all()
    assert set(figures["protection_tier"]) == {"public_figure"}
    assert made.accounts["protection_tier"].drop_nulls().len() == figures.height


def test_nobody_else_shares_the_author_of_a_closed_circle(made):
    shares = made.posts.filter(pl.col("kind") == "share")
    inside = of_group(made, "closed_fans").filter(pl.col("kind") == "share")
    author = inside.group_by("shared_account_id").len().sort("len")["shared_account_id"][-1]
    sharers = shares.filter(pl.col("shared_account_id") == author)
    circle = set(made.labels.filter(pl.col("group") == "closed_fans")["account_id"])
    assert sharers["account_id"].is_in(circle).mean() > 0.9
    assert sharers["account_id"].n_unique() >= 6


def test_staff_pass_on_nearly_everything_their_figure_says(made):
    shares = of_group(made, "staff").filter(pl.col("kind") == "share")
    figures = shares.group_by("shared_account_id").agg(pl.len(), pl.col("shared_post_id").n_unique().alias("posts"))
    best = figures.sort("len").row(-1, named=True)
    members = shares.filter(pl.col("shared_account_id") == best["shared_account_id"])["account_id"].n_unique()
    assert 3 <= members <= 9
    assert best["len"] > 0.5 * members * best["posts"]


def copied(posts: pl.DataFrame) -> pl.DataFrame:
    """Per text that at least two accounts posted: how many, and from the first to the last in seconds."""
    told = (
        posts.drop_nulls("text")
        .group_by("text")
        .agg(
            pl.col("account_id").n_unique().alias("accounts"),
            (pl.col("created_at").max() - pl.col("created_at").min()).dt.total_seconds().alias("spread"),
        )
    )
    return told.filter(pl.col("accounts") >= 2)


@pytest.mark.parametrize(("group", "texts", "most_spread"), [("news_wire", 30, 3_600), ("rss_feed", 15, 900)])
def test_wires_and_feeds_run_the_same_texts_within_minutes_from_one_tool(made, group, texts, most_spread):
    posts = of_group(made, group).filter(pl.col("client") == "feed")
    same = copied(posts)
    assert same.height >= texts
    assert same["spread"].median() < most_spread


def test_share_buttons_give_title_and_link_word_for_word_to_unlike_accounts(made):
    pressed = of_group(made, "share_button").filter(pl.col("text").str.ends_with("via the daily page"))
    assert copied(pressed).height >= 10
    assert (pressed["urls"].list.len() == 1).all()
    assert pressed["client"].n_unique() >= 3


def test_a_petition_is_copied_by_many_over_days(made):
    same = copied(of_group(made, "petition")).sort("accounts")
    assert same["accounts"][-1] >= 15
    assert same["spread"].median() > 86_400 / 2


def test_a_game_posts_for_its_players_with_one_client_and_one_link(made):
    posts = of_group(made, "app_driven").filter(pl.col("client") == "towers")
    assert posts["account_id"].n_unique() >= 20
    assert posts["urls"].list.first().n_unique() == 1


def test_activists_act_on_two_evenings_and_hardly_ever_else(made):
    calls = of_group(made, "activists").filter(pl.col("hashtags").list.len() == 3)
    by_day = calls.filter(pl.col("hashtags").list.first().is_in(["stand", "vote"])).group_by(
        pl.col("created_at").dt.date()
    ).len().sort("len")  # fmt: skip
    assert by_day["len"].tail(4).sum() > 0.95 * by_day["len"].sum()
    assert copied(calls)["accounts"].max() >= 10


def test_viewers_of_a_programme_post_once_within_seventy_minutes(made):
    posts = of_group(made, "broadcast").filter(pl.col("hashtags").list.contains("theshow"))
    assert (posts["created_at"].max() - posts["created_at"].min()).total_seconds() <= 70 * 60
    assert posts.height / posts["account_id"].n_unique() < 1.25
    assert posts["account_id"].n_unique() > 200


def test_visitors_of_a_conference_use_its_tags_for_three_days(made):
    posts = of_group(made, "conference").filter(pl.col("hashtags").list.first() == "madeconf24")
    assert posts["created_at"].dt.date().n_unique() >= 3
    assert posts["account_id"].n_unique() >= 15


def test_an_office_shares_an_address_a_tool_and_the_firms_posts(made):
    assert seen(made, "office", "ip")["ours"].max() >= 5
    shares = of_group(made, "office").filter((pl.col("kind") == "share") & (pl.col("client") == "planner"))
    assert shares.group_by("shared_post_id").agg(pl.col("account_id").n_unique())["account_id"].max() >= 3


def test_families_are_at_most_five_on_an_address_and_a_device(made):
    for trace in ("ip", "device"):
        # Some are seen behind a carrier's address too, with strangers.
        homes = seen(made, "family", trace).filter((pl.col("ours") >= 2) & (pl.col("all") <= 50))
        assert homes.height >= 20
        assert homes["ours"].max() <= 5


@pytest.mark.parametrize("group", ["carrier", "vpn"])
def test_behind_a_shared_address_are_too_many_for_a_household(made, group):
    assert seen(made, group, "ip").filter(pl.col("ours") >= 2)["all"].max() > 50


def test_who_shares_the_news_early_has_little_else_in_common(made):
    early = of_group(made, "viral_news")
    news = early["shared_post_id"].drop_nulls().mode()[0]
    assert early.filter(pl.col("shared_post_id") == news)["account_id"].n_unique() == early["account_id"].n_unique()
    assert made.posts.filter(pl.col("shared_post_id") == news).height > 1_500


def test_the_small_language_has_one_interest_whose_accounts_share_the_same_posts(made):
    posts = of_group(made, "small_language", role="member")
    assert posts.drop_nulls("lang").select((pl.col("lang") == "is").mean()).item() > 0.95
    shares = posts.filter(pl.col("kind") == "share")
    assert shares["shared_post_id"].n_unique() < 0.4 * shares.height
