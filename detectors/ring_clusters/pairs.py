"""Who of a ring is tied to whom, by which new things, with both times of first use."""

import numpy as np
import polars as pl

from detectors.significance import I64
from detectors.takeovers.adoption import WINDOWS_US
from graph.schemas import EDGE_SCHEMA, EVIDENCE_SCHEMA, FrameSchema

NEIGHBOURS = (
    32  # per account and value, the next in time: all pairs of a ring of 33, and no square of a ring of thousands
)
_NUMBERED: FrameSchema = {"ring": pl.Int64}
RING_EDGE: FrameSchema = {**_NUMBERED, **{name: kind for name, kind in EDGE_SCHEMA.items() if name != "cluster_id"}}
RING_EVIDENCE: FrameSchema = {
    **_NUMBERED,
    **{name: kind for name, kind in EVIDENCE_SCHEMA.items() if name != "cluster_id"},
}
_WINDOW_US = WINDOWS_US[-1]
_SECONDS = _WINDOW_US // 1_000_000


def ring_evidence(uses: pl.DataFrame, ties: pl.DataFrame) -> pl.DataFrame:
    """RING_EVIDENCE, sorted: one row per pair and shared value, `trace` the name of the feature, within the longest of WINDOWS_US.

    Takes USE_SCHEMA and TIE_SCHEMA of detectors.takeovers.ties, with account_id. Popularity: accounts ever seen with the value.
    """
    parts = [pl.DataFrame(schema=dict(RING_EVIDENCE))]
    for (ring, feature, value), rows in uses.sort("ring", "feature", "value", "at", "account_id").group_by(
        "ring", "feature", "value", maintain_order=True
    ):
        first, second = _neighbours(rows["at"].to_physical().to_numpy())
        pairs = pl.concat(
            [rows[first].select(a="account_id", a_at="at"), rows[second].select(b="account_id", b_at="at")],
            how="horizontal",
        )
        turned = pl.col("a") > pl.col("b")
        sides = [
            pl.when(turned).then(later).otherwise(earlier).alias(name)
            for name, earlier, later in (
                ("left", "a", "b"),
                ("right", "b", "a"),
                ("left_at", "a_at", "b_at"),
                ("right_at", "b_at", "a_at"),
            )
        ]
        parts.append(
            pairs.select(sides)
            .with_columns(
                ring=pl.lit(ring), trace=pl.lit(feature), object_id=pl.lit(value), window_seconds=pl.lit(_SECONDS)
            )
            .join(_popularity(ties, ring, feature, value), how="cross")
            .with_columns(
                gap_s=(pl.col("right_at") - pl.col("left_at")).dt.total_microseconds() / 1e6,
                left_post_id=pl.lit(None, pl.String),
                right_post_id=pl.lit(None, pl.String),
            )
            .select(pl.col(name).cast(kind) for name, kind in RING_EVIDENCE.items())
        )
    return pl.concat(parts).sort("ring", "left", "right", "trace", "object_id")


def _popularity(ties: pl.DataFrame, ring: object, feature: object, value: object) -> pl.DataFrame:
    here = (pl.col("ring") == ring) & (pl.col("feature") == feature) & (pl.col("value") == value)
    return ties.filter(here).select(popularity="ever")


def _neighbours(at: I64) -> tuple[I64, I64]:
    """Rows of pairs: each with the NEIGHBOURS next ones that came within the longest of WINDOWS_US."""
    pairs = [
        (np.arange(at.size - step), np.arange(step, at.size)) for step in range(1, min(NEIGHBOURS, at.size - 1) + 1)
    ]
    nothing = np.empty(0, dtype=np.int64)
    first, second = (np.concatenate([nothing, *part]) for part in (zip(*pairs, strict=True) if pairs else ((), ())))
    near = at[second] - at[first] <= _WINDOW_US
    return first[near], second[near]


def ring_edges(evidence: pl.DataFrame, ties: pl.DataFrame, signs: pl.DataFrame) -> pl.DataFrame:
    """RING_EDGE, sorted. n: shared new values of the feature; expected: how many of them an account outside the ring took up at that
    time, by the share of those who were there; p and q: of the best sign with one of these values, which is one of the ring, not of the pair.
    """
    key = ["ring", "trace", "object_id"]
    rates = ties.select(
        "ring",
        trace="feature",
        object_id="value",
        rate=(pl.col("outside") / pl.max_horizontal("there", 1)).clip(0.0, 1.0),
    )
    told = evidence.join(rates, on=key, how="left").join(_best(signs), on=key, how="left")
    leads = pl.when(pl.col("gap_s") > 0).then(1.0).when(pl.col("gap_s") < 0).then(0.0).otherwise(0.5)
    edges = told.group_by("ring", "left", "right", "trace", "window_seconds").agg(
        n=pl.len(),
        expected=pl.col("rate").sort().sum(),
        p=pl.col("p").min(),
        q=pl.col("q").min(),
        min_gap_s=pl.col("gap_s").abs().min(),
        median_gap_s=pl.col("gap_s").abs().median(),
        left_leads=leads.mean(),
    )
    return edges.select(pl.col(name).cast(kind) for name, kind in RING_EDGE.items()).sort(
        "ring", "left", "right", "trace"
    )


def _best(signs: pl.DataFrame) -> pl.DataFrame:
    """ring, trace, object_id, p, q: of the best sign of the ring that holds the value."""
    both = [
        signs.select("ring", "p", "q", trace=feature, object_id=value)
        for feature, value in (("feature", "value"), ("other_feature", "other_value"))
    ]
    return pl.concat(both).drop_nulls("trace").group_by("ring", "trace", "object_id").agg(pl.col("p", "q").min())
