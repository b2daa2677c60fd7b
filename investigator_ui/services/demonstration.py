"""The demo: the made-up sample world through every step, from files to a report."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from detectors import Settings
from graph.errors import NothingThere
from graph.facts import current_facts
from graph.runs import StoredRun
from graph.workspace import open_workspace
from ingest import ReadingOptions
from investigator_ui.services.casefile import report_on
from investigator_ui.services.detection import run_detection
from investigator_ui.services.importing import import_files

_INSTALLED = Path(__file__).parents[1] / "sample_world"  # beside the package, in the wheel
_CLONED = Path(__file__).parents[2] / "sample_data" / "world"


@dataclass(frozen=True, slots=True)
class Demonstration:
    run: StoredRun
    posts: int
    report: Path


def sample_world() -> Path:
    """The folder of the made-up posts and accounts that ship with Flockwatch."""
    for folder in (_INSTALLED, _CLONED):
        if folder.is_dir():
            return folder
    raise NothingThere("The sample data is not part of this installation.", "Install Flockwatch from its wheel.")


def run_demo(path: Path, progress: Callable[[str, int, int], None] | None = None) -> Demonstration:
    """Ingest the sample world, detect, and report the riskiest cluster; running it again changes nothing."""
    workspace = open_workspace(path, create=True)
    world = sample_world()
    import_files(
        workspace,
        [world / "posts.csv.gz", world / "accounts.csv"],
        options=ReadingOptions(),
        mapping=None,
        strict=False,
        accept_partial=False,
        progress=progress,
    )
    run = run_detection(workspace, Settings(), progress=progress)
    clusters = run.frame("clusters")
    if clusters.is_empty():
        raise NothingThere("The demo found no cluster in the sample data.", "This is a fault; please report it.")
    first = str(clusters["cluster_id"][0])
    report = report_on(workspace, run, first, workspace.reports, "internal", datetime.now(UTC))
    posts = current_facts(workspace).scan("posts").select(pl.len()).collect().item()
    return Demonstration(run, posts, report.folder / "report.html")
