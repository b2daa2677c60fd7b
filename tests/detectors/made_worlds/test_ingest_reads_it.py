"""What a made world is for: ingest takes all of it, and the traces come out as they were meant."""

from pathlib import Path

import polars as pl
import pytest

from detectors.worlds import WorldSettings
from detectors.worlds.trace_rows import trace_rows
from graph.facts import current_facts
from graph.workspace import open_workspace
from ingest import ingest_files
from investigator_ui.services.generating import generate_files

TABLES = ("posts.parquet", "actions.parquet", "accounts.parquet")


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("made") / "world"
    generate_files(WorldSettings("mixed", 30_000, 1), folder)
    workspace = open_workspace(folder.parent / "workspace", create=True)
    report = ingest_files(workspace, [folder / name for name in TABLES])
    return folder, report, current_facts(workspace)


def test_not_one_row_is_set_aside(ingested):
    folder, report, facts = ingested
    assert [(one.quarantined, one.warned) for one in report.files] == [(0, 0)] * 3
    for name in TABLES:
        assert pl.read_parquet(folder / name).height == next(
            one.accepted for one in report.files if Path(one.path).name == name
        )
    assert facts.scan("quarantine").collect().is_empty()


def test_every_trace_that_was_meant_comes_out(ingested):
    _, _, facts = ingested
    counts = dict(facts.scan("actions").group_by("trace").len().collect().iter_rows())
    meant = {
        "share", "fast_share", "url", "domain", "hashtag", "hashtag_sequence", "reply", "mention", "text", "client",
        "follow", "like", "ip", "device", "payment", "landing_page", "media",
    }  # fmt: skip
    assert meant <= set(counts)


def test_the_traces_that_the_gate_reads_are_those_that_ingest_makes(ingested):
    folder, _, facts = ingested
    ours = trace_rows(pl.read_parquet(folder / "posts.parquet"))
    theirs = facts.scan("actions").filter(pl.col("trace").is_in(ours["trace"].unique().implode())).collect()
    # Objects may be spelled otherwise (links lose their scheme): compared is who did the same as how many others, and when.
    told = [
        frame.with_columns(alike=pl.len().over("trace", "object_id"), accounts=pl.col("account_id").n_unique().over("trace", "object_id"))
        .select("account_id", "trace", "at", "post_id", "alike", "accounts")
        .sort("account_id", "trace", "at", "post_id")
        for frame in (ours, theirs)
    ]  # fmt: skip
    assert told[0].height > 20_000
    assert told[0].equals(told[1])
