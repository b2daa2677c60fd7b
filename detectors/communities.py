"""Communities in the graph of significant links, their coreness and their picture: the one home of igraph."""

import math
import random
from collections.abc import Iterator
from contextlib import contextmanager

import igraph
import numpy as np
import numpy.typing as npt

from detectors.significance import F64, I64

_DRAWN_LINKS = 12  # strongest links per account that shape the picture; more pull everything into one ball


def communities(left: I64, right: I64, weight: F64, *, resolution: float, smallest: int, seed: int) -> list[I64]:
    """Groups of at least `smallest` accounts by Leiden with the constant Potts model, component by component.

    CPM has no resolution limit, so a ring of five is found beside a crowd of thousands (DETECTORS 2.5). Links may
    come in any order; they are sorted here, because Leiden breaks ties by the order of vertices. The groups come
    with their members ascending, sorted by first member; an account is in one group at most.
    """
    if not left.size:
        return []
    names, graph = _graph(left, right, weight)
    found: list[I64] = []
    with _seeded(seed):
        for component in graph.connected_components(mode="weak"):
            if len(component) < smallest:
                continue
            part = graph.induced_subgraph(sorted(component))
            split = part.community_leiden(
                objective_function="CPM", weights="weight", resolution=resolution, n_iterations=10
            )
            inside = names[np.asarray(sorted(component))]
            found += [np.sort(inside[np.asarray(group)]) for group in split if len(group) >= smallest]
    return sorted(found, key=lambda group: int(group[0]))


def modular(left: I64, right: I64, weight: F64, *, smallest: int, seed: int) -> list[I64]:
    """Groups of at least `smallest` accounts by Leiden with modularity: coarser than CPM, for pools that are loose."""
    if not left.size:
        return []
    names, graph = _graph(left, right, weight)
    with _seeded(seed):
        split = graph.community_leiden(objective_function="modularity", weights="weight", n_iterations=10)
    groups = [np.sort(names[np.asarray(group)]) for group in split if len(group) >= smallest]
    return sorted(groups, key=lambda group: int(group[0]))


def components(left: I64, right: I64, *, smallest: int) -> list[I64]:
    """The connected groups of at least `smallest` accounts, members ascending, sorted by first member."""
    if not left.size:
        return []
    names, graph = _graph(left, right, np.ones(left.size))
    groups = [np.sort(names[np.asarray(part)]) for part in graph.connected_components(mode="weak")]
    return sorted((group for group in groups if group.size >= smallest), key=lambda group: int(group[0]))


def coreness(left: I64, right: I64, members: I64) -> I64:
    """The k-core number of each member among the links given, in the order of `members` (ascending)."""
    ends = np.stack([np.searchsorted(members, left), np.searchsorted(members, right)], axis=1)
    graph = igraph.Graph(n=members.size, edges=np.unique(ends, axis=0).tolist())
    return np.asarray(graph.coreness(), dtype=np.int64)


def layout(left: I64, right: I64, weight: F64, members: I64, *, seed: int) -> F64:
    """Places for the members, one row (x, y) in [-1, 1] each, the same for the same links and seed.

    Drawn from each account's strongest links by Fruchterman-Reingold, started on a circle.
    """
    place = np.searchsorted(members, left), np.searchsorted(members, right)
    kept = _strongest(place[0], place[1], weight, members.size)
    edges = np.stack([place[0][kept], place[1][kept]], axis=1)
    graph = igraph.Graph(n=members.size, edges=edges.tolist())
    angles = [2 * math.pi * rank / members.size for rank in range(members.size)]
    start = [(math.cos(angle), math.sin(angle)) for angle in angles]
    with _seeded(seed):
        drawn = graph.layout_fruchterman_reingold(
            weights=(1 + np.sqrt(weight[kept])).tolist(),
            niter=300 if members.size <= 1_000 else 60,
            seed=start,
            grid="nogrid" if members.size <= 1_000 else "grid",
        )
    points = np.asarray(drawn.coords, dtype=np.float64)
    points -= (points.max(axis=0) + points.min(axis=0)) / 2
    return np.asarray(np.round(points / max(float(np.abs(points).max()), 1e-9), 6))


def _graph(left: I64, right: I64, weight: F64) -> tuple[I64, igraph.Graph]:
    order = np.lexsort((right, left))
    names, ends = np.unique(np.concatenate([left[order], right[order]]), return_inverse=True)
    # As an array: a list of lists takes some 170 bytes a link and a fifth more time.
    graph = igraph.Graph(n=names.size, edges=np.ascontiguousarray(ends.reshape(2, -1).T))
    graph.es["weight"] = weight[order].tolist()
    return names, graph


def _strongest(left: I64, right: I64, weight: F64, accounts: int) -> npt.NDArray[np.intp]:
    """The links that are among the strongest of either end; ties by the smaller ends."""
    order = np.lexsort((right, left, -weight))
    drawn = np.zeros(accounts, dtype=np.int64)
    kept = []
    for link in order:
        if drawn[left[link]] < _DRAWN_LINKS or drawn[right[link]] < _DRAWN_LINKS:
            drawn[left[link]] += 1
            drawn[right[link]] += 1
            kept.append(link)
    return np.asarray(sorted(kept), dtype=np.intp)


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """igraph draws from one generator for the whole process; ours is lent to it and taken back."""
    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311 - a layout needs no secrecy
    try:
        yield
    finally:
        igraph.set_random_number_generator(random)
