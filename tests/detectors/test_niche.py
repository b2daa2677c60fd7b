"""The slow route against two loops over everything, its null, and what the budget leaves out."""

from collections import defaultdict
from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.chunks import Stopped
from detectors.coding import CodedActions, code_actions
from detectors.niche import niche_pairs
from detectors.nulls import GlobalNull
from detectors.significance import poisson_tail
from graph.errors import BadSetting
from tests.detectors.worlds import actions_of, quiet_rows

Touch = tuple[str, str]


def coded(touches: list[Touch], spread: float = 1e6) -> CodedActions:
    return code_actions(actions_of([(who, "share", what, spread * n) for n, (who, what) in enumerate(touches)]))


def by_hand(touches: list[Touch], min_shared: int, most_accounts: int) -> dict[tuple[str, str], int]:
    on: dict[str, set[str]] = defaultdict(set)
    for who, what in touches:
        on[what].add(who)
    shared: dict[tuple[str, str], int] = defaultdict(int)
    for accounts in on.values():
        if len(accounts) <= most_accounts:
            for pair in combinations(sorted(accounts), 2):
                shared[pair] += 1
    return {pair: count for pair, count in shared.items() if count >= min_shared}


def found(touches: list[Touch], min_shared: int, most_accounts: int, **how: int) -> dict[tuple[str, str], int]:
    told = coded(touches)
    pairs = niche_pairs(told, min_shared, most_accounts=most_accounts, **how).projection
    names = told.account_ids
    rows = zip(names.gather(pairs.left), names.gather(pairs.right), pairs.weight.tolist(), strict=True)
    return {(left, right): weight for left, right, weight in rows}


TOUCHES = st.lists(st.tuples(st.sampled_from("abcdefg"), st.sampled_from("opqrstu")), max_size=60)


@given(TOUCHES, st.integers(1, 3), st.integers(2, 6))
def test_the_pairs_are_those_of_two_loops(touches: list[Touch], min_shared: int, most_accounts: int):
    pairs = found(touches, min_shared, most_accounts)
    assert pairs == by_hand(touches, min_shared, most_accounts)
    assert list(pairs) == sorted(pairs)


def test_small_chunks_give_the_same_pairs(monkeypatch: pytest.MonkeyPatch):
    touches = [(who, what) for who, _, what, _ in quiet_rows(1, accounts=80, objects=60, acts=800)]
    whole = found(touches, 2, 30)
    assert len(whole) > 100
    monkeypatch.setattr("detectors.niche._PRODUCTS", 50)
    assert found(touches, 2, 30) == whole == by_hand(touches, 2, 30)


def test_the_order_and_repetition_of_rows_change_nothing():
    touches = [(who, what) for who, _, what, _ in quiet_rows(2, accounts=60, objects=60, acts=500)]
    once = niche_pairs(coded(touches), 2).projection
    again = niche_pairs(coded([*reversed(touches), *touches[:100]]), 2).projection
    for name in ("left", "right", "weight", "objects_of"):
        assert np.array_equal(getattr(once, name), getattr(again, name))
    assert (once.pairs_in_window, once.edges_total) == (again.pairs_in_window, again.edges_total)


@given(TOUCHES, st.integers(2, 6))
def test_the_null_counts_the_retained_objects_only(touches: list[Touch], most_accounts: int):
    told = coded(touches)
    on: dict[str, set[str]] = defaultdict(set)
    for who, what in touches:
        on[what].add(who)
    kept = {what: accounts for what, accounts in on.items() if len(accounts) <= most_accounts}
    niche = niche_pairs(told, 1, most_accounts=most_accounts)
    pairs = niche.projection
    assert pairs.pairs_in_window == sum(len(accounts) * (len(accounts) - 1) // 2 for accounts in kept.values())
    assert pairs.pairs_in_window == int(pairs.weight.sum())
    expected = [sum(name in accounts for accounts in kept.values()) for name in told.account_ids]
    assert pairs.objects_of.tolist() == expected
    assert pairs.edges_total == sum(expected)
    everything = sum(len(accounts) for accounts in on.values())
    assert niche.excluded == pytest.approx(1 - sum(expected) / everything if everything else 0.0)
    assert niche.note == ""


def test_a_quiet_world_is_not_surprising_whatever_is_left_out():
    """p of all pairs under the null over the retained objects: no more small ones than p says."""
    draw = np.random.default_rng(3)
    busy, liked = 1 / np.arange(1, 401) ** 0.5, 1 / np.arange(1, 2_001) ** 0.5
    who = draw.choice(400, 8_000, p=busy / busy.sum())
    what = draw.choice(2_000, 8_000, p=liked / liked.sum())
    told = coded([(f"user{a:03d}", f"o-{o}") for a, o in zip(who, what, strict=True)], spread=10.0)
    for most_accounts in (5, 10, 100):
        pairs = niche_pairs(told, 1, most_accounts=most_accounts).projection
        null = GlobalNull(pairs.pairs_in_window, pairs.objects_of.astype(np.int64))
        left, right = pairs.left.astype(np.int64), pairs.right.astype(np.int64)
        p = poisson_tail(pairs.weight.astype(np.int64), null.expected(left, right))
        tests = 400 * 399 / 2
        for level in (1e-2, 1e-3):
            assert (p <= level).sum() <= level * tests * 1.3


def test_a_slow_ring_stands_out_over_weeks():
    rows = quiet_rows(4, accounts=300, objects=900, acts=4_000, days=60)
    draw = np.random.default_rng(5)
    ring = [
        (f"ring{m}", "share", f"slow-{n}", float(draw.uniform(0, 60 * 86_400))) for n in range(10) for m in range(6)
    ]
    told = code_actions(actions_of(rows + ring))
    pairs = niche_pairs(told, 3).projection
    null = GlobalNull(pairs.pairs_in_window, pairs.objects_of.astype(np.int64))
    p = poisson_tail(
        pairs.weight.astype(np.int64), null.expected(pairs.left.astype(np.int64), pairs.right.astype(np.int64))
    )
    table = pl.DataFrame(
        {"left": told.account_ids.gather(pairs.left), "right": told.account_ids.gather(pairs.right), "p": p}
    )
    strong = table.filter(pl.col("p") < 1e-8)
    assert strong.height == 15
    assert strong["left"].str.starts_with("ring").all()


def test_past_the_budget_popular_objects_are_left_out_and_told():
    touches = [(f"user{n}", "big") for n in range(50)] + [(f"user{n}", f"pair{n // 2}") for n in range(50)]
    niche = niche_pairs(coded(touches), 1, pair_budget=1_000)
    assert niche.most_accounts == 49
    assert niche.excluded == pytest.approx(0.5)
    assert niche.projection.pairs_in_window == niche.projection.weight.sum() == 25
    assert niche.note == (
        "Without a time window, only objects that at most 49 accounts touched were looked at instead of 100, to stay within "
        "1,000 pairs; 50.0 % of the touches lie on more popular objects and were left out."
    )
    assert niche_pairs(coded(touches), 1, pair_budget=1_250).most_accounts == 100


def test_it_can_be_watched_and_stopped():
    told, heard = coded([("a", "o"), ("b", "o"), ("b", "p"), ("a", "p")]), []
    niche_pairs(told, 1, progress=lambda done, known: heard.append((done, known)))
    assert heard[-1][0] == heard[-1][1] == 8
    with pytest.raises(Stopped):
        niche_pairs(told, 1, cancelled=lambda: True)


@pytest.mark.parametrize(("min_shared", "most_accounts"), [(0, 100), (1, 1)])
def test_settings_that_mean_nothing_are_refused(min_shared: int, most_accounts: int):
    with pytest.raises(BadSetting):
        niche_pairs(coded([("a", "o")]), min_shared, most_accounts=most_accounts)


def test_no_actions_give_no_pairs():
    niche = niche_pairs(coded([]), 3)
    assert (len(niche.projection.left), niche.excluded, niche.projection.edges_total) == (0, 0.0, 0)
