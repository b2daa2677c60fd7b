"""Candidate groups, seen through many lenses: levels of detail of the graph of who met whom in one trace and window."""

import itertools
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from detectors.communities import communities, components, modular
from detectors.scan.backbone import Links
from detectors.significance import I64

# Resolutions of the constant Potts model, in units of -log10 of the chance that two accounts meet on such an object:
# a factor of four apart, so that loose pools and tight rings are both seen; the evidence decides between them.
RESOLUTIONS = (0.25, 1.0, 4.0)

Promising = Callable[[list[I64]], list[I64]]  # which groups of a layer are worth a look, and worth splitting


def layers_of(links: Links, smallest: int, seed: int, promising: Promising) -> Iterator[list[I64]]:
    """The connected groups; their groups of modularity, those again and again; and the groups of each resolution.

    No two groups of one layer share an account. Of each layer the `promising` groups come, and no others are split.
    """
    groups = promising(components(links.left, links.right, smallest=smallest))
    while groups:
        yield groups
        groups = promising(_finer(groups, split(links, groups), smallest, seed))
    for resolution in RESOLUTIONS:
        found = communities(links.left, links.right, links.weight, resolution=resolution, smallest=smallest, seed=seed)
        yield promising(found)


def _finer(groups: Sequence[I64], parts: Sequence[Links], smallest: int, seed: int) -> list[I64]:
    """Split by modularity what can be split: it sees no group far smaller than the whole it is asked about."""
    finer: list[I64] = []
    for group, links in zip(groups, parts, strict=True):
        found = modular(links.left, links.right, links.weight, smallest=smallest, seed=seed)
        finer += [one for one in found if one.size < group.size]
    return finer


def split(links: Links, groups: Sequence[I64]) -> list[Links]:
    """The links within each of the groups, which share no account: one pass, however many groups."""
    if not groups:
        return []
    names = np.unique(np.concatenate([links.left, links.right]))
    number = np.full(names.size, -1, dtype=np.int64)
    for place, group in enumerate(groups):
        number[np.searchsorted(names, group)] = place
    left, right = (number[np.searchsorted(names, end)] for end in (links.left, links.right))
    within = np.flatnonzero((left == right) & (left >= 0))
    within = within[np.argsort(left[within], kind="stable")]
    ends = np.searchsorted(left[within], np.arange(len(groups) + 1))
    spans = (within[start:stop] for start, stop in itertools.pairwise(ends))
    return [Links(links.left[span], links.right[span], links.weight[span]) for span in spans]
