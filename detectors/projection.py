"""The exact windowed projection: from actions to pairs of accounts that did the same within a window, in bounded memory."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

from detectors.chunks import Cancelled, ChunkFiles, Progress, Stopped, fingerprint
from detectors.coding import I64, U32, CodedActions, code_actions
from detectors.packed_keys import distinct_counts, rows_with_company
from detectors.popular_objects import Crowd, choose_crowded, crowd_of, met_in
from detectors.reach import Reach, by_account, chunks_of, reach_of, shared_counts
from detectors.time_windows import TimedRows, pairs_within, starts_of, window_bounds, with_company
from graph.errors import BadSetting
from graph.schemas import PAIR_SCHEMA

MOST_MEETINGS = 20_000_000_000  # row meetings to walk through: about half an hour on one core; past that we refuse
MOST_PAIRS = 150_000_000  # pairs in the answer: 12 bytes each, twice while they are joined
PRUNE_AGAIN = 0.97  # another round of pruning costs about as much as a few per cent of the rows it may save
CHUNK_FORMAT = 1


@dataclass(frozen=True)
class Projection:
    """Pairs sorted by (left, right), left < right, with weight = distinct objects both acted on within the window.

    `pairs_in_window`: distinct rows of two different accounts on one object within the window, over all objects and
    before any pruning: P(tau) of the null. `objects_of[a]`: distinct objects of account a; `edges_total`: their sum.
    Exactly equal rows (account, object, time) count once everywhere.
    """

    left: U32
    right: U32
    weight: U32
    pairs_in_window: int
    objects_of: U32
    edges_total: int
    chunks: int


def project(
    coded: CodedActions,
    window: timedelta,
    min_shared: int = 2,
    *,
    pair_budget: int = 8_000_000,
    scratch: Path | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Projection:
    """Pair the accounts that acted on at least `min_shared` objects with at most `window` between them (inclusive).

    Exact to the microsecond. Memory: the rows, `pair_budget` meetings of two rows at a time (about 40 bytes each), and
    the answer. With `scratch`, finished chunks are kept there under a hash of input and parameters, and found again.
    `progress(done, known)` counts meetings; `cancelled()` is asked between chunks and ends in `Stopped`.
    Raises BadSetting for a negative window, min_shared < 1, and when the crowds on single objects make the work or the
    answer larger than any machine this is meant for.
    """
    _check(window, min_shared, pair_budget)
    accounts = len(coded.account_ids)
    objects_of = distinct_counts(coded.account, coded.object, accounts)
    rows = rows_with_company(coded, window // timedelta(microseconds=1))
    pairs_in_window = _pairs_of_different_accounts(rows)
    work = _plan(_pruned(rows, accounts, min_shared), min_shared, pair_budget)
    _refuse_too_much(work, coded, window)
    table = _run(work, scratch, progress, cancelled)
    if table is None:
        raise _too_much(work, coded, window, f"more than {MOST_PAIRS:,} pairs of accounts")
    return Projection(
        table[0], table[1], table[2], pairs_in_window, objects_of, int(objects_of.sum()), len(work.chunks)
    )


def co_action_pairs(actions: pl.LazyFrame | pl.DataFrame, window: timedelta, min_shared: int = 2) -> pl.DataFrame:
    """Pair the accounts of `actions` (account_id, object_id, at; one trace): PAIR_SCHEMA, sorted by left, right.

    Source of the idea: Pacheco et al. 2021, "Uncovering Coordinated Networks on Social Media: Methods and Case Studies".
    """
    coded = code_actions(actions)
    found = project(coded, window, min_shared)
    ids = coded.account_ids
    return pl.DataFrame(
        {"left": ids.gather(found.left), "right": ids.gather(found.right), "weight": found.weight.astype(np.int64)},
        schema=dict(PAIR_SCHEMA),
    )


def _check(window: timedelta, min_shared: int, pair_budget: int) -> None:
    if window < timedelta(0):
        raise BadSetting(f"the window is {window}", hint="a window is zero or longer, for example 60s")
    if min_shared < 1:
        raise BadSetting(
            f"min_shared is {min_shared}", hint="two accounts need at least 1 object in common to be a pair"
        )
    if pair_budget < 1:
        raise BadSetting(
            f"pair_budget is {pair_budget}", hint="a chunk holds at least 1 pair; the default is 8,000,000"
        )


def _pairs_of_different_accounts(rows: TimedRows) -> int:
    pairs = pairs_within(starts_of(rows.object), rows.at, rows.window)
    order = by_account(rows.account)
    group = starts_of(rows.account[order], rows.object[order])
    repeated = ~group
    repeated[:-1] |= ~group[1:]
    return pairs - pairs_within(group[repeated], rows.at[order[repeated]], rows.window)


def _pruned(rows: TimedRows, accounts: int, min_shared: int) -> TimedRows:
    """Only accounts with company on >= min_shared distinct objects can be in a pair of that weight: exact, no pair formed."""
    while min_shared > 1:
        keep = (distinct_counts(rows.account, rows.object, accounts) >= min_shared)[rows.account]
        share = keep.mean() if len(keep) else 1.0
        if share < 1:
            rows = rows.where(keep)
            rows = rows.where(with_company(rows))
        if share > PRUNE_AGAIN:
            return rows
    return rows


@dataclass(frozen=True)
class _Work:
    rows: TimedRows
    reach: Reach
    crowds: tuple[Crowd, ...]
    chunks: tuple[tuple[int, int], ...]  # spans of `reach`, cut between accounts
    meetings: int
    heaviest: tuple[int, int]  # the code and the meetings of the most crowded object that is expanded
    min_shared: int
    pair_budget: int


def _plan(rows: TimedRows, min_shared: int, pair_budget: int) -> _Work:
    low, high = window_bounds(starts_of(rows.object), rows.at, rows.window)
    opens = np.flatnonzero(starts_of(rows.object))
    meetings = np.add.reduceat(high - low - 1, opens) if len(opens) else np.empty(0, np.int64)
    crowded = choose_crowded(meetings, rows.object[opens], min_shared, pair_budget)
    open_objects = np.where(np.isin(rows.object[opens], crowded), 0, meetings)
    top = int(open_objects.argmax()) if len(opens) else -1
    heaviest = (int(rows.object[opens[top]]), int(open_objects[top])) if len(opens) else (0, 0)
    crowds = tuple(_crowd(rows, low, high, code) for code in crowded.tolist())
    plain = ~np.isin(rows.object, crowded)
    reach = reach_of(rows.where(plain), low[plain], high[plain]) if crowds else reach_of(rows, low, high)
    chunks = tuple(chunks_of(reach, pair_budget))
    return _Work(rows, reach, crowds, chunks, int(reach.size.sum()), heaviest, min_shared, pair_budget)


def _crowd(rows: TimedRows, low: I64, high: I64, code: int) -> Crowd:
    start, stop = np.searchsorted(rows.object, np.array([code, code + 1], dtype=np.uint64)).tolist()
    span = slice(start, stop)
    here = TimedRows(rows.object[span], rows.at[span], rows.account[span], rows.window)
    return crowd_of(here.account, np.arange(start, stop), reach_of(here, low[span], high[span]))


def _refuse_too_much(work: _Work, coded: CodedActions, window: timedelta) -> None:
    if work.meetings > MOST_MEETINGS:
        raise _too_much(work, coded, window, f"{work.meetings // 2:,} pairs of actions to go through")


def _too_much(work: _Work, coded: CodedActions, window: timedelta, what: str) -> BadSetting:
    code, meetings = work.heaviest
    waiting = f"; {len(work.crowds)} more crowded objects were already set aside" if work.crowds else ""
    return BadSetting(
        f"a window of {window} with min_shared {work.min_shared} means {what}; object {coded.object_ids[code]!r} alone "
        f"has {meetings // 2:,} pairs of actions within the window{waiting}",
        hint=f"raise min_shared to {work.min_shared + 1} (one crowded object more is then looked up instead of expanded), "
        "shorten the window, or leave this object out",
    )


def _run(work: _Work, scratch: Path | None, progress: Progress | None, cancelled: Cancelled | None) -> U32 | None:
    """The pairs of all chunks; None as soon as they are more than MOST_PAIRS."""
    files = ChunkFiles(scratch / _name(work) if scratch else None)
    tables = [np.empty((3, 0), dtype=np.uint32)]
    done = found = 0
    for number, (start, stop) in enumerate(work.chunks):
        if progress:
            progress(done, work.meetings)
        if cancelled and cancelled():
            raise Stopped(f"stopped after {number} of {len(work.chunks)} chunks")
        table = files.load(number)
        if table is None:
            table = _chunk(work, work.reach.part(start, stop))
            files.save(number, table)
        tables.append(table)
        found += table.shape[1]
        if found > MOST_PAIRS:
            return None
        done += int(work.reach.size[start:stop].sum())
    if progress:
        progress(done, work.meetings)
    return np.concatenate(tables, axis=1)


def _chunk(work: _Work, reach: Reach) -> U32:
    """Final pairs of the accounts of `reach`: shared objects outside the crowds first, then the crowds."""
    table = shared_counts(reach, work.rows.account, work.pair_budget, work.min_shared - len(work.crowds))
    for crowd in work.crowds:
        table[2] += met_in(crowd, table[0], table[1], work.pair_budget)
    return table[:, table[2] >= work.min_shared]


def _name(work: _Work) -> str:
    arrays = (work.rows.object, work.rows.at, work.rows.account)
    return fingerprint((CHUNK_FORMAT, work.rows.window, work.min_shared, work.pair_budget), *arrays)
