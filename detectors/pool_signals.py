"""What is said of a rotating pool: how many of its members' acts had company, against everybody's."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from scipy.special import gammaln

from detectors import sentences
from detectors.pool import Pools
from detectors.risk import FAMILY, strength
from detectors.significance import I64, SMALLEST_P, log10_hoeffding_tail
from graph.schemas import SIGNAL_SCHEMA, FrameSchema
from graph.traces import TRACES

NUMBERED_SIGNAL: FrameSchema = {
    "cluster": pl.Int64,
    "trace": pl.String,
    "window_seconds": pl.Int64,
    **{name: kind for name, kind in SIGNAL_SCHEMA.items() if name != "cluster_id"},
}


def pool_signals(pooled: Mapping[int, int], groups: Sequence[I64], pools: Pools) -> pl.DataFrame:
    """One row (SIGNAL with cluster number, trace, window) per cluster that is a pool.

    `seen` and `expected` are acts with company, those on popular objects counting in part. p bounds the chance that
    *any* group of this size among the tested accounts has so much: the members were chosen for it (union bound).
    """
    rows = [
        _of_pool(cluster, pools.members.filter(pl.col("account").is_in(groups[cluster])), pools) for cluster in pooled
    ]
    return pl.DataFrame(rows, schema=dict(NUMBERED_SIGNAL), orient="row")


def _of_pool(cluster: int, members: pl.DataFrame, pools: Pools) -> dict[str, object]:
    trace, seconds = members["trace"][0], int(members["window_seconds"].max())  # type: ignore[arg-type]
    acts, company, expected = (float(members[name].sum()) for name in ("acts", "company", "expected"))
    usual = expected / acts
    chosen = log10_choices(pools.eligible[trace], members.height)
    log_p = min(0.0, log10_hoeffding_tail(company, acts, usual) + chosen)
    spread = 1.96 * np.sqrt(acts * usual * (1 - usual))
    p = max(10**log_p, SMALLEST_P)
    return {
        "cluster": cluster,
        "trace": trace,
        "window_seconds": seconds,
        "name": f"{trace}_company",
        "family": FAMILY[TRACES[trace].family],
        "value": strength(-log_p),
        "seen": company,
        "expected": expected,
        "low": max(expected - spread, 0.0),
        "high": min(expected + spread, acts),
        "p": p,
        "sentence": sentences.company_sentence(trace, round(acts), company, expected, p, seconds),
    }


def log10_choices(many: int, few: int) -> float:
    """log10 of the number of ways to choose `few` of `many`."""
    return float((gammaln(many + 1) - gammaln(few + 1) - gammaln(many - few + 1)) / np.log(10))
