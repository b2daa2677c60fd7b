"""`flockwatch generate --preset takeover` and `sessions`: the files, the same for the same seed, and what is said of them."""

import json
from pathlib import Path

import polars as pl
import pytest

from detectors.worlds import WorldSettings, generate_world
from tests.command_line import flockwatch

FILES = {"posts.parquet", "sessions.parquet", "actions.parquet", "accounts.parquet", "labels.csv", "truth.json"}
LABELS = [
    "account_id",
    "label",
    "campaign",
    "archetype",
    "role",
    "group",
    "type",
    "ring",
    "taken_at",
    "recovered_at",
    "style",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("takeovers") / "world"
    done = flockwatch("generate", "--preset", "takeover", "--events", "40000", "--seed", "5", "--out", out)
    assert done.returncode == 0, done.stderr
    assert "victims of" in done.stderr
    return out


def test_the_files_are_there_and_the_truth_counts_them(folder):
    assert {path.name for path in folder.iterdir()} == FILES
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    for name in ("posts", "sessions", "actions", "accounts"):
        assert truth["rows"][name] == pl.read_parquet(folder / f"{name}.parquet").height > 0
    assert (truth["preset"], truth["days"], truth["seed"]) == ("takeover", 150.0, 5)
    assert sum(truth["styles"].values()) == truth["labels"]["compromised"]
    assert truth["calibration"]["passed"] is None


def test_the_labels_tell_when_in_utc_and_leave_the_rest_empty(folder):
    labels = pl.read_csv(folder / "labels.csv", infer_schema_length=0)
    assert labels.columns == LABELS
    taken = labels.filter(pl.col("label") == "compromised")["taken_at"]
    assert taken.str.contains(r"^2024-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$").all()
    assert labels.filter(pl.col("label") != "compromised")["taken_at"].is_null().all()


def test_the_same_seed_gives_the_same_bytes(folder, tmp_path):
    again = tmp_path / "again"
    flockwatch("generate", "--preset", "takeover", "--events", "40000", "--seed", "5", "--out", again)
    for name in FILES:
        assert (again / name).read_bytes() == (folder / name).read_bytes(), name


def test_sessions_alone_have_no_posts_and_no_third_party_applications(tmp_path):
    done = flockwatch("generate", "--preset", "sessions", "--events", "40000", "--out", tmp_path / "world")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "world").iterdir()} == FILES - {"posts.parquet", "actions.parquet"}
    truth = json.loads((tmp_path / "world" / "truth.json").read_text("utf-8"))
    assert set(truth["styles"]) == {"stuffing", "sim_swap", "dormant", "contagion"}


@pytest.mark.parametrize("preset", ["takeover", "sessions"])
def test_a_world_has_about_as_many_events_as_asked_for(preset):
    world = generate_world(WorldSettings(preset, 100_000, 1))
    events = world.posts.height + world.sessions.height + world.actions.height
    assert 90_000 < events < 110_000


def test_a_larger_world_is_made_of_districts_that_share_no_account_post_or_device():
    world = generate_world(WorldSettings("takeover", 500_000, 1))
    assert world.accounts["account_id"].n_unique() == world.accounts.height == world.labels.height
    assert world.posts["post_id"].n_unique() == world.posts.height
    districts = world.labels.select("account_id", pl.col("ring").str.slice(0, 2).alias("district")).drop_nulls()
    used = world.sessions.join(districts, on="account_id").group_by("device").agg(pl.col("district").n_unique())
    assert used.drop_nulls("device")["district"].max() == 1
    assert {name[:2] for name in world.labels["ring"].drop_nulls()} == {"d0", "d1"}


def test_size_and_prevalence_can_be_fixed():
    world = generate_world(WorldSettings("takeover", 150_000, 1, size=12, prevalence=0.04))
    rings = [one for one in world.campaigns if one["type"] == "compromised"]
    assert {one["size"] for one in rings} == {12}
    assert (world.labels["label"] == "compromised").mean() == pytest.approx(0.04, abs=0.01)
