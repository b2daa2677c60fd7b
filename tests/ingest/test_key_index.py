"""The key index does what a dictionary does, also when keys share their first half."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.key_index import KeyIndex

HALVES = st.one_of(st.integers(0, 3), st.just(2**64 - 1))  # few values, so that keys collide in one half or both
KEYS = st.lists(st.tuples(HALVES, HALVES), max_size=12)


def columns(keys: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([high for high, _ in keys], np.uint64), np.array([low for _, low in keys], np.uint64)


@given(st.lists(KEYS, max_size=8), KEYS)
def test_it_finds_what_was_added_with_its_first_value(batches, asked):
    index, oracle, number = KeyIndex(), dict[tuple[int, int], int](), 1
    for keys in batches:
        values = np.arange(number, number + len(keys), dtype=np.uint64)
        new = index.add_new(*columns(keys), values)
        for key, value, was_new in zip(keys, values.tolist(), new.tolist(), strict=True):
            assert was_new == (key not in oracle)
            oracle.setdefault(key, value)
        number += len(keys)
    found, values = index.find(*columns(asked))
    assert found.tolist() == [key in oracle for key in asked]
    assert values.tolist() == [oracle.get(key, 0) for key in asked]
    assert len(index) == len(oracle)
