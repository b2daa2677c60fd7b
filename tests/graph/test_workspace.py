"""The workspace: made once, refused when it is not ours to touch, one writer at a time, nothing half-written left behind."""

import errno
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from graph.errors import BadWorkspace, StoreFault, WorkspaceBusy
from graph.whole_files import replace_file
from graph.workspace import Workspace, open_workspace, writing

HOLD = """
    import sys, time
    from pathlib import Path
    from graph.workspace import open_workspace, writing
    with writing(open_workspace(Path(sys.argv[1]))):
        print("held", flush=True)
        time.sleep(60)
"""


def holder(workspace: Workspace) -> subprocess.Popen[str]:
    """Another process that holds the writer's place until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLD), str(workspace.path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_workspace_is_made_once_and_opened_again(tmp_path: Path):
    made = open_workspace(tmp_path / "w", create=True)
    assert open_workspace(tmp_path / "w") == made
    assert open_workspace(tmp_path / "w", create=True) == made


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('{"schema_version": 99}', "has version 99; this program knows 1"),
        ('{"schema_version": "1"}', "does not name a schema version"),
        ('{"schema_version": true}', "does not name a schema version"),
        ("[]", "does not name a schema version"),
        ("{", "cannot be read"),
        ("\x00" * 100, "cannot be read"),
        ("[" * 100_000, "cannot be read"),
    ],
)
def test_a_workspace_that_is_newer_or_damaged_is_refused(tmp_path: Path, content: str, sentence: str):
    (tmp_path / "flockwatch.json").write_text(content)
    with pytest.raises(BadWorkspace, match=sentence):
        open_workspace(tmp_path)
    with pytest.raises(BadWorkspace, match=sentence):
        open_workspace(tmp_path, create=True)
    assert (tmp_path / "flockwatch.json").read_text() == content


def test_no_workspace_a_file_and_a_foreign_folder_are_refused(tmp_path: Path):
    with pytest.raises(BadWorkspace, match="There is no workspace"):
        open_workspace(tmp_path / "none")
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadWorkspace):
        open_workspace(tmp_path / "file", create=True)
    with pytest.raises(BadWorkspace, match="is not a Flockwatch workspace"):
        open_workspace(tmp_path, create=True)
    with pytest.raises(StoreFault, match="Not a directory"):
        open_workspace(tmp_path / "file" / "inside", create=True)
    with pytest.raises(BadWorkspace):
        open_workspace(Path("nul\0"), create=True)


def test_a_creation_that_was_killed_can_be_repeated(tmp_path: Path):
    (tmp_path / "flockwatch.json.123-0.part").write_text("{")
    assert open_workspace(tmp_path, create=True).path == tmp_path


def test_a_second_process_is_told_who_has_the_place(workspace: Workspace):
    other = holder(workspace)
    try:
        with pytest.raises(WorkspaceBusy, match=f"in use by process {other.pid}"), writing(workspace, 0.2):
            pass
    finally:
        other.kill()
        other.wait()
    with writing(workspace):  # the system let go of the place when its holder died
        pass


def test_a_writer_waits_for_the_one_before(workspace: Workspace):
    other = holder(workspace)
    threading.Timer(0.5, os.kill, (other.pid, signal.SIGKILL)).start()
    with writing(workspace, wait_seconds=5):
        pass
    other.wait()


def test_the_thread_that_writes_may_enter_again_and_another_one_may_not(workspace: Workspace):
    refused: list[Exception] = []

    def try_it() -> None:
        try:
            with writing(workspace, 0.1):
                pass
        except WorkspaceBusy as busy:
            refused.append(busy)

    with writing(workspace), writing(workspace):
        other = threading.Thread(target=try_it)
        other.start()
        other.join()
    assert len(refused) == 1
    try_it()
    assert len(refused) == 1


def test_the_place_is_free_again_after_a_fault_inside(workspace: Workspace):
    with pytest.raises(ZeroDivisionError), writing(workspace):
        _ = 1 / 0
    with writing(workspace, 0):
        pass


def test_what_a_killed_writer_left_is_removed(workspace: Workspace):
    workspace.facts.mkdir()
    (workspace.facts / "CURRENT.77-3.part").write_text("half")
    (workspace.facts / "kept.part").write_text("not ours")
    (workspace.runs / ".r1.77.part").mkdir(parents=True)
    (workspace.runs / ".r1.77.part" / "edges.parquet").write_text("half")
    with writing(workspace):
        pass
    assert sorted(p.name for p in workspace.facts.iterdir()) == ["kept.part"]
    assert list(workspace.runs.iterdir()) == []


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize(
    ("number", "sentence"),
    [(errno.ENOSPC, "The disk is full"), (errno.EROFS, "is read-only"), (errno.EIO, "Cannot write")],
)
def test_a_disk_that_refuses_is_one_sentence_and_the_old_file_stays(tmp_path, monkeypatch, step, number, sentence):
    path = tmp_path / "CURRENT"
    replace_file(path, b"old")

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, step, refuse)
    with pytest.raises(StoreFault, match=sentence):
        replace_file(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_really_full_disk_is_one_sentence(tmp_path: Path):
    """A limit on the size of files is a full disk that every system has."""
    program = """
        import resource, signal, sys
        from pathlib import Path
        from graph.errors import StoreFault
        from graph.whole_files import replace_file
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            replace_file(Path(sys.argv[1]), b"x" * 5000)
        except StoreFault as fault:
            print(fault.message)
    """
    path = tmp_path / "file"
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"The disk is full: cannot write file in {tmp_path}.\n"
    assert list(tmp_path.iterdir()) == []


def test_the_mark_is_what_older_programs_wrote(workspace: Workspace):
    assert json.loads((workspace.path / "flockwatch.json").read_text()) == {"schema_version": 1}
