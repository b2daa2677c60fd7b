"""What the members of clusters did on objects that another member acted on too: the acts other signs may stand on."""

import polars as pl

from graph.traces import TRACES

# Traces that are tested within hours. Means of infrastructure lie under every post, and say nothing about its moment.
_TIMED = sorted(trace.name for trace in TRACES.values() if trace.timed_windows and trace.alone)


def common_acts(actions: pl.DataFrame, who: pl.DataFrame) -> pl.DataFrame:
    """cluster, account_id, trace, at, post_id of every act on an object that two or more of the cluster acted on, whenever.

    `actions`: those a run tested; `who`: cluster, account_id. This is more than the joint acts within the windows, so a
    sign made from what is left shares no act with company, overlap or synchrony.
    """
    acted = actions.filter(pl.col("trace").is_in(_TIMED)).join(who, on="account_id", how="inner")
    shared = pl.col("account_id").n_unique().over("cluster", "trace", "object_id") > 1
    return acted.filter(shared).select("cluster", "account_id", "trace", "at", "post_id").unique()
