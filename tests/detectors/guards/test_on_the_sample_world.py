"""The sample world has fans, a wire and rings under known names: every tag is on whom it belongs to."""

from collections import defaultdict
from pathlib import Path

import polars as pl
import pytest

from detectors import Tables, detect
from graph.facts import current_facts
from graph.results import RunResult
from graph.workspace import open_workspace
from ingest import ingest_files

WORLD = Path(__file__).parents[3] / "sample_data" / "world"


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    workspace = open_workspace(tmp_path_factory.mktemp("sample") / "workspace", create=True)
    ingest_files(workspace, [WORLD / "accounts.csv", WORLD / "posts.csv.gz"])
    scan = current_facts(workspace).scan
    return detect(Tables(scan("actions"), scan("posts"), scan("texts"), scan("accounts")))


def test_fans_and_the_wire_are_tagged_and_the_planted_rings_are_not(result: RunResult):
    """Whoever a cluster consists of by the truth file, against the tags that cap it."""
    truth = pl.read_csv(WORLD / "truth.csv", infer_schema=False)
    members = result.frames["members"].join(truth, on="account_id", how="left")
    capped = result.frames["guards"].filter(pl.col("cap") < 1)
    tags: dict[str, set[str]] = defaultdict(set)
    for (cluster,), rows in members.group_by("cluster_id"):
        most = rows["campaign"].fill_null("").value_counts(sort=True).row(0)[0]
        tags[most.split(" of ")[0]] |= set(capped.filter(pl.col("cluster_id") == cluster)["tag"]) or {"none"}
    assert tags == {
        "fans": {"fan or amplifier circle"},
        "Brindle Wire": {"disclosed network"},
        "fast-share ring": {"none"},
        "copypasta ring": {"none"},
        "link farm": {"none"},
    }


def test_only_the_rings_are_alerts(result: RunResult):
    clusters = result.frames["clusters"]
    assert clusters.filter(pl.col("tier") == "alert").height == 3
    assert clusters.filter(pl.col("tier") == "review")["risk"].max() <= 0.3
