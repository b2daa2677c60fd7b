"""What would change a cluster: asked again from the facts, the same as the run where nothing is taken away."""

from collections import Counter
from typing import Any

import polars as pl
import pytest

from detectors import Settings, Tables, detect, explain
from detectors.explaining.deletion import FALL, deletion_test
from detectors.explaining.dossier import Dossier, read_dossier
from detectors.explaining.minimal import first_at, minimal_explanation
from detectors.explaining.score import Kept, ScoreOf, scorer
from detectors.explaining.strongest import strongest_objects
from detectors.explaining.what_if_answers import reproduced
from graph.results import RunResult
from tests.detectors.framing import framing_world, rotating_pool
from tests.detectors.worlds import Row, actions_of, lives_of, quiet_rows, ring_rows

SHARES = Settings(traces=("share",), replays=0)


def second_ring() -> list[Row]:
    """Other accounts on other objects, half of them within ten minutes instead of one."""
    return [(f"also{who}", trace, f"s{item}", at * 1.01 + 9_000) for who, trace, item, at in ring_rows(7, spread=500.0)]


ROWS = quiet_rows(1) + ring_rows(2) + second_ring() + lives_of(ring_rows(2) + second_ring())
TABLES = Tables(actions_of(ROWS).lazy())


@pytest.fixture(scope="module")
def run() -> RunResult:
    return detect(TABLES, SHARES)


@pytest.fixture(scope="module")
def dossier(run: RunResult) -> Dossier:
    return read_dossier(run.frames, TABLES, of_ring(run), SHARES, run.record.calibration)


@pytest.fixture(scope="module")
def score_of(dossier: Dossier) -> ScoreOf:
    return scorer(dossier)


@pytest.fixture(scope="module")
def told(run: RunResult) -> dict[str, Any]:
    return explain(run.frames, TABLES, of_ring(run), SHARES, run.record.calibration)


def of_ring(run: RunResult) -> str:
    return str(run.frames["members"].filter(pl.col("account_id") == "ring00")["cluster_id"][0])


def keys(dossier: Dossier) -> list[tuple[str, int]]:
    return list(strongest_objects(dossier).select("trace", "object").iter_rows())


def test_with_nothing_taken_away_every_sign_is_that_of_the_run(run: RunResult):
    assert run.frames["clusters"].height == 2
    for cluster in run.frames["clusters"].iter_rows(named=True):
        found = scorer(own := read_dossier(run.frames, TABLES, cluster["cluster_id"], SHARES, run.record.calibration))(
            Kept()
        )
        assert (found.risk, found.size, found.links, found.tier) == (
            cluster["risk"],
            cluster["size"],
            cluster["edges"],
            cluster["tier"],
        )
        columns = ["name", "seen", "expected", "p", "value"]
        assert found.signals.select(columns).equals(own.signals.select(columns))


def test_a_pool_whose_members_take_turns_is_asked_again_too():
    settings = Settings(traces=("url",), replays=0)
    tables = Tables(actions_of(framing_world(0, accounts=300, framed=0, own=0).rows + rotating_pool(0)).lazy())
    result = detect(tables, settings)
    cluster = result.frames["members"].filter(pl.col("account_id") == "pool00")["cluster_id"][0]
    own = read_dossier(result.frames, tables, cluster, settings, result.record.calibration)
    assert reproduced(own, scorer(own)(Kept()))
    assert scorer(own)(Kept(objects=frozenset(keys(own)))).size == 0


def test_without_objects_only_the_company_on_the_others_is_seen(told: dict[str, Any], dossier: Dossier):
    named = strongest_objects(dossier)["object_id"].to_list()
    for taken in (1, 3, 5):
        (case,) = [row for row in told["counterfactuals"] if row["what"] == f"without the top {taken} objects"]
        assert case["seen"] == recounted(set(named[:taken]))
        assert case["risk"] <= told["cluster"]["risk"]


def recounted(taken: set[str]) -> float:
    """Acts of the ring that another of it did too, all of them within a minute: plain Python."""
    there = Counter(item for who, _, item, _ in ROWS if who.startswith("ring") and item not in taken)
    return float(sum(many for many in there.values() if many > 1))


def test_without_its_objects_or_its_only_trace_nothing_is_left(dossier: Dossier, score_of: ScoreOf):
    for kept in (Kept(objects=frozenset(keys(dossier))), Kept(traces=frozenset(["share"]))):
        assert (score_of(kept).risk, score_of(kept).size, score_of(kept).tier) == (0.0, 0, "none")


def test_every_member_is_taken_out_once(told: dict[str, Any]):
    cases = [row for row in told["counterfactuals"] if row["what"] == "without the member"]
    assert sorted(row["account"] for row in cases) == [f"ring{number:02d}" for number in range(8)]
    assert {row["size"] for row in cases} == {7}


def test_a_cluster_of_the_smallest_size_falls_without_any_of_its_members():
    tables = Tables(actions_of(quiet_rows(1) + ring_rows(2, members=4, objects=20)).lazy())
    result = detect(tables, SHARES)
    said = explain(result.frames, tables, of_ring(result), SHARES)
    assert [row["size"] for row in said["counterfactuals"] if row["what"] == "without the member"] == [0] * 4


def test_half_the_window_takes_away_what_was_slower():
    settings = Settings(traces=("share",), windows=(3600,), replays=0)
    slow = [
        (f"ring{m:02d}", "share", f"r{n}-x", 86_400.0 * n + 2_000 * m)
        for n in range(12)
        for m in range(4)
        if n % 4 != m
    ]
    tables = Tables(actions_of(quiet_rows(1, days=12) + slow).lazy())
    result = detect(tables, settings)
    said = explain(result.frames, tables, of_ring(result), settings)
    half, double = (
        next(row for row in said["counterfactuals"] if row["what"] == what)
        for what in ("half the window", "double the window")
    )
    assert (half["size"], half["risk"]) == (0, 0.0)
    assert double["size"] == 4
    assert double["risk"] > 0


def test_the_other_null_is_asked_too(told: dict[str, Any]):
    (case,) = [row for row in told["counterfactuals"] if row["what"] == "with the null spells"]
    assert case["null"] == "spells"
    assert case["links"] <= told["cluster"]["edges"]


def test_the_minimal_explanation_is_enough_and_one_less_is_not(dossier: Dossier, score_of: ScoreOf):
    objects = keys(dossier)
    least = minimal_explanation(score_of, objects)
    assert score_of(Kept()).tier == "alert"
    assert score_of(Kept(objects=frozenset(objects[: least.count]))).tier != "alert"
    assert score_of(Kept(objects=frozenset(objects[: least.count - 1]))).tier == "alert"
    assert least.sentence.startswith(f"Without {least.count} objects of 12, the strongest, it is no alert any more: ")


def test_a_cluster_for_review_falls_when_nothing_hangs_together():
    """Slow, within a day, with nothing said of its timing: for review until a second sign joins."""
    tables = Tables(actions_of(quiet_rows(1) + ring_rows(2, spread=20_000.0)).lazy())
    settings = Settings(traces=("share",), windows=(60,), replays=0)
    result = detect(tables, settings)
    own = read_dossier(result.frames, tables, of_ring(result), settings, result.record.calibration)
    judge, objects = scorer(own), keys(own)
    assert reproduced(own, judge(Kept()))
    assert judge(Kept()).tier == "review"
    least = minimal_explanation(judge, objects)
    assert judge(Kept(objects=frozenset(objects[: least.count]))).size == 0
    assert judge(Kept(objects=frozenset(objects[: least.count - 1]))).size >= 4


def test_taking_away_the_objects_shown_is_told_as_it_is(told: dict[str, Any], dossier: Dossier, score_of: ScoreOf):
    test, objects = told["deletion"], keys(dossier)
    assert test["shown"] == len(told["strongest"]) == 10
    left = score_of(Kept(objects=frozenset(objects[:10]))).risk
    assert test["drop"] == pytest.approx(1 - left / told["cluster"]["risk"], abs=1e-6)
    assert test["passed"] == (test["drop"] >= FALL)
    assert deletion_test(score_of, objects, test["needed"]).passed
    assert not deletion_test(score_of, objects, test["needed"] - 1).passed


def test_the_deletion_test_fails_where_what_is_shown_is_not_what_carries(dossier: Dossier, score_of: ScoreOf):
    weakest_first = keys(dossier)[::-1]
    assert not deletion_test(score_of, weakest_first, 2).passed
    test = deletion_test(score_of, keys(dossier), 10)
    left = score_of(Kept(objects=frozenset(keys(dossier)[: test.needed - 1]))).risk
    assert 1 - left / score_of(Kept()).risk < FALL


def test_the_strongest_objects_have_both_times_and_who_was_first(told: dict[str, Any]):
    first = {}
    for who, _, item, at in sorted(ROWS, key=lambda row: row[3]):
        if who.startswith("ring"):
            first.setdefault(item, (who, at))
    for row in told["strongest"]:
        assert row["first_account"] == first[row["object_id"]][0]
        assert row["left_at"] != row["right_at"]
        assert row["often"] > row["expected"]
    beyond = [row["often"] - row["expected"] for row in told["strongest"]]
    assert beyond == sorted(beyond, reverse=True)


def test_who_leads_is_told_for_each_account_and_each_pair(told: dict[str, Any]):
    assert [row["account_id"] for row in told["order"]] == [f"ring{number:02d}" for number in range(8)]
    assert sum(row["led"] for row in told["order"]) == 12
    for edge in told["edges"]:
        assert edge["left_first"] + edge["right_first"] + edge["tied"] >= edge["n"]
        assert 0 < edge["lead_p"] <= 1


def test_the_order_of_rows_changes_no_answer(run: RunResult, told: dict[str, Any]):
    mixed = Tables(actions_of(ROWS).sample(fraction=1, shuffle=True, seed=3).lazy())
    assert explain(run.frames, mixed, of_ring(run), SHARES, run.record.calibration) == told


def test_facts_that_changed_since_the_run_are_told_and_not_asked(run: RunResult):
    fewer = Tables(actions_of([row for row in ROWS if row[0] != "ring03"]).lazy())
    said = explain(run.frames, fewer, of_ring(run), SHARES, run.record.calibration)
    assert not said["reproduced"]
    assert said["counterfactuals"] == []
    assert said["note"].startswith("The facts do not give the figures of this run any more")


def test_a_new_account_in_the_facts_changes_no_answer_about_the_members(run: RunResult):
    more = Tables(actions_of([*ROWS, *((f"new{n}", "share", f"n{n}-x", float(n)) for n in range(9))]).lazy())
    own = read_dossier(run.frames, more, of_ring(run), SHARES, run.record.calibration)
    assert reproduced(own, scorer(own)(Kept()))


def test_targets_are_listed_with_what_it_cost_to_frame_them():
    world = framing_world(0, accounts=600, members=12, framed=5, copiers=8)
    settings = Settings(traces=("url",), replays=0)
    tables = Tables(actions_of(world.rows).lazy())
    result = detect(tables, settings)
    (cluster,) = result.frames["clusters"]["cluster_id"]
    said = explain(result.frames, tables, cluster, settings)
    assert {row["account_id"] for row in said["targets"]} <= world.framed
    assert all(row["sentence"].startswith(f"Possible target of {cluster}, not a member.") for row in said["targets"])
    name = said["targets"][0]["account_id"]
    (cost,) = explain(result.frames, tables, name, settings)["cost_to_frame"]
    assert (cost["cluster_id"], cost["member"], cost["copies"]) == (cluster, False, 64)
    assert cost["sentence"].startswith("Cost to frame: 64 acts by others on 8 objects that it acted on first")


@pytest.mark.parametrize("start", range(1, 9))
def test_halving_finds_the_first_number_that_holds(start: int):
    assert first_at(lambda number: number >= start, 8) == start
