"""The backbone of who met whom: each account's strongest links, as many as a budget for the whole graph allows.

In slow windows nearly every account of the core meets every other, and communities would be looked for among millions of
links, most of them single meetings. Kept are the k strongest links of every account, whichever end counts them (a union
k-nearest-neighbour graph), with the largest k that fits. Source: Satuluri, Parthasarathy and Ruan 2011, "Local Graph
Sparsification for Scalable Clustering": the strongest links of each node keep communities that one cut for all weights loses.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.coding import Flags
from detectors.scan.acts import Company
from detectors.significance import F64, I64
from detectors.time_windows import starts_of, window_bounds

NEAREST = 15  # members of the core met on one object that an act is linked to, the closest in time: links stay few
# Links in one graph. Communities at four levels of detail cost about 30 us a link (6.8 million: 220 s), and a run asks for
# them in every trace, window and replay. The graphs of the three mixes and of 1.6 million real posts have under 200,000.
MOST_LINKS = 400_000
LEAST_OF_EACH = 8  # strongest links of every account that are kept whatever the budget: with fewer, rings fall apart
MEETINGS_AT_A_TIME = 4_000_000  # held while they are summed, about 50 bytes each

_ALL = 2**31  # more links than an account can have


@dataclass(frozen=True)
class Links:
    """Pairs of core accounts that met, left < right, sorted, and the sum of the rarities of what they met on (-log10)."""

    left: I64
    right: I64
    weight: F64


@dataclass(frozen=True)
class Backbone:
    """The links kept; how many pairs met; and how many links of each account were sure to be kept, None for all."""

    links: Links
    met: int
    of_each: int | None = None

    @property
    def dropped(self) -> int:
        """Pairs that met and are no link."""
        return self.met - self.links.left.size


def core_links(
    company: Company,
    stay: Flags,
    *,
    most_links: int = MOST_LINKS,
    least_of_each: int = LEAST_OF_EACH,
    at_a_time: int = MEETINGS_AT_A_TIME,
) -> Backbone:
    """Who of the core (`stay`) met whom within the window, through each act's closest meetings.

    At most `most_links` links, or `least_of_each` for every account if that is more: kept are the k strongest links of each
    account for the largest such k. Strength is the weight; ties go by scrambled ranks, so that no account is the favourite
    of all others. The order of rows changes nothing. Memory: the acts of the core, `at_a_time` meetings (or those of one
    account), twice the links allowed.
    """
    meetings = _Meetings(company, stay)
    budget = max(most_links, least_of_each * meetings.accounts)
    held, per_rank, deepest, met = [_ranked(*_nothing())], np.zeros(1, dtype=np.int64), _ALL, 0
    for accounts in meetings.spans(at_a_time):
        ranked = _ranked(*meetings.of(accounts))
        met += ranked.height
        per_rank = _sum(per_rank, np.bincount(ranked["rank"].to_numpy(), minlength=1))
        held.append(ranked)
        if (fitting := _deepest(per_rank, 2 * budget)) < deepest:
            # A link has two ends: where both together pass twice the budget, no larger k can fit, whatever comes.
            deepest = fitting
            held = [part.filter(pl.col("rank") < deepest) for part in held]
    ends = (
        pl.min_horizontal("account", "partner").alias("left"),
        pl.max_horizontal("account", "partner").alias("right"),
    )
    links = pl.concat(held).group_by(*ends).agg(pl.col("weight").first(), pl.col("rank").min()).sort("left", "right")
    of_each = min(deepest, _deepest(np.bincount(links["rank"].to_numpy(), minlength=1), budget))
    kept = links.filter(pl.col("rank") < of_each)
    found = Links(kept["left"].to_numpy(), kept["right"].to_numpy(), kept["weight"].to_numpy() / 1000)
    return Backbone(found, met // 2, None if of_each == _ALL else of_each)


class _Meetings:
    """The meetings of the core, asked for account by account, so that they are never held all at once."""

    def __init__(self, company: Company, stay: Flags) -> None:
        inside = stay[company.acts.account] & (company.others > 0)
        acts = company.acts.where(inside)
        # Sums of floats depend on their order: whole thousandths do not.
        self.weight = np.rint(1000 * rarity(company.acts.crowd[inside], acts.accounts)).astype(np.int64)
        self.account = acts.account
        low, high = window_bounds(starts_of(acts.object), acts.at, company.window_us)
        place = np.arange(acts.account.size, dtype=np.int64)
        self.first = np.maximum(low, place - NEAREST)
        self.many = np.minimum(high, place + NEAREST + 1) - self.first  # itself included
        self.order = np.argsort(acts.account, kind="stable")
        self.opens = np.flatnonzero(starts_of(acts.account[self.order]))

    @property
    def accounts(self) -> int:
        return self.opens.size

    def spans(self, at_a_time: int) -> Iterator[slice]:
        """Spans of `order` with whole accounts and at most `at_a_time` meetings, or one account."""
        if not self.opens.size:
            return
        done = np.concatenate([[0], np.cumsum(self.many[self.order])])
        ends = np.append(self.opens[1:], self.order.size)
        start = 0
        while start < self.order.size:
            fits = int(np.searchsorted(done[ends], done[start] + at_a_time, side="right")) - 1
            stop = max(int(ends[max(fits, 0)]), int(ends[np.searchsorted(ends, start, side="right")]))
            yield slice(start, stop)
            start = stop

    def of(self, span: slice) -> tuple[I64, I64, I64]:
        """account, partner, weight of each meeting of the accounts of a span."""
        acts = self.order[span]
        many = self.many[acts]
        one = np.repeat(acts, many)
        other = np.repeat(self.first[acts] - (np.cumsum(many) - many), many) + np.arange(one.size, dtype=np.int64)
        two = one != other
        return self.account[one[two]], self.account[other[two]], self.weight[one[two]]


def _nothing() -> tuple[I64, I64, I64]:
    return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)


def _ranked(account: I64, partner: I64, weight: I64) -> pl.DataFrame:
    """account, partner, weight summed, and the rank of the link among those of its account, the strongest 0."""
    met = pl.DataFrame({"account": account, "partner": partner, "weight": weight})
    summed = met.group_by("account", "partner").agg(pl.col("weight").sum())
    one, other, strength = (summed[name].to_numpy() for name in ("account", "partner", "weight"))
    order = np.lexsort((_scrambled(np.minimum(one, other), np.maximum(one, other)), -strength, one))
    owner = one[order]
    opens = np.flatnonzero(starts_of(owner))
    rank = np.arange(owner.size, dtype=np.int64) - np.repeat(opens, np.diff(np.append(opens, owner.size)))
    return pl.DataFrame({"account": owner, "partner": other[order], "weight": strength[order], "rank": rank})


def _scrambled(left: I64, right: I64) -> np.ndarray:
    """One number per pair, no two alike in practice: the finaliser of splitmix64 (Steele, Lea and Flood 2014)."""
    mixed = (left.astype(np.uint64) << np.uint64(32)) | right.astype(np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))


def _deepest(per_rank: I64, budget: int) -> int:
    """The largest k for which the links of rank below k are at most `budget`; _ALL where all are."""
    reached = np.cumsum(per_rank)
    return _ALL if reached[-1] <= budget else int(np.searchsorted(reached, budget, side="right"))


def _sum(one: I64, other: I64) -> I64:
    total = np.zeros(max(one.size, other.size), dtype=np.int64)
    total[: one.size] += one
    total[: other.size] += other
    return total


def rarity(crowd: I64, accounts: int) -> F64:
    """-log10 of the chance that two random accounts are both among the `crowd` of an object (DETECTORS 2.3, w_o)."""
    many = np.maximum(crowd, 2).astype(np.float64)
    return np.asarray(-np.log10(many * (many - 1) / (max(accounts, 3) * (accounts - 1.0))), dtype=np.float64)
