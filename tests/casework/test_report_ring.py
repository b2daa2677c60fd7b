"""The report of a ring: victims as victims, times and habits before and after, nothing foreign obeyed, no formula in a sheet."""

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from casework.decisions import decide, decisions
from casework.report import Report, verify_report, write_report
from casework.report_content import cluster_content
from casework.report_ring import RING_FRAMES
from casework.ring_figures import takeover_timeline
from casework.work_store import WorkStore
from graph.results import RunResult
from graph.runs import StoredRun, save_run
from graph.schemas import RUN_SCHEMAS
from graph.workspace import Workspace

AT = datetime(2026, 3, 13, 9, 0, tzinfo=UTC)
TAKEN = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
DEVICE = '=HYPERLINK("http://pixel.example/d") <img src=x onerror=alert(8)>'
Save = Callable[..., StoredRun]


@pytest.fixture
def ring_run(workspace: Workspace, sample: ModuleType) -> Save:
    """ring_run(type): the invented run, its ring being one of accounts in other hands of that type."""

    def saved(type_: str | None = "compromised", run_id: str = "r-ring") -> StoredRun:
        whole: RunResult = sample.sample_result()
        ours = pl.col("cluster_id") == "c-ring"
        role = "victim" if type_ == "compromised" else "changed"
        members = whole.frames["members"].with_columns(
            role=pl.when(ours & (pl.col("role") != "target")).then(pl.lit(role)).otherwise("role")
        )
        clusters = whole.frames["clusters"].with_columns(
            kind=pl.when(ours).then(pl.lit("compromised")).otherwise("kind"),
            type=pl.when(ours).then(pl.lit(type_, pl.String)).otherwise("type"),
        )
        frames = {**whole.frames, "members": members, "clusters": clusters, **_ring_frames(sample)}
        record = replace(whole.record, run_id=run_id)
        return save_run(workspace, RunResult(record, frames, whole.stages, whole.started_at, whole.finished_at))

    return saved


def _table(name: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    schema = RUN_SCHEMAS[name]
    return pl.DataFrame([{column: row.get(column) for column in schema} for row in rows], schema=dict(schema))


def _ring_frames(sample: ModuleType) -> dict[str, pl.DataFrame]:
    own = {"cluster_id": "c-ring"}
    takeovers = [
        {
            **own,
            "account_id": account,
            "not_before": None if place == 1 else TAKEN - timedelta(hours=9),
            "at": TAKEN + timedelta(hours=place),
            "owner_stays": 0.5,
            "failed": 3,
            "fought": 2 if place else 0,
            "rekeyed": 0,
            "recovered_at": TAKEN + timedelta(days=90) if place == 2 else None,
            "first_act_at": TAKEN + timedelta(hours=place, minutes=5),
            "first_act": f"a post from {DEVICE}",
        }
        for place, account in enumerate(sample.RING_ACCOUNTS)
    ]
    changes = [
        {
            **own,
            "account_id": account,
            "feature": feature,
            "usual": usual,
            "usual_shares": [1.0] * len(usual),
            "after": after,
            "after_shares": [0.5] * len(after),
            "ties": after,
        }
        for account in sample.RING_ACCOUNTS
        for feature, usual, after in (
            ("device", ["old phone"], [DEVICE]),
            ("domain", ["news.example"], ["pixel.example"]),
            ("country", ["DE"], []),
        )
    ]
    acts = [
        {**own, "account_id": account, "what": what, "before": before, "after": after}
        for account in sample.RING_ACCOUNTS
        for what, before, after in (("login_failed", 0, 3), ("post", 5, 6))
    ]
    sign = {**own, "accounts": 8, "since": TAKEN, "until": TAKEN + timedelta(hours=7), "adopted": 10, "p": 1e-9}
    signs = [
        {**sign, "feature": "device", "value": DEVICE},
        {**sign, "feature": "domain", "value": "pixel.example", "other_feature": "client", "other_value": "web", "adopted": None},
    ]  # fmt: skip
    rows = {"takeovers": takeovers, "takeover_acts": acts, "takeover_signs": signs, "habit_changes": changes}
    return {name: _table(name, told) for name, told in rows.items()}


def written(run: StoredRun, store: WorkStore, out: Path, cluster: str = "c-ring") -> Report:
    return write_report(run, cluster, decisions(store), out, generated_at=AT)


def page_of(report: Report) -> str:
    return (report.folder / "report.html").read_text("utf-8")


def words_of(report: Report) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", page_of(report).partition("</style>")[2])))


def test_victims_are_reported_as_accounts_to_be_secured_not_as_offenders(
    ring_run: Save, store: WorkStore, tmp_path: Path, ana: object
) -> None:
    run = ring_run()
    decide(store, run=run, cluster_id="c-ring", verdict="secure", reason="One device.", actor=ana)  # type: ignore[arg-type]
    said = words_of(written(run, store, tmp_path / "out"))
    assert "8 accounts were probably taken over. The owners are victims: secure the accounts and contact them" in said
    assert "Accounts to be secured" in said
    assert "told as victims, not as offenders" in said
    assert "secure the owners" in said
    assert "It does not show who did it, or how." in said
    assert "It does not show who runs them" not in said


@pytest.mark.parametrize("type_", ["farm", "managed", "undetermined", None])
def test_a_ring_of_another_type_calls_nobody_a_victim(
    ring_run: Save, store: WorkStore, tmp_path: Path, type_: str | None
) -> None:
    said = words_of(written(ring_run(type_), store, tmp_path / "out"))
    assert "Accounts that changed hands" in said
    assert "victims" not in said
    assert "taken over" not in said


def test_the_tables_tell_interval_ties_and_habits_before_and_after(
    ring_run: Save, store: WorkStore, tmp_path: Path
) -> None:
    said = words_of(written(ring_run(), store, tmp_path / "out"))
    assert "3 Mar 2026 03:00:00 3 Mar 2026 12:00:00" in said  # the interval of the first
    assert "not known 3 Mar 2026 13:00:00" in said  # the second has no event before
    assert "failed 3 · reset 2" in said
    assert "links to pixel[.]example with app web" in said
    assert "news[.]example 100 % pixel[.]example 50 %" in said
    assert "16 of 16 habits that changed" in said
    assert "failed log-ins 0 24" in said


def test_the_package_of_a_ring_holds_its_frames_and_that_of_others_does_not(
    ring_run: Save, store: WorkStore, tmp_path: Path, run: StoredRun
) -> None:
    report = written(ring_run(), store, tmp_path / "out")
    names = {file.path for file in report.files}
    assert {f"{name}.{form}" for name in RING_FRAMES for form in ("csv", "parquet")} <= names
    assert verify_report(report.folder).ok
    others = {file.path for file in written(run, store, tmp_path / "other").files}
    assert not any(name.startswith(("takeover", "habit")) for name in others)


def test_no_cell_starts_a_formula_and_no_name_becomes_markup(ring_run: Save, store: WorkStore, tmp_path: Path) -> None:
    report = written(ring_run(), store, tmp_path / "out")
    for name in RING_FRAMES:
        with open(report.folder / f"{name}.csv", encoding="utf-8", newline="") as file:
            assert not [cell for row in csv.reader(file) for cell in row if cell[:1] in "=+-@" and cell]
    page = page_of(report)
    assert "<img" not in page
    assert "<script" not in page


def test_the_picture_says_what_is_not_drawn(ring_run: Save) -> None:
    drawn = takeover_timeline(cluster_content(ring_run(), "c-ring"))
    assert drawn is not None
    assert drawn.caption.startswith("8 accounts, times in UTC.")
    assert drawn.caption.endswith("1 came back later than is drawn.")
    assert "<img" not in drawn.svg


def test_a_ring_without_its_frames_is_still_a_report(
    ring_run: Save, store: WorkStore, tmp_path: Path, workspace: Workspace
) -> None:
    """A run of a store that keeps only the clusters."""
    whole = ring_run()
    frames = {name: whole.frame(name) if name not in RING_FRAMES else whole.frame(name).clear() for name in RUN_SCHEMAS}
    bare = save_run(workspace, RunResult(replace(whole.record, run_id="r-bare"), frames, whole.stages, AT, AT))
    said = words_of(written(bare, store, tmp_path / "out"))
    assert "The owners are victims" in said
    assert "What ties them" not in said


def test_the_report_of_an_operation_warns_of_the_victims_in_it(
    ring_run: Save, store: WorkStore, tmp_path: Path, workspace: Workspace, sample: ModuleType
) -> None:
    whole = ring_run()
    members = whole.frame("members")
    also = members.filter(pl.col("account_id") == sample.RING_ACCOUNTS[0]).with_columns(
        cluster_id=pl.lit("c-friends"), role=pl.lit("core")
    )
    frames = {name: whole.frame(name) for name in RUN_SCHEMAS} | {"members": pl.concat([members, also])}
    both = save_run(workspace, RunResult(replace(whole.record, run_id="r-both"), frames, whole.stages, AT, AT))
    said = words_of(written(both, store, tmp_path / "out", "c-friends"))
    assert "1 of 4 members is a victim, of whom none is to be punished" in said
