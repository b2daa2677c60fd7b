"""Communities: inside components, whatever the order of links, small rings beside large crowds."""

import itertools

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.communities import communities, coreness, layout

links = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).filter(lambda pair: pair[0] < pair[1]), unique=True)


def arrays(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    left, right = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    return left, right, np.full(len(pairs), 10.0)


def clique(accounts: range) -> list[tuple[int, int]]:
    return list(itertools.combinations(accounts, 2))


def found(pairs: list[tuple[int, int]], smallest: int = 4) -> list[list[int]]:
    left, right, weight = arrays(pairs)
    groups = communities(left, right, weight, resolution=0.5, smallest=smallest, seed=0)
    return [group.tolist() for group in groups]


def test_two_cliques_are_two_communities():
    assert found(clique(range(5)) + clique(range(10, 16))) == [[0, 1, 2, 3, 4], [10, 11, 12, 13, 14, 15]]


def test_a_ring_of_five_is_found_beside_a_crowd_of_two_hundred():
    draw = np.random.default_rng(0)
    crowd = {tuple(sorted(pair)) for pair in draw.integers(100, 300, (6000, 2)).tolist() if pair[0] != pair[1]}
    ring = [*range(5)]
    assert ring in found([*clique(range(5)), (4, 100), *sorted(crowd)])


def test_three_accounts_are_too_few():
    assert found(clique(range(3))) == []


@settings(max_examples=60, deadline=None)
@given(links)
def test_no_community_crosses_a_component(pairs: list[tuple[int, int]]):
    components = [set(part) for part in nx.connected_components(nx.Graph(pairs))]
    for group in found(pairs, smallest=3):
        assert any(set(group) <= part for part in components)


@settings(max_examples=60, deadline=None)
@given(links, st.randoms(use_true_random=False))
def test_the_order_of_links_changes_nothing(pairs: list[tuple[int, int]], draw):
    shuffled = list(pairs)
    draw.shuffle(shuffled)
    assert found(pairs, smallest=3) == found(shuffled, smallest=3)


@settings(max_examples=40, deadline=None)
@given(links.filter(bool))
def test_coreness_is_that_of_networkx(pairs: list[tuple[int, int]]):
    graph = nx.Graph(pairs)
    members = np.array(sorted(graph), dtype=np.int64)
    left, right, _ = arrays(pairs)
    assert coreness(left, right, members).tolist() == [nx.core_number(graph)[node] for node in sorted(graph)]


def test_a_picture_stays_in_its_frame_and_is_the_same_each_time():
    left, right, weight = arrays([*clique(range(6)), (5, 6), (6, 7)])
    members = np.arange(8, dtype=np.int64)
    places = layout(left, right, weight, members, seed=1)
    assert places.shape == (8, 2)
    assert np.abs(places).max() <= 1
    assert len({tuple(place) for place in places.tolist()}) == 8
    assert (places == layout(left, right, weight, members, seed=1)).all()
