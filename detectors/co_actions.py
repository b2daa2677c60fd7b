"""The rows behind given pairs: who did what when, so that every pair can be shown with its evidence."""

from datetime import timedelta

import numpy as np
import polars as pl

from detectors.chunks import cut
from detectors.coding import I64, U32, CodedActions
from detectors.reach import expanded
from detectors.time_windows import company_flags, starts_of
from graph.schemas import FrameSchema

LOOKUPS_AT_ONCE = 2_000_000  # rows looked up at a time, about 150 bytes each
HALF = np.uint64(32)

CO_ACTION_SCHEMA: FrameSchema = {
    "left": pl.UInt32,  # account codes, as given
    "right": pl.UInt32,
    "object": pl.UInt32,
    "left_row": pl.UInt32,  # row numbers in the coded actions
    "right_row": pl.UInt32,
    "gap": pl.Int64,  # microseconds from left's action to right's; negative when right came first
}


def co_actions(coded: CodedActions, left: U32, right: U32, window: timedelta, *, every: bool = False) -> pl.DataFrame:
    """The co-actions of the pairs (left[i], right[i]) within `window`: CO_ACTION_SCHEMA, sorted by left, right, object.

    One row per pair and object, the closest in time (ties: the earliest); with `every`, all of them, in order of time,
    also the exact repeats of a row. Give each pair once. Cost follows the rows of the less active account of each
    pair, not the crowds on the objects; with `every`, also the rows that come out.
    """
    rows = _RowsByAccount(coded, left, right, window)
    fewer = rows.count[left] <= rows.count[right]
    own, other = np.where(fewer, left, right), np.where(fewer, right, left)
    parts = [pl.DataFrame(schema={**CO_ACTION_SCHEMA, "first": pl.Int64})]
    for start, stop in cut(rows.count[own], LOOKUPS_AT_ONCE):
        span = slice(start, stop)
        pair, own_row, other_row = rows.meetings(own[span], other[span], every=every)
        kept_side = fewer[span][pair]
        left_row, right_row = np.where(kept_side, own_row, other_row), np.where(kept_side, other_row, own_row)
        parts.append(_table(coded, left[span][pair], right[span][pair], left_row, right_row))
        if not every:
            parts[-1] = parts[-1].unique(["left", "right", "object"], keep="first", maintain_order=True)
    found = pl.concat(parts)
    order = ["left", "right", "object"]
    return found.sort([*order, "first", "left_row", "right_row"] if every else order).select(*CO_ACTION_SCHEMA)


def _table(coded: CodedActions, left: U32, right: U32, left_row: I64, right_row: I64) -> pl.DataFrame:
    """CO_ACTION_SCHEMA and `first` (the earlier time), the closest and then the earliest of a pair and object first."""
    frame = pl.DataFrame(
        {
            "left": left,
            "right": right,
            "object": coded.object[left_row],
            "left_row": left_row.astype(np.uint32),
            "right_row": right_row.astype(np.uint32),
            "gap": coded.at[right_row] - coded.at[left_row],
            "first": np.minimum(coded.at[left_row], coded.at[right_row]),
        }
    )
    return frame.sort("left", "right", "object", pl.col("gap").abs(), "first", "gap", "left_row", "right_row")


def _rows_with_company(coded: CodedActions, row: I64, window: int) -> I64:
    """Of these rows those with another of them on their object within the window: all others are nobody's evidence."""
    rows = pl.DataFrame({"row": row, "object": coded.object[row], "at": coded.at[row]}).sort("object", "at")
    reach = min(window, int(np.ptp(coded.at)) if len(coded.at) else 0)
    return np.sort(rows["row"].to_numpy()[company_flags(rows["object"].to_numpy(), rows["at"].to_numpy(), reach)])


class _RowsByAccount:
    """The rows of the accounts of some pairs, sorted by (account, object, time), to look up one account's in another's.

    Times are replaced by their ranks: an account-and-object group and a rank always fit one 64-bit key.
    """

    def __init__(self, coded: CodedActions, left: U32, right: U32, window: timedelta) -> None:
        asked = np.zeros(len(coded.account_ids), dtype=np.bool_)
        asked[left] = asked[right] = True
        row = _rows_with_company(coded, np.flatnonzero(asked[coded.account]), window // timedelta(microseconds=1))
        times, rank = np.unique(coded.at[row], return_inverse=True)
        order = np.lexsort((rank, coded.object[row], coded.account[row]))
        self.row, rank = row[order], rank[order]
        account = coded.account[self.row]
        self.object = coded.object[self.row].astype(np.uint64)
        self.count = np.bincount(account, minlength=len(asked))
        self.first = np.cumsum(self.count) - self.count
        opens = starts_of(account, self.object)
        self.group = (account[opens].astype(np.uint64) << HALF) | self.object[opens]
        self.slot = ((np.cumsum(opens) - 1).astype(np.uint64) << HALF) | rank.astype(np.uint64)
        reach = min(window // timedelta(microseconds=1), int(times[-1] - times[0]) if len(times) else 0)
        self.rank = rank.astype(np.uint64)
        self.rank_from = np.searchsorted(times, times - reach, side="left").astype(np.uint64)[rank]
        self.rank_until = np.searchsorted(times, times + reach, side="right").astype(np.uint64)[rank]

    def meetings(self, own: U32, other: U32, *, every: bool) -> tuple[I64, I64, I64]:
        """Pair number, row of `own`, row of `other`: all meetings, or for each row of `own` the nearest before and after."""
        place, pair = expanded(self.first[own], self.first[own] + self.count[own])
        wanted = (other[pair].astype(np.uint64) << HALF) | self.object[place]
        group = np.searchsorted(self.group, wanted)
        group[group == len(self.group)] = 0
        shared = self.group[group] == wanted if len(wanted) else np.empty(0, np.bool_)
        place, pair, head = place[shared], pair[shared], group[shared].astype(np.uint64) << HALF
        low = np.searchsorted(self.slot, head | self.rank_from[place])
        high = np.searchsorted(self.slot, head | self.rank_until[place])
        if not every:
            middle = np.searchsorted(self.slot, head | self.rank[place])
            low, high = np.maximum(low, middle - 1), np.minimum(high, middle + 1)
        spot, which = expanded(low, high)
        return pair[which], self.row[place[which]], self.row[spot]
