"""Taking over an earlier decision: another decision, by a person, in one transaction with two lines in the log."""

from dataclasses import replace
from types import ModuleType

import orjson
import polars as pl
import pytest

from casework import taking_over as module
from casework.actors import Actor, NotAllowed
from casework.audit import verify
from casework.audit_log import audit_lines
from casework.decisions import Decision, RefusedDecision, Verdict, decide, decision_content, decisions
from casework.tables import DECISIONS
from casework.taking_over import take_over
from casework.work_store import WorkStore
from graph.errors import NothingThere
from graph.results import RunResult
from graph.runs import StoredRun, save_run
from graph.workspace import Workspace

NEXT = "c-ring-2"
BEN = Actor("ben", "local")


@pytest.fixture
def later(workspace: Workspace, run: StoredRun, sample: ModuleType) -> StoredRun:
    """The next run: the ring has lost a member, so it has another id."""
    whole: RunResult = sample.sample_result()
    gone = (pl.col("cluster_id") == "c-ring") & (pl.col("account_id") == sample.RING_ACCOUNTS[0])
    members = whole.frames["members"].filter(~gone)
    frames = {**whole.frames, "members": members}
    frames = {
        name: frame.with_columns(pl.col("cluster_id").replace("c-ring", NEXT)) if name != "accounts" else frame
        for name, frame in frames.items()
    }
    record = replace(whole.record, run_id="r-20260319-0001")
    return save_run(workspace, RunResult(record, frames, whole.stages, whole.started_at, whole.finished_at))


@pytest.fixture
def first(store: WorkStore, run: StoredRun, ana: Actor) -> Decision:
    return decide(
        store,
        run=run,
        cluster_id="c-ring",
        verdict=Verdict.VIOLATING,
        reason="Ten texts, letter for letter.",
        actor=ana,
    )


def events(store: WorkStore) -> list[dict[str, object]]:
    with store.reading() as connection:
        return [orjson.loads(line) for line in audit_lines(connection)]


def taken(store: WorkStore, run: StoredRun, later: StoredRun, first: Decision, actor: Actor = BEN) -> Decision:
    return take_over(store, run=later, cluster_id=NEXT, earlier=first, earlier_run=run, actor=actor)


def test_it_is_a_decision_of_the_taker_with_the_earlier_reason_and_says_where_from(store, run, later, first):
    made = taken(store, run, later, first)
    assert decisions(store) == [first, made]
    assert (made.run_id, made.cluster_id, made.verdict) == (later.run_id, NEXT, Verdict.VIOLATING)
    assert (made.actor, made.reason, made.corrects) == ("ben", first.reason, None)
    assert made.note == (
        f"single user, no second approval; taken over from decision {first.decision_id}, 7 of 7 members the same"
    )


def test_the_log_names_the_earlier_decision_by_its_hash_and_the_chain_holds(store, run, later, first):
    made = taken(store, run, later, first)
    last = events(store)[-1]
    with store.reading() as connection:
        kept = (
            connection.execute(DECISIONS.select().where(DECISIONS.c.decision_id == first.decision_id)).mappings().one()
        )
    assert [event["action"] for event in events(store)] == [
        "decision.recorded",
        "decision.recorded",
        "decision.taken_over",
    ]
    assert (last["object"], last["content"], last["actor"]) == (made.decision_id, decision_content(kept), "ben")
    assert verify(store).ok


def test_without_its_line_in_the_log_nothing_is_taken_over(store, run, later, first, monkeypatch):
    def broken(*_: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(module, "append_event", broken)
    with pytest.raises(OSError, match="no room"):
        taken(store, run, later, first)
    assert decisions(store) == [first]
    assert len(events(store)) == 1


def test_the_same_click_again_is_the_same_decision(store, run, later, first):
    assert taken(store, run, later, first) == taken(store, run, later, first)
    assert len(events(store)) == 3


def test_a_cluster_with_a_decision_of_its_own_is_left_alone(store, run, later, first, ana):
    taken(store, run, later, first)
    with pytest.raises(RefusedDecision, match="has a decision of its own"):
        taken(store, run, later, first, ana)
    assert len(decisions(store)) == 2


def test_a_corrected_decision_is_not_taken_over(store, run, later, first, ana):
    decide(store, run=run, cluster_id="c-ring", verdict="unsure", reason="No.", actor=ana, corrects=first.decision_id)
    with pytest.raises(RefusedDecision, match="was corrected by"):
        taken(store, run, later, first)


def test_a_decision_that_is_not_there_and_a_cluster_without_a_common_member_are_refused(store, run, later, first):
    with pytest.raises(NothingThere, match="no decision"):
        taken(store, run, later, replace(first, decision_id="none"))
    with pytest.raises(RefusedDecision, match="No member"):
        take_over(store, run=later, cluster_id="c-friends", earlier=first, earlier_run=run, actor=BEN)
    assert decisions(store) == [first]


def test_who_may_not_decide_may_not_take_over(store, run, later, first):
    with pytest.raises(NotAllowed):
        taken(store, run, later, first, Actor("eve", "reader"))
