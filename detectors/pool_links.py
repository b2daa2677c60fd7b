"""The links inside rotating pools: single meetings, no surprise each, kept so that a pool can be drawn and looked into."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import numpy as np
import polars as pl

from detectors.nulls import NullModel
from detectors.pool import Pools, pool_meetings
from detectors.settings import Settings
from detectors.signals import Members
from detectors.significance import I64, poisson_tail
from detectors.trace_actions import TraceActions


def with_pool_links(
    links: pl.DataFrame,
    members: Members,
    traces: Sequence[TraceActions],
    nulls: Mapping[tuple[str, int], NullModel],
    pools: Pools,
    settings: Settings,
) -> pl.DataFrame:
    """`links` (TESTED, q, cluster) and the meetings of the members of each pool, sorted; these have q = 1."""
    told = [links, *(_of_pool(number, members, traces, nulls, pools, settings) for number in sorted(members.pooled))]
    keys = ["left", "right", "trace", "window_seconds"]
    # A pair of the pool that is significant on its own is there already: the first, stronger row stays.
    return pl.concat(told).unique(keys, keep="first", maintain_order=True).sort(keys)


def _of_pool(
    number: int,
    members: Members,
    traces: Sequence[TraceActions],
    nulls: Mapping[tuple[str, int], NullModel],
    pools: Pools,
    settings: Settings,
) -> pl.DataFrame:
    pool = pools.members.filter(pl.col("pool") == members.pooled[number])
    trace, seconds = pool["trace"][0], int(pool["window_seconds"].max())  # type: ignore[arg-type]
    actions = next(ready for ready in traces if ready.trace == trace)
    met = pool_meetings(actions, members.groups[number], timedelta(seconds=seconds), settings)
    left, right = (_codes(actions, met[side]) for side in ("left", "right"))
    expected = nulls[trace, seconds].expected(left, right)
    return met.select(
        "left",
        "right",
        pl.lit(trace).alias("trace"),
        pl.lit(seconds, pl.Int64).alias("window_seconds"),
        "n",
        pl.Series("expected", expected),
        pl.Series("p", poisson_tail(met["n"].to_numpy(), expected)),
        pl.lit(1.0).alias("q"),
        pl.lit(number, pl.Int64).alias("cluster"),
    )


def _codes(actions: TraceActions, ranks: pl.Series) -> I64:
    return np.searchsorted(actions.number, ranks.to_numpy()).astype(np.int64)
