"""Which accounts are tied to a cluster by what they did themselves: acts after its members', beyond what outsiders have, and means in common."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import polars as pl

from detectors.copied import directed_views
from detectors.followed import Order
from detectors.groups import Groups
from detectors.scan.core import LEAST
from detectors.settings import Settings
from detectors.significance import I64
from detectors.standing import joint_acts_in_time
from detectors.trace_actions import TraceActions
from detectors.trace_windows import MONTH
from graph.traces import TRACES

TIED = 0.01  # over the views: of framed accounts so many may be tied by chance (SECURITY 7: at most 1 % inside)


def tied_by_own_acts(
    traces: Sequence[TraceActions], groups: Groups, cluster_of: I64, accounts: I64, settings: Settings
) -> set[int]:
    """Those of `accounts` that nobody else could have tied to their cluster (`cluster_of`, also of non-members).

    Others make an account's evidence by acting after it; only itself can act *after* them, or use their address or
    device. So it is tied when it came after members on more objects than outsiders do (Order.met, p <= TIED over the
    views), or has two means in common that are mostly the cluster's. Coming after one another does not count: whoever
    copies a circle of friends would have them all inside.
    """
    orders = directed_views(groups, settings, later=False)
    tied = _by_means(traces, cluster_of) & set(accounts.tolist())
    for number, members in enumerate(groups.members.groups):
        here = np.array(
            [one for one in accounts.tolist() if cluster_of[one] == number and one not in tied], dtype=np.int64
        )
        tied |= _by_coming_after(orders, members, np.sort(here))
    return tied


def _by_coming_after(orders: Sequence[Order], members: I64, asked: I64) -> set[int]:
    """Those of `asked` that came after members who are not asked, or are tied: friends who are copied tie nobody to it."""
    tied: set[int] = set()
    nobody = np.zeros(orders[0].usual.acts.accounts if orders else 0, dtype=np.bool_)
    core = np.setdiff1d(members, asked)
    while asked.size and core.size and orders:
        waiting = nobody.copy()
        waiting[asked] = True
        # One act after a member's is what any passer-by has.
        met = pl.concat([order.met(core, int(LEAST), nobody, waiting) for order in orders])
        new = met.filter(pl.col("p") <= TIED / len(orders))["account"].unique().to_numpy()
        if not new.size:
            break
        tied.update(new.tolist())
        asked, core = np.setdiff1d(asked, new), np.union1d(core, np.intersect1d(members, new))
    return tied


def _by_means(traces: Sequence[TraceActions], cluster_of: I64) -> set[int]:
    """Accounts that share means with their cluster, each counted by the cluster's part of those who use it."""
    means = [actions for actions in traces if TRACES[actions.trace].family == "infrastructure"]
    used = joint_acts_in_time(means, cluster_of, timedelta(seconds=MONTH)).group_by("account").agg(pl.col("own").sum())
    return set(used.filter(pl.col("own") >= TRACES["means"].min_shared)["account"].to_list())
