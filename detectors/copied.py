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

# False discoveries among those that a cluster is said to follow (Benjamini-Hochberg). On twenty worlds with 400 framed
# .05 shows as many and .001 six in ten (docs/explanations.md).
LISTED = 0.01

_COPIED: FrameSchema = {**MET, "cluster": pl.Int64}


def copied_by(groups: Groups, settings: Settings) -> I64:
    """Per account in no cluster the cluster that follows it beyond chance, the clearest where there are several; else -1.

    An account is followed on an object when somebody of the cluster acts on it later within one of the windows
    (settings.windows). Asked is everybody who did at least `min_shared` things and was followed on as many. Those
    found say no more what is usual, and the others are asked again: an attacker who frames twenty accounts must not
    make it usual to be followed. Where nobody is copied the first round finds nobody, but for LISTED of such clusters.
    """
    cluster_of = groups.members.cluster_of
    orders = directed_views(groups, settings, later=True)
    each = enumerate(groups.members.groups) if orders else ()
    found = [_copied_by(orders, members, number, settings.min_shared) for number, members in each]
    told = pl.concat([pl.DataFrame(schema=dict(_COPIED)), *found]).sort("account", "p", "cluster")
    one = told.unique("account", keep="first", maintain_order=True)
    copied = np.full(cluster_of.size, -1, dtype=np.int64)
    copied[one["account"].to_numpy()] = one["cluster"].to_numpy()
    copied[cluster_of >= 0] = -1
    return copied


def directed_views(groups: Groups, settings: Settings, *, later: bool) -> list[Order]:
    """The views of the scan, within the widest of settings.windows, in which it means something who came first."""
    longest_us = 1_000_000 * max(settings.windows)
    return [
        Order(usual, later=later)
        for usual in groups.scan.seen
        if is_timed(usual.acts.trace) and usual.company.window_us <= longest_us
    ]


def _copied_by(orders: Sequence[Order], members: I64, number: int, least: int) -> pl.DataFrame:
    """_COPIED: whom this cluster follows, a row for each view that says so."""
    tests = sum(int((order.usual.acts.degree >= least).sum()) for order in orders)
    aside = np.zeros(orders[0].usual.acts.accounts, dtype=np.bool_)
    found = [pl.DataFrame(schema=dict(MET))]
    while True:
        asked = pl.concat([order.met(members, least, aside) for order in orders])
        q = benjamini_hochberg(asked["p"].to_numpy(), tests)
        found.append(asked.filter(pl.Series(q <= LISTED, dtype=pl.Boolean)))
        if found[-1].is_empty():
            return pl.concat(found).with_columns(cluster=pl.lit(number, pl.Int64))
        aside[found[-1]["account"].to_numpy()] = True
