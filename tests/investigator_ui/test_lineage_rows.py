"""The lineage of every run at once, for a store that keeps it: the same as asking for each run alone."""

import polars as pl
import pytest

from graph.runs import list_runs
from graph.workspace import Workspace
from investigator_ui.services import past
from tests.graph.small_runs import save_small_run

RINGS = (
    {"c1": dict.fromkeys("abcdef", "core"), "c2": dict.fromkeys("uvwxyz", "core")},
    {"c1": dict.fromkeys("abcdeg", "core"), "c2": dict.fromkeys("uvw", "core"), "c3": dict.fromkeys("xyz", "core")},
    {"c1": dict.fromkeys("abcdefuvwxyz", "core")},
    {"c1": dict.fromkeys("ghijkl", "core")},
)


@pytest.mark.parametrize("days", [(1, 2, 3, 4), (1, 5, 3, 9), (4, 3, 2, 1), (2, 2, 2, 2)])
def test_rows_of_all_runs_are_those_of_each_run_alone(workspace: Workspace, days: tuple[int, ...]):
    for place, (ring, day) in enumerate(zip(RINGS, days, strict=True)):
        save_small_run(workspace, f"r{place}", ring, day=day)
    found = past.lineage_rows(workspace)
    order = list(found.columns)
    alone = [
        past.past_of(workspace, run.run_id).relations.filter(pl.col("run_after") == run.run_id)
        for run in list_runs(workspace)
    ]
    assert found.sort(order).equals(pl.concat(alone).sort(order))
    assert "continues" in set(found["relation"]) or days == (4, 3, 2, 1)


def test_runs_in_the_order_of_their_data_need_one_history(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    for place, ring in enumerate(RINGS):
        save_small_run(workspace, f"r{place}", ring, day=place + 1)
    asked: list[str | None] = []
    past_of = past.past_of
    monkeypatch.setattr(past, "past_of", lambda place, run_id: asked.append(run_id) or past_of(place, run_id))
    past.lineage_rows(workspace)
    assert asked == ["r3"]


def test_a_workspace_without_runs_has_no_rows(workspace: Workspace):
    assert past.lineage_rows(workspace).is_empty()
