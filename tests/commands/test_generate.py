"""`flockwatch generate`: files that ingest takes, the same for the same seed, refused and warned about in sentences."""

import json
from pathlib import Path

import polars as pl
import pytest

from tests.command_line import flockwatch

FILES = {"posts.parquet", "actions.parquet", "accounts.parquet", "labels.csv", "truth.json"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("generate") / "world"
    done = flockwatch("generate", "--preset", "mixed", "--events", "20000", "--seed", "5", "--out", folder, "--json")
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout)


def test_the_files_are_there_and_the_truth_counts_them(made):
    folder, said = made
    assert {path.name for path in folder.iterdir()} == FILES
    assert {Path(file).name for file in said["files"]} == FILES
    labels = pl.read_csv(folder / "labels.csv", infer_schema_length=0)
    assert labels.columns == ["account_id", "label", "campaign", "archetype", "role", "group"]
    assert said["rows"]["posts"] == pl.read_parquet(folder / "posts.parquet").height
    assert said["rows"]["accounts"] == labels.height == sum(said["labels"].values())
    assert sum(one["size"] for one in said["campaigns"]) == said["labels"]["coordinated"]


def test_the_truth_says_how_to_make_the_world_again(made):
    folder, _ = made
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    assert (truth["preset"], truth["seed"], truth["events"], truth["attack"]) == ("mixed", 5, 20_000, "none")
    assert set(truth["versions"]) == {"flockwatch", "numpy", "polars"}
    assert {fit["measure"] for fit in truth["calibration"]["fits"]} >= {"posts_per_account", "gap_seconds", "hours"}


def test_the_same_seed_gives_the_same_bytes(made, tmp_path):
    folder, _ = made
    again = tmp_path / "again"
    flockwatch("generate", "--preset", "mixed", "--events", "20000", "--seed", "5", "--out", again)
    for name in FILES:
        assert (again / name).read_bytes() == (folder / name).read_bytes(), name


def test_a_world_that_is_too_easy_is_said_to_be(tmp_path):
    done = flockwatch("generate", "--preset", "cells", "--events", "20000", "--out", tmp_path / "world")
    assert done.returncode == 0
    assert "too easy" in done.stderr
    truth = json.loads((tmp_path / "world" / "truth.json").read_text("utf-8"))
    assert truth["calibration"]["passed"] is False


def test_mutation_writes_two_periods(tmp_path):
    done = flockwatch("generate", "--preset", "mutation", "--events", "20000", "--out", tmp_path / "pair", "--json")
    said = json.loads(done.stdout)
    for period in ("before", "after"):
        assert {path.name for path in (tmp_path / "pair" / period).iterdir()} == FILES - {"truth.json"}
        assert said["periods"][period]["labels"]["coordinated"] == 70
    assert said["changes"]["mutating"]


REFUSALS = {
    "an unknown preset": ("--preset", "quiet"),
    "an unknown attack": ("--preset", "security", "--attack", "noise"),
    "an attack on another preset": ("--preset", "mixed", "--attack", "padding"),
    "too few events": ("--events", "10"),
    "a negative seed": ("--seed", "-1"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_be_made_is_refused_and_nothing_is_written(name, tmp_path):
    done = flockwatch("generate", *REFUSALS[name], "--out", "world", cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "world").exists()


def test_a_folder_that_holds_something_is_left_alone(made, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    done = flockwatch("generate", "--events", "20000", "--out", tmp_path)
    assert done.returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
