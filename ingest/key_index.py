"""A growing set of 128-bit keys with a number each, in sorted numpy arrays: 24 bytes per key, whatever it stands for."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

Keys = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]


class _Run(NamedTuple):
    high: Keys  # sorted
    low: Keys
    values: Keys


class KeyIndex:
    """Keys come as two uint64 arrays (see row_keys). A key that is added twice keeps its first value."""

    def __init__(self) -> None:
        self._runs: list[_Run] = []

    def __len__(self) -> int:
        return sum(run.high.size for run in self._runs)

    def find(self, high: Keys, low: Keys) -> tuple[Flags, Keys]:
        """Which keys are here, and their values (0 where they are not)."""
        found = np.zeros(high.size, dtype=bool)
        values = np.zeros(high.size, dtype=np.uint64)
        for run in self._runs:
            at = np.searchsorted(run.high, high)
            open_ones = np.flatnonzero(~found & (at < run.high.size))
            while open_ones.size:  # a second round only when two keys share their first 64 bits
                same = run.high[at[open_ones]] == high[open_ones]
                open_ones = open_ones[same]
                hit = run.low[at[open_ones]] == low[open_ones]
                hits = open_ones[hit]
                found[hits] = True
                values[hits] = run.values[at[hits]]
                open_ones = open_ones[~hit]
                at[open_ones] += 1
                open_ones = open_ones[at[open_ones] < run.high.size]
        return found, values

    def add_new(self, high: Keys, low: Keys, values: Keys | None = None) -> Flags:
        """Add the keys that are not here yet; tells which rows were the first of their key."""
        known, _ = self.find(high, low)
        new = ~known & first_of_each(high, low)
        if new.any():
            numbers = np.zeros(int(new.sum()), dtype=np.uint64) if values is None else values[new]
            self._push(_Run(high[new], low[new], numbers))
        return new

    def _push(self, run: _Run) -> None:
        self._runs.append(_sorted(run))
        # Runs grow by doubling, so that each key is merged about log2(n) times and few runs are looked through.
        while len(self._runs) > 1 and self._runs[-2].high.size < 2 * self._runs[-1].high.size:
            second, first = self._runs.pop(), self._runs.pop()
            self._runs.append(_sorted(_Run(*(np.concatenate(pair) for pair in zip(first, second, strict=True)))))


def first_of_each(high: Keys, low: Keys) -> Flags:
    """Rows that are the first of their key."""
    table = pl.DataFrame({"high": high, "low": low})
    first: Flags = table.select(pl.struct("high", "low").is_first_distinct()).to_series().to_numpy()
    return first


def _sorted(run: _Run) -> _Run:
    order = np.argsort(run.high, kind="stable")  # merges runs that are sorted already in linear time
    return _Run(run.high[order], run.low[order], run.values[order])
