"""Accounts in no cluster that one cluster keeps following within the window, beyond its share of what goes on."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import polars as pl

from detectors.chunks import cut
from detectors.reach import expanded
from detectors.settings import Settings
from detectors.significance import I64, hoeffding_tail
from detectors.standing import acts_on_their_objects, around
from detectors.time_windows import starts_of, window_bounds
from detectors.trace_actions import TraceActions
from graph.schemas import FrameSchema

VIRAL = (
    200  # accounts on an object from which being followed by a few of a cluster is left out (d_max of DETECTORS 2.2)
)
EXPANDS = 0.01  # over the number of accounts asked (DETECTORS 2.4.3)
_AT_ONCE = 2_000_000  # pairs of an act and one that follows it, about 60 bytes each


def with_copied(traces: Sequence[TraceActions], cluster_of: I64, window: timedelta, settings: Settings) -> I64:
    """`cluster_of`, and for accounts in none (-1) the cluster that follows them beyond chance, if there is one.

    An account is followed on an object when others act on it later within the window. Asked of each account that a
    cluster followed on at least `min_shared` objects: is the cluster's share of its followers, object by object, more
    than the cluster's share of all acts of the trace? Hoeffding's bound with one trial per object, because those who
    follow on one object do not decide independently.
    """
    found = [pl.DataFrame(schema=dict(_FOUND))]
    found += [_of_trace(actions, cluster_of, window // timedelta(microseconds=1), settings) for actions in traces]
    tests = max(sum(actions.accounts for actions in traces), 1)
    best = pl.concat(found).filter(pl.col("p") <= EXPANDS / tests).sort("account", "p", "cluster")
    one = best.unique("account", keep="first", maintain_order=True)
    asked = cluster_of.copy()
    asked[one["account"].to_numpy()] = one["cluster"].to_numpy()
    return asked


_FOUND: FrameSchema = {"account": pl.Int64, "cluster": pl.Int64, "p": pl.Float64}
_FOLLOWED: FrameSchema = {"account": pl.Int64, "cluster": pl.Int64, "object": pl.Int64, "followers": pl.Int64}


def _of_trace(actions: TraceActions, cluster_of: I64, window_us: int, settings: Settings) -> pl.DataFrame:
    rows = _not_viral(acts_on_their_objects(actions, cluster_of, window_us), actions)
    followed = _followed(rows, window_us)
    enough = followed.filter(pl.len().over("account", "cluster") >= settings.min_shared)
    everybody = _followers(actions, enough["account"].unique().to_numpy(), cluster_of.size, window_us)
    objects = everybody.group_by("account").agg(pl.len().alias("objects"))
    told = (
        enough.join(everybody, on=["account", "object"])
        .with_columns(part=pl.col("followers") / pl.col("after"))
        .group_by("account", "cluster")
        .agg(pl.col("part").sum())
        .join(objects, on="account")
        .join(_share_of_acts(actions, cluster_of), on="cluster")
        .sort("account", "cluster")
    )
    p = [hoeffding_tail(*row) for row in told.select("part", "objects", "share").iter_rows()]
    return told.with_columns(p=pl.Series(p, dtype=pl.Float64)).select(
        pl.col(column).cast(kind) for column, kind in _FOUND.items()
    )


def _not_viral(rows: pl.DataFrame, actions: TraceActions) -> pl.DataFrame:
    return rows.filter(pl.Series(actions.popularity[rows["object"].to_numpy()] <= VIRAL, dtype=pl.Boolean))


def _followed(rows: pl.DataFrame, window_us: int) -> pl.DataFrame:
    """_FOLLOWED: on which objects each account of no cluster was followed by each cluster, and by how many acts of it."""
    objects, at, cluster = (rows[name].to_numpy() for name in ("object", "at", "cluster"))
    parts = [pl.DataFrame(schema=dict(_FOLLOWED))]
    high = window_bounds(starts_of(objects), at, window_us)[1] if rows.height else at
    own = np.flatnonzero(cluster < 0)
    for start, stop in cut(high[own] - own, _AT_ONCE):
        later, which = expanded(own[start:stop] + 1, high[own[start:stop]])
        first = own[start:stop][which]
        kept = (cluster[later] >= 0) & (at[later] > at[first])
        met = {"account": rows["account"].to_numpy()[first[kept]], "cluster": cluster[later[kept]]}
        met |= {"object": objects[first[kept]], "followers": np.ones(int(kept.sum()), dtype=np.int64)}
        parts.append(_summed(pl.DataFrame(met, schema=dict(_FOLLOWED))))
    return _summed(pl.concat(parts))


def _summed(met: pl.DataFrame) -> pl.DataFrame:
    return met.group_by("account", "cluster", "object").agg(pl.col("followers").sum())


def _followers(actions: TraceActions, accounts: I64, everyone: int, window_us: int) -> pl.DataFrame:
    """account, object, after: the acts that followed those of the accounts, on each object where any did."""
    chosen = np.full(everyone, -1, dtype=np.int64)
    chosen[accounts] = 0
    rows = _not_viral(acts_on_their_objects(actions, chosen, window_us), actions)
    acts = rows.with_columns(around(rows, window_us, "object")).filter(pl.col("cluster") == 0)
    return acts.filter(pl.col("after") > 0).group_by("account", "object").agg(pl.col("after").sum())


def _share_of_acts(actions: TraceActions, cluster_of: I64) -> pl.DataFrame:
    """cluster, share: of all acts of the trace those by the cluster."""
    by = pl.DataFrame({"cluster": cluster_of[actions.number][actions.coded.account]})
    return by.group_by("cluster").agg((pl.len() / max(by.height, 1)).alias("share"))
