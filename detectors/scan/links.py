"""The links inside clusters: single meetings, no surprise each, kept so that a cluster can be drawn and looked into."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import numpy as np
import polars as pl

from detectors.coding import CodedActions
from detectors.nulls import NullModel
from detectors.projection import project
from detectors.scan.choose import Candidate
from detectors.settings import Settings
from detectors.significance import I64, poisson_tail
from detectors.trace_actions import TraceActions


def with_meetings(
    links: pl.DataFrame,
    found: Sequence[Candidate],
    traces: Sequence[TraceActions],
    nulls: Mapping[tuple[str, int], NullModel],
    settings: Settings,
) -> pl.DataFrame:
    """`links` (TESTED, q, cluster) and the meetings of the members of each cluster where it was found, sorted; these have q = 1."""
    told = [links, *(_of_cluster(number, one, traces, nulls, settings) for number, one in enumerate(found))]
    keys = ["left", "right", "trace", "window_seconds"]
    # A pair that is significant on its own is there already: the first, stronger row stays.
    return pl.concat(told).unique(keys, keep="first", maintain_order=True).sort(keys)


def _of_cluster(
    number: int,
    one: Candidate,
    traces: Sequence[TraceActions],
    nulls: Mapping[tuple[str, int], NullModel],
    settings: Settings,
) -> pl.DataFrame:
    trace, seconds = one.usual.acts.trace, one.window_us // 1_000_000
    actions = next(ready for ready in traces if ready.trace == trace)
    met = meetings_among(actions, one.members, timedelta(seconds=seconds), settings)
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


def meetings_among(actions: TraceActions, accounts: I64, window: timedelta, settings: Settings) -> pl.DataFrame:
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


def _codes(actions: TraceActions, ranks: pl.Series) -> I64:
    return np.searchsorted(actions.number, ranks.to_numpy()).astype(np.int64)
