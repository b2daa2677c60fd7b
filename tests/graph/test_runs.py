"""Saved runs: whole or not at all, never gone for a reader, the same bytes for the same run."""

import json
import os
import subprocess
import sys
import textwrap
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from graph.errors import BadSetting, BadWorkspace, NothingThere, StoreFault
from graph.results import RunRecord, RunResult, Stage
from graph.runs import list_runs, load_run, save_run
from graph.schemas import RUN_SCHEMAS, empty
from graph.workspace import Workspace


def run(run_id: str = "r1", score: float = 0.5, at: datetime | None = None) -> RunResult:
    record = RunRecord(
        run_id, "v1", {"window": 60}, 7, {"polars": "2"}, ({"name": "a.csv"},), datetime(2026, 1, 1, tzinfo=UTC), None
    )
    frames = {name: empty(schema) for name, schema in RUN_SCHEMAS.items()}
    frames["members"] = pl.DataFrame(
        {"cluster_id": ["c1", "c1"], "account_id": ["ana", "ben"], "role": ["core", "core"], "score": [score, 0.1]}
    ).with_columns(links=1, x=0.0, y=0.0, stability=0.9, tightness=0.5)
    frames["clusters"] = pl.DataFrame(
        [dict.fromkeys(RUN_SCHEMAS["clusters"]) | {"cluster_id": "c1", "kind": "coordinated", "risk": 0.9}],
        schema=dict(RUN_SCHEMAS["clusters"]),
    )
    return RunResult(record, frames, (Stage("pairs", 2, 1, 0.1),), finished_at=at)


def files(folder: Path) -> dict[str, bytes]:
    return {f.name: f.read_bytes() for f in sorted(folder.iterdir()) if f.name != "times.json"}


def test_a_saved_run_is_read_back(workspace: Workspace):
    stored = save_run(workspace, run(at=datetime(2026, 2, 1, tzinfo=UTC)))
    again = load_run(workspace, "r1")
    assert again == stored
    assert again.record == run().record
    assert again.stages == (Stage("pairs", 2, 1, 0.1),)
    assert again.finished_at == datetime(2026, 2, 1, tzinfo=UTC)
    assert again.frame("members")["account_id"].to_list() == ["ana", "ben"]


def test_the_newest_run_is_the_last_saved(workspace: Workspace):
    for run_id in ("r1", "r2", "r1"):
        save_run(workspace, run(run_id))
    assert [r.run_id for r in list_runs(workspace)] == ["r2", "r1"]
    assert load_run(workspace).run_id == "r1"


def test_two_saves_of_an_equal_run_are_equal_bytes_and_keep_the_folder(workspace: Workspace, tmp_path: Path):
    first = save_run(workspace, run(at=datetime(2026, 2, 1, tzinfo=UTC)))
    before = files(first.folder)
    inode = first.folder.stat().st_ino
    second = save_run(workspace, run(at=datetime(2026, 2, 2, tzinfo=UTC)))
    assert (second.folder, second.folder.stat().st_ino) == (first.folder, inode)
    assert files(second.folder) == before
    assert [p.name for p in workspace.runs.iterdir() if p.is_dir()] == ["r1"]


def test_another_result_under_the_same_id_takes_the_place_and_the_old_frames_stay_readable(workspace: Workspace):
    old = save_run(workspace, run(score=0.5))
    new = save_run(workspace, run(score=0.7))
    assert load_run(workspace, "r1").frame("members")["score"][0] == 0.7
    assert old.frame("members")["score"][0] == 0.5  # somebody was reading it
    assert [r.folder for r in list_runs(workspace)] == [new.folder]
    save_run(workspace, run(score=0.9))
    assert sorted(p.name for p in workspace.runs.iterdir() if p.is_dir()) == ["r1~2", "r1~3"]


@pytest.mark.parametrize("run_id", ["", ".", "..", "../x", "a/b", "/etc/x", "a~2", "x" * 81, "-x", "a\n", "ä", "a\0"])
def test_an_id_that_is_no_plain_name_is_never_a_path(workspace: Workspace, run_id: str):
    with pytest.raises(BadSetting):
        save_run(workspace, run(run_id))
    save_run(workspace, run("r1"))
    if run_id:
        with pytest.raises(NothingThere):
            load_run(workspace, run_id)
    assert sorted(p.name for p in workspace.path.iterdir()) == ["flockwatch.json", "runs", "writer.lock"]


def test_no_run_yet_is_said_with_what_to_do(workspace: Workspace):
    with pytest.raises(NothingThere, match="There is no run yet") as said:
        load_run(workspace)
    assert "flockwatch detect" in said.value.hint
    assert list_runs(workspace) == []


@pytest.mark.parametrize("order", ["{", "{}", '["../../etc"]', "[1]", "null", '["gone"]'])
def test_a_damaged_list_of_runs_is_one_sentence(workspace: Workspace, order: str):
    save_run(workspace, run())
    (workspace.runs / "order.json").write_text(order)
    with pytest.raises(BadWorkspace):
        list_runs(workspace)
    assert (workspace.runs / "r1" / "run.json").exists()


def test_a_lost_list_of_runs_costs_no_run_but_the_one_saved_again(workspace: Workspace):
    save_run(workspace, run("r1"))
    save_run(workspace, run("r2"))
    (workspace.runs / "order.json").unlink()
    save_run(workspace, run("r2"))
    assert sorted(p.name for p in workspace.runs.iterdir() if p.is_dir()) == ["r1", "r2"]


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"run_id": 1}'])
def test_a_damaged_record_is_one_sentence(workspace: Workspace, content: str):
    (save_run(workspace, run()).folder / "run.json").write_text(content)
    with pytest.raises(BadWorkspace, match="cannot be read"):
        load_run(workspace)


def test_a_damaged_table_is_one_sentence(workspace: Workspace):
    stored = save_run(workspace, run())
    path = stored.folder / "members.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    with pytest.raises(BadWorkspace, match="damaged or cut off"):
        stored.frame("members")
    path.write_bytes(whole[:4] + b"\xff" * (len(whole) - 8) + whole[-4:])
    with pytest.raises(BadWorkspace, match="cannot be read"):
        stored.frame("members")
    path.unlink()
    with pytest.raises(BadWorkspace, match="is missing"):
        stored.frame("members")


def test_a_disk_that_refuses_at_any_step_keeps_the_old_run(workspace: Workspace, monkeypatch):
    save_run(workspace, run(score=0.5))
    for step, calls in (("fsync", 40), ("replace", 5)):
        real = getattr(os, step)
        for allowed in range(calls):
            left = [allowed]

            def refuse(*given, left=left, real=real):
                left[0] -= 1
                if left[0] < 0:
                    raise OSError(28, "No space left on device")
                return real(*given)

            with monkeypatch.context() as faulty:
                faulty.setattr(os, step, refuse)
                try:
                    save_run(workspace, run(score=0.6))
                except StoreFault as fault:
                    assert "The disk is full" in fault.message
                else:
                    break
            assert load_run(workspace, "r1").frame("members").height == 2
            assert not list(workspace.runs.glob("*.part"))
        else:
            pytest.fail(f"saving never succeeded with {calls} calls of {step}")
        save_run(workspace, run(score=0.5))


def test_no_reader_ever_misses_the_run_while_it_is_replaced(workspace: Workspace):
    save_run(workspace, run())
    program = """
        import sys, time
        from pathlib import Path
        from graph.runs import load_run
        from graph.workspace import open_workspace
        workspace, reads = open_workspace(Path(sys.argv[1])), 0
        print("ready", flush=True)
        while not (workspace.path / "done").exists():
            assert load_run(workspace, "r1").record.run_id == "r1"
            reads += 1
        print(reads)
    """
    reader = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), str(workspace.path)], stdout=subprocess.PIPE, text=True
    )
    assert reader.stdout is not None
    assert reader.stdout.readline() == "ready\n"
    for number in range(40):
        save_run(workspace, run(score=number / 100))
    (workspace.path / "done").touch()
    out, _ = reader.communicate(timeout=60)
    assert reader.returncode == 0
    assert int(out) > 40


def test_ids_and_times_of_the_record_are_plain_json(workspace: Workspace):
    stored = save_run(workspace, replace(run(), started_at=datetime(2026, 1, 1, tzinfo=UTC)))
    assert json.loads((stored.folder / "times.json").read_text())["started_at"] == "2026-01-01T00:00:00+00:00"


def test_a_table_that_was_added_since_the_run_reads_as_empty_and_any_other_is_missed(workspace: Workspace):
    stored = save_run(workspace, run())
    (stored.folder / "nesting.parquet").unlink()
    assert stored.frame("nesting").equals(empty(RUN_SCHEMAS["nesting"]))
    (stored.folder / "guards.parquet").unlink()
    with pytest.raises(BadWorkspace, match=r"guards\.parquet is missing"):
        stored.frame("guards")


def test_columns_that_were_added_since_the_run_read_as_null(workspace: Workspace):
    stored = save_run(workspace, run())
    whole = stored.frame("clusters")
    whole.drop("stability", "badge", "tightness", "agreement", "reach", "severity").write_parquet(
        stored.folder / "clusters.parquet"
    )
    assert stored.frame("clusters").select("cluster_id", "badge", "reach").rows() == [("c1", None, None)]
