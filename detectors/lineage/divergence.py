"""How far two windows of one habit lie apart, and how far chance alone puts them apart."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

F64 = npt.NDArray[np.float64]

LEVEL = 0.005  # DETECTORS 6: alarm at the 99.5th percentile
DRAWS = 1_999  # (1 + 9) / 2000 = .005: the level is met exactly, with nine draws beyond it
LEAST_UNITS = 5  # with five objects on each side 252 divisions exist, so a share of .005 can be reached at all
_CELLS = 4_000_000  # draws x units held at once, as doubles


@dataclass(frozen=True, slots=True)
class Apart:
    """`jsd` in bits, 0..1; `line` the 99.5th percentile of the same acts divided at random; `p` the share at least as far."""

    jsd: float
    line: float
    p: float
    units_before: int
    units_after: int


def jensen_shannon(one: F64, other: F64) -> F64:
    """Jensen-Shannon divergence in bits between rows of counts (0 alike, 1 nothing in common). Source: Lin 1991."""
    left = one / np.maximum(one.sum(axis=-1, keepdims=True), 1e-300)
    right = other / np.maximum(other.sum(axis=-1, keepdims=True), 1e-300)
    middle = (left + right) / 2
    return np.asarray(np.clip(_entropy(middle) - (_entropy(left) + _entropy(right)) / 2, 0.0, 1.0))


def apart(before: pl.DataFrame, after: pl.DataFrame, seed: int) -> Apart | None:
    """Compare two windows (unit, key, n); None when either has fewer than LEAST_UNITS units, too few to tell.

    Chance: all units of both windows divided anew into two heaps of the same numbers, DRAWS times. An object seen in
    both windows is a unit in each. Acts on one object move together, so a burst counts once.
    """
    table, first = _table(before, after)
    second = table.shape[0] - first
    if min(first, second) < LEAST_UNITS:
        return None
    seen = float(jensen_shannon(table[:first].sum(axis=0), table[first:].sum(axis=0)))
    drawn = _drawn(table, first, seed)
    # Equal divisions give equal figures up to the last digits; they count as "at least as far".
    p = (1 + int((drawn >= seen - 1e-12).sum())) / (DRAWS + 1)
    return Apart(seen, float(np.quantile(drawn, 1 - LEVEL)), p, first, second)


def _drawn(table: F64, first: int, seed: int) -> F64:
    random, units = np.random.default_rng(seed), table.shape[0]
    step = max(1, _CELLS // units)
    found = []
    for start in range(0, DRAWS, step):
        order = np.argsort(random.random((min(step, DRAWS - start), units)), axis=1)
        heap = (order < first).astype(np.float64) @ table
        found.append(jensen_shannon(heap, table.sum(axis=0) - heap))
    return np.concatenate(found)


def _table(before: pl.DataFrame, after: pl.DataFrame) -> tuple[F64, int]:
    """Units by keys, the units of `before` first, in the order of their names."""
    both = pl.concat([before.with_columns(side=pl.lit(0)), after.with_columns(side=pl.lit(1))])
    wide = both.group_by("side", "unit", "key").agg(pl.col("n").sum()).sort("side", "unit", "key")
    units = wide.select("side", "unit").unique().sort("side", "unit").with_row_index("row")
    keys = sorted(set(wide["key"]))
    column = {key: place for place, key in enumerate(keys)}
    placed = wide.join(units, on=["side", "unit"])
    table = np.zeros((units.height, len(keys)))
    table[placed["row"].to_numpy(), [column[key] for key in placed["key"]]] = placed["n"].to_numpy()
    return table, units.filter(pl.col("side") == 0).height


def _entropy(share: F64) -> F64:
    positive = np.where(share > 0, share, 1.0)
    return np.asarray(-(share * np.log2(positive)).sum(axis=-1))
