"""The three labelled mixes: better than the naive rule on precision and on recall, and the same in every run."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from detectors import Tables, detect, evaluate
from graph.facts import current_facts
from graph.workspace import open_workspace
from ingest import ingest_files

MIXES = {
    "gop2015": "mix_gop2015_posts.parquet",
    "demonetisation2016": "mix_demonetisation2016_posts.parquet",
    "injected2016": "mix_injected2016_shares.parquet",
}
TRACES = ["share", "url", "hashtag_sequence", "text"]


@pytest.fixture(scope="module", params=sorted(MIXES))
def figures(request: pytest.FixtureRequest, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    workspace = open_workspace(tmp_path_factory.mktemp("mix") / "workspace", create=True)
    ingest_files(workspace, [shared / "data" / "mixes" / MIXES[request.param]])
    facts = current_facts(workspace)
    run = detect(Tables(facts.scan("actions"), texts=facts.scan("texts")))
    labels = pl.read_csv(shared / "data" / "mixes" / f"mix_{request.param}_labels.csv", infer_schema_length=0)
    actions = facts.scan("actions").filter(pl.col("trace").is_in(TRACES)).collect()
    return evaluate(run.frames["accounts"], labels, actions=actions, members=run.frames["members"], resamples=20)


@pytest.mark.real_data
def test_precision_and_recall_are_above_those_of_the_naive_rule(figures: dict[str, Any]):
    naive = figures["baselines"]["naive"]
    assert figures["precision"] > naive["precision"]
    assert figures["recall"] > naive["recall"]
    assert figures["fpr_organic"] < 0.02


@pytest.mark.real_data
def test_the_ranking_is_better_than_that_of_the_naive_rule(figures: dict[str, Any]):
    assert figures["average_precision"] > 1.5 * figures["baselines"]["naive"]["average_precision"]
    assert figures["auc"] > figures["baselines"]["naive"]["auc"]
