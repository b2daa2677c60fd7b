"""The graph of who touched what: accounts on one side, objects on the other, rare objects weighing more."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.coding import I64, Flags, codes_of

# Weights are whole numbers of 1/UNIT, so that sums have no rounding and the order of edges changes nothing.
UNIT = 1 << 20


@dataclass(frozen=True, slots=True)
class TouchGraph:
    """Distinct touches (account code, object code), each weighing `weight[object]` in 1/UNIT. Codes are dense from 0."""

    account: I64
    object: I64
    weight: I64  # per object
    accounts: int

    def where(self, keep: Flags) -> "TouchGraph":
        """The same nodes, the touches flagged in `keep`."""
        return TouchGraph(self.account[keep], self.object[keep], self.weight, self.accounts)

    def inside(self, accounts: Flags, objects: Flags) -> "TouchGraph":
        """The touches between the flagged accounts and the flagged objects."""
        return self.where(accounts[self.account] & objects[self.object])

    def degree(self) -> I64:
        """Objects per account."""
        return np.bincount(self.account, minlength=self.accounts)

    def popularity(self) -> I64:
        """Accounts per object."""
        return np.bincount(self.object, minlength=self.weight.size)


@dataclass(frozen=True, slots=True)
class NamedTouches:
    """A graph and the sorted ids behind its codes."""

    graph: TouchGraph
    account_ids: pl.Series
    object_ids: pl.Series


def named_touches(actions: pl.DataFrame, offset: float, *, least: int = 1) -> NamedTouches:
    """The distinct (account_id, object_id) of objects that at least `least` accounts touched, sorted."""
    touched = actions.select("account_id", "object_id").unique()
    touched = touched.filter(pl.len().over("object_id") >= least).sort("account_id", "object_id")
    account, account_ids = codes_of(touched["account_id"])
    thing, object_ids = codes_of(touched["object_id"])
    weight = rarity(np.bincount(thing, minlength=len(object_ids)), offset)
    graph = TouchGraph(account.astype(np.int64), thing.astype(np.int64), weight, len(account_ids))
    return NamedTouches(graph, account_ids, object_ids)


def rarity(popularity: I64, offset: float) -> I64:
    """1 / ln(popularity + offset) in 1/UNIT: padding with popular objects adds next to nothing (Hooi et al. 2016)."""
    return np.asarray(np.rint(UNIT / np.log(popularity + offset)), dtype=np.int64)
