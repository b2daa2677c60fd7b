"""Transplants: foreign tails on histories that are otherwise left alone, with the truth about them."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from detectors.worlds.takeovers.transplant import Transplant, Transplanted, drawn_transplants, transplanted
from detectors.worlds.takeovers.transplant_access import transplanted_access
from graph.errors import BadSetting
from graph.facts import current_facts
from graph.workspace import open_workspace
from ingest import ingest_files

RINGS = (
    Transplant("first", 12, 0.5, ("client", "domain")),
    Transplant("second", 5, 1.0, ("domain", "text"), spread_hours=60),
)


@pytest.fixture(scope="module")
def history(made) -> pl.DataFrame:
    """Posts of the ordinary accounts of a made world: what a real collection is in the benchmark."""
    world = made(60_000, 1)
    ordinary = world.labels.filter((pl.col("label") == "organic") & (pl.col("group") == ""))
    return world.posts.join(ordinary, on="account_id", how="semi")


@pytest.fixture(scope="module")
def grafted(history) -> Transplanted:
    return transplanted(history, RINGS, seed=4)


def test_each_ring_has_its_victims_and_nobody_is_in_two(grafted):
    victims = grafted.labels.filter(pl.col("label") == "compromised")
    assert dict(victims.group_by("ring").len().iter_rows()) == {"first": 12, "second": 5}
    assert grafted.labels["account_id"].is_unique().all()


def test_everybody_else_is_left_alone_and_so_is_the_time_before(history, grafted):
    taken = grafted.labels.select("account_id", "taken_at")
    untouched = pl.col("taken_at").is_null() | (pl.col("at") < pl.col("taken_at"))
    columns = ["post_id", "account_id", "at", "kind", "text", "client", "urls", "hashtags"]
    kept = [
        frame.join(taken, on="account_id").filter(untouched).select(columns).sort("post_id")
        for frame in (history, grafted.posts)
    ]
    assert kept[0].height > 10_000
    assert_frame_equal(kept[0], kept[1])


def test_victims_have_a_history_and_lose_the_share_of_posts_that_is_asked_for(history, grafted):
    rows = history.join(grafted.labels.drop_nulls("taken_at"), on="account_id")
    before = rows.filter(pl.col("at") < pl.col("taken_at")).group_by("account_id").agg(
        pl.len(), since=pl.col("taken_at").first() - pl.col("at").min()
    )  # fmt: skip
    assert before["len"].min() >= 20
    assert before["since"].min() >= timedelta(days=14)
    after = rows.filter(pl.col("at") >= pl.col("taken_at"))
    left = after.join(grafted.posts, on="post_id", how="semi")
    shares = {
        ring: left.filter(pl.col("ring") == ring).height / after.filter(pl.col("ring") == ring).height
        for ring in ("first", "second")
    }
    assert shares["first"] == pytest.approx(0.5, abs=0.1)
    assert shares["second"] == 0.0


def test_what_is_spliced_comes_after_the_takeover_and_shows_what_ties_the_ring(history, grafted):
    new = grafted.posts.join(history, on="post_id", how="anti").join(grafted.labels, on="account_id")
    assert (new["at"] >= new["taken_at"]).all()
    assert (new["at"] <= history["at"].max()).all()
    first, second = (new.filter(pl.col("ring") == ring) for ring in ("first", "second"))
    assert first["client"].n_unique() == 1
    assert second["client"].n_unique() > 1 or second["client"][0] != first["client"][0]
    for ring in (first, second):
        site = ring.select(pl.col("urls").list.join(" ").str.extract(r"(go\d+)\.example"))["urls"]
        assert 0.4 < site.filter(ring["kind"] != "share").is_not_null().mean() < 0.9
        assert site.filter(ring["kind"] == "share").null_count() == (ring["kind"] == "share").sum()
        assert site.drop_nulls().n_unique() == 1
        with_site = ring.filter(site.is_not_null())
        assert with_site["account_id"].n_unique() > 0.6 * ring["account_id"].n_unique()
    copies = second.filter(pl.col("kind") != "share").group_by("text").agg(pl.col("account_id").n_unique())
    assert 2 <= copies.filter(pl.col("account_id") > 2).height <= 3  # of the three texts of a ring
    others = first.drop_nulls("text").group_by("text").agg(pl.col("account_id").n_unique())
    assert (others["account_id"] > 1).mean() < 0.05


def test_a_campaign_can_be_what_is_spliced(history, made):
    world = made(60_000, 1)
    crew = world.labels.filter(pl.col("type") == "owner_run")
    told = transplanted(history, RINGS[:1], 4, donors=world.posts.join(crew, on="account_id", how="semi"))
    new = told.posts.join(history, on="post_id", how="anti")
    assert set(new["lang"]) <= set(world.posts.join(crew, on="account_id", how="semi")["lang"])


def test_the_order_of_rows_changes_nothing_and_the_seed_does(history, grafted):
    again = transplanted(history.sample(fraction=1.0, shuffle=True, seed=1), RINGS, seed=4)
    assert_frame_equal(grafted.posts, again.posts)
    assert_frame_equal(grafted.labels, again.labels)
    assert not transplanted(history, RINGS, seed=5).labels.equals(grafted.labels)


def test_histories_that_are_too_short_are_refused(history):
    with pytest.raises(BadSetting, match="history"):
        transplanted(history.group_by("account_id").head(10), RINGS, seed=4)
    with pytest.raises(BadSetting, match="no posts"):
        transplanted(history.clear(), RINGS, seed=4)


def test_drawn_rings_stand_in_the_ranges_of_the_specification():
    drawn = drawn_transplants(300, seed=1)
    assert {one.name for one in drawn} == {f"graft{number}" for number in range(300)}
    assert min(one.size for one in drawn) == 3
    assert 150 < max(one.size for one in drawn) <= 200
    assert all(0.1 <= one.replaced <= 1.0 and len(one.ties) >= 2 for one in drawn)
    assert {tie for one in drawn for tie in one.ties} == {"client", "domain", "text"}
    with_access = drawn_transplants(300, seed=1, infrastructure=True)
    assert {tie for one in with_access for tie in one.ties} == {"device", "network", "client", "domain", "text"}


def test_sessions_can_be_made_beside_the_posts_and_show_the_same_takeovers(history):
    rings = (Transplant("lone", 10, 0.4, ("device", "network")), Transplant("gone", 8, 1.0, ("device", "domain")))
    told = transplanted(history, rings, seed=4)
    sessions = transplanted_access(told, rings, seed=4)
    assert set(sessions["account_id"]) <= set(told.labels["account_id"])
    assert (sessions["at"] >= told.posts["at"].dt.truncate("1d").min()).all()
    logins = sessions.filter("success").join(told.labels, on="account_id")
    for name in ("lone", "gone"):
        ours = logins.filter(pl.col("ring") == name)
        opening = ours.filter(pl.col("at") == pl.col("taken_at"))
        assert opening["account_id"].n_unique() == told.labels.filter(pl.col("ring") == name).height
        assert opening["device"].n_unique() == 1
        assert not set(opening["device"]) & set(ours.filter(pl.col("at") < pl.col("taken_at"))["device"])
    # Where all posts are replaced the owner is gone; else some go on.
    later = logins.filter((pl.col("at") > pl.col("taken_at")) & (pl.col("ring") == "gone"))
    assert later["device"].n_unique() == 1
    assert logins.filter((pl.col("at") > pl.col("taken_at")) & (pl.col("ring") == "lone"))["device"].n_unique() > 1
    assert_frame_equal(sessions, transplanted_access(told, rings, seed=4))


@pytest.mark.real_data
def test_a_real_collection_takes_the_tail_of_a_real_campaign(shared: Path, tmp_path: Path):
    def posts_of(file: str) -> pl.DataFrame:
        workspace = open_workspace(tmp_path / Path(file).stem, create=True)
        ingest_files(workspace, [shared / "data" / file])
        return current_facts(workspace).scan("posts").collect()

    comments = posts_of("reddit_midterms_2022_oct_comments.parquet")
    campaign = posts_of("raw/ira_brightandglory.csv.gz")
    rings = (Transplant("real", 3, 0.8, ("client", "domain")),)
    told = transplanted(comments, rings, 1, donors=campaign)
    assert (told.labels["label"] == "compromised").sum() == 3
    new = told.posts.join(comments, on="post_id", how="anti")
    assert new.height >= 9
    texts = set(campaign["text"].drop_nulls())
    assert set(new["text"].drop_nulls()) <= texts
    access = transplanted_access(told, rings, 1)
    assert access["at"].min() >= comments["at"].min().replace(hour=0, minute=0, second=0)
    assert set(access["account_id"]) <= set(told.labels["account_id"])
