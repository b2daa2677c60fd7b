"""What each account can reach: the spans of other accounts' rows within the window of its own, and the pairs in them."""

from dataclasses import dataclass

import numpy as np

from detectors.chunks import cut
from detectors.coding import I64, U32
from detectors.fast_sort import U64, sort_keys
from detectors.time_windows import TimedRows, starts_of

KEY_BITS = 64
IN_CACHE = 2**16  # meetings formed at a time: twice as fast as a million at a time, which leaves the cache
LOW_32 = np.uint64(2**32 - 1)


@dataclass(frozen=True)
class Reach:
    """Spans [low, high) of row numbers, sorted by (account, object, low); spans of one account and object never touch.

    `turn` numbers the objects of an account from 0. Every row within the window of one of the account's own rows on
    that object is in exactly one span, so a pair is met once per object however often the two acted on it.
    """

    account: U32
    turn: U32
    low: I64
    high: I64

    @property
    def size(self) -> I64:
        return self.high - self.low

    def part(self, start: int, stop: int) -> "Reach":
        span = slice(start, stop)
        return Reach(self.account[span], self.turn[span], self.low[span], self.high[span])


def by_account(account: U32) -> I64:
    """Row numbers sorted by (account, row number)."""
    keys = account.astype(np.uint64)
    keys <<= np.uint64(32)
    keys |= np.arange(len(account), dtype=np.uint64)
    return (sort_keys(keys) & LOW_32).view(np.int64)


def reach_of(rows: TimedRows, low: I64, high: I64) -> Reach:
    """Unite the window bounds of the rows of one account on one object."""
    order = by_account(rows.account)
    account, objects = rows.account[order], rows.object[order]
    low, high = low[order], high[order]
    group = starts_of(account, objects)
    opens = group.copy()
    opens[1:] |= low[1:] > high[:-1]
    first = np.flatnonzero(opens)
    last = np.append(first, len(order))[1:] - 1
    ordinal = np.cumsum(group) - 1
    account_opens = np.flatnonzero(starts_of(account))
    before = np.repeat(ordinal[account_opens], np.diff(np.append(account_opens, len(order))))
    turn = (ordinal - before).astype(np.uint32)
    return Reach(account[first], turn[first], low[first], high[last])


def expanded(low: I64, high: I64) -> tuple[I64, I64]:
    """All numbers of the spans one after the other, and for each the number of its span."""
    size = high - low
    ends = np.cumsum(size)
    span = np.repeat(np.arange(len(low)), size)
    numbers = np.arange(len(span)) + (low - ends + size)[span]
    return numbers, span


def united(low: I64, high: I64) -> I64:
    """The distinct numbers in any of the spans, ascending: memory for them, not for every span that holds them."""
    order = np.argsort(low, kind="stable")
    low, until = low[order], np.maximum.accumulate(high[order])
    opens = np.ones(len(low), dtype=np.bool_)
    opens[1:] = low[1:] > until[:-1]
    first = np.flatnonzero(opens)
    return expanded(low[first], until[np.append(first, len(low))[1:] - 1])[0]


def chunks_of(reach: Reach, budget: int) -> list[tuple[int, int]]:
    """Spans of `reach`, cut between accounts, that reach at most `budget` rows each; a larger account stands alone."""
    opens = np.flatnonzero(starts_of(reach.account))
    if not len(opens):
        return []
    edges = np.append(opens, len(reach.account))
    return [(int(edges[start]), int(edges[stop])) for start, stop in cut(np.add.reduceat(reach.size, opens), budget)]


def shared_counts(reach: Reach, account: U32, budget: int, at_least: int, *, directed: bool = False) -> U32:
    """Rows left, right, weight: the accounts of `reach` with those they reach in >= `at_least` turns, sorted.

    Each pair is told once, by its smaller account; `directed`, by both, and the weights count the turns of the left one.
    `account` is the account of each row number.
    """
    first, last = int(reach.account[0]), int(reach.account[-1])
    if first == last and int(reach.size.sum()) > budget:
        return _counts_of_one(reach, account, budget, at_least, directed=directed)
    account_bits = int(account.max()).bit_length()
    turn_bits = int(reach.turn.max()).bit_length()
    if (last - first).bit_length() + account_bits + turn_bits > KEY_BITS:
        middle = int(np.searchsorted(reach.account, (first + last + 1) // 2))
        halves = (reach.part(0, middle), reach.part(middle, len(reach.account)))
        return np.concatenate(
            [shared_counts(half, account, budget, at_least, directed=directed) for half in halves], axis=1
        )
    keys = sort_keys(_meetings(reach, account, account_bits, turn_bits, directed=directed))
    pair = keys[starts_of(keys)] >> np.uint64(turn_bits)
    return _runs(pair, account_bits, first, at_least)


def _meetings(reach: Reach, account: U32, account_bits: int, turn_bits: int, *, directed: bool) -> U64:
    """One key (own account from the first of `reach`, other account, turn) per row reached of a larger (`directed`: another) account."""
    head = (reach.account - reach.account[0]).astype(np.uint64) << np.uint64(account_bits + turn_bits)
    head |= reach.turn
    ends = np.cumsum(reach.size)
    shift = reach.high - ends  # what turns a running number into a row number
    keys = np.empty(int(ends[-1]), dtype=np.uint64)
    kept = 0
    for start, stop in cut(reach.size, IN_CACHE):
        size = reach.size[start:stop]
        numbers = np.arange(int(ends[stop - 1] - ends[start] + size[0]))
        other = account[np.repeat(shift[start:stop] + (ends[start] - size[0]), size) + numbers]
        own = np.repeat(reach.account[start:stop], size)
        wanted = other != own if directed else other > own
        part = other[wanted].astype(np.uint64) << np.uint64(turn_bits)
        part |= np.repeat(head[start:stop], size)[wanted]
        keys[kept : kept + len(part)] = part
        kept += len(part)
    return keys[:kept]


def _runs(pair: U64, account_bits: int, first: int, at_least: int) -> U32:
    opens = np.flatnonzero(starts_of(pair))
    weight = np.diff(np.append(opens, len(pair)))
    heavy = weight >= at_least
    pair = pair[opens[heavy]]
    table = np.empty((3, len(pair)), dtype=np.uint32)
    table[0] = (pair >> np.uint64(account_bits)) + np.uint64(first)
    table[1] = pair & np.uint64((1 << account_bits) - 1)
    table[2] = weight[heavy]
    return table


def _counts_of_one(reach: Reach, account: U32, budget: int, at_least: int, *, directed: bool) -> U32:
    """One account that reaches more rows than the budget: object by object into a counter per account."""
    counts = np.zeros(int(account.max()) + 1, dtype=np.int64)
    opens = np.flatnonzero(starts_of(reach.turn))
    edges = np.append(opens, len(reach.turn))
    for start, stop in cut(np.add.reduceat(reach.size, opens), budget):
        part = reach.part(int(edges[start]), int(edges[stop]))
        numbers, span = expanded(part.low, part.high)
        keys = part.turn[span].astype(np.uint64) << np.uint64(32)
        keys |= account[numbers]
        keys = sort_keys(keys)
        others = keys[starts_of(keys)] & LOW_32
        counts += np.bincount(others.view(np.int64), minlength=len(counts))
    own = int(reach.account[0])
    counts[own if directed else 0 : own + 1] = 0
    right = np.flatnonzero(counts >= at_least)
    table = np.empty((3, len(right)), dtype=np.uint32)
    table[0], table[1], table[2] = own, right, counts[right]
    return table
