"""Which rows lie within a time window of one another on the same object: bounds instead of pairs."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detectors.coding import I64, U32, Flags

LONGEST_LINE = 2**62  # the time line below is summed in 64 bits, with one bit to spare for `line + window`


@dataclass(frozen=True)
class TimedRows:
    """Rows sorted by (object, at, account), none twice. `at` counts units of `window` (any unit, one for both)."""

    object: U32
    at: I64
    account: U32
    window: int

    def __len__(self) -> int:
        return len(self.object)

    def where(self, keep: Flags) -> "TimedRows":
        """The rows flagged in `keep`, in the same order."""
        return TimedRows(self.object[keep], self.at[keep], self.account[keep], self.window)


def starts_of(*columns: npt.NDArray[np.generic]) -> Flags:
    """Flags the rows at which one of the columns differs from the row before; the first row always."""
    flags = np.ones(len(columns[0]), dtype=np.bool_)
    if len(flags):
        flags[1:] = columns[0][1:] != columns[0][:-1]
        for column in columns[1:]:
            flags[1:] |= column[1:] != column[:-1]
    return flags


def with_company(rows: TimedRows) -> Flags:
    """Flags the rows that have another row on their object within the window (of whichever account)."""
    return company_flags(rows.object, rows.at, rows.window)


def company_flags(objects: U32, at: I64, window: int) -> Flags:
    """The same of bare columns, sorted by (object, at)."""
    if not len(at):
        return np.empty(0, dtype=np.bool_)
    return flag_both_sides((np.diff(at) <= window) & (objects[1:] == objects[:-1]))


def flag_both_sides(near: Flags) -> Flags:
    """From 'row i is near row i+1' to 'row i is near some row'."""
    flags = np.zeros(len(near) + 1, dtype=np.bool_)
    flags[1:] = near
    flags[:-1] |= near
    return flags


def window_bounds(group_starts: Flags, at: I64, window: int) -> tuple[I64, I64]:
    """For each row the span [low, high) of rows of its group within `window` of it, itself included.

    Rows are sorted by (group, at); `group_starts` flags the first row of each group.
    All groups are laid on one time line on which no gap is longer than window + 1: distances up to the window stay
    true, all others stay longer than it, and one binary search answers for all groups at once.
    """
    if not len(at):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    step = np.zeros(len(at), dtype=np.int64)
    np.minimum(np.diff(at), window + 1, out=step[1:])
    step[1:][group_starts[1:]] = window + 1
    if step.sum(dtype=np.float64) + window >= LONGEST_LINE:
        return _bounds_in_halves(group_starts, at, window)
    line = np.cumsum(step, out=step)
    return np.searchsorted(line, line - window, side="left"), np.searchsorted(line, line + window, side="right")


def _bounds_in_halves(group_starts: Flags, at: I64, window: int) -> tuple[I64, I64]:
    """The same, cut at the group border nearest the middle: microseconds over years overflow one line."""
    borders = np.flatnonzero(group_starts)[1:]
    cut = int(borders[np.abs(borders - len(at) // 2).argmin()])
    low, high = window_bounds(group_starts[:cut], at[:cut], window)
    low_after, high_after = window_bounds(group_starts[cut:], at[cut:], window)
    return np.concatenate([low, low_after + cut]), np.concatenate([high, high_after + cut])


def pairs_within(group_starts: Flags, at: I64, window: int) -> int:
    """How many unordered pairs of rows of one group lie within `window`: exact, without forming them."""
    _, high = window_bounds(group_starts, at, window)
    return int(high.sum()) - len(at) * (len(at) + 1) // 2
