"""Explanations of clusters, accounts and pairs: nothing is told that the rows do not hold."""

from datetime import UTC, datetime

import polars as pl
import pytest

from detectors import Settings, Tables, detect, explain
from graph.errors import NothingThere
from graph.results import RunResult
from tests.detectors.worlds import actions_of, lives_of, quiet_rows, ring_rows

QUICK = Settings(replays=0)
TABLES = Tables(actions_of(quiet_rows(1) + ring_rows(2) + lives_of(ring_rows(2))).lazy())


@pytest.fixture(scope="module")
def run() -> RunResult:
    return detect(TABLES, QUICK)


def test_a_cluster_is_explained_by_its_links_objects_and_what_ifs(run: RunResult):
    name = run.frames["clusters"]["cluster_id"][0]
    told = explain(run.frames, TABLES, name, QUICK)
    assert told["kind"] == "cluster"
    assert {edge["left"][:4] for edge in told["edges"]} == {"ring"}
    assert all(item["left_at"] and item["right_at"] for item in told["objects"])
    without = [case["seen"] for case in told["counterfactuals"] if case["what"].startswith("without the top")]
    assert without == sorted(without, reverse=True)
    (trace,) = [case for case in told["counterfactuals"] if case["what"] == "without the trace"]
    assert (trace["trace"], trace["risk"], trace["size"]) == ("share", 0.0, 0)


def test_an_account_is_explained_by_what_it_did_with_others(run: RunResult):
    told = explain(run.frames, TABLES, "ring03", QUICK)
    assert told["account"]["tier"] == "alert"
    assert all("ring03" in (edge["left"], edge["right"]) for edge in told["edges"])
    assert all("ring03" in (item["left"], item["right"]) for item in told["objects"])


def test_a_pair_is_asked_again_from_the_facts(run: RunResult):
    told = explain(run.frames, TABLES, "ring03, ring01", QUICK)
    assert told["id"] == "ring01,ring03"
    edges = {edge["window_seconds"]: edge for edge in told["edges"]}
    tests = {test["window_seconds"]: test for test in told["tests"]}
    assert set(tests) == {30, 60, 120, 300, 600, 1200, 1800, 3600, 7200}
    for window, edge in edges.items():
        assert tests[window]["n"] == edge["n"]
        assert tests[window]["expected"] == pytest.approx(edge["expected"])
        assert tests[window]["p"] == pytest.approx(edge["p"])


def test_taking_objects_away_only_weakens_a_pair(run: RunResult):
    told = explain(run.frames, TABLES, "ring01,ring03", QUICK)
    for edge in told["edges"]:
        weaker = [
            case["p"]
            for case in told["counterfactuals"]
            if case["what"].startswith("without") and case["window_seconds"] == edge["window_seconds"]
        ]
        assert [edge["p"], *weaker] == sorted([edge["p"], *weaker])


def test_two_accounts_without_a_link_have_tests_but_no_edges(run: RunResult):
    told = explain(run.frames, TABLES, "user0001,user0002", QUICK)
    assert told["edges"] == []
    assert len(told["tests"]) == 9


@pytest.mark.parametrize("who", ["C-nothing", "nobody", "ring01,nobody", "ring01,ring01", ""])
def test_what_the_run_does_not_know_is_refused(run: RunResult, who: str):
    with pytest.raises(NothingThere):
        explain(run.frames, TABLES, who, QUICK)


def test_a_pair_that_met_on_one_trace_alone_is_explained_beside_its_silent_trace():
    rows = [row | {"trace": "share"} for row in _alone("ana", 0)] + [
        row | {"trace": "share"} for row in _alone("ben", 9)
    ]
    rows += [row | {"trace": "url"} for row in _together()]
    tables = Tables(pl.DataFrame(rows).with_columns(pl.col("at").cast(pl.Datetime("us", "UTC"))).lazy())
    told = explain(detect(tables, QUICK).frames, tables, "ana,ben", QUICK)
    assert {item["trace"] for item in told["objects"]} == {"url"}
    assert {test["n"] for test in told["tests"] if test["trace"] == "share"} == {0}


def _alone(account: str, hour: int) -> list[dict[str, object]]:
    return [_act(account, f"own{hour}{n}", datetime(2026, 3, n + 1, hour, tzinfo=UTC)) for n in range(4)]


def _together() -> list[dict[str, object]]:
    return [
        _act(who, f"joint{n}", datetime(2026, 3, n + 1, 12, 0, s, tzinfo=UTC))
        for n in range(4)
        for s, who in enumerate(("ana", "ben"))
    ]


def _act(account: str, name: str, at: datetime) -> dict[str, object]:
    return {"account_id": account, "object_id": name, "at": at, "post_id": f"{account}-{name}", "block": None}
