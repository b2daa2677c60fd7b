"""Ordinary access and writing: the base rates stand where docs/generator.md says, and accounts keep to habits of their own."""

import polars as pl
import pytest

from detectors.worlds.takeovers.access import YEARLY
from detectors.worlds.takeovers.holders import NEW_PHONE

YEARS = 150 / 365


@pytest.fixture(scope="module")
def ordinary(made) -> pl.DataFrame:
    """Accounts of nobody's group, ring or operation."""
    labels = made(250_000, 7).labels
    return labels.filter((pl.col("label") == "organic") & (pl.col("group") == "")).select("account_id")


@pytest.fixture(scope="module")
def access(made, ordinary) -> pl.DataFrame:
    block = pl.col("ip").str.extract(r"^(.*)\.\d+$").alias("block")
    return made(250_000, 7).sessions.join(ordinary, on="account_id", how="semi").with_columns(block)


@pytest.fixture(scope="module")
def posts(made, ordinary) -> pl.DataFrame:
    return made(250_000, 7).posts.join(ordinary, on="account_id", how="semi")


def test_most_accounts_have_enough_history_and_some_do_not(posts, access):
    events = pl.concat([posts.select("account_id", "at"), access.filter("success").select("account_id", "at")])
    each = events.group_by("account_id").agg(pl.len(), days=(pl.col("at").max() - pl.col("at").min()).dt.total_days())
    enough = (each["len"] >= 20) & (each["days"] >= 14)
    assert 0.75 < enough.mean() < 0.95


@pytest.mark.parametrize(
    "event", ["email_changed", "phone_changed", "mfa_changed", "session_revoked", "reset_requested"]
)
def test_changes_are_as_rare_as_the_table_says(access, ordinary, event):
    yearly = access.filter(pl.col("event") == event).height / ordinary.height / YEARS
    expected = YEARLY["reset" if event == "reset_requested" else event]
    # Pauses and accounts that open late leave a tenth of them out.
    assert 0.7 * expected < yearly < 1.15 * expected


def test_one_login_in_ten_is_preceded_by_a_failure_or_follows_a_guess(access):
    counts = dict(access.group_by("event").len().iter_rows())
    assert 0.08 < counts["login_failed"] / counts["login"] < 0.18


def test_a_phone_is_replaced_about_every_two_and_a_half_years(access, ordinary):
    logins = access.filter(pl.col("event") == "login").sort("at")
    opening = pl.col("at") == pl.col("at").min().over("account_id")
    late = logins.with_columns(first=opening).filter(pl.col("at") > logins["at"].min() + pl.duration(days=75))
    seen = logins.filter(pl.col("at") <= logins["at"].min() + pl.duration(days=75))
    known = (
        seen.group_by("account_id")
        .agg(pl.len(), pl.col("device").unique().alias("devices"))
        .filter(pl.col("len") >= 10)
    )
    fresh = late.join(known, on="account_id").filter(~pl.col("device").is_in("devices"))
    yearly = fresh.unique(["account_id", "device"]).height / known.height / (YEARS / 2)
    assert 0.6 * NEW_PHONE < yearly < 2 * NEW_PHONE


def test_providers_differ_in_size_and_carriers_put_many_behind_few_addresses(access):
    logins = access.filter((pl.col("event") == "login") & (pl.col("country") == "US"))
    homes = logins.filter(pl.col("ip").str.starts_with("26."))
    sizes = homes.group_by("asn").agg(pl.col("account_id").n_unique()).sort("account_id", descending=True)["account_id"]
    assert sizes[0] > 5 * sizes[-1]
    carriers = logins.filter(pl.col("ip").str.starts_with("100."))
    behind = [
        rows.group_by("block").agg(pl.col("account_id").n_unique())["account_id"].median() for rows in (homes, carriers)
    ]
    assert behind[1] > 4 * behind[0]


def test_accounts_keep_to_their_clients_their_contacts_and_their_tags(posts):
    busy = posts.filter(pl.len().over("account_id") >= 40)

    def kept(rows: pl.DataFrame, name: str, few: int) -> float:
        counts = rows.drop_nulls(name).group_by("account_id", name).len()
        top = counts.sort("len", descending=True).group_by("account_id", maintain_order=True).head(few)
        return top["len"].sum() / counts["len"].sum()

    assert kept(busy, "client", 2) > 0.9
    assert kept(busy.explode("mentions"), "mentions", 10) > 0.75
    assert kept(busy.explode("hashtags"), "hashtags", 6) > 0.75


def test_friends_mention_one_another(posts):
    named = posts.explode("mentions").drop_nulls("mentions").group_by("account_id", "mentions").len()
    back = named.select(mentions="account_id", account_id="mentions")
    often = named.filter(pl.col("len") >= 3)
    assert often.join(back, on=["account_id", "mentions"], how="semi").height > 0.2 * often.height


def test_people_sleep(posts, made):
    german = made(250_000, 7).accounts.filter(pl.col("country") == "DE").select("account_id")
    hours = posts.join(german, on="account_id", how="semi").select((pl.col("at").dt.hour() + 1) % 24)["at"]
    assert hours.is_between(1, 4).mean() < 0.13
    assert hours.is_between(9, 13).mean() > 0.25


def test_new_sites_texts_and_clients_are_taken_up_by_many_ordinary_people_within_days(made, ordinary, posts):
    domains = made(250_000, 7).actions.filter(pl.col("trace") == "domain").join(ordinary, on="account_id", how="semi")
    talk = domains.filter(pl.col("object_id").str.starts_with("talk")).group_by("object_id")
    each = talk.agg(pl.col("account_id").n_unique(), days=(pl.col("at").max() - pl.col("at").min()).dt.total_days())
    assert each["account_id"].median() > 10
    assert each["days"].max() <= 2
    copied = posts.drop_nulls("text").group_by("text").agg(pl.col("account_id").n_unique())
    assert copied["account_id"].max() >= 8
    assert posts.filter(pl.col("client").str.starts_with("studio"))["account_id"].n_unique() > 20
