"""The world is of one piece: references, times, lists and truth agree with one another."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

SIZES = {"copypasta ring": 24, "link farm": 16, "fast-share ring": 30}


def members(truth: pl.DataFrame, campaign: str) -> set[str]:
    return set(truth.filter(pl.col("campaign") == campaign)["account_id"])


def test_each_account_has_one_row_of_truth(sample: Path, posts: pl.DataFrame, truth: pl.DataFrame):
    accounts = pl.read_csv(sample / "world" / "accounts.csv", infer_schema=False)["account_id"]
    assert accounts.is_unique().all()
    assert set(truth["account_id"]) == set(accounts)
    assert len(truth) == len(accounts)
    assert set(posts["account_id"]) <= set(accounts)


def test_coordinated_is_what_the_three_operations_are(truth: pl.DataFrame):
    planted = truth.filter(pl.col("label") == "coordinated")
    assert dict(planted.group_by("campaign").len().iter_rows()) == SIZES
    assert set(truth["label"]) == {"coordinated", "organic"}


def test_look_alike_groups_are_named_and_organic(truth: pl.DataFrame):
    benign = truth.filter(pl.col("label") == "organic", pl.col("campaign").is_not_null())
    assert {"Brindle Wire", "petition hour"} < set(benign["campaign"])
    assert benign["campaign"].str.starts_with("fans of ").sum() == 260


def test_every_time_lies_in_the_fourteen_days(posts: pl.DataFrame):
    since, until = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 16, tzinfo=UTC)
    assert posts["at"].is_between(since, until, closed="left").all()
    assert posts["at"].is_sorted()


def test_accounts_are_older_than_the_world(sample: Path):
    created = pl.read_csv(sample / "world" / "accounts.csv", infer_schema=False)["created_at"]
    assert (created < "2026-03-02T00:00:00Z").all()


def test_shares_and_replies_name_an_earlier_post_and_its_author(posts: pl.DataFrame):
    known = posts.select("post_id", author="account_id", first="at")
    for post_column, author_column in (
        ("shared_post_id", "shared_account_id"),
        ("reply_to_post_id", "reply_to_account_id"),
    ):
        asked = posts.filter(pl.col(post_column).is_not_null()).join(
            known, left_on=post_column, right_on="post_id", how="left"
        )
        assert asked.height > 3_000
        assert (asked["author"] == asked[author_column]).all()
        assert (asked["at"] > asked["first"]).all()


def test_kind_says_which_references_are_there(posts: pl.DataFrame):
    shares = pl.col("kind").is_in(["share", "quote"])
    assert posts.filter(shares != pl.col("shared_post_id").is_not_null()).is_empty()
    assert posts.filter((pl.col("kind") == "reply") != pl.col("reply_to_post_id").is_not_null()).is_empty()
    assert posts.filter((pl.col("kind") == "share") != pl.col("text").is_null()).is_empty()


def test_nobody_shares_one_post_twice_or_their_own(posts: pl.DataFrame):
    shares = posts.filter(pl.col("kind") == "share")
    assert shares.select("account_id", "shared_post_id").is_unique().all()
    assert (shares["account_id"] != shares["shared_account_id"]).all()


def test_hashtags_and_links_stand_in_the_text_in_their_order(posts: pl.DataFrame):
    for text, tags, urls in posts.drop_nulls("text").select("text", "hashtags", "urls").iter_rows():
        places = [text.index(found) for found in [*(f"#{tag}" for tag in tags), *urls]]
        assert places == sorted(places)


def test_five_languages_are_spoken_in_their_scripts(posts: pl.DataFrame):
    scripts = {
        "ja": r"\p{Katakana}|\p{Hiragana}|\p{Han}",
        "ar": r"\p{Arabic}",
        "hi": r"\p{Devanagari}",
        "en": "[a-z]",
        "pt": "[a-z]",
    }
    spoken = posts.drop_nulls("text")
    assert set(spoken["lang"]) == set(scripts)
    for lang, letters in scripts.items():
        texts = spoken.filter(pl.col("lang") == lang)["text"]
        assert len(texts) > 1_000
        assert texts.str.contains(letters).mean() > 0.99


def test_a_third_to_two_thirds_of_what_the_copypasta_ring_does_is_ordinary(posts: pl.DataFrame, truth: pl.DataFrame):
    mine = posts.filter(pl.col("account_id").is_in(members(truth, "copypasta ring")))
    of_campaign = pl.col("text").fill_null("").str.contains("(?i)toll|bridge")
    ordinary = mine.group_by("account_id").agg(part=1 - of_campaign.mean())["part"]
    assert ordinary.is_between(0.27, 0.66).all()


def test_the_fast_share_ring_rotates_its_accounts(posts: pl.DataFrame, truth: pl.DataFrame):
    ring = members(truth, "fast-share ring")
    shares = posts.filter(pl.col("kind") == "share", pl.col("account_id").is_in(ring))
    crowds = shares.group_by("shared_post_id").len().filter(pl.col("len") >= 6)
    assert 40 <= crowds.height <= 46
    assert crowds["len"].max() <= 11


def test_links_of_the_farm_differ_as_text_and_meet_on_few_pages(posts: pl.DataFrame, truth: pl.DataFrame):
    farm = posts.filter(pl.col("account_id").is_in(members(truth, "link farm")))
    links = farm["urls"].explode().drop_nulls()
    offers = links.filter(links.str.contains("/offer/"))
    assert offers.n_unique() == len(offers)
    pages = offers.str.replace(r"\?.*", "")
    assert pages.n_unique() == 48
    assert pages.str.extract("https://([^/]+)").n_unique() == 5  # four fronts and the domain behind them


def test_fans_form_a_star_around_one_author(posts: pl.DataFrame, truth: pl.DataFrame):
    for club in sorted(c for c in set(truth["campaign"].drop_nulls()) if c.startswith("fans of ")):
        shared = posts.filter(pl.col("account_id").is_in(members(truth, club)), pl.col("kind") == "share")
        authors = shared.group_by("shared_account_id").len().sort("len", descending=True)["len"]
        assert authors[0] > 8 * authors[1]


def test_the_wire_publishes_the_same_words_in_many_papers(posts: pl.DataFrame, truth: pl.DataFrame):
    wire = posts.filter(pl.col("account_id").is_in(members(truth, "Brindle Wire")))
    papers = wire.group_by("text").agg(pl.col("account_id").n_unique())["account_id"]
    assert len(papers) == 64
    assert papers.median() >= 7
    assert set(wire["client"]) == {"Brindle Wire Desk"}
