"""The sample world has fans, a wire and rings under known names: every tag is on whom it belongs to."""

from collections import defaultdict
from pathlib import Path

import polars as pl
import pytest

from detectors.guards.found import SETTLED
from graph.runs import StoredRun, load_run
from graph.workspace import open_workspace

WORLD = Path(__file__).parents[3] / "sample_data" / "world"


@pytest.fixture
def result(demo: tuple[Path, dict[str, object]]) -> StoredRun:
    return load_run(open_workspace(demo[0]), str(demo[1]["run_id"]))


def test_fans_and_the_wire_are_tagged_and_the_planted_rings_are_not(result: StoredRun):
    """Whoever a cluster consists of by the truth file, against the tags that cap it."""
    truth = pl.read_csv(WORLD / "truth.csv", infer_schema=False)
    members = result.frame("members").join(truth, on="account_id", how="left")
    capped = result.frame("guards").filter(pl.col("cap") < 1)
    tags: dict[str, set[str]] = defaultdict(set)
    for (cluster,), rows in members.group_by("cluster_id"):
        most = rows["campaign"].fill_null("").value_counts(sort=True).row(0)[0]
        tags[most.split(" of ")[0]] |= set(capped.filter(pl.col("cluster_id") == cluster)["tag"]) or {"none"}
    everybody_passes_on = {"fan or amplifier circle", "widely passed on"}
    assert tags == {
        "fans": everybody_passes_on,
        "Brindle Wire": {"fan or amplifier circle", "mirrored publishing", "disclosed network"},
        "fast-share ring": {"none"},
        "copypasta ring": {"none"},
        "link farm": {"none"},
    }


def test_only_the_rings_are_alerts(result: StoredRun):
    clusters = result.frame("clusters")
    assert clusters.filter(pl.col("tier") == "alert").height == 3
    assert clusters.filter(pl.col("tier") == "review")["risk"].max() <= 0.3


def test_nobody_is_flagged_in_the_circles_of_fans_that_are_settled(result: StoredRun):
    """Two of three: the members of the third did not join over years."""
    settled = result.frame("guards").filter(pl.col("cap") <= SETTLED)
    assert settled.select("name", "tag").unique().rows() == [("fan circle", "fan or amplifier circle")]
    inside = pl.col("cluster_id").is_in(settled["cluster_id"].implode())
    clusters = result.frame("clusters").filter(inside)
    assert (clusters.height, set(clusters["tier"]), clusters["risk"].max()) == (2, {"review"}, SETTLED)
    accounts = result.frame("accounts").filter(inside & (pl.col("tier") != "none"))
    assert set(accounts["tier"]) == {"linked"}
    assert accounts["score"].is_between(0.5, 0.55).sum() == clusters["size"].sum()
