"""Closeness in time given that accounts met at all: cascades are no surprise, lockstep is."""

from datetime import timedelta

import numpy as np
import pytest

from detectors.synchrony import synchrony
from detectors.trace_actions import TraceActions, trace_actions
from tests.detectors.worlds import Row, actions_of

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def cascades(seed: int, objects: int = 60, crowd: int = 10, members: int = 6, spread: float = 3000.0) -> list[Row]:
    """Every object is passed on by a crowd within 50 minutes, and by the members within `spread` seconds."""
    draw = np.random.default_rng(seed)
    rows: list[Row] = []
    for number in range(objects):
        start = number * 20_000.0
        who = draw.choice(200, crowd, replace=False)
        rows += [(f"user{a:03d}", "share", f"p-{number}", start + float(draw.uniform(0, 3000))) for a in who]
        begin = start + float(draw.uniform(0, 3000 - spread)) if spread < 3000 else start
        rows += [
            (f"ring{m:02d}", "share", f"p-{number}", begin + float(draw.uniform(0, spread))) for m in range(members)
        ]
    return rows


def ready(rows: list[Row]) -> tuple[TraceActions, np.ndarray]:
    actions = actions_of(rows)
    everyone = actions["account_id"].unique().sort()
    cluster_of = np.where(everyone.str.starts_with("ring").to_numpy(), 0, -1)
    return trace_actions(actions, "share", 3, everyone), cluster_of


@pytest.mark.parametrize("seed", range(10))
def test_members_at_the_pace_of_the_crowd_are_no_surprise(seed: int):
    found = synchrony(*ready(cascades(seed)), MINUTE, HOUR).row(0, named=True)
    assert found["p"] > 0.05
    assert found["low"] <= found["close"] <= found["high"]


def test_members_in_lockstep_are():
    found = synchrony(*ready(cascades(0, spread=30.0)), MINUTE, HOUR).row(0, named=True)
    assert found["p"] < 1e-12
    assert found["close"] == found["joint"] == 60 * 15
    assert found["expected"] < 0.2 * found["joint"]


def test_a_cluster_alone_on_its_objects_is_compared_with_a_coin():
    rows = [row for row in cascades(0, objects=5, spread=30.0) if row[0].startswith("ring")]
    found = synchrony(*ready(rows), MINUTE, HOUR).row(0, named=True)
    assert found["expected"] == pytest.approx(0.5 * found["joint"])
    assert found["p"] == pytest.approx(0.5 ** (5 * 3))


def test_without_members_there_is_nothing_to_tell():
    actions, cluster_of = ready(cascades(0))
    assert synchrony(actions, np.full_like(cluster_of, -1), MINUTE, HOUR).is_empty()
