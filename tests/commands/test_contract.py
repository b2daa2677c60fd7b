"""The command contract: exit codes, one sentence for a refusal, JSON alone on standard output."""

import json
from pathlib import Path

import pytest

from tests.command_line import flockwatch

WORLD = Path(__file__).parents[2] / "sample_data" / "world"


def test_the_demo_finds_clusters_and_writes_a_report(demo):
    _, said = demo
    assert said["clusters"]
    assert Path(said["report"]).read_text("utf-8").lower().startswith("<!doctype html>")


def test_the_demo_run_again_changes_nothing(demo):
    folder, said = demo
    again = json.loads(flockwatch("demo", "--workspace", folder, "--json").stdout)
    assert again["run_id"] == said["run_id"]
    assert again["clusters"] == said["clusters"]


def test_every_account_has_a_row(demo):
    folder, _ = demo
    rows = json.loads(flockwatch("accounts", "--workspace", folder, "--json").stdout)["accounts"]
    assert {row["tier"] for row in rows} <= {"alert", "review", "linked", "none"}
    assert all(0 <= row["score"] <= 1 for row in rows)
    assert len(rows) > 1000


def test_a_cluster_is_told_with_members_signals_and_guards(demo):
    folder, _ = demo
    clusters = json.loads(flockwatch("clusters", "--workspace", folder, "--json").stdout)["clusters"]
    for cluster in clusters:
        assert cluster["size"] == len(cluster["members"]) >= 4
        assert all(signal["sentence"] for signal in cluster["signals"])
        assert cluster["signals"]
        assert cluster["guards"]


def test_a_cluster_an_account_and_a_pair_are_explained(demo):
    folder, said = demo
    cluster = said["clusters"][0]["cluster_id"]
    told = json.loads(flockwatch("explain", cluster, "--workspace", folder, "--json").stdout)
    assert told["edges"]
    assert told["objects"]
    assert told["reproduced"] is True, told["note"]
    assert told["counterfactuals"]
    edge = told["edges"][0]
    pair = json.loads(flockwatch("explain", f"{edge['left']},{edge['right']}", "--workspace", folder, "--json").stdout)
    assert pair["edges"]
    account = json.loads(flockwatch("explain", edge["left"], "--workspace", folder, "--json").stdout)
    assert account["edges"]


def test_the_first_run_has_no_lineage_and_says_so(demo):
    folder, said = demo
    told = json.loads(flockwatch("lineage", "--workspace", folder, "--json").stdout)
    assert (told["run_id"], told["before"], told["relations"]) == (said["run_id"], None, [])
    assert {one["cluster_id"] for one in told["clusters"]} == {one["cluster_id"] for one in said["clusters"]}


def test_the_television_night_of_the_sample_world_is_a_rise_that_nobody_manufactured(demo):
    """The sample world has one crowd event, thousands of posts in an evening under one tag, none of them by a ring."""
    folder, _ = demo
    told = json.loads(flockwatch("trends", "--by", "everything", "--workspace", folder, "--json").stdout)
    place, night = next((n, rise) for n, rise in enumerate(told["rises"]) if rise["kind"] == "spike")
    assert night["dimension"] == "everything"
    assert night["manufactured_high"] < 0.2
    cause = next(row for row in told["causes"] if row["rise"] == place)
    assert (cause["dimension"], cause["value"]) == ("hashtag", "starfallnight")
    assert "of the rise is #starfallnight." in night["sentence"]


def test_a_decision_is_appended_once_per_key(demo):
    folder, said = demo
    cluster = said["clusters"][0]["cluster_id"]
    arguments = ("decide", cluster, "--verdict", "unsure", "--reason", "first look", "--key", "k1")
    first = json.loads(flockwatch(*arguments, "--workspace", folder, "--json").stdout)
    again = json.loads(flockwatch(*arguments, "--workspace", folder, "--json").stdout)
    assert first["decision_id"] == again["decision_id"]
    assert json.loads(flockwatch("audit", "verify", "--workspace", folder, "--json").stdout)["ok"]


def test_a_report_lists_files_with_their_hashes(demo, tmp_path):
    folder, said = demo
    cluster = said["clusters"][0]["cluster_id"]
    done = json.loads(flockwatch("report", cluster, "--out", tmp_path, "--workspace", folder, "--json").stdout)
    names = {Path(file["path"]).name for file in done["files"]}
    assert {"report.html", "members.csv", "edges.csv", "evidence.csv", "MANIFEST.sha256"} <= names
    assert all(len(file["sha256"]) == 64 for file in done["files"])


@pytest.mark.parametrize("file_format", ["graphml", "gexf", "csv", "parquet", "html"])
def test_a_run_is_exported(demo, tmp_path, file_format):
    folder, _ = demo
    out = tmp_path / f"run.{file_format}"
    done = flockwatch("export", "--format", file_format, "--out", out, "--workspace", folder, "--json")
    assert done.returncode == 0, done.stderr
    assert Path(json.loads(done.stdout)["path"]).exists()


def test_the_sample_truth_is_found(demo):
    folder, _ = demo
    measured = json.loads(
        flockwatch("evaluate", "--labels", WORLD / "truth.csv", "--workspace", folder, "--json").stdout
    )
    assert measured["precision"] > 0.4
    assert measured["recall"] > 0.6
    assert measured["auc"] > 0.9


def test_doctor_finds_a_demo_workspace_in_order(demo):
    folder, _ = demo
    done = flockwatch("doctor", "--workspace", folder, "--json")
    checks = json.loads(done.stdout)["checks"]
    assert done.returncode == 0, [check for check in checks if not check["ok"]]


REFUSALS = {
    "a workspace that is not there": ("clusters", "--workspace", "nowhere"),
    "an unknown file": ("ingest", "no_such_file.csv"),
    "no file": ("ingest",),
    "an empty file": ("ingest", "empty.csv"),
    "a missing column": ("ingest", "missing.csv"),
    "a window that is none": ("pairs", "--input", "bare.csv", "--window", "soon", "--out", "pairs.csv"),
    "a negative window": ("pairs", "--input", "bare.csv", "--window", "-5s", "--out", "pairs.csv"),
    "an unknown peer": ("pairs", "--input", "bare.csv", "--like", "magic", "--out", "pairs.csv"),
    "an unknown export format": ("export", "--format", "dwg", "--out", "x"),
    "a newer workspace": ("runs", "--workspace", "newer"),
    "a folder that is no workspace": ("ingest", "bare.csv", "--workspace", "other"),
    "settings that are none": ("detect", "--config", "wrong.toml", "--workspace", "fresh"),
    "nothing to detect in": ("detect", "--workspace", "fresh"),
    "nothing to count": ("trends", "--workspace", "fresh"),
    "a run before the first": ("lineage", "--workspace", "fresh"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_bad_input_is_refused_in_one_sentence(name, tmp_path):
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "missing.csv").write_text("account_id,created_at\na,2026-01-01T00:00:00Z\n")
    (tmp_path / "bare.csv").write_text("account_id,object_id,timestamp\na,o,1767225600\nb,o,1767225601\n")
    (tmp_path / "newer").mkdir()
    (tmp_path / "newer" / "flockwatch.json").write_text('{"schema_version": 999}')
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "diary.txt").write_text("dear diary")
    (tmp_path / "fresh").mkdir()
    (tmp_path / "fresh" / "flockwatch.json").write_text('{"schema_version": 1}')
    (tmp_path / "wrong.toml").write_text("windows = 'often'\n")
    done = flockwatch(*REFUSALS[name], cwd=tmp_path)
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


def test_pairs_of_a_bare_table(tmp_path):
    (tmp_path / "bare.csv").write_text(
        "account_id,object_id,timestamp\n"
        "ana,o1,1767225600\nben,o1,1767225630\nana,o2,1767229200\nben,o2,1767229200\neve,o1,1767226000\n"
    )
    done = flockwatch("pairs", "--input", "bare.csv", "--window", "60s", "--out", "pairs.csv", "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["pairs"] == 1, done.stderr
    assert (tmp_path / "pairs.csv").read_text().splitlines() == ["left,right,weight", "ana,ben,2"]
