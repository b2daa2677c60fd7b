"""The hostile corpus: every file ends as its manifest says, through the real pipeline."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from graph.facts import Facts, current_facts
from graph.workspace import Workspace, open_workspace
from ingest import FileReport, IngestReport, Outcome, ingest_files

pytestmark = pytest.mark.real_data


@dataclass(frozen=True)
class Imported:
    """All files of the corpus in one workspace: their ids do not meet, so each counts as if it were alone."""

    workspace: Workspace
    report: IngestReport
    facts: Facts
    folder: Path
    manifest: Mapping[str, dict[str, Any]]

    def file(self, name: str) -> FileReport:
        (report,) = [file for file in self.report.files if Path(file.path).name == name]
        return report

    def rows(self, table: str, name: str) -> pl.DataFrame:
        return self.facts.scan(table).filter(pl.col("source") == self.file(name).sha256).sort("line").collect()

    def accounts_that_acted(self, name: str) -> set[str]:
        return set(self.rows("actions", name)["account_id"]) | set(self.rows("posts", name)["account_id"])


@pytest.fixture(scope="module")
def imported(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Imported:
    folder = shared / "corpus"
    manifest = {entry["file"]: entry for entry in json.loads((folder / "manifest.json").read_text("utf-8"))["files"]}
    workspace = open_workspace(tmp_path_factory.mktemp("corpus") / "workspace", create=True)
    report = ingest_files(workspace, [folder / name for name in manifest], accept_partial=True)
    return Imported(workspace, report, current_facts(workspace), folder, manifest)


def test_all_files_end_as_the_manifest_says(imported):
    def expected(entry: dict[str, Any]) -> dict[str, Any]:
        return {
            "outcome": entry["outcome"],
            "accepted": entry["accepted_rows"],
            "quarantined": entry["rejected_rows"],
            "duplicates": entry.get("duplicates", 0),
            "reasons": entry.get("reasons", {}),
        }

    def seen(file: FileReport) -> dict[str, Any]:
        return {key: getattr(file, key) for key in ("outcome", "accepted", "quarantined", "duplicates", "reasons")}

    assert len(imported.manifest) == 46
    answers = {name: seen(imported.file(name)) for name in imported.manifest}
    assert answers == {name: expected(entry) for name, entry in imported.manifest.items()}


def test_every_file_adds_up_and_every_line_set_aside_is_in_the_quarantine(imported):
    quarantine = imported.facts.scan("quarantine").collect()
    for file in imported.report.files:
        assert file.read == file.accepted + file.quarantined + file.duplicates + file.blank
        rows = quarantine.filter(pl.col("source") == file.sha256) if file.sha256 else quarantine.clear()
        assert dict(rows["reason"].value_counts().iter_rows()) == file.reasons
        assert rows["line"].is_unique().all()
        assert rows.filter(pl.col("original").is_null() | (pl.col("line") < 2)).is_empty() or file.format.endswith(
            "(jsonl)"
        )


def test_warned_rows_are_those_with_a_damaged_cell(imported):
    warned = {Path(file.path).name: file.warned for file in imported.report.files if file.warned}
    assert warned == {"latin1_text.csv": 1, "nul_in_text.csv": 1, "huge_cell.csv": 1}
    warnings = imported.rows("warnings", "latin1_text.csv").filter(pl.col("reason") != "ties_nobody")
    raw = (imported.folder / "latin1_text.csv").read_bytes().split(b"\n")[warnings["line"][0] - 1]
    assert warnings["column"].to_list() == ["text"]
    assert warnings["original"][0] in raw


def test_a_refusal_is_one_sentence_that_says_what_where_and_what_to_do(imported):
    refused = [file for file in imported.report.files if file.outcome is Outcome.REFUSE]
    assert len(refused) == 8
    for file in refused:
        assert Path(file.path).name in file.message and "\n" not in file.message
        assert file.hint
    assert "account_id" in imported.file("dup_header.csv").message
    missing = imported.file("missing_object.csv").message
    assert "object" in missing and "account_id" in missing
    assert "incomplete or damaged" in imported.file("cut.csv.gz").message
    assert "0 rows" in imported.file("header_only.csv").message
    assert not list(imported.folder.parent.rglob("PWNED")) and not Path("PWNED").exists()


def test_ids_come_through_byte_for_byte(imported):
    for name in ("huge_ids.csv", "zero_ids.csv"):
        written = pl.read_csv(imported.folder / name, infer_schema=False)["account_id"].to_list()
        assert imported.accounts_that_acted(name) == set(written)
        assert len(set(written)) == 12
    assert "5120000000000000001" in imported.accounts_that_acted("numeric_ids.jsonl")
    assert "account_id" not in imported.accounts_that_acted("repeated_header.csv")


def test_damaged_ids_never_become_accounts(imported):
    assert len(imported.accounts_that_acted("excel_ids.csv")) == 8
    assert len(imported.accounts_that_acted("lone_surrogate.jsonl")) == 10
    for name in ("nul_in_id.csv", "bad_utf8_id.csv", "utf16le_bom.csv"):
        assert all(account.isdigit() for account in imported.accounts_that_acted(name))
    message = imported.rows("quarantine", "excel_ids.csv")["message"][0]
    assert "text" in message


def test_a_key_that_appears_late_is_not_lost(imported):
    assert imported.rows("posts", "late_key.jsonl")["client"].count() + _likes_with_client(imported) == 30


def _likes_with_client(imported: Imported) -> int:
    """Likes are actions, not posts: their client is not kept, so count them in the file."""
    records = [json.loads(line) for line in (imported.folder / "late_key.jsonl").read_text("utf-8").splitlines()]
    return sum("client" in record and record["action"] == "like" for record in records)


def test_times_in_many_styles_are_one_instant(imported):
    times = pl.concat(
        [imported.rows(table, "mixed_time.csv").select("line", "at") for table in ("posts", "actions")]
    ).filter(pl.col("line") <= 7)
    assert times["at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ").unique().to_list() == ["2026-03-01T12:00:00Z"]


def test_stored_texts_hold_no_control_character_and_stay_within_the_limit(imported):
    posts = imported.facts.scan("posts").collect()
    assert posts.filter(pl.col("text").str.contains(r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]")).is_empty()
    assert posts["text"].str.len_bytes().max() <= 64 * 2**10
    ends_in_cr = [
        posts.filter(pl.col(name).str.ends_with("\r")).height
        for name, kind in posts.schema.items()
        if kind == pl.String
    ]
    assert sum(ends_in_cr) == 0


def test_importing_everything_again_leaves_the_store_as_it_is(imported):
    def content() -> dict[str, bytes]:
        facts = imported.workspace.facts
        return {str(path.relative_to(facts)): path.read_bytes() for path in sorted(facts.rglob("*")) if path.is_file()}

    before = content()
    again = ingest_files(
        imported.workspace, [imported.folder / name for name in imported.manifest], accept_partial=True
    )
    assert content() == before
    for first, second in zip(imported.report.files, again.files, strict=True):
        assert second.outcome is first.outcome
        assert second.already is (first.outcome is not Outcome.REFUSE)
    assert again.totals["accepted"] == 0


def test_without_accept_partial_a_file_with_many_bad_lines_is_refused_and_leaves_nothing(imported, workspace):
    report = ingest_files(workspace, [imported.folder / name for name in imported.manifest])
    for file in report.files:
        entry = imported.manifest[Path(file.path).name]
        lines = entry["accepted_rows"] + entry["rejected_rows"] + entry.get("duplicates", 0)
        too_bad = entry["rejected_rows"] > 0.05 * lines
        assert file.outcome == ("refuse" if too_bad else entry["outcome"])
    stored = current_facts(workspace)
    assert {source.name for source in stored.sources} == {
        Path(file.path).name for file in report.files if file.outcome is not Outcome.REFUSE
    }
    assert stored.scan("quarantine").collect().is_empty()
