"""Chunks, crowds, stops: however the work is cut, the answer is one, and memory keeps its bound."""

import subprocess
import sys
import tracemalloc
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors import fast_sort, packed_keys, reach, time_windows
from detectors.chunks import Stopped
from detectors.coding import CodedActions, code_actions, codes_of, rows_by_hash
from detectors.projection import co_action_pairs, project
from graph.errors import BadSetting
from graph.schemas import PAIR_SCHEMA, empty
from tests.detectors.projection.oracle import actions_of, meetings, weights
from tests.detectors.projection.test_projection_oracle import projected, tables

MINUTE = timedelta(minutes=1)


def coded(account: list[int], thing: list[int], at: list[int]) -> CodedActions:
    names = pl.Series([f"{number:06}" for number in range(max(*account, *thing) + 1)])
    columns = np.array(account, np.uint32), np.array(thing, np.uint32), np.array(at, np.int64)
    return CodedActions(*columns, names, names)


def crowd_and_friends(crowd: int) -> CodedActions:
    """`crowd` accounts on object 0 within a minute; accounts 0 and 1 also share object 1; 2 and 3 share 1 later, apart."""
    at = [second * 60_000_000 // crowd for second in range(crowd)]
    account, thing = list(range(crowd)), [0] * crowd
    account, thing, at = [*account, 0, 1, 2, 3], [*thing, 1, 1, 1, 1], [*at, 0, 1, 10**9, 2 * 10**9]
    return coded(account, thing, at)


def test_a_crowd_is_looked_up_for_the_pairs_that_others_found():
    found = project(crowd_and_friends(5_000), MINUTE, 2, pair_budget=100_000)
    assert (found.left.tolist(), found.right.tolist(), found.weight.tolist()) == ([0], [1], [2])
    assert found.pairs_in_window == 5_000 * 4_999 // 2 + 1


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)), max_size=12))
def test_united_spans_hold_each_number_once(spans: list[tuple[int, int]]):
    low = np.array([start for start, _ in spans], np.int64)
    high = low + np.array([size for _, size in spans], np.int64)
    united = reach.united(low, high)
    assert united.tolist() == sorted({number for start, size in spans for number in range(start, start + size)})


def test_a_crowd_in_which_everyone_reaches_everyone_is_united_in_its_own_size():
    crowd = 100_000  # ten thousand million numbers, were every span written out
    tracemalloc.start()
    assert reach.united(np.zeros(crowd, np.int64), np.full(crowd, crowd)).size == crowd
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * 8 * crowd


def test_the_answer_is_the_same_whether_crowds_are_expanded_or_looked_up():
    random = np.random.default_rng(7)
    rows = 6_000
    table = coded(
        random.integers(0, 60, rows).tolist(),
        np.minimum(random.geometric(0.3, rows), 9).tolist(),
        random.integers(0, 3_600_000_000, rows).tolist(),
    )
    whole = project(table, MINUTE, 4)
    for budget in (1, 50, 3_000, 40_000):
        cut = project(table, MINUTE, 4, pair_budget=budget)
        assert all(np.array_equal(getattr(cut, side), getattr(whole, side)) for side in ("left", "right", "weight"))
    assert len(whole.left) > 100


def test_a_crowd_whose_pairs_are_the_answer_is_refused_by_name():
    with pytest.raises(BadSetting, match=r"object '000000' alone has 19,999,900,000 pairs") as refusal:
        project(crowd_and_friends(200_000), MINUTE, 1)
    assert "min_shared" in refusal.value.hint


LARGE = """
import resource, sys
import numpy as np, polars as pl
from datetime import timedelta
from detectors.coding import CodedActions
from detectors.projection import project
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
random = np.random.default_rng(3)
crowd, rest = 200_000, 800_000
account = np.concatenate([random.permutation(crowd), random.integers(0, crowd, rest)]).astype(np.uint32)
thing = np.concatenate([np.zeros(crowd), random.integers(1, 80_000, rest)]).astype(np.uint32)
at = np.concatenate([random.integers(0, 60, crowd), random.integers(0, 86_400, rest)]) * 1_000_000
names = pl.Series(np.arange(crowd))
found = project(CodedActions(account, thing, at, names, names), timedelta(seconds=60), 2)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(len(found.left), found.pairs_in_window, (peak - before) // 1024)
"""


def test_two_hundred_thousand_actors_on_one_object_stay_within_half_a_gibibyte():
    run = subprocess.run([sys.executable, "-c", LARGE], capture_output=True, text=True, check=True, timeout=120)
    pairs, in_window, megabytes = map(int, run.stdout.split())
    assert pairs > 1_000  # of the pairs that met elsewhere nearly all met in the crowd too
    assert in_window > 200_000 * 199_999 // 2
    assert megabytes < 512


def test_a_stopped_projection_goes_on_from_its_finished_chunks(tmp_path: Path):
    random = np.random.default_rng(1)
    rows = 4_000
    table = coded(
        random.integers(0, 100, rows).tolist(),
        random.integers(0, 40, rows).tolist(),
        random.integers(0, 10**9, rows).tolist(),
    )
    whole = project(table, MINUTE, 2, pair_budget=500)
    steps: list[tuple[int, int]] = []
    with pytest.raises(Stopped, match="stopped after 5 of"):
        project(
            table,
            MINUTE,
            2,
            pair_budget=500,
            scratch=tmp_path,
            progress=lambda done, known: steps.append((done, known)),
            cancelled=lambda: len(steps) > 5,
        )
    files = sorted(tmp_path.rglob("*.npy"))
    written = {file: file.stat().st_mtime_ns for file in files}
    assert len(files) == 5
    files[3].write_bytes(files[3].read_bytes()[:-7])  # the disk was full, say
    resumed = project(table, MINUTE, 2, pair_budget=500, scratch=tmp_path)
    assert all(np.array_equal(getattr(resumed, side), getattr(whole, side)) for side in ("left", "right", "weight"))
    assert [file for file in files if file.stat().st_mtime_ns == written[file]] == [*files[:3], files[4]]
    assert len(list(tmp_path.rglob("*.npy"))) == whole.chunks
    assert steps == sorted(steps)
    assert {known for _, known in steps} == {steps[-1][1]}


def test_chunks_of_another_input_are_not_mistaken_for_these(tmp_path: Path):
    one, two = coded([0, 1], [0, 0], [0, 1]), coded([0, 1], [0, 0], [0, 10**9])
    assert len(project(one, MINUTE, 1, scratch=tmp_path).left) == 1
    assert len(project(two, MINUTE, 1, scratch=tmp_path).left) == 0
    assert len(project(one, timedelta(0), 1, scratch=tmp_path).left) == 0


@settings(max_examples=150, deadline=None)
@given(tables(), st.integers(1, 3), st.sampled_from([3, 7, 10, 14, 25, 64]), st.sampled_from([1, 4]), st.booleans())
def test_keys_that_do_not_fit_are_sorted_another_way(table, min_shared, key_bits, piece_rows, large):
    rows, window = table
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fast_sort, "SMALL", 0 if large else 2**15)  # the way of large tables, whose answers are read-only
        patch.setattr(packed_keys, "KEY_BITS", key_bits)
        patch.setattr(packed_keys, "PIECE_ROWS", piece_rows)
        found, pairs = projected(rows, window, min_shared)
    assert pairs == weights(rows, window, min_shared)
    assert found.pairs_in_window == len(meetings(rows, window))


@settings(max_examples=150, deadline=None)
@given(tables(), st.integers(1, 3))
def test_lines_and_chunks_that_are_too_long_are_halved(table, min_shared):
    rows, window = table
    moments = [at for _, _, at in rows] or [0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time_windows, "LONGEST_LINE", 2 * (max(moments) - min(moments)) + 2)
        patch.setattr(
            reach, "KEY_BITS", 6
        )  # three bits for seven accounts, three for the objects of one: no room for two
        _, pairs = projected(rows, window, min_shared)
    assert pairs == weights(rows, window, min_shared)


def test_a_large_table_in_microseconds_equals_the_same_in_seconds():
    random = np.random.default_rng(5)
    rows = 300_000
    columns = random.integers(0, 2_000, rows), random.integers(0, 2_000, rows), random.integers(0, 10**4, rows) * 10**6
    account, thing, at = (column.tolist() for column in columns)
    whole = project(coded(account, thing, at), MINUTE, 2)
    # One lonely action at an odd microsecond, forty years on: no unit but the microsecond is left, and keys grow too long.
    fine = project(coded([*account, 0], [*thing, 0], [*at, 2**50 + 1]), MINUTE, 2)
    assert len(whole.left) > 1_000
    assert all(np.array_equal(getattr(fine, side), getattr(whole, side)) for side in ("left", "right", "weight"))


def test_microseconds_over_decades_are_exact():
    objects, decades = 5_000, 2**49 + 1
    table = coded([0] * objects + [1] * objects, [*range(objects)] * 2, [0] * objects + [decades] * objects)
    inside = project(table, timedelta(microseconds=decades), 2)
    assert (inside.left.tolist(), inside.right.tolist(), inside.weight.tolist()) == ([0], [1], [objects])
    assert len(project(table, timedelta(microseconds=decades - 1), 1).left) == 0


def test_ids_with_one_hash_are_told_apart_by_the_other():
    first = np.array([8, 8, 8, 16, 8, 9, 8], dtype=np.uint64) << np.uint64(40)
    second = np.array([1, 2, 1, 1, 2, 1, 3], dtype=np.uint64)
    row, opens = rows_by_hash(first, second)
    groups = [sorted(part.tolist()) for part in np.split(row, np.flatnonzero(opens)[1:])]
    assert sorted(groups) == [[0, 2], [1, 4], [3], [5], [6]]


@given(st.lists(st.text(max_size=4), max_size=60))
def test_codes_are_the_ranks_of_the_distinct_ids(ids):
    codes, distinct = codes_of(pl.Series("id", ids, dtype=pl.String))
    # Bytes of UTF-8 sort like code points, and so do Python's texts.
    assert distinct.to_list() == sorted(set(ids))
    assert [distinct[code] for code in codes.tolist()] == ids


def test_many_ids_are_coded_like_few():
    ids = pl.Series("id", np.random.default_rng(2).integers(0, 30_000, 100_000)).cast(pl.String)
    codes, distinct = codes_of(ids)
    assert distinct.equals(ids.unique().sort())
    assert distinct.gather(codes).equals(ids)


@pytest.mark.parametrize(
    ("window", "min_shared", "budget"),
    [(timedelta(seconds=-1), 2, 10), (MINUTE, 0, 10), (MINUTE, 2, 0)],
)
def test_settings_without_a_meaning_are_refused(window, min_shared, budget):
    with pytest.raises(BadSetting):
        project(coded([0, 1], [0, 0], [0, 1]), window, min_shared, pair_budget=budget)


def test_an_action_without_account_is_refused():
    with pytest.raises(BadSetting, match="1 actions lack"):
        code_actions(actions_of([("ana", "p", 0)]).with_columns(account_id=pl.lit(None, pl.String)))


def test_pairs_come_as_a_table_in_order():
    rows = [("cem", "p", 0), ("ana", "p", 1), ("ben", "p", 2), ("cem", "q", 0), ("ana", "q", 1), ("zoe", "q", 10**9)]
    table = co_action_pairs(actions_of(rows), MINUTE, 1)
    assert table.rows() == [("ana", "ben", 1), ("ana", "cem", 2), ("ben", "cem", 1)]
    assert table.schema == pl.Schema(dict(PAIR_SCHEMA))
    assert co_action_pairs(
        empty({"account_id": pl.String, "object_id": pl.String, "at": pl.Datetime("us", "UTC")}), MINUTE
    ).is_empty()
