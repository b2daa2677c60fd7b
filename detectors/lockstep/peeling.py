"""Greedy peeling of an account-object graph: the densest block, found exactly as node-by-node removal finds it."""

import heapq
from dataclasses import dataclass

import numpy as np

from detectors.coding import I64, Flags
from detectors.lockstep.touch_graph import UNIT, TouchGraph
from detectors.significance import F64


@dataclass(frozen=True, slots=True)
class Peeled:
    """The densest set of nodes on the way: flags per account and per object, its weight per node, and the ranking.

    `level[a]`: the greatest density of any set on the way that still held account a; 0 for accounts without edges.
    """

    accounts: Flags
    objects: Flags
    density: float
    level: F64


def peel(graph: TouchGraph) -> Peeled:
    """Remove the node with the least weight again and again; the densest set on the way (half the optimum or more).

    Density = weight of the edges inside / number of accounts and objects. Ties go to accounts, then to the smaller
    code; of equally dense sets the largest is kept. Removing a node below the present density always raises it, so all
    such nodes leave together first; only the core that is left needs the heap. Cost: edges x log(edges of the core).
    Source: Charikar 2000; Hooi et al. 2016, "FRAUDAR: Bounding Graph Fraud in the Face of Camouflage".
    """
    nodes = graph.accounts + graph.weight.size
    level = np.zeros(nodes)
    edges = _pruned(graph, level)
    core = np.zeros(nodes, dtype=np.bool_)
    density = 0.0
    if edges.size:
        core, density = _densest(graph, edges, level)
    return Peeled(core[: graph.accounts], core[graph.accounts :], density, level[: graph.accounts])


def _pruned(graph: TouchGraph, level: F64) -> I64:
    """The edges of the core in which every node weighs at least the core's density; `level` of those that left.

    Node-by-node removal passes through this very core, and every set before it is less dense.
    """
    edges = np.arange(graph.account.size)
    while edges.size:
        degree = _degrees(graph, edges)
        here = degree > 0
        total, size = int(graph.weight[graph.object[edges]].sum()), int(here.sum())
        level[here] = total / size / UNIT
        stays = degree * size >= total
        kept = edges[stays[graph.account[edges]] & stays[graph.accounts + graph.object[edges]]]
        if kept.size == edges.size:
            return edges
        edges = kept
    return edges


def _degrees(graph: TouchGraph, edges: I64) -> I64:
    """Weight of the edges at each node, accounts first."""
    weight = graph.weight[graph.object[edges]].astype(np.float64)  # whole numbers below 2^53: exact
    of_accounts = np.bincount(graph.account[edges], weights=weight, minlength=graph.accounts)
    of_objects = np.bincount(graph.object[edges], weights=weight, minlength=graph.weight.size)
    return np.concatenate([of_accounts, of_objects]).astype(np.int64)


def _densest(graph: TouchGraph, edges: I64, level: F64) -> tuple[Flags, float]:
    """Peel the core with a heap of (weight, node); entries that are out of date are passed over."""
    left, right = graph.account[edges], graph.accounts + graph.object[edges]
    names, ends = np.unique(np.concatenate([left, right]), return_inverse=True)
    ends = ends.reshape(2, -1)
    weight = graph.weight[graph.object[edges]]
    order, best_at, best = _removal(ends[0], ends[1], weight, names.size)
    level[names[order]] = np.maximum.accumulate(np.asarray(best))
    flags = np.zeros(level.size, dtype=np.bool_)
    flags[names[order[best_at:]]] = True
    return flags, float(level[names[order[-1]]])


def _removal(left: I64, right: I64, weight: I64, nodes: int) -> tuple[I64, int, list[float]]:
    """The nodes in order of removal, the place in it from which the densest set begins, the density before each removal."""
    ends = np.concatenate([left, right])
    by_node = np.argsort(ends, kind="stable")
    others = np.concatenate([right, left])[by_node].tolist()
    weights = np.concatenate([weight, weight])[by_node].tolist()
    opens = np.searchsorted(ends[by_node], np.arange(nodes + 1)).tolist()
    degree = [sum(weights[opens[node] : opens[node + 1]]) for node in range(nodes)]
    heap = [(degree[node], node) for node in range(nodes)]
    heapq.heapify(heap)
    total = sum(degree) // 2
    order: list[int] = []
    density: list[float] = []
    best_total, best_size, best_at = 0, 1, 0
    while len(order) < nodes:
        size = nodes - len(order)
        density.append(total / size / UNIT)
        if total * best_size > best_total * size:
            best_total, best_size, best_at = total, size, len(order)
        node = _least(heap, degree)
        total -= degree[node]
        degree[node] = -1
        order.append(node)
        for edge in range(opens[node], opens[node + 1]):
            other = others[edge]
            if degree[other] >= 0:
                degree[other] -= weights[edge]
                heapq.heappush(heap, (degree[other], other))
    return np.asarray(order, dtype=np.int64), best_at, density


def _least(heap: list[tuple[int, int]], degree: list[int]) -> int:
    weight, node = heapq.heappop(heap)
    while degree[node] != weight:
        weight, node = heapq.heappop(heap)
    return node
