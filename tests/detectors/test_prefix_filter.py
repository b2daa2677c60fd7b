"""Prefix filtering against all dot products: no pair is lost, few are met in vain."""

from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from detectors.prefix_filter import candidates, indexed_part, normalised
from detectors.similarity import similar_pairs

ENTRIES = st.lists(
    st.lists(st.sampled_from([0.0, 0.0, 0.0, 0.5, 1.0, 1.0, 3.0]), min_size=9, max_size=9), min_size=2, max_size=9
)


def cosines(rows: np.ndarray) -> dict[tuple[int, int], float]:
    lengths = np.sqrt((rows**2).sum(axis=1))
    pairs = ((i, j) for i, j in combinations(range(len(rows)), 2) if lengths[i] and lengths[j])
    return {(i, j): float(rows[i] @ rows[j] / lengths[i] / lengths[j]) for i, j in pairs}


def heavy_tailed(seed: int, accounts: int = 300, objects: int = 400, acts: int = 5_000) -> csr_array:
    """Accounts on objects of very uneven popularity, weighed by rarity."""
    draw = np.random.default_rng(seed)
    busy, liked = 1 / np.arange(1, accounts + 1) ** 0.7, 1 / np.arange(1, objects + 1)
    who, what = draw.choice(accounts, acts, p=busy / busy.sum()), draw.choice(objects, acts, p=liked / liked.sum())
    counts = csr_array((np.ones(acts), (who, what)), shape=(accounts, objects))
    counts.sum_duplicates()
    weight = np.log(accounts / np.maximum(np.bincount(counts.indices, minlength=objects), 1) + 1)
    return csr_array((counts.data * weight[counts.indices], counts.indices, counts.indptr), shape=counts.shape)


@given(ENTRIES, st.sampled_from([0.05, 0.2, 0.5, 0.7, 0.95, 1.0]), st.sampled_from([1, 7, 10_000]))
def test_every_pair_of_enough_cosine_is_a_candidate_once(entries: list[list[float]], above: float, budget: int):
    rows = np.array(entries)
    matrix = csr_array(rows)
    matrix.eliminate_zeros()
    met = [
        pair for left, right in candidates(normalised(matrix), above, budget) for pair in zip(left, right, strict=True)
    ]
    assert len(met) == len(set(met))
    assert all(left < right for left, right in met)
    assert {pair for pair, cosine in cosines(rows).items() if cosine >= above} <= set(met)


@pytest.mark.parametrize("above", [0.2, 0.35, 0.6, 0.9])
@pytest.mark.parametrize("budget", [2_000, 20_000_000])
def test_the_similar_pairs_are_those_of_brute_force(above: float, budget: int):
    matrix = heavy_tailed(1)
    names = pl.Series([f"a{n:03d}" for n in range(300)])
    found = similar_pairs(matrix, names, above=above, budget=budget)
    dense = matrix.toarray()
    expected = {pair: cosine for pair, cosine in cosines(dense).items() if cosine > above}
    assert [(int(left[1:]), int(right[1:])) for left, right in found.select("left", "right").iter_rows()] == sorted(
        expected
    )
    assert found["similarity"].to_list() == pytest.approx([expected[pair] for pair in sorted(expected)])
    common = [int(((dense[i] > 0) & (dense[j] > 0)).sum()) for i, j in sorted(expected)]
    assert found["common"].to_list() == common


def test_few_pairs_are_met_in_vain():
    unit = normalised(heavy_tailed(2))
    sharing = len({pair for pair, cosine in cosines(unit.toarray()).items() if cosine > 0})
    met = [sum(left.size for left, _ in candidates(unit, above, 10**7)) / sharing for above in (0.2, 0.5, 0.8)]
    assert met == sorted(met, reverse=True)
    assert met[-1] < 0.25


def test_the_part_before_the_point_cannot_reach_the_threshold():
    unit = normalised(heavy_tailed(3))
    rest = unit.toarray() - indexed_part(unit, 0.4).toarray()
    assert (rest @ unit.toarray().T).max() < 0.4


def test_two_accounts_of_one_viral_object_still_need_common_objects():
    table = pl.Series(["a", "b", "c"])
    one_object = csr_array(np.array([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 1.0]]))
    assert similar_pairs(one_object, table, above=0.5, min_common=2).is_empty()
    assert similar_pairs(one_object, table, above=0.5).select("left", "right").rows() == [
        ("a", "b"),
        ("a", "c"),
        ("b", "c"),
    ]
