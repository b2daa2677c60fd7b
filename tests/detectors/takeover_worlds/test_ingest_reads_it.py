"""What a world with takeovers is for: ingest takes all of its files, and the facts are those that the world is made of."""

from pathlib import Path

import polars as pl
import pytest

from detectors.worlds import WorldSettings
from graph.facts import current_facts
from graph.workspace import open_workspace
from ingest import ingest_files
from investigator_ui.services.generating import generate_files

TABLES = ("posts.parquet", "sessions.parquet", "actions.parquet", "accounts.parquet")


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("takeovers") / "world"
    generate_files(WorldSettings("takeover", 60_000, 1), folder)
    workspace = open_workspace(folder.parent / "workspace", create=True)
    report = ingest_files(workspace, [folder / name for name in TABLES])
    return folder, report, current_facts(workspace)


def test_not_one_row_is_set_aside(ingested):
    folder, report, _ = ingested
    assert {Path(one.path).name for one in report.files} == set(TABLES)
    assert [(one.quarantined, one.warned) for one in report.files] == [(0, 0)] * len(TABLES)
    for one in report.files:
        assert pl.read_parquet(folder / Path(one.path).name).height == one.accepted


def test_the_sessions_and_posts_are_as_they_were_made(ingested, made):
    _, _, facts = ingested
    for name, order in (
        ("sessions", ["at", "account_id", "event", "ip", "device", "user_agent"]),
        ("posts", ["post_id"]),
    ):
        told = getattr(made(60_000, 1), name).sort(order)
        read = facts.scan(name).collect().sort(order)
        compared = [column for column in told.columns if column not in ("urls", "shared_at")]
        assert read.select(compared).equals(told.select(compared).cast(dict(read.select(compared).schema)))


def test_the_actions_in_memory_are_nearly_those_of_ingest(ingested, made):
    """Texts excepted, which ingest joins to near-copies, and addresses, which it spells its own way."""
    _, _, facts = ingested
    read = facts.scan("actions").collect()
    ours = made(60_000, 1).actions
    for trace in ("domain", "hashtag", "mention", "share", "follow", "url"):
        alike = [
            frame.filter(pl.col("trace") == trace).select("account_id", "at").unique().sort("account_id", "at")
            for frame in (ours, read)
        ]
        assert alike[0].height > 1_000
        assert alike[0].equals(alike[1]), trace
