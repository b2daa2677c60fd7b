"""Rotating pools: accounts that keep having company by one another, though hardly any two of them meet often.

Some operations let a few of many accounts push each object, and never the same few: every pair stays below any pair
test (DETECTORS 9, detector B). What cannot be hidden is the share of each account's acts that had company.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl
from scipy.special import betainc

from detectors.coding import CodedActions
from detectors.communities import components
from detectors.company import Acts, Company, Flags
from detectors.projection import project
from detectors.settings import Settings
from detectors.significance import F64, I64, SMALLEST_P, benjamini_hochberg
from detectors.stages import Funnel
from detectors.trace_actions import TraceActions
from graph.schemas import FrameSchema, empty

LENT = 2.0  # acts per account that count for the usual rate: a campaign with many posts must not make itself usual (DETECTORS 9)

IN_POOL: FrameSchema = {
    "account": pl.Int64,  # rank among all accounts of the run
    "pool": pl.Int64,  # numbered over all traces and windows
    "trace": pl.String,
    "window_seconds": pl.Int64,
    "acts": pl.Float64,  # distinct objects of the account
    "company": pl.Float64,  # of these, weighted, with company by others of the pool
    "expected": pl.Float64,
    "p": pl.Float64,
}


@dataclass(frozen=True, slots=True)
class Pools:
    """`members` (IN_POOL, sorted) and, per account rank, `company`: the smallest p of having had company by a pool, or by
    anybody where no pool was found at all.

    `eligible` are the accounts that could be tested on each trace; `cut` is the largest p that was kept, or the one
    that would have been.
    """

    members: pl.DataFrame
    company: F64
    eligible: dict[str, int]
    cut: float


def company_tail(company: F64, acts: F64, usual: float) -> F64:
    """P(Binomial(acts, usual) >= company), continued to counts that are not whole; 1 without company.

    Where chances differ between acts it bounds the tail from above past the mean (Hoeffding 1956).
    """
    seen = np.maximum(company, 1e-9)
    tail = np.where(company > 0, betainc(seen, np.maximum(acts - seen + 1, 1e-9), min(usual, 1.0)), 1.0)
    return np.asarray(np.maximum(tail, SMALLEST_P), dtype=np.float64)


def usual_rate(company: F64, acts: F64) -> float:
    """The share of acts that had company, each account lending at most LENT acts."""
    lent = np.minimum(1.0, LENT / np.maximum(acts, 1.0))
    return float((lent * company).sum() / max((lent * acts).sum(), 1.0))


@dataclass(frozen=True, slots=True)
class Peeled:
    """Who stays, and per account (all of them) its company by those that stay, how usual that is, and p."""

    stay: Flags
    company: F64
    usual: float
    p: F64


def peel(company: Company, eligible: Flags, q: float, tests: int) -> Peeled:
    """Leave out who has no surprising company by those that stay, until nobody leaves.

    Each round asks of everybody how often they had company by those that stayed; who had it no more often than accounts
    in general leaves. Benjamini-Hochberg over `tests` each time. Nobody comes back, so the set cannot run away, and
    the last round holds for all that stay at once.
    """
    acts = company.acts.acts_of
    stay, those = eligible.copy(), np.ones(eligible.size, dtype=np.bool_)
    while True:
        had = company.by(those)
        usual = usual_rate(had, acts)
        p = company_tail(had, acts, usual)
        kept = stay & (benjamini_hochberg(np.where(stay, p, 1.0), tests) <= q)
        if (kept == those).all() or not kept.any():
            return Peeled(kept, had, usual, p)
        stay = those = kept


def find_pools(
    everything: Sequence[Acts], ready: Sequence[TraceActions], accounts: int, settings: Settings, funnel: Funnel
) -> Pools:
    """Test every account on every trace and window, and put those that stay together into pools of enough accounts.

    `everything` holds all actions of each trace (for the usual rate), `ready` the active accounts, in the same order.
    An account is in one pool at most: traces go by name, windows from wide to narrow, and who is found later joins the
    pool of the same trace that it met, so that one operation is not split by window.
    """
    combinations = len(everything) * len(settings.windows)
    pools = _Growing([], {}, {}, [], [], [])
    for acts, actions in zip(everything, ready, strict=True):
        pools.eligible[acts.trace] = actions.accounts
        for span in reversed(settings.spans):
            seconds = int(span.total_seconds())
            with funnel.step(f"pools: {acts.trace} within {seconds} s", actions.accounts) as step:
                company = Company(acts, seconds * 1_000_000)
                _grow(pools, company, actions, span, settings, combinations)
                step.rows_out = len(pools.pool_of)
    needed = settings.q / max(sum(pools.eligible.values()) * len(settings.windows), 1)
    return pools.finished(accounts, needed)


@dataclass(frozen=True, slots=True)
class _Growing:
    """What the rounds have found so far."""

    members: list[pl.DataFrame]
    pool_of: dict[int, tuple[str, int]]  # account -> trace and number of its pool
    eligible: dict[str, int]
    by_pool: list[tuple[I64, F64]]
    by_anybody: list[tuple[I64, F64]]
    kept_p: list[float]

    def number_for(self, group: Sequence[int], trace: str) -> int:
        """The pool of this trace that most of the group are in already (the older on a tie), else a new number."""
        known = Counter(self.pool_of[one][1] for one in group if one in self.pool_of and self.pool_of[one][0] == trace)
        if known:
            return min(known, key=lambda number: (-known[number], number))
        return 1 + max((number for _, number in self.pool_of.values()), default=-1)

    def finished(self, accounts: int, needed: float) -> Pools:
        best = np.ones(accounts)
        for number, p in self.by_pool or self.by_anybody:
            best[number] = np.minimum(best[number], p)
        frame = pl.concat([empty(IN_POOL), *self.members]).sort("pool", "account")
        return Pools(frame, best, self.eligible, max(self.kept_p, default=needed))


def _grow(
    pools: _Growing,
    company: Company,
    actions: TraceActions,
    window: timedelta,
    settings: Settings,
    combinations: int,
) -> None:
    acts, key = company.acts, (company.acts.trace, int(window.total_seconds()))
    acts_of = acts.acts_of
    anybody = company.by(np.ones(acts_of.size, dtype=np.bool_))
    found = peel(company, acts_of >= settings.min_objects, settings.q, actions.accounts * combinations)
    if found.stay.any():
        pools.kept_p.append(float(found.p[found.stay].max()))
        pools.by_pool.append((acts.number, found.p))
    else:
        pools.by_anybody.append((acts.number, company_tail(anybody, acts_of, usual_rate(anybody, acts_of))))
    told = pl.DataFrame(
        {
            "account": acts.number,
            "acts": acts_of,
            "company": found.company,
            "expected": acts_of * found.usual,
            "p": found.p,
        }
    ).filter(pl.Series(found.stay))
    for group in _together(actions, told["account"].to_numpy(), window, settings):
        number = pools.number_for(group.tolist(), key[0])
        fresh = [account for account in group.tolist() if account not in pools.pool_of]
        pools.pool_of.update(dict.fromkeys(fresh, (key[0], number)))
        own = told.filter(pl.col("account").is_in(fresh)).with_columns(
            pool=pl.lit(number, pl.Int64), trace=pl.lit(key[0]), window_seconds=pl.lit(key[1], pl.Int64)
        )
        pools.members.append(own.select(pl.col(column).cast(kind) for column, kind in IN_POOL.items()))


def _together(actions: TraceActions, accounts: I64, window: timedelta, settings: Settings) -> list[I64]:
    """The accounts (ranks) in groups that hang together by meetings within the window."""
    found = pool_meetings(actions, accounts, window, settings)
    left, right = (found[side].cast(pl.Int64).to_numpy() for side in ("left", "right"))
    return components(left, right, smallest=settings.min_cluster)


def pool_meetings(actions: TraceActions, accounts: I64, window: timedelta, settings: Settings) -> pl.DataFrame:
    """left, right (account ranks), n: every pair of `accounts` that met at least once."""
    coded = actions.coded
    inside = np.isin(actions.number, accounts)[coded.account]
    part = CodedActions(
        coded.account[inside], coded.object[inside], coded.at[inside], coded.account_ids, coded.object_ids
    )
    found = project(part, window, 1, pair_budget=settings.pair_budget)
    return pl.DataFrame(
        {"left": actions.number[found.left], "right": actions.number[found.right], "n": found.weight},
        schema={"left": pl.UInt32, "right": pl.UInt32, "n": pl.Int64},
    )
