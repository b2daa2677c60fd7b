"""The audit log proves itself: any change inside shows, a missing end shows against a head kept elsewhere."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.actors import Actor
from casework.audit import AuditReport, append_event, audit_head, verify, verify_lines
from casework.audit_log import NO_EVENT, audit_lines
from casework.canonical import canonical_json, content_hash
from casework.decisions import decide
from casework.work_store import WorkStore
from graph.errors import BadSetting
from graph.runs import StoredRun


def chain(length: int) -> list[bytes]:
    """A sound log without a store."""
    lines: list[bytes] = []
    before = NO_EVENT
    for seq in range(1, length + 1):
        event: dict[str, object] = {
            "seq": seq,
            "utc": f"2026-03-12T08:{seq // 60:02d}:{seq % 60:02d}.000000Z",
            "actor": "ana ✓",
            "role": "local",
            "action": "decision.recorded",
            "object": f"d{seq}",
            "content": content_hash({"n": seq}),
            "reason": content_hash({"why": seq}),
            "prev": before,
        }
        before = content_hash(event)
        lines.append(canonical_json({**event, "hash": before}))
    return lines


LOG = chain(100)
HEAD = f"100:{json.loads(LOG[-1])['hash']}"


def lines_of(store: WorkStore) -> list[bytes]:
    with store.reading() as connection:
        return list(audit_lines(connection))


def forge(store: WorkStore, *statements: str) -> None:
    """Write behind the program's back, as somebody with the file in hand can."""
    with store.engine.begin() as connection:
        for table in ("decisions", "audit_events"):
            for verb in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_every_changed_bit_of_a_hundred_events_is_found_in_its_line() -> None:
    flips = 0
    before = None
    for number, line in enumerate(LOG, start=1):
        # Checked behind the head of the line before; the next test walks the whole log.
        assert verify_lines([line], after=before).ok
        for place in range(len(line) * 8):
            changed = bytearray(line)
            changed[place // 8] ^= 1 << (place % 8)
            report = verify_lines([bytes(changed)], after=before)
            assert (report.ok, report.first_bad) == (False, number), place
            flips += 1
        before = f"{number}:{json.loads(line)['hash']}"
    assert flips == 8 * sum(map(len, LOG))


@given(st.data())
@settings(deadline=None)  # a busy machine is no fault
def test_a_changed_bit_is_found_by_the_whole_walk_too(data: st.DataObject) -> None:
    number = data.draw(st.integers(0, 99))
    place = data.draw(st.integers(0, len(LOG[number]) * 8 - 1))
    changed = bytearray(LOG[number])
    changed[place // 8] ^= 1 << (place % 8)
    report = verify_lines([*LOG[:number], bytes(changed), *LOG[number + 1 :]])
    assert (report.ok, report.first_bad, report.events) == (False, number + 1, number)


def test_a_sound_log_says_that_its_end_is_not_proven() -> None:
    report = verify_lines(LOG)
    assert (report.ok, report.events, report.head, report.first_bad) == (True, 100, HEAD, None)
    assert report.said == "100 events, each follows the one before; no outside head given: tail not proven."


def test_with_a_head_it_says_since_when_it_is_intact() -> None:
    head_of_60 = f"60:{json.loads(LOG[59])['hash']}"
    assert verify_lines(LOG, head_of_60).said == (
        "100 events, intact since head of 2026-03-12T08:01:00.000000Z; 40 came after that head."
    )
    assert verify_lines(LOG, HEAD).ok


def test_a_cut_end_is_found_only_with_a_head() -> None:
    cut = LOG[:90]
    assert verify_lines(cut).ok
    report = verify_lines(cut, HEAD)
    assert (report.ok, report.first_bad) == (False, 91)
    assert report.said == "The end is missing: the head names event 100, the log stops at 90."


def test_a_log_rewritten_as_a_whole_is_found_only_with_a_head() -> None:
    other = [line.replace(b"ana", b"eve") for line in LOG]
    rewritten, before = [], NO_EVENT
    for line in other:
        event = json.loads(line)
        event.pop("hash")
        event["prev"] = before
        before = content_hash(event)
        rewritten.append(canonical_json({**event, "hash": before}))
    assert verify_lines(rewritten).ok
    assert "Rewritten: event 100" in verify_lines(rewritten, HEAD).said


@pytest.mark.parametrize(
    ("changed", "first_bad"),
    [
        ([*LOG[:10], *LOG[11:]], 11),  # one deleted
        ([*LOG[:10], LOG[11], LOG[10], *LOG[12:]], 11),  # two swapped
        ([*LOG[:10], LOG[9], *LOG[10:]], 11),  # one doubled
        ([*LOG[:10], LOG[10] + b" ", *LOG[11:]], 11),  # a blank added
        ([*LOG[:10], b"", *LOG[11:]], 11),
        ([*LOG[:10], b"[1]", *LOG[11:]], 11),
        (LOG[1:], 1),
    ],
)
def test_deleting_swapping_and_inserting_are_found(changed: list[bytes], first_bad: int) -> None:
    report = verify_lines(changed)
    assert (report.ok, report.first_bad) == (False, first_bad)


@pytest.mark.parametrize("head", ["", "100", "x:y", f"0100{HEAD[3:-1]}", f"-1:{'0' * 64}", f"{'9' * 30}:{'0' * 64}"])
def test_what_is_no_head_is_refused(head: str) -> None:
    with pytest.raises(BadSetting, match="not a head"):
        verify_lines(LOG, head)


def test_an_empty_log_is_sound_and_has_no_head(store: WorkStore) -> None:
    assert audit_head(store) == ""
    assert verify(store) == AuditReport(
        True, 0, "", None, "0 events, each follows the one before; no outside head given: tail not proven."
    )


def test_lines_carry_ids_and_hashes_and_no_text(store: WorkStore, run: StoredRun, ana: Actor) -> None:
    made = decide(store, run=run, cluster_id="c-ring", verdict="violating", reason="Quoted: buy gold", actor=ana)
    (line,) = lines_of(store)
    event = json.loads(line)
    assert sorted(event) == ["action", "actor", "content", "hash", "object", "prev", "reason", "role", "seq", "utc"]
    assert (event["object"], event["actor"], event["seq"]) == (made.decision_id, "ana", 1)
    assert b"gold" not in line
    assert audit_head(store) == f"1:{event['hash']}" == verify(store).head


def test_numbers_order_the_log_even_when_the_clock_jumps_back(store: WorkStore, ana: Actor) -> None:
    for year in (2030, 2020):
        at = datetime(year, 1, 1, tzinfo=UTC)
        store.write(lambda connection, at=at: append_event(connection, ana, "test.event", "o", "0", "0", at))
    report = verify(store)
    assert (report.ok, report.events) == (True, 2)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (
            "UPDATE decisions SET verdict = 'not_violating' WHERE number = 2",
            "was changed after it was recorded in line 2",
        ),
        ("UPDATE decisions SET reason = 'other' WHERE number = 1", "was changed after it was recorded in line 1"),
        ("DELETE FROM decisions WHERE number = 3", "is gone from the store since it was recorded in line 3"),
        (
            "INSERT INTO decisions SELECT 9, 'forged', 'forged', run_id, cluster_id, verdict, reason, actor, role, note, "
            "at, NULL FROM decisions WHERE number = 1",
            "Decision forged stands in the store without a line in the log",
        ),
        ("DELETE FROM audit_events WHERE seq = 2", "Broken at line 2: it does not follow the line before it"),
        ("UPDATE audit_events SET seq = 7 WHERE seq = 2", "Broken at line 2: it does not follow the line before it"),
    ],
)
def test_decisions_and_lines_that_were_forged_in_the_file_are_found(
    store: WorkStore, run: StoredRun, ana: Actor, statement: str, says: str
) -> None:
    for _ in range(3):
        decide(store, run=run, cluster_id="c-ring", verdict="violating", reason="Same texts.", actor=ana)
    assert verify(store).ok
    forge(store, statement)
    report = verify(store)
    assert not report.ok
    assert says in report.said
