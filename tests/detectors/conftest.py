"""Runs that several tests look at: the labelled mixes, each detected once."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from detectors import Tables, detect
from graph.facts import Facts, current_facts
from graph.results import RunResult
from graph.workspace import open_workspace
from ingest import ingest_files

MixRun = Callable[[str], tuple[Facts, RunResult]]


@pytest.fixture(scope="session")
def mix_run(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> MixRun:
    """The facts and the run, with defaults, of a labelled mix by the name of its file."""

    @cache
    def run(name: str) -> tuple[Facts, RunResult]:
        workspace = open_workspace(tmp_path_factory.mktemp("mix") / "workspace", create=True)
        ingest_files(workspace, [shared / "data" / "mixes" / f"{name}.parquet"])
        facts = current_facts(workspace)
        return facts, detect(Tables(*(facts.scan(kind) for kind in ("actions", "posts", "texts", "accounts"))))

    return run
