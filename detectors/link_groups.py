"""From links to groups: the communities of a table of links at one resolution, each pair weighing its strongest link."""

import numpy as np
import polars as pl

from detectors.communities import communities
from detectors.pair_tests import strongest_per_pair
from detectors.significance import F64, I64, surprise


def link_groups(links: pl.DataFrame, *, resolution: float, smallest: int, seed: int) -> list[I64]:
    """Groups of account ranks (ascending, sorted by first member) among links (TESTED), a pair weighing min(50, -log10 p)."""
    left, right, weight = pair_weights(links)
    return communities(left, right, weight, resolution=resolution, smallest=smallest, seed=seed)


def pair_weights(links: pl.DataFrame) -> tuple[I64, I64, F64]:
    """left, right and weight of each pair once, sorted; the weight is that of its strongest link."""
    pairs = strongest_per_pair(links)
    left, right = (pairs[side].to_numpy().astype(np.int64) for side in ("left", "right"))
    return left, right, surprise(pairs["p"].to_numpy())
