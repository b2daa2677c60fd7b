"""The work store keeps what it acknowledged, refuses what it does not know, and never waits for ever."""

import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import casework
from casework import work_store
from casework.tables import METADATA
from casework.work_store import REVISIONS, WorkStore, open_work_store
from graph.errors import BadSetting, BadWorkspace, WorkspaceBusy
from graph.workspace import Workspace


def pragma(store: WorkStore, name: str) -> object:
    with store.reading() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_every_commit_is_synced_and_readers_do_not_wait_for_writers(store: WorkStore) -> None:
    full, on = 2, 1
    assert pragma(store, "journal_mode") == "wal"
    assert pragma(store, "synchronous") == full
    assert pragma(store, "foreign_keys") == on


def test_writing_connections_sync_fully_too(store: WorkStore) -> None:
    assert store.write(lambda connection: connection.exec_driver_sql("PRAGMA synchronous").scalar()) == 2
    assert store.safety() == {"journal_mode": "wal", "synchronous": "full", "foreign_keys": "on"}


def test_a_store_opened_in_a_block_is_closed_behind_it(workspace: Workspace) -> None:
    with open_work_store(workspace) as store:
        assert pragma(store, "user_version") == 0
    assert store.engine.pool.checkedin() == 0  # type: ignore[attr-defined]


def test_opening_again_changes_nothing(workspace: Workspace) -> None:
    open_work_store(workspace).close()
    before = workspace.work.read_bytes()
    open_work_store(workspace).close()
    assert workspace.work.read_bytes() == before


def test_a_store_can_be_opened_by_its_url(tmp_path: Path) -> None:
    store = open_work_store(f"sqlite:///{tmp_path}/team work.sqlite")
    store.close()
    assert (tmp_path / "team work.sqlite").exists()


@pytest.mark.parametrize("url", ["postgresql://db/work", "sqlite://", "nonsense", "sqlite:///:memory:", ""])
def test_other_addresses_are_refused_in_one_sentence(url: str) -> None:
    with pytest.raises(BadSetting) as refused:
        open_work_store(url)
    assert refused.value.message.count(".") == 1


def test_a_newer_store_is_refused_and_left_as_it_was(workspace: Workspace) -> None:
    open_work_store(workspace).close()
    with sqlite3.connect(workspace.work) as direct:
        direct.execute("UPDATE alembic_version SET version_num = 'work_9999'")
    direct.close()
    before = workspace.work.read_bytes()
    with pytest.raises(BadWorkspace, match="has version work_9999; this program knows work_0002"):
        open_work_store(workspace)
    assert workspace.work.read_bytes() == before


def test_a_store_of_the_version_before_is_brought_up_with_its_decisions(workspace: Workspace) -> None:
    open_work_store(workspace).close()
    with sqlite3.connect(workspace.work) as direct:
        direct.execute("UPDATE alembic_version SET version_num = 'work_0001'")
        direct.execute("INSERT INTO audit_events VALUES (1, 'kept')")
    direct.close()
    open_work_store(workspace).close()
    with sqlite3.connect(workspace.work) as direct:
        assert direct.execute("SELECT version_num FROM alembic_version").fetchall() == [("work_0002",)]
        assert direct.execute("SELECT line FROM audit_events").fetchall() == [("kept",)]
    direct.close()


def test_a_foreign_database_is_refused_and_left_as_it_was(workspace: Workspace) -> None:
    with sqlite3.connect(workspace.work) as direct:
        direct.execute("CREATE TABLE recipes (name TEXT)")
    direct.close()
    before = workspace.work.read_bytes()
    with pytest.raises(BadWorkspace, match="not a work store"):
        open_work_store(workspace)
    assert workspace.work.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_as_it_was(workspace: Workspace) -> None:
    workspace.work.write_bytes(b"dear diary, " * 200)
    with pytest.raises(BadWorkspace, match="not a database"):
        open_work_store(workspace)
    assert workspace.work.read_bytes() == b"dear diary, " * 200


def test_migrations_lead_to_the_tables_that_the_program_uses(store: WorkStore) -> None:
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_the_known_versions_are_the_migrations_that_are_shipped() -> None:
    shipped = ScriptDirectory(str(Path(casework.__file__).parent / "migrations"))
    assert tuple(step.revision for step in reversed(list(shipped.walk_revisions()))) == REVISIONS


@pytest.mark.parametrize("table", ["decisions", "audit_events"])
def test_every_table_of_the_store_refuses_updates_and_deletes(store: WorkStore, table: str) -> None:
    with store.reading() as connection:
        triggers = connection.execute(
            sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t"), {"t": table}
        )
        assert {name for (name,) in triggers} == {f"{table}_no_update", f"{table}_no_delete"}


def test_a_writer_that_is_kept_waiting_is_told_so_after_the_limit(
    workspace: Workspace, store: WorkStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work_store, "BUSY_SECONDS", 0.3)
    quick = open_work_store(workspace)
    other = sqlite3.connect(workspace.work, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    with pytest.raises(WorkspaceBusy, match="in use by another process"):
        quick.write(lambda _: None)
    assert 0.2 < time.monotonic() - began < 5
    with quick.reading() as connection:  # readers go on
        assert connection.exec_driver_sql("SELECT count(*) FROM decisions").scalar() == 0
    other.execute("ROLLBACK")
    other.close()
    assert quick.write(lambda _: "done") == "done"
    quick.close()


def test_many_processes_may_make_the_store_at_once(workspace: Workspace) -> None:
    code = (
        "import sys; from pathlib import Path; from casework.work_store import open_work_store;"
        "from graph.workspace import open_workspace; open_work_store(open_workspace(Path(sys.argv[1])))"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", code, str(workspace.path)], stderr=subprocess.PIPE) for _ in range(4)
    ]
    assert [(process.communicate()[1], process.returncode) for process in started] == [(b"", 0)] * 4
