"""The earlier decision on the page of what the cluster has become: seen, offered, one click, never by itself."""

from dataclasses import replace

import polars as pl
import pytest

from casework.actors import Actor
from casework.decisions import decide, decisions
from casework.work_store import open_work_store
from graph.results import RunResult
from graph.runs import StoredRun, load_run, save_run
from graph.team_server import TeamServer, remember
from graph.workspace import Workspace
from investigator_ui.services.inheriting import earlier_decision
from investigator_ui.services.lineages import lineage_of
from investigator_ui.services.past import past_of

ANA = Actor("ana<b>", "local")
NEW, LATER = "C-2299", "r-0413-aa00"
OFFER = "Take it over as my decision"


def saved_again(workspace: Workspace, old: str, new: str, lost: int, added: int = 0) -> StoredRun:
    """The newest run once more under another id, where `old` is called `new`, lost members and won some of the readers."""
    run = load_run(workspace)
    frames = {
        name: run.frame(name)
        for name in ("clusters", "members", "edges", "evidence", "signals", "guards", "accounts", "nesting")
    }
    ours = frames["members"].filter(pl.col("cluster_id") == old).sort("account_id")
    gone = ours["account_id"].head(lost).implode()
    won = ours.tail(added).with_columns(account_id=pl.format("won-{}", "account_id"))
    left = frames["members"].filter(~((pl.col("cluster_id") == old) & pl.col("account_id").is_in(gone)))
    frames["members"] = pl.concat([left, won])
    frames = {name: frame.with_columns(pl.col("cluster_id").replace(old, new)) for name, frame in frames.items()}
    result = RunResult(replace(run.record, run_id=LATER), frames, run.stages, run.finished_at, run.finished_at)
    return save_run(workspace, result)


@pytest.fixture
def decided(own, world):
    """TAGS was decided in the newest run; in the next one it has lost a member of twelve and won one."""
    with open_work_store(own) as store:
        decide(
            store,
            run=load_run(own),
            cluster_id=world.TAGS,
            verdict="violating",
            reason="One ![desk](x) of three tags.",
            actor=ANA,
        )
    saved_again(own, world.TAGS, NEW, lost=1, added=1)
    return own


def taken(workspace: Workspace):
    with open_work_store(workspace) as store:
        return decisions(store)


def words(page) -> str:
    return "\n".join(element.value for element in page.markdown)


def test_the_earlier_decision_is_shown_with_how_much_is_the_same_and_nothing_is_decided(decided, open_page):
    page = open_page(decided, "cluster", cluster=NEW)
    assert not page.error
    said = words(page)
    assert "Earlier: **violating**, by ana" in said
    assert "**92\u202f% of the members** were in it then (11 of 12), and 1 of its 12 are no longer in it." in said
    assert "![desk](" not in said
    assert "ana<b>" not in said
    assert "nobody has decided yet" in said
    assert len(taken(decided)) == 1


def test_one_click_makes_it_a_decision_of_the_reader_s_own(decided, open_page):
    page = open_page(decided, "cluster", cluster=NEW)
    page = next(button for button in page.button if button.label == OFFER).click().run()
    assert not page.error
    assert page.success[0].value == "Saved as decision 1: violating."
    first, made = taken(decided)
    assert (made.cluster_id, made.run_id, made.reason, str(made.verdict)) == (NEW, LATER, first.reason, "violating")
    assert made.actor != first.actor
    assert first.decision_id in made.note
    assert f"taken over from decision {first.decision_id}" in words(page)
    assert OFFER not in [button.label for button in page.button]
    assert "This cluster has a decision of its own" in words(page)


def test_a_cluster_without_a_decided_past_offers_nothing(decided, open_page, world):
    page = open_page(decided, "cluster", cluster=world.BIG)
    assert "Earlier decision" not in words(page)


def test_a_corrected_decision_is_offered_as_it_stands_now(decided, world):
    with open_work_store(decided) as store:
        first = decisions(store)[0]
        run = load_run(decided, world.RUN_ID)
        decide(
            store,
            run=run,
            cluster_id=world.TAGS,
            verdict="not_violating",
            reason="Fans.",
            actor=ANA,
            corrects=first.decision_id,
        )
    found = earlier_decision(past_of(decided, LATER), NEW, taken(decided))
    assert found is not None
    assert (str(found.decision.verdict), found.shared, found.now, found.before) == ("not_violating", 11, 12, 12)


@pytest.mark.parametrize("relation", ["split", "merged", "reborn"])
def test_a_part_that_split_off_and_a_group_that_came_back_inherit_nothing(decided, relation):
    past = past_of(decided, LATER)
    assert earlier_decision(past, NEW, taken(decided)) is not None
    mine = pl.col("cluster_after") == NEW
    other = past.relations.with_columns(relation=pl.when(mine).then(pl.lit(relation)).otherwise("relation"))
    assert earlier_decision(replace(past, relations=other), NEW, taken(decided)) is None


def test_a_group_of_which_fewer_than_half_are_the_same_says_to_look_again(own, world, open_page):
    """It goes on by its objects, with two of its eleven members."""
    with open_work_store(own) as store:
        decide(store, run=load_run(own), cluster_id=world.TAGS, verdict="violating", reason="Tags.", actor=ANA)
    saved_again(own, world.TAGS, NEW, lost=10, added=9)
    assert "Fewer than half are the same: look at it anew" in words(open_page(own, "cluster", cluster=NEW))


def test_the_command_tells_the_earlier_decision_of_each_cluster(decided):
    told = {one["cluster_id"]: one["earlier_decision"] for one in lineage_of(decided, None)["clusters"]}
    assert told[NEW]["verdict"] == "violating"
    assert (told[NEW]["members_shared"], told[NEW]["members_now"]) == (11, 12)
    assert [name for name, one in told.items() if one] == [NEW]


def test_nothing_is_taken_over_while_the_server_is_away(decided, open_page, monkeypatch):
    page = open_page(decided, "cluster", cluster=NEW)
    remember(decided, TeamServer("bolt://127.0.0.1:1"))
    monkeypatch.delenv("FLOCKWATCH_NEO4J_PASSWORD", raising=False)
    next(button for button in page.button if button.label == OFFER).click().run()
    assert next(button for button in page.button if button.label == OFFER).disabled
    assert len(taken(decided)) == 1
