"""A number that is none is told and makes nothing partial."""

from pathlib import Path

from graph.facts import current_facts
from graph.workspace import Workspace
from ingest.pipeline import ingest_files
from ingest.report import Outcome


def test_an_unknown_number_is_told_and_the_file_is_accepted(workspace: Workspace, tmp_path: Path):
    path = tmp_path / "accounts.csv"
    path.write_text("account_id,handle,followers\n1,ana,many\n2,ben,7\n", encoding="utf-8")
    (file,) = ingest_files(workspace, [path]).files
    assert (file.outcome, file.accepted, file.warned) == (Outcome.ACCEPT, 2, 0)
    warnings = current_facts(workspace).scan("warnings").collect()
    assert warnings.select("line", "column", "reason").rows() == [(2, "followers", "unknown_number")]
