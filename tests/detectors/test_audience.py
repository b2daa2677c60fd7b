"""Severity: how far a cluster got, counted over the rows, apart from how sure one is of it."""

import polars as pl
import pytest

from detectors import Settings, Tables, detect
from detectors.audience import severity
from tests.detectors.worlds import Row, actions_of, lives_of, quiet_rows, ring_rows


def test_reach_counts_the_accounts_outside_that_acted_on_the_objects_the_members_met_on():
    ring = ring_rows(2)
    audience: list[Row] = [(f"fan{n}", "share", f"r{n % 4}-x", 5_000.0 + n * 10_000) for n in range(30)]
    frames = detect(Tables(actions_of(quiet_rows(1) + ring + audience).lazy()), Settings(replays=0)).frames
    members = set(frames["members"]["account_id"])
    met = set(frames["evidence"]["object_id"])
    outside = {row[0] for row in quiet_rows(1) + ring + audience if row[2] in met and row[0] not in members}
    assert frames["clusters"]["reach"].to_list() == [len(outside)]
    assert len(outside) >= 30


def test_a_ring_that_nobody_else_touches_has_no_severity_however_sure_one_is():
    rows = quiet_rows(1) + ring_rows(2) + lives_of(ring_rows(2))
    clusters = detect(Tables(actions_of(rows).lazy()), Settings(replays=0)).frames["clusters"]
    assert clusters.select("reach", "severity").rows() == [(0, 0.0)]
    assert clusters["risk"].item() > 0.5


def test_severity_is_one_when_everybody_was_reached_and_grows_by_orders_of_magnitude():
    assert severity(0, 999) == 0.0
    assert severity(999, 999) == pytest.approx(1.0)
    assert severity(9, 999) == pytest.approx(1 / 3)
    assert severity(0, 0) == 0.0


def test_every_cluster_of_a_run_has_a_reach():
    rows = quiet_rows(1) + ring_rows(2) + [(f"x{a}", t, f"x{o}", s) for a, t, o, s in ring_rows(3)]
    clusters = detect(Tables(actions_of(rows).lazy()), Settings(replays=0)).frames["clusters"]
    assert clusters.height == 2
    assert clusters.select(pl.col("reach").is_not_null().all()).item()
