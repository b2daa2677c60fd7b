"""What a ring stands on: each answer beside what was planted."""

from dataclasses import replace

import polars as pl
import pytest

from detectors import Settings, Tables, detect, explain
from detectors.ring_clusters import what_ifs
from graph.results import RunResult
from graph.schemas import SESSION_SCHEMA
from tests.detectors.ring_clusters.small_world import DEVICE, PROVIDER, VICTIMS, frame, login, taken_at, town

QUICK = Settings(replays=0)


@pytest.fixture(scope="module")
def facts() -> Tables:
    return town()


@pytest.fixture(scope="module")
def run(facts: Tables) -> RunResult:
    return detect(facts, QUICK)


@pytest.fixture(scope="module")
def told(run: RunResult, facts: Tables) -> dict[str, object]:
    return explain(run.frames, facts, run.frames["clusters"]["cluster_id"][0], QUICK)


def rows(told: dict[str, object], what: str) -> list[dict[str, object]]:
    return [row for row in told["counterfactuals"] if row["what"] == what]  # type: ignore[attr-defined]


def test_the_things_that_tie_the_ring_are_all_told(told: dict[str, object]):
    things = {(row["trace"], row["object_id"], row["members"]) for row in told["strongest"]}  # type: ignore[attr-defined]
    assert things == {
        ("asn", PROVIDER, 8),
        ("client", "bulk", 8),
        ("device", DEVICE, 8),
        ("domain", "prize.example", 8),
    }
    assert told["reproduced"] is True


def test_without_all_that_ties_it_no_ring_is_left(told: dict[str, object]):
    assert [(row["risk"], row["size"], row["tier"]) for row in rows(told, "without the top 5 objects")] == [
        (0.0, 0, "none")
    ]
    assert told["minimal"]["risk_after"] < told["minimal"]["risk_before"]  # type: ignore[index]


def test_without_the_fights_two_families_are_left_and_it_stays_an_alert(told: dict[str, object]):
    (row,) = rows(told, "without the failed log-ins and resets")
    assert row["tier"] == "alert" and row["risk"] < told["cluster"]["risk"]  # type: ignore[index]


def test_each_member_can_be_taken_out(told: dict[str, object]):
    left = rows(told, "without the member")
    assert [row["account"] for row in left] == list(VICTIMS)
    assert {row["size"] for row in left} == {7} and {row["links"] for row in left} == {21}


def test_members_that_were_not_taken_out_are_counted(run: RunResult, facts: Tables, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(what_ifs, "MEMBERS_ASKED", 5)
    few = explain(run.frames, facts, run.frames["clusters"]["cluster_id"][0], QUICK)
    assert [row["account"] for row in rows(few, "without the member")] == list(VICTIMS[:5])
    assert few["note"] == "The 3 members whose ids come last were not taken out one by one."


def test_facts_that_no_longer_say_so_are_not_asked(run: RunResult, facts: Tables):
    """The owner of an account turns out to have had the device a month before."""
    earlier = frame([login(VICTIMS[0], taken_at(0).replace(month=1), DEVICE, None, None)], SESSION_SCHEMA)
    grown = replace(facts, sessions=pl.concat([facts.sessions, earlier]))
    again = explain(run.frames, grown, run.frames["clusters"]["cluster_id"][0], QUICK)
    assert again["reproduced"] is False and again["counterfactuals"] == [] and again["minimal"] is None


def test_a_victim_and_a_pair_are_explained_by_what_they_took_up(run: RunResult, facts: Tables):
    mine = explain(run.frames, facts, VICTIMS[0], QUICK)
    assert mine["takeovers"][0]["at"] == taken_at(0)
    assert mine["cost_to_frame"] == [] and mine["counterfactuals"] == []
    both = explain(run.frames, facts, f"{VICTIMS[0]},{VICTIMS[1]}", QUICK)
    assert {row["object_id"] for row in both["taken_up_together"]} == {PROVIDER, "bulk", DEVICE, "prize.example"}


def test_the_badge_says_how_often_a_ring_comes_out_again(run: RunResult):
    row = run.frames["clusters"].row(0, named=True)
    assert row["badge"] == "solid" and 0.75 <= row["stability"] <= 1
    assert set(run.frames["members"]["stability"]) == {row["stability"]}
