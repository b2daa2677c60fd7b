"""Victims are secured, never punished: a punishing verdict on them needs a second thought, and says whom it does not mean."""

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType

import polars as pl
import pytest

from casework.actors import Actor
from casework.audit import verify
from casework.decisions import Decision, RefusedDecision, Verdict, decide, decisions
from casework.interchange import account_graph
from casework.taking_over import take_over
from casework.victims import victims_among
from casework.work_store import WorkStore
from graph.results import RunResult
from graph.runs import StoredRun, save_run
from graph.workspace import Workspace

Save = Callable[..., StoredRun]


@pytest.fixture
def with_roles(workspace: Workspace, sample: ModuleType) -> Save:
    """with_roles(run_id, {account: role}): the invented run, with these roles in the ring."""

    def saved(run_id: str, roles: dict[str, str]) -> StoredRun:
        whole: RunResult = sample.sample_result()
        role = pl.col("account_id").replace_strict(roles, default=None, return_dtype=pl.String)
        ours = pl.when(pl.col("cluster_id") == "c-ring").then(role)
        members = whole.frames["members"].with_columns(role=pl.coalesce(ours, "role"))
        record = replace(whole.record, run_id=run_id)
        frames = {**whole.frames, "members": members}
        return save_run(workspace, RunResult(record, frames, whole.stages, whole.started_at, whole.finished_at))

    return saved


def say(store: WorkStore, run: StoredRun, ana: Actor, verdict: str, **more: object) -> Decision:
    return decide(store, run=run, cluster_id="c-ring", verdict=verdict, reason="Seen.", actor=ana, **more)  # type: ignore[arg-type]


def test_the_owners_of_a_ring_are_secured_in_one_entry_with_its_line_in_the_log(
    store: WorkStore, with_roles: Save, sample: ModuleType, ana: Actor
) -> None:
    run = with_roles("r-1", dict.fromkeys(sample.RING_ACCOUNTS, "victim"))
    made = say(store, run, ana, "secure")
    assert (made.verdict, made.note) == (Verdict.SECURE, "single user, no second approval")
    assert decisions(store) == [made]
    assert (verify(store).ok, verify(store).events) == (True, 1)


def test_violating_on_victims_is_refused_until_its_author_says_that_the_owners_are_not_meant(
    store: WorkStore, with_roles: Save, sample: ModuleType, ana: Actor
) -> None:
    run = with_roles("r-1", dict.fromkeys(sample.RING_ACCOUNTS[:3], "victim"))
    with pytest.raises(RefusedDecision, match="3 of 8 members are victims: their owners lost the accounts"):
        say(store, run, ana, "violating")
    assert decisions(store) == []
    assert verify(store).events == 0
    made = say(store, run, ana, "violating", owners_spared=True)
    assert made.note == "single user, no second approval; 3 of 8 members are victims and not meant"


@pytest.mark.parametrize("verdict", ["not_violating", "unsure", "secure"])
def test_what_punishes_nobody_needs_no_second_thought(
    store: WorkStore, with_roles: Save, sample: ModuleType, ana: Actor, verdict: str
) -> None:
    run = with_roles("r-1", dict.fromkeys(sample.RING_ACCOUNTS, "victim"))
    assert say(store, run, ana, verdict).verdict == verdict


def test_a_member_of_an_operation_who_is_a_victim_elsewhere_counts(
    with_roles: Save, sample: ModuleType, workspace: Workspace
) -> None:
    run = with_roles("r-1", {})
    frame = run.frame("members")
    also = frame.filter(pl.col("account_id") == sample.FRIEND_ACCOUNTS[0]).with_columns(
        cluster_id=pl.lit("T-1"), role=pl.lit("victim")
    )
    whole: RunResult = sample.sample_result()
    frames = {**whole.frames, "members": pl.concat([frame, also])}
    record = replace(whole.record, run_id="r-2")
    both = save_run(workspace, RunResult(record, frames, whole.stages, whole.started_at, whole.finished_at))
    assert victims_among(both, "c-friends").said == "1 of 3 members is a victim"
    assert victims_among(both, "c-ring").said == ""
    assert victims_among(both, "c-none").count == 0


def test_a_possible_target_is_no_member_and_no_victim(with_roles: Save, sample: ModuleType) -> None:
    run = with_roles("r-1", {sample.RING_ACCOUNTS[0]: "victim"})
    victims = victims_among(run, "c-ring")
    assert (victims.count, victims.members) == (1, 8)  # reader_00 stands beside the ring as a target


def test_a_punishing_verdict_is_not_taken_over_on_those_who_turned_out_to_be_victims(
    store: WorkStore, with_roles: Save, sample: ModuleType, ana: Actor
) -> None:
    before = with_roles("r-1", {})
    after = with_roles("r-2", dict.fromkeys(sample.RING_ACCOUNTS, "victim"))
    first = say(store, before, ana, "violating")
    with pytest.raises(RefusedDecision, match="8 of 8 members are victims in this run: 'violating' is not taken over"):
        take_over(store, run=after, cluster_id="c-ring", earlier=first, earlier_run=before, actor=ana)
    assert decisions(store) == [first]


def test_a_victim_is_exported_as_one_whatever_else_it_is_in(
    with_roles: Save, sample: ModuleType, workspace: Workspace
) -> None:
    whole: RunResult = sample.sample_result()
    account = sample.FRIEND_ACCOUNTS[0]
    members = whole.frames["members"]
    also = members.filter(pl.col("account_id") == account).with_columns(
        cluster_id=pl.lit("T-1"), role=pl.lit("victim"), score=pl.lit(0.01)
    )
    record = replace(whole.record, run_id="r-both")
    frames = {**whole.frames, "members": pl.concat([members, also])}
    both = save_run(workspace, RunResult(record, frames, whole.stages, whole.started_at, whole.finished_at))
    drawn, _ = account_graph(both)
    assert (drawn.nodes[account]["role"], drawn.nodes[account]["cluster_id"]) == ("victim", "T-1")
