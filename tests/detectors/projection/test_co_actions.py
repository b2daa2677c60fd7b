"""The evidence of a pair: exactly the rows that made it a pair."""

from datetime import timedelta

from hypothesis import given, settings

from detectors.co_actions import CO_ACTION_SCHEMA, co_actions
from detectors.coding import code_actions
from detectors.projection import project
from graph.schemas import empty
from tests.detectors.projection.oracle import actions_of, meetings
from tests.detectors.projection.test_projection_oracle import tables

SECOND = 1_000_000


@settings(max_examples=200, deadline=None)
@given(tables())
def test_every_meeting_of_every_pair_is_found(table):
    rows, window = table
    rows = sorted(set(rows))
    coded = code_actions(actions_of(rows))
    found = project(coded, timedelta(microseconds=window), 1)
    evidence = co_actions(coded, found.left, found.right, timedelta(microseconds=window), every=True)
    seen = [(rows[left], rows[right]) for left, right in evidence.select("left_row", "right_row").iter_rows()]
    assert sorted(seen) == sorted(meetings(rows, window))
    assert evidence["gap"].to_list() == [right[2] - left[2] for left, right in seen]


@settings(max_examples=200, deadline=None)
@given(tables())
def test_one_row_per_pair_and_object_is_the_closest_then_the_earliest(table):
    rows, window = table
    rows = sorted(set(rows))
    coded = code_actions(actions_of(rows))
    span = timedelta(microseconds=window)
    found = project(coded, span, 1)
    closest = co_actions(coded, found.left, found.right, span)
    best = {}
    for a, b in meetings(rows, window):
        key, rank = (a[0], b[0], a[1]), (abs(a[2] - b[2]), min(a[2], b[2]))
        best[key] = min(best.get(key, rank), rank)
    told = {
        (rows[left][0], rows[right][0], rows[left][1]): (
            abs(rows[left][2] - rows[right][2]),
            min(rows[left][2], rows[right][2]),
        )
        for left, right in closest.select("left_row", "right_row").iter_rows()
    }
    assert told == best
    assert len(closest) == found.weight.sum()
    keys = closest.select("left", "right", "object").rows()
    assert keys == sorted(keys)


def test_gap_tells_who_came_first():
    rows = [("ana", "post", 0), ("ben", "post", 9 * SECOND), ("ana", "post", 12 * SECOND), ("cem", "post", 90 * SECOND)]
    coded = code_actions(actions_of(rows))
    found = project(coded, timedelta(seconds=10), 1)
    assert co_actions(coded, found.left, found.right, timedelta(seconds=10)).rows() == [(0, 1, 0, 2, 1, -3 * SECOND)]
    both = co_actions(coded, found.left, found.right, timedelta(seconds=10), every=True)
    assert both["gap"].to_list() == [9 * SECOND, -3 * SECOND]


def test_no_pairs_have_no_evidence():
    coded = code_actions(actions_of([("ana", "post", 0)]))
    none = project(coded, timedelta(seconds=10), 1)
    assert co_actions(coded, none.left, none.right, timedelta(seconds=10)).equals(empty(CO_ACTION_SCHEMA))
