"""Guards on real collections: news channels come out as a disclosed network, pools of an operation come out untouched."""

from pathlib import Path

import polars as pl
import pytest

from detectors import Tables, detect
from graph.facts import current_facts
from graph.results import RunResult
from graph.workspace import open_workspace
from ingest import ingest_files
from tests.detectors.conftest import MixRun


def run_on(path: Path, folder: Path) -> RunResult:
    workspace = open_workspace(folder / "workspace", create=True)
    ingest_files(workspace, [path])
    scan = current_facts(workspace).scan
    return detect(Tables(scan("actions"), scan("posts"), scan("texts"), scan("accounts")))


def tagged(result: RunResult, tag: str) -> set[str]:
    guards = result.frames["guards"]
    return set(guards.filter(pl.col("tag") == tag)["cluster_id"])


@pytest.mark.real_data
def test_news_channels_that_copy_wires_are_disclosed_networks_and_no_alert(shared: Path, tmp_path: Path):
    result = run_on(shared / "data" / "telegram_ru_news_dev.parquet", tmp_path)
    clusters = result.frames["clusters"]
    assert not clusters.is_empty()
    assert tagged(result, "disclosed network") == set(clusters["cluster_id"])
    assert clusters["risk"].max() <= 0.3
    assert set(clusters["tier"]) == {"review"}


@pytest.mark.real_data
@pytest.mark.parametrize("mix", ["mix_gop2015_posts", "mix_demonetisation2016_posts", "mix_injected2016_shares"])
def test_no_cluster_of_the_mixes_is_taken_for_fans_a_wire_or_a_call(mix: str, mix_run: MixRun):
    """Their shares have no known author and their accounts no app or age: whatever fired would fire on nothing."""
    _, result = mix_run(mix)
    assert not result.frames["clusters"].is_empty()
    for tag in ("fan or amplifier circle", "disclosed network", "call to action", "public text"):
        assert tagged(result, tag) == set(), tag


@pytest.mark.real_data
def test_an_operation_that_posed_as_local_news_is_not_taken_for_a_wire(shared: Path, tmp_path: Path):
    """Three months of the accounts that named themselves after cities; they wrote around the clock, but short."""
    every = pl.scan_parquet(shared / "data" / "ira_2012_2016.parquet")
    autumn = pl.col("publish_date").dt.date().is_between(pl.date(2016, 8, 1), pl.date(2016, 10, 31))
    news = tmp_path / "news.parquet"
    every.filter((pl.col("account_category") == "NewsFeed") & autumn).collect().write_parquet(news)
    result = run_on(news, tmp_path)
    assert not result.frames["clusters"].is_empty()
    assert tagged(result, "disclosed network") == set()
