"""Tightness: by hand, against trying every threshold, and what cannot change it."""

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.tightness import tightness
from tests.detectors.link_tables import Link, clique, links_of

weighted = st.dictionaries(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1]),
    st.integers(1, 6),
    max_size=25,
)


def tight(links: list[Link], groups: list[list[int]], accounts: int = 12) -> list[float]:
    members = [np.array(group, dtype=np.int64) for group in groups]
    return tightness(links_of(links), members, accounts, smallest=4).tolist()


def by_every_threshold(links: list[Link], group: list[int]) -> dict[int, float]:
    """The largest share of links with a weight up to w at which the member is in a component of four by links >= w."""
    found: dict[int, float] = {}
    for weight in sorted({says for _, _, says in links}):
        graph = nx.Graph([(a, b) for a, b, says in links if says >= weight and a in group and b in group])
        share = sum(says <= weight for _, _, says in links) / len(links)
        for part in nx.connected_components(graph):
            if len(part) >= 4:
                found |= dict.fromkeys(part, share)
    return found


def test_a_member_on_a_weak_link_falls_out_first():
    links = [*clique(range(4), 20.0), (3, 4, 5.0), (7, 8, 9.0), (7, 9, 9.0)]
    levels = tight(links, [[0, 1, 2, 3, 4]])
    assert levels[:4] == pytest.approx([1.0] * 4)
    assert levels[4] == pytest.approx(1 / 9)  # the weakest of nine links
    assert np.isnan(levels[5:]).all()


def test_three_strong_accounts_wait_for_the_fourth():
    levels = tight([*clique(range(3), 30.0), (2, 3, 2.0)], [[0, 1, 2, 3]])
    assert levels[:4] == pytest.approx([0.25] * 4)


def test_links_between_groups_hold_nobody():
    levels = tight([*clique(range(3)), (2, 3, 10.0)], [[0, 1, 2], [3]])
    assert np.isnan(levels).all()


@settings(max_examples=80, deadline=None)
@given(weighted)
def test_it_is_what_trying_every_threshold_gives(said: dict[tuple[int, int], int]):
    links = [(a, b, float(says)) for (a, b), says in said.items()]
    group = list(range(8))  # 8 and 9 stay outside
    expected = by_every_threshold(links, group)
    levels = tight(links, [group], 10)
    for account, level in enumerate(levels):
        if account in expected:
            assert level == pytest.approx(expected[account])
        else:
            assert np.isnan(level)


def test_the_order_of_links_changes_nothing():
    links = [*clique(range(5), 9.0), (4, 5, 3.0), (5, 6, 3.0)]
    for shuffled in itertools.islice(itertools.permutations(links), 0, 5000, 997):
        assert tight(list(shuffled), [list(range(7))])[:7] == tight(links, [list(range(7))])[:7]
