"""Reading a hidden text leaves a line in the audit log, and no words in it."""

from pathlib import Path

import pytest

from casework.actors import Actor, NotAllowed
from casework.audit import verify
from casework.audit_log import audit_lines
from casework.readings import RefusedReading, record_reading
from casework.work_store import open_work_store
from graph.workspace import open_workspace

ANA = Actor("ana", "local")


def test_a_reading_is_one_line_with_who_and_which_post_and_no_words(tmp_path: Path) -> None:
    with open_work_store(open_workspace(tmp_path / "w", create=True)) as store:
        record_reading(store, actor=ANA, post_id="p-1", reason="Is it one template?")
        with store.reading() as connection:
            (line,) = audit_lines(connection)
        assert verify(store).ok
    assert b'"action":"read the text of a post"' in line
    assert b'"actor":"ana"' in line
    assert b'"object":"p-1"' in line
    assert b"template" not in line


def test_a_second_look_is_a_second_line(tmp_path: Path) -> None:
    with open_work_store(open_workspace(tmp_path / "w", create=True)) as store:
        for _ in range(2):
            record_reading(store, actor=ANA, post_id="p-1", reason="Is it one template?")
        assert verify(store).events == 2


def test_without_a_reason_or_a_known_role_nothing_is_written_and_nothing_may_be_shown(tmp_path: Path) -> None:
    with open_work_store(open_workspace(tmp_path / "w", create=True)) as store:
        with pytest.raises(RefusedReading):
            record_reading(store, actor=ANA, post_id="p-1", reason=" . ")
        with pytest.raises(NotAllowed):
            record_reading(store, actor=Actor("eve", "visitor"), post_id="p-1", reason="Curious.")
        assert verify(store).events == 0
