"""Peeling against a slow oracle, against brute force, and against what is known by hand."""

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detectors.lockstep.peeling import Peeled, peel
from detectors.lockstep.touch_graph import UNIT, TouchGraph, rarity

Cells = list[list[bool]]
small_tables = st.integers(1, 6).flatmap(
    lambda width: st.lists(st.lists(st.booleans(), min_size=width, max_size=width), min_size=1, max_size=6)
)


def graph_of(cells: Cells, offset: float = 5.0) -> TouchGraph:
    table = np.array(cells, dtype=np.bool_)
    account, thing = np.nonzero(table)
    weight = rarity(table.sum(axis=0).astype(np.int64), offset)
    return TouchGraph(account.astype(np.int64), thing.astype(np.int64), weight, len(cells))


def density(graph: TouchGraph, nodes: frozenset[tuple[int, int]]) -> float:
    ends = zip(graph.account.tolist(), graph.object.tolist(), strict=True)
    inside = sum(int(graph.weight[o]) for a, o in ends if (0, a) in nodes and (1, o) in nodes)
    return inside / len(nodes) / UNIT if nodes else 0.0


def nodes_of(graph: TouchGraph) -> list[tuple[int, int]]:
    return sorted({(0, a) for a in graph.account.tolist()} | {(1, o) for o in graph.object.tolist()})


def one_by_one(graph: TouchGraph) -> frozenset[tuple[int, int]]:
    """The oracle: remove the lightest node, look at the density of what is left, remember the first densest."""
    here = frozenset(nodes_of(graph))
    best = here
    ends = list(zip(graph.account.tolist(), graph.object.tolist(), strict=True))
    while here:
        if density(graph, here) > density(graph, best):
            best = here
        weight = dict.fromkeys(here, 0)
        for a, o in ends:
            if (0, a) in here and (1, o) in here:
                weight[0, a] += int(graph.weight[o])
                weight[1, o] += int(graph.weight[o])
        here -= {min(here, key=lambda node: (weight[node], node))}
    return best


def chosen(peeled: Peeled) -> frozenset[tuple[int, int]]:
    accounts, objects = np.flatnonzero(peeled.accounts).tolist(), np.flatnonzero(peeled.objects).tolist()
    return frozenset({(0, a) for a in accounts} | {(1, o) for o in objects})


@given(small_tables)
def test_pruning_first_changes_nothing_of_what_removal_one_by_one_finds(cells: Cells):
    graph = graph_of(cells)
    peeled = peel(graph)
    assert chosen(peeled) == one_by_one(graph)
    assert np.isclose(peeled.density, density(graph, chosen(peeled)))


@given(small_tables)
def test_the_block_has_at_least_half_the_density_of_the_densest_there_is(cells: Cells):
    graph = graph_of(cells)
    nodes = nodes_of(graph)
    every = (frozenset(part) for size in range(1, len(nodes) + 1) for part in combinations(nodes, size))
    best = max((density(graph, part) for part in every), default=0.0)
    assert best / 2 - 1e-9 <= peel(graph).density <= best + 1e-9


@given(small_tables, st.randoms(use_true_random=False))
def test_the_order_of_edges_changes_nothing(cells: Cells, draw):
    graph = graph_of(cells)
    order = np.array(draw.sample(range(graph.account.size), graph.account.size), dtype=np.int64)
    one, other = peel(graph), peel(TouchGraph(graph.account[order], graph.object[order], graph.weight, graph.accounts))
    assert chosen(one) == chosen(other)
    assert one.level.tolist() == other.level.tolist()


def test_a_full_block_is_found_beside_single_touches():
    """Three accounts on three objects, and two accounts with one object each."""
    yes, no = True, False
    full = [[yes, yes, yes, no, no]] * 3
    peeled = peel(graph_of([*full, [no, no, no, yes, no], [no, no, no, no, yes]]))
    assert peeled.accounts.tolist() == [yes, yes, yes, no, no]
    assert peeled.objects.tolist() == [yes, yes, yes, no, no]
    assert np.isclose(peeled.density, 9 / np.log(3 + 5) / 6, atol=1e-5)


def test_accounts_of_the_block_rank_above_those_that_left_before():
    yes, no = True, False
    peeled = peel(graph_of([[yes, yes, yes, no]] * 3 + [[yes, no, no, no], [no, no, no, yes], [no, no, no, no]]))
    assert peeled.level[:3].tolist() == [peeled.density] * 3
    assert (peeled.level[3:5] < peeled.density).all()
    assert peeled.level[5] == 0.0


def test_rare_objects_weigh_more():
    assert rarity(np.array([2, 20, 2000]), 5.0).tolist() == [
        round(UNIT / np.log(7)),
        round(UNIT / np.log(25)),
        round(UNIT / np.log(2005)),
    ]
