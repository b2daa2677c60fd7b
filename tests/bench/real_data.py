"""Real data through the whole house: ingest, detect, evaluate; prints the tables of docs/evidence/first_form.md.

    python tests/bench/real_data.py [--shared DIR] [--only NAME ...]

Prints counts and rates only: no text and no handle of a real row leaves this script.
"""

import argparse
import json
import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from detectors import Settings
from graph.runs import StoredRun
from graph.workspace import open_workspace
from ingest import ReadingOptions
from investigator_ui.services.detection import FLAGGED, run_detection
from investigator_ui.services.evaluating import evaluate_run
from investigator_ui.services.importing import import_files

HERE = Path(__file__).parents[2]
MAPPINGS = HERE / "sample_data" / "mappings"


@dataclass(frozen=True, slots=True)
class Data:
    name: str
    files: tuple[str, ...]
    labels: str | None = None
    mapping: str | None = None


SETS = (
    Data("mix_gop2015", ("mixes/mix_gop2015_posts.parquet",), "mixes/mix_gop2015_labels.csv"),
    Data(
        "mix_demonetisation2016",
        ("mixes/mix_demonetisation2016_posts.parquet",),
        "mixes/mix_demonetisation2016_labels.csv",
    ),
    Data("mix_injected2016", ("mixes/mix_injected2016_shares.parquet",), "mixes/mix_injected2016_labels.csv"),
    Data("coortweet_russian", ("coortweet_russian.parquet",)),
    Data("german_elections", ("german_elections_to_sep7.parquet",), mapping="link_table_several_objects.toml"),
    Data("telegram_ru_news", ("telegram_ru_news_dev.parquet",)),
    Data(
        "reddit_midterms", ("reddit_midterms_2022_oct_comments.parquet", "reddit_midterms_2022_oct_submissions.parquet")
    ),
    Data("celebrity_fans_2016", ("celebrity_fans_2016.parquet",), mapping="fan_timelines.toml"),
    Data("weibo_reposts", ("weibo_ced_reposts_dev.parquet",), mapping="weibo_reposts.toml"),
    Data("ira_2012_2016", ("ira_2012_2016.parquet",)),
)


def run(data: Data, shared: Path) -> dict[str, object]:
    """Ingest one set into a new workspace, detect, evaluate when there are labels."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = open_workspace(Path(folder) / "workspace", create=True)
        started = time.perf_counter()
        report = import_files(
            workspace,
            [shared / "data" / file for file in data.files],
            options=ReadingOptions(),
            mapping=MAPPINGS / data.mapping if data.mapping else None,
            strict=False,
            accept_partial=True,
            progress=None,
        )
        ingested = time.perf_counter()
        stored = run_detection(workspace, Settings())
        detected = time.perf_counter()
        figures: dict[str, object] = {
            "data": data.name,
            "read": sum(file.read for file in report.files),
            "accepted": sum(file.accepted for file in report.files),
            "quarantined": sum(file.quarantined for file in report.files),
            "duplicates": sum(file.duplicates for file in report.files),
            "ingest_s": round(ingested - started, 1),
            "detect_s": round(detected - ingested, 1),
            **found(stored),
        }
        if data.labels:
            figures["evaluation"] = evaluate_run(workspace, None, shared / "data" / data.labels)
        return figures


def found(stored: StoredRun) -> dict[str, object]:
    """What a run flagged, in counts."""
    accounts, clusters = stored.frame("accounts"), stored.frame("clusters")
    flagged = accounts.filter(FLAGGED).height
    return {
        "accounts": accounts.height,
        "flagged": flagged,
        "flagged_share": round(flagged / max(accounts.height, 1), 4),
        "clusters": clusters.height,
        "largest": clusters["size"].max() if clusters.height else 0,
        "edges": stored.frame("edges").height,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=HERE.parent / "shared")
    parser.add_argument("--only", nargs="*", default=[])
    chosen = parser.parse_args()
    for data in SETS:
        if not chosen.only or data.name in chosen.only:
            print(json.dumps(run(data, chosen.shared), ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
