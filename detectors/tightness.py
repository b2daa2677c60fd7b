"""Tightness: how far the weakest links can be cut before a member falls out, after Nizzoli's moving threshold."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy.sparse import csr_array
from scipy.sparse.csgraph import minimum_spanning_tree

from detectors.link_groups import pair_weights
from detectors.significance import F64, I64

ABOVE_ALL = 51.0  # more than any weight (surprise is capped at 50), so that a strong link is a short, positive distance


def tightness(links: pl.DataFrame, groups: Sequence[I64], accounts: int, *, smallest: int) -> F64:
    """Per account rank the largest share of the links by weight at which it stays in a component of `smallest`, else NaN.

    Takes significant links (TESTED). 1: it hangs together with at least `smallest` - 1 others of its group by links that
    no link of the run exceeds; .2: by links that are stronger than, or as strong as, only a fifth of all. Components are
    looked at inside each group. Nizzoli et al. 2021 re-run Louvain at 101 quantiles; components need no run and are exact.
    """
    left, right, weight = pair_weights(links)
    level = np.full(accounts, np.nan)
    group_of = np.full(accounts, -1, dtype=np.int64)
    for number, group in enumerate(groups):
        group_of[group] = number
    ranked = np.sort(weight)
    inside = (group_of[left] == group_of[right]) & (group_of[left] >= 0)
    ends, kept = _strongest_forest(left[inside], right[inside], weight[inside], accounts)
    shares = np.searchsorted(ranked, kept + 1e-9, side="right") / max(weight.size, 1)
    _fall_in(level, ends, shares, smallest)
    return level


def _strongest_forest(left: I64, right: I64, weight: F64, accounts: int) -> tuple[I64, F64]:
    """The links of a spanning forest that hold the same components at every threshold, the strongest first."""
    far = csr_array((ABOVE_ALL - weight, (left, right)), shape=(accounts, accounts))
    forest = minimum_spanning_tree(far).tocoo()
    found = ABOVE_ALL - forest.data
    order = np.lexsort((forest.col, forest.row, -found))
    return np.stack([forest.row[order], forest.col[order]], axis=1).astype(np.int64), found[order]


def _fall_in(level: F64, ends: I64, shares: F64, smallest: int) -> None:
    """Join the ends link by link; who first finds itself in a large enough component gets the share of that link."""
    component: dict[int, list[int]] = {}
    for (one, other), share in zip(ends.tolist(), shares.tolist(), strict=True):
        first, second = component.setdefault(one, [one]), component.setdefault(other, [other])
        if len(first) < len(second):
            first, second = second, first
        before = len(first)
        first.extend(second)
        component.update(dict.fromkeys(second, first))
        if len(first) >= smallest:
            fresh = first if before < smallest else [member for member in second if np.isnan(level[member])]
            level[fresh] = share
