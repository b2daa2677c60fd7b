"""The same degrees, no coordination: an account-object graph with its edges dealt out anew."""

import numpy as np

from detectors.coding import I64
from detectors.lockstep.touch_graph import TouchGraph

_ROUNDS = 50  # rounds of repair; each mends most of the repeats that are left


def dealt_anew(graph: TouchGraph, seed: int) -> TouchGraph:
    """A graph with the same objects per account and accounts per object, otherwise random (bipartite configuration model).

    Dealing can give an account one object twice; such edges are dealt again with as many others, up to 50 rounds. What
    cannot be mended stays double, so degrees are always kept and the shuffle is, if anything, denser than it may be.
    """
    draw = np.random.default_rng(seed)
    objects = draw.permutation(graph.object)
    for _ in range(_ROUNDS):
        repeated = _repeats(graph.account, objects, graph.weight.size)
        if not repeated.size:
            break
        partners = draw.integers(0, objects.size, repeated.size)
        mixed = np.union1d(repeated, partners)
        objects[mixed] = objects[draw.permutation(mixed)]
    return TouchGraph(graph.account, objects, graph.weight, graph.accounts)


def _repeats(account: I64, objects: I64, many: int) -> I64:
    """Places of the edges that repeat an earlier one."""
    _, first = np.unique(account * many + objects, return_index=True)
    repeats = np.ones(account.size, dtype=np.bool_)
    repeats[first] = False
    return np.flatnonzero(repeats)
