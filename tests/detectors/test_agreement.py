"""Agreement of two divisions into groups: best Jaccard by hand, the adjusted Rand index against counting pairs."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.agreement import Partition, adjusted_rand, partition

labels = st.lists(st.integers(-1, 3), min_size=2, max_size=12)


def groups(*members: list[int]) -> list[np.ndarray]:
    return [np.array(group, dtype=np.int64) for group in members]


def labelled(said: list[int]) -> Partition:
    numbers = sorted({label for label in said if label >= 0})
    return partition([np.flatnonzero(np.array(said) == number) for number in numbers], len(said))


def by_counting(one: list[int], other: list[int]) -> float:
    """Hubert and Arabie over all pairs, those outside alone."""
    held = [i for i in range(len(one)) if one[i] >= 0 or other[i] >= 0]

    def same(said: list[int], i: int, j: int) -> bool:
        return said[i] == said[j] >= 0

    pairs = list(itertools.combinations(held, 2))
    a = sum(same(one, i, j) for i, j in pairs)
    b = sum(same(other, i, j) for i, j in pairs)
    both = sum(same(one, i, j) and same(other, i, j) for i, j in pairs)
    expected = a * b / len(pairs) if pairs else 0.0
    most = (a + b) / 2
    return (both - expected) / (most - expected) if most > expected else 1.0


def test_the_best_match_is_the_group_with_the_highest_jaccard_index():
    found = partition(groups([0, 1, 2, 3], [4, 5, 6]), 10)
    assert found.best_match(np.array([2, 4, 5, 6])) == (1, 0.75)
    assert found.best_match(np.array([0, 1])) == (0, 0.5)
    assert found.best_match(np.array([8, 9])) == (-1, 0.0)


def test_members_stay_who_are_in_the_group_that_matches_best():
    found = partition(groups([0, 1, 2, 3], [4, 5, 6]), 10)
    assert found.stays(np.array([2, 4, 5, 6, 9])).tolist() == [False, True, True, True, False]
    assert not found.stays(np.array([8, 9])).any()


@given(st.data())
def test_the_adjusted_rand_index_is_that_of_counting_every_pair(data: st.DataObject):
    one = data.draw(labels)
    other = data.draw(st.lists(st.integers(-1, 3), min_size=len(one), max_size=len(one)))
    assert adjusted_rand(labelled(one), labelled(other)) == pytest.approx(by_counting(one, other))


@given(labels)
def test_a_division_agrees_with_itself(said: list[int]):
    assert adjusted_rand(labelled(said), labelled(said)) == pytest.approx(1.0)
