"""Accounts in no cluster that one cluster keeps following within the window, more often than it follows anybody else."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from detectors.followed import MET, Order
from detectors.groups import Groups
from detectors.settings import Settings
from detectors.significance import I64, benjamini_hochberg
from detectors.trace_windows import is_timed
from graph.schemas import FrameSchema

# False discoveries among those that a cluster is said to follow (Benjamini-Hochberg): the q of what is for review,
# since being named here accuses nobody. With .01, 9 of 53 framed in five worlds were found (docs/explanations.md).
LISTED = 0.05

_COPIED: FrameSchema = {**MET, "cluster": pl.Int64}


def with_copied(groups: Groups, cluster_of: I64, settings: Settings) -> I64:
    """`cluster_of`, and for accounts in none (-1) the cluster that follows them beyond chance, if there is one.

    An account is followed on an object when somebody of the cluster acts on it later within one of the windows
    (settings.windows). Asked are those that did at least `min_shared` things; the cluster must have followed as many.
    Those found say no more what is usual, and the others are asked again: an attacker who frames twenty accounts must
    not make it usual to be followed. Where nobody is copied, nobody is found in the first round either, so the share of false discoveries holds.
    """
    orders = directed_views(groups, max(settings.windows), later=True)
    found = [_copied_by(orders, members, number, settings.min_shared) for number, members in enumerate(groups.members.groups)]
    told = pl.concat([pl.DataFrame(schema=dict(_COPIED)), *found]).sort("account", "p", "cluster")
    one = told.unique("account", keep="first", maintain_order=True)
    asked = cluster_of.copy()
    free = cluster_of[one["account"].to_numpy()] < 0
    asked[one["account"].to_numpy()[free]] = one["cluster"].to_numpy()[free]
    return asked


def directed_views(groups: Groups, longest_seconds: int, *, later: bool) -> list[Order]:
    """The views of the scan, up to this window, in which it means something who came first."""
    return [
        Order(usual, later=later)
        for usual in groups.scan.seen
        if is_timed(usual.acts.trace) and usual.company.window_us <= 1_000_000 * longest_seconds
    ]


def _copied_by(orders: Sequence[Order], members: I64, number: int, least: int) -> pl.DataFrame:
    """_COPIED: whom this cluster follows, by the view in which that is clearest."""
    tests = sum(int((order.usual.acts.degree >= least).sum()) for order in orders)
    found = [pl.DataFrame(schema=dict(MET))]
    aside = np.zeros(orders[0].usual.acts.accounts if orders else 0, dtype=np.bool_)
    while True:
        asked = pl.concat([pl.DataFrame(schema=dict(MET)), *(order.met(members, least, aside) for order in orders)])
        new = asked.filter(pl.Series(benjamini_hochberg(asked["p"].to_numpy(), tests) <= LISTED, dtype=pl.Boolean))
        if new.is_empty():
            break
        found.append(new)
        aside[new["account"].to_numpy()] = True
    return pl.concat(found).with_columns(cluster=pl.lit(number, pl.Int64))
