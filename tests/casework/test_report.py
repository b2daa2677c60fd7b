"""A report is a sealed folder: the same inputs give the same bytes, nothing foreign is obeyed, every change shows."""

import csv
import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from html import unescape
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.actors import Actor, NotAllowed
from casework.audit import audit_head
from casework.decisions import Decision, decide, decisions
from casework.report import Report, report_name, verify_report, write_report
from casework.work_store import WorkStore
from graph.errors import BadSetting, FlockwatchError, NothingThere
from graph.facts import Part, Source, current_facts, publish_facts
from graph.runs import StoredRun, save_run
from graph.schemas import FACT_SCHEMAS, empty
from graph.workspace import Workspace

AT = datetime(2026, 3, 13, 9, 0, tzinfo=UTC)
FILES = [
    "MANIFEST.sha256",
    "decisions.json",
    "edges.csv",
    "edges.parquet",
    "evidence.csv",
    "evidence.parquet",
    "members.csv",
    "members.parquet",
    "method.json",
    "report.html",
]


@pytest.fixture
def said(store: WorkStore, run: StoredRun, ana: Actor) -> list[Decision]:
    """An unsure verdict, corrected, and one on another cluster."""
    first = decide(store, run=run, cluster_id="c-ring", verdict="unsure", reason="<b>Wait</b> & see", actor=ana)
    decide(
        store,
        run=run,
        cluster_id="c-ring",
        verdict="violating",
        reason="Ten texts.",
        actor=ana,
        corrects=first.decision_id,
    )
    decide(store, run=run, cluster_id="c-friends", verdict="not_violating", reason="Three friends.", actor=ana)
    return decisions(store)


@pytest.fixture
def report(run: StoredRun, said: list[Decision], tmp_path: Path, store: WorkStore) -> Report:
    """The report of the ring."""
    return write_report(run, "c-ring", said, tmp_path / "out", generated_at=AT, audit_head=audit_head(store))


def page_of(report: Report) -> str:
    return (report.folder / "report.html").read_text("utf-8")


def words_of(page: str) -> str:
    """What a reader sees, without tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", "", page.partition("</style>")[2])))


def test_a_report_is_a_folder_named_by_cluster_and_date_with_every_file_sealed(report: Report) -> None:
    assert report.folder.name == "report_c-ring_2026-03-13"
    assert [file.path for file in report.files] == FILES == sorted(path.name for path in report.folder.iterdir())
    assert verify_report(report.folder).said == "9 files, each as sealed."


def test_the_manifest_is_what_sha256sum_reads(report: Report) -> None:
    checked = subprocess.run(
        ["sha256sum", "--strict", "-c", "MANIFEST.sha256"], cwd=report.folder, capture_output=True, check=True
    )
    assert checked.stdout.count(b": OK") == 9


def test_one_changed_bit_in_any_file_breaks_the_seal(report: Report) -> None:
    for name in FILES[1:]:
        path = report.folder / name
        sealed = path.read_bytes()
        middle = len(sealed) // 2
        path.write_bytes(sealed[:middle] + bytes([sealed[middle] ^ 1]) + sealed[middle + 1 :])
        assert verify_report(report.folder).wrong == (f"{name} was changed.",)
        path.write_bytes(sealed)
    assert verify_report(report.folder).ok


def test_missing_added_and_linked_files_and_a_damaged_manifest_break_the_seal(report: Report) -> None:
    (report.folder / "members.csv").rename(report.folder / "other.csv")
    assert verify_report(report.folder).wrong == ("members.csv is missing.", "other.csv was added after sealing.")
    (report.folder / "members.csv").symlink_to("other.csv")
    assert "members.csv is missing." in verify_report(report.folder).wrong
    manifest = report.folder / "MANIFEST.sha256"
    manifest.write_text(f"{'0' * 64}  ../secret\n")
    assert verify_report(report.folder).wrong[0] == "Line 1 of the manifest is damaged."
    manifest.unlink()
    assert "not a sealed report" in verify_report(report.folder).said


def test_equal_inputs_give_equal_bytes_in_another_process_too(
    workspace: Workspace, run: StoredRun, said: list[Decision], tmp_path: Path
) -> None:
    here = [write_report(run, "c-ring", said, tmp_path / name, generated_at=AT) for name in ("a", "b")]
    code = """
import sys
from datetime import datetime
from pathlib import Path
from casework.decisions import decisions
from casework.report import write_report
from casework.work_store import open_work_store
from graph.runs import load_run
from graph.workspace import open_workspace
workspace = open_workspace(Path(sys.argv[1]))
said = decisions(open_work_store(workspace))[::-1]
write_report(load_run(workspace), "c-ring", said, Path(sys.argv[2]), generated_at=datetime.fromisoformat(sys.argv[3]))
"""
    elsewhere = AT.astimezone(timezone(timedelta(hours=5)))  # the same moment, said in another zone
    subprocess.run([sys.executable, "-c", code, workspace.path, tmp_path / "c", elsewhere.isoformat()], check=True)
    there = (tmp_path / "c" / here[0].folder.name / "MANIFEST.sha256").read_bytes()
    assert [(one.folder / "MANIFEST.sha256").read_bytes() for one in here] == [there, there]


def test_the_same_report_again_is_left_alone_and_another_one_stands_beside_it(
    run: StoredRun, said: list[Decision], tmp_path: Path
) -> None:
    first = write_report(run, "c-ring", said, tmp_path, generated_at=AT)
    assert write_report(run, "c-ring", said, tmp_path, generated_at=AT) == first
    later = write_report(run, "c-ring", said[:1], tmp_path, generated_at=AT + timedelta(hours=1))
    assert later.folder.name == "report_c-ring_2026-03-13_2"
    assert verify_report(first.folder).ok and verify_report(later.folder).ok
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(("report", "."))) == [
        first.folder.name,
        later.folder.name,
    ]


def test_the_page_says_what_was_found_and_what_speaks_against_it(report: Report) -> None:
    words = words_of(page_of(report))
    for wanted in (
        "c-ring · 8 accounts, near-copied text",
        "These accounts posted the same 10 texts",
        "Why flagged4 of 5 signals beyond chance",
        "By chance: about 1 in 400,000.",
        "Could be innocent1 of 4 still open",
        "Shared scheduler open",
        "Without an expectation to compare with, so not drawn: same app.",
        "100 seen · 4 expected",
        "105 shared acts of 8 accounts, times in UTC.",
        "8 accounts, 28 links",
        "What this does not show",
        "Still open: Shared scheduler.",
        "Possible targets, not members1 of 1; counted nowhere and not accused of anything",
        "Possible target of c-ring, not a member. Others copied this account <b>8 times</b>; it never came second.",
        "Left out of the run: 3 objects that more than 200 accounts touched",
        "Names and texts were not looked up",
        "run r-20260312-7f3a",
        "seed 7",
        "march <posts>.csv",
        "cd" * 32,
    ):
        assert wanted.lower() in words.lower(), wanted


def test_the_decision_that_stands_comes_first_and_the_log_shows_both(report: Report, said: list[Decision]) -> None:
    words = words_of(page_of(report))
    assert "violating ana" in words
    assert "<b>Wait</b> & see" in words
    assert f"corrected by {said[1].decision_id}" in words
    assert "single user, no second approval" in words
    assert "Three friends" not in words
    log = json.loads((report.folder / "decisions.json").read_text("utf-8"))
    assert [entry["verdict"] for entry in log] == ["unsure", "violating"]


def test_without_a_decision_the_page_says_that_nobody_decided(run: StoredRun, tmp_path: Path) -> None:
    words = words_of(page_of(write_report(run, "c-friends", [], tmp_path, generated_at=AT)))
    assert "A detector proposes; nobody has decided on this cluster." in words
    assert "treat every one as still open" in words  # no guard was tested


def test_the_method_is_enough_to_repeat_the_run(report: Report, run: StoredRun, store: WorkStore) -> None:
    method = json.loads((report.folder / "method.json").read_text("utf-8"))
    assert method["run"]["run_id"] == run.run_id
    assert method["run"]["seed"] == run.record.seed
    assert method["run"]["parameters"] == dict(run.record.parameters)
    assert [source["sha256"] for source in method["run"]["inputs"]] == ["ab" * 32, "cd" * 32]
    assert method["report"]["audit_head"] == audit_head(store)
    assert audit_head(store) in words_of(page_of(report))


def test_ids_are_byte_equal_in_parquet_and_whole_in_csv(report: Report, run: StoredRun, sample: ModuleType) -> None:
    members = pl.read_parquet(report.folder / "members.parquet")
    assert set(members["account_id"]) == set(sample.RING_ACCOUNTS)
    evidence = pl.read_parquet(report.folder / "evidence.parquet")
    stored = run.frame("evidence").filter(pl.col("cluster_id") == "c-ring")
    assert evidence.equals(stored.sort("left", "right", "trace", "object_id", "left_at", "right_at"))
    with open(report.folder / "members.csv", encoding="utf-8", newline="") as file:
        named = [row["account_id"] for row in csv.DictReader(file)]
    assert {name.removeprefix("'") for name in named} == set(sample.RING_ACCOUNTS)


def test_no_foreign_text_becomes_markup_and_nothing_is_fetched(report: Report) -> None:
    page = page_of(report)
    body = page.partition("<body>")[2]
    assert re.findall(r"<(?:script|img|iframe|link|object|embed|form|base)\b", body) == []
    assert body.count("<b>") == 1  # our own name at the top
    assert re.findall(r"""\s(?:on\w+|style|src|srcdoc|xlink:href)\s*=\s*["']""", re.sub(r">[^<]*<", "><", body)) == []
    hrefs = set(re.findall(r'href="([^"]*)"', body))
    assert hrefs <= set(FILES)
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert "http://pixel" not in words_of(body).replace('=HYPERLINK("http://pixel.example/x"', "").replace(
        "![x](http://pixel", ""
    )  # links stand defanged, except inside a name that is itself a formula or Markdown


def test_handles_and_texts_come_from_the_facts_when_they_are_given(
    workspace: Workspace, run: StoredRun, tmp_path: Path
) -> None:
    workspace.facts.mkdir()
    accounts = [{"account_id": "amber_kite_100", "handle": "Amber <i>Kite</i>"}]
    texts = [{"fingerprint": "f3a9c0", "normal_text": "the toll is a <u>lie</u>"}]
    parts = []
    for table, rows in (("accounts", accounts), ("texts", texts)):
        frame = pl.concat([empty(FACT_SCHEMAS[table]), pl.DataFrame(rows)], how="diagonal")
        frame.write_parquet(workspace.facts / f"{table}.parquet")
        parts.append(Part(table, f"{table}.parquet", 1, "s"))
    publish_facts(workspace, [Source("s", "s.csv", "canonical", 2, 2, 0, 0, 0, 0)], parts)
    facts = current_facts(workspace)
    words = words_of(page_of(write_report(run, "c-ring", [], tmp_path / "o", generated_at=AT, facts=facts)))
    assert "Amber <i>Kite</i>" in words
    assert "near-copied text · f3a9c0the toll is a <u>lie</u>" in words
    assert f"Names and texts come from facts {facts.version}, not from those of the run" in words


@pytest.mark.parametrize(
    ("changed", "error", "says"),
    [
        ({"profile": "public"}, BadSetting, "profile 'public' cannot be written yet"),
        ({"cluster_id": "c-none"}, NothingThere, "no cluster 'c-none'"),
        ({"generated_at": datetime(2026, 3, 13)}, BadSetting, "has no time zone"),  # noqa: DTZ001
        ({"actor": Actor("eve", "visitor")}, NotAllowed, "may not write a report"),
    ],
)
def test_what_cannot_be_reported_is_refused_and_writes_nothing(
    run: StoredRun, tmp_path: Path, changed: dict[str, object], error: type[FlockwatchError], says: str
) -> None:
    asked: dict[str, object] = {"cluster_id": "c-ring", "generated_at": AT, **changed}
    with pytest.raises(error, match=says):
        write_report(run, asked.pop("cluster_id"), [], tmp_path / "out", **asked)  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_an_unwritable_place_is_one_sentence(run: StoredRun, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FlockwatchError, match="cannot be written"):
        write_report(run, "c-ring", [], tmp_path / "file", generated_at=AT)


@settings(deadline=None)
@given(st.text(min_size=1).filter(lambda text: not re.search("[\ud800-\udfff]", text)))
def test_no_cluster_id_leads_out_of_the_folder(cluster_id: str) -> None:
    name = report_name(cluster_id, AT)
    assert re.fullmatch(r"report_[A-Za-z0-9_-]{1,60}_2026-03-13", name)


def test_a_cluster_with_nothing_but_its_row_still_makes_a_report(
    workspace: Workspace, sample: ModuleType, tmp_path: Path
) -> None:
    from dataclasses import replace

    from graph.schemas import RUN_SCHEMAS

    whole = sample.sample_result()
    bare = {name: empty(RUN_SCHEMAS[name]) for name in RUN_SCHEMAS} | {"clusters": whole.frames["clusters"]}
    hollow = bare["clusters"].with_columns(
        pl.lit(None).cast(kind).alias(name)
        for name, kind in RUN_SCHEMAS["clusters"].items()
        if name not in ("cluster_id", "title")
    )
    run = save_run(workspace, replace(whole, frames=bare | {"clusters": hollow}))
    words = words_of(page_of(write_report(run, "c-ring", [], tmp_path / "out", generated_at=AT)))
    assert "The run kept no evidence rows for this cluster." in words
    assert "cannot tell" in words


def test_a_report_warns_of_a_cluster_that_should_not_be_escalated_and_is_written_all_the_same(
    run: StoredRun, tmp_path: Path
) -> None:
    shaky = write_report(run, "c-friends", [], tmp_path / "shaky", generated_at=AT)
    page = (shaky.folder / "report.html").read_text("utf-8")
    assert "<strong>Do not escalate on this alone" in page
    assert "came back together to 31 %" in page
    assert page.count("Do not escalate on this alone") == 2  # at its head and first among the limits
    steady = write_report(run, "c-ring", [], tmp_path / "steady", generated_at=AT)
    told = (steady.folder / "report.html").read_text("utf-8")
    assert "Do not escalate" not in told
    assert "Stability</dt><dd>0.93 <small>solid" in told
