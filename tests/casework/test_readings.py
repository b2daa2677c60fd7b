"""Reading a hidden text leaves a line in the log first, and no word of it there."""

import pytest

from casework.actors import Actor, NotAllowed
from casework.audit import verify
from casework.audit_log import audit_lines
from casework.readings import RefusedReading, record_reading
from casework.work_store import WorkStore


def test_each_reading_is_a_line_with_the_post_and_the_hash_of_why(store: WorkStore, ana: Actor) -> None:
    for _ in range(2):
        record_reading(store, actor=ana, post_id="p-1", reason="Is it one template?")
    with store.reading() as connection:
        lines = list(audit_lines(connection))
    assert [b'"object":"p-1"' in line and b"template" not in line for line in lines] == [True, True]
    assert verify(store).ok


def test_a_reading_without_a_reason_or_a_right_is_refused_and_leaves_nothing(store: WorkStore, ana: Actor) -> None:
    with pytest.raises(RefusedReading):
        record_reading(store, actor=ana, post_id="p-1", reason=" .")
    with pytest.raises(NotAllowed):
        record_reading(store, actor=Actor("eve", "visitor"), post_id="p-1", reason="Why not?")
    assert verify(store).events == 0
