"""`calibrate`: from a stored run and labels to a model that the next run takes its risk from."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.command_line import flockwatch
from tests.detectors.worlds import START, quick_and_slow_rings


def json_of(*arguments: str, cwd: Path) -> dict[str, Any]:
    done = flockwatch(*arguments, "--json", cwd=cwd)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a workspace, one run, and the labels of its accounts."""
    folder = tmp_path_factory.mktemp("calibrate")
    rows = quick_and_slow_rings()
    begin = START.timestamp()
    shares = pl.DataFrame(
        {
            "account_id": [row[0] for row in rows],
            "object_id": [row[2] for row in rows],
            "timestamp": [round(begin + row[3]) for row in rows],
        }
    )
    shares.write_csv(folder / "shares.csv")
    number = pl.col("account_id").str.extract(r"-(\d+)$").cast(pl.Int64)
    labels = shares.select("account_id").unique().filter(number.is_not_null()).sort("account_id")
    label = pl.when(number % 2 == 1).then(pl.lit("coordinated")).otherwise(pl.lit("organic"))
    labels.with_columns(label=label, campaign=pl.format("c{}", number // 2 % 2)).write_csv(folder / "labels.csv")
    labels.head(12).with_columns(label=pl.lit("coordinated")).write_csv(folder / "few.csv")
    json_of("ingest", "shares.csv", cwd=folder)
    (folder / "quick.toml").write_text("replays = 0\n", "utf-8")
    json_of("detect", "--config", "quick.toml", cwd=folder)
    return folder


def test_a_fitted_model_gives_the_next_run_its_risk(place: Path):
    told = json_of("calibrate", "--labels", "labels.csv", "--out", "model.json", cwd=place)
    assert told["clusters"] >= 20
    assert told["campaigns"] == ["c0", "c1"]
    assert {"brier", "ece", "auc", "reliability"} <= set(told["held_out"])
    (place / "settings.toml").write_text('risk_model = "model.json"\nreplays = 0\n', "utf-8")
    run = json_of("detect", "--config", "settings.toml", cwd=place)
    assert any(told["model_id"] in note for note in run["notes"])
    changes = json_of("compare", told["runs"][0], run["run_id"], cwd=place)
    assert changes["summary"]["clusters lost"] == 0
    explained = json_of("explain", run["clusters"][0]["cluster_id"], cwd=place)
    assert explained["edges"]


def test_the_same_labels_give_the_same_bytes(place: Path):
    json_of("calibrate", "--labels", "labels.csv", "--out", "one.json", cwd=place)
    json_of("calibrate", "--labels", "labels.csv", "--out", "other.json", cwd=place)
    assert (place / "one.json").read_bytes() == (place / "other.json").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--labels", "few.csv", "--out", "few.json"), "a fit needs 20 with at least 5 of either kind"),
        (("--labels", "gone.csv", "--out", "few.json"), "cannot be read"),
        (("--labels", "labels.csv", "--out", "few.txt"), "has no known ending"),
        (("--labels", "labels.csv", "--out", "nowhere/few.json"), "there is no such folder"),
    ],
)
def test_what_cannot_be_fitted_is_refused_in_one_sentence_and_leaves_no_file(
    place: Path, arguments: tuple[str, ...], said: str
):
    done = flockwatch("calibrate", *arguments, cwd=place)
    assert done.returncode == 2
    assert said in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr
    assert not list(place.glob("few.[jt]*"))
