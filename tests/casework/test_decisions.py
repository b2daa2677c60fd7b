"""Decisions are appended with who, when and why; a repeated click is one decision; a correction is another entry."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from casework import decisions as decisions_module
from casework.actors import Actor, NotAllowed
from casework.audit import verify
from casework.decisions import Decision, RefusedDecision, Verdict, decide, decisions, standing
from casework.tables import AUDIT_EVENTS, DECISIONS
from casework.work_store import WorkStore
from graph.errors import FlockwatchError, NothingThere, StoreFault
from graph.runs import StoredRun

Decide = Callable[..., Decision]


@pytest.fixture
def say(store: WorkStore, run: StoredRun, ana: Actor) -> Decide:
    """`decide` on the ring, with the usual answers filled in."""

    def call(**changed: object) -> Decision:
        said: dict[str, object] = {
            "run": run,
            "cluster_id": "c-ring",
            "verdict": Verdict.VIOLATING,
            "reason": "Ten texts, letter for letter.",
            "actor": ana,
            **changed,
        }
        return decide(store, **said)  # type: ignore[arg-type]

    return call


def test_a_decision_is_kept_with_who_when_and_why(say: Decide, store: WorkStore) -> None:
    made = say(reason="  Ten texts,\nletter for letter.  ")
    assert decisions(store) == [made]
    assert (made.actor, made.role, made.verdict) == ("ana", "local", Verdict.VIOLATING)
    assert made.reason == "Ten texts,\nletter for letter."
    assert made.note == "single user, no second approval"
    assert timedelta(0) <= datetime.now(UTC) - made.at < timedelta(minutes=1)


def test_the_same_key_again_is_the_same_decision(say: Decide, store: WorkStore) -> None:
    assert say(key="click-1") == say(key="click-1")
    assert len(decisions(store)) == verify(store).events == 1


@pytest.mark.parametrize(
    "changed",
    [{"verdict": "unsure"}, {"reason": "Other."}, {"cluster_id": "c-friends"}, {"actor": Actor("ben", "local")}],
)
def test_the_same_key_for_something_else_is_refused(say: Decide, store: WorkStore, changed: dict[str, object]) -> None:
    say(key="click-1")
    with pytest.raises(RefusedDecision, match=f"different: {next(iter(changed))}"):
        say(key="click-1", **changed)
    assert len(decisions(store)) == 1


def test_without_a_key_every_call_is_a_decision(say: Decide, store: WorkStore) -> None:
    assert say().decision_id != say().decision_id
    assert len(decisions(store)) == 2


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"reason": ""}, "needs a reason"),
        ({"reason": " \n\t"}, "needs a reason"),
        ({"reason": "\u200b\u2800 ..."}, "needs a reason"),
        ({"reason": "x" * 4_001}, "4,001 letters; 4,000 are the most"),
        ({"reason": "half \ud800"}, "broken character at place 6"),
        ({"reason": "nul \0"}, "NUL character at place 5"),
        ({"verdict": "guilty"}, "'guilty' is not a verdict"),
        ({"key": " "}, "A key has 1 to 200 letters"),
        ({"key": "k" * 201}, "this one has 201"),
        ({"cluster_id": "c-none"}, "no cluster 'c-none'"),
        ({"corrects": "never-made"}, "no decision 'never-made'"),
        ({"actor": Actor("eve", "visitor")}, "'eve' with the role 'visitor' may not decide"),
    ],
)
def test_what_cannot_be_a_decision_is_refused_and_leaves_nothing(
    say: Decide, store: WorkStore, changed: dict[str, object], says: str
) -> None:
    with pytest.raises(FlockwatchError, match=says):
        say(**changed)
    assert decisions(store) == []
    assert verify(store).events == 0


def test_the_question_who_may_comes_before_every_other(say: Decide) -> None:
    with pytest.raises(NotAllowed):
        say(actor=Actor("eve", "visitor"), cluster_id="c-none", reason="")


def test_a_correction_names_the_entry_it_corrects_and_both_stay(say: Decide, store: WorkStore) -> None:
    first = say()
    second = say(verdict=Verdict.NOT_VIOLATING, reason="They are one fan club.", corrects=first.decision_id)
    assert decisions(store, "c-ring") == [first, second]
    assert second.corrects == first.decision_id
    assert standing(store, "c-ring") == second


def test_an_entry_is_corrected_once_and_its_correction_can_be_corrected(say: Decide, store: WorkStore) -> None:
    first = say()
    second = say(corrects=first.decision_id)
    with pytest.raises(RefusedDecision, match=f"already corrected by {second.decision_id}"):
        say(corrects=first.decision_id)
    third = say(corrects=second.decision_id)
    assert standing(store, "c-ring") == third


def test_a_decision_on_one_cluster_corrects_none_on_another(say: Decide) -> None:
    first = say()
    with pytest.raises(NothingThere):
        say(cluster_id="c-friends", corrects=first.decision_id)


def test_the_newest_decision_that_was_not_corrected_stands(say: Decide, store: WorkStore) -> None:
    assert standing(store, "c-ring") is None
    first = say()
    second = say(verdict="unsure")
    assert standing(store, "c-ring") == second
    say(verdict="not_violating", corrects=first.decision_id)  # newer than the second
    assert standing(store, "c-ring").verdict is Verdict.NOT_VIOLATING  # type: ignore[union-attr]
    assert standing(store, "c-friends") is None


@pytest.mark.parametrize("table", [DECISIONS, AUDIT_EVENTS])
@pytest.mark.parametrize("change", ["update", "delete"])
def test_nothing_written_can_be_changed_through_the_store(
    say: Decide, store: WorkStore, table: sa.Table, change: str
) -> None:
    made = say()
    statement = table.delete() if change == "delete" else table.update().values({list(table.c)[-1]: None})
    with pytest.raises(StoreFault, match="appended to, never changed"):
        store.write(lambda connection: connection.execute(statement))
    assert decisions(store) == [made]
    assert verify(store).ok


def test_a_decision_without_its_line_in_the_log_is_not_kept_either(
    say: Decide, store: WorkStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("the disk went away")

    monkeypatch.setattr(decisions_module, "append_event", fails)
    with pytest.raises(RuntimeError):
        say()
    assert decisions(store) == []


def test_one_key_pressed_in_eight_threads_at_once_is_one_decision(say: Decide, store: WorkStore) -> None:
    with ThreadPoolExecutor(8) as people:
        made = list(people.map(lambda _: say(key="click-1"), range(24)))
    assert set(made) == {made[0]}
    assert decisions(store) == [made[0]]


def test_threads_with_their_own_keys_lose_nothing_and_the_chain_holds(say: Decide, store: WorkStore) -> None:
    with ThreadPoolExecutor(8) as people:
        made = list(people.map(lambda number: say(key=f"click-{number}"), range(40)))
    assert {decision.key for decision in decisions(store)} == {decision.key for decision in made}
    report = verify(store)
    assert (report.ok, report.events) == (True, 40)
