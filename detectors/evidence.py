"""What the links stand on: every joint act with both times, how close and who came first, and how many took part."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl

from detectors.chunks import cut
from detectors.co_actions import co_actions
from detectors.settings import Settings
from detectors.stages import Funnel
from detectors.trace_actions import TraceActions
from graph.schemas import EVIDENCE_SCHEMA, FrameSchema, empty

_ACTS_PER_CHUNK = 2_000_000
_LEAST_PER_EDGE = 3  # a link has at least this many shared objects, and all of them are kept

_PAIR = ["left", "right"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found; accounts are ranks, clusters numbers (null outside).

    `times`: cluster, left, right, trace, window_seconds, min_gap_s, median_gap_s, left_leads for every link.
    `rows`: EVIDENCE with `cluster` for cluster_id, and the block of the object.
    `joint`: cluster, window_seconds, object (code), account, meetings, row (its first action there), trace: who of a
    cluster met another member on an object within the window.
    """

    times: pl.DataFrame
    rows: pl.DataFrame
    joint: pl.DataFrame


def collect_evidence(
    traces: Sequence[TraceActions], links: pl.DataFrame, settings: Settings, funnel: Funnel
) -> Evidence:
    """Look up the joint acts behind `links` (left, right, trace, window_seconds, n, cluster).

    Evidence rows are capped per pair and trace, the least popular objects first, then the closest in time; what the cap
    left out is noted. They stand under the widest window that is significant for the pair.
    """
    per_edge = _cap(links, settings)
    parts = [
        _of_trace(actions, links.filter(pl.col("trace") == actions.trace), settings, per_edge, funnel)
        for actions in traces
        if actions.trace in links["trace"]
    ]
    told, kept = sum(part.told for part in parts), sum(part.found.rows.height for part in parts)
    if told > kept:
        funnel.note(
            f"The evidence table holds {kept:,} of {told:,} joint acts: at most {per_edge} per pair and trace, those on "
            "the least popular objects. Counts and tests use all of them."
        )
    return Evidence(
        pl.concat([part.found.times for part in parts]),
        pl.concat([part.found.rows for part in parts]),
        pl.concat([part.found.joint for part in parts]),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    found: Evidence
    told: int  # joint acts before the cap


_NO_TIMES: FrameSchema = {
    "cluster": pl.Int64,
    "left": pl.UInt32,
    "right": pl.UInt32,
    "trace": pl.String,
    "window_seconds": pl.Int64,
    "min_gap_s": pl.Float64,
    "median_gap_s": pl.Float64,
    "left_leads": pl.Float64,
}
_NO_ROWS: FrameSchema = {
    **{name: kind for name, kind in EVIDENCE_SCHEMA.items() if name != "cluster_id"},
    "left": pl.UInt32,
    "right": pl.UInt32,
    "block": pl.String,
    "cluster": pl.Int64,
}
_NO_JOINT: FrameSchema = {
    "cluster": pl.Int64,
    "object": pl.UInt32,
    "account": pl.UInt32,
    "meetings": pl.UInt32,
    "row": pl.UInt32,
    "window_seconds": pl.Int64,
    "trace": pl.String,
}


def no_evidence() -> Evidence:
    """What there is when no link was found."""
    return Evidence(empty(_NO_TIMES), empty(_NO_ROWS), empty(_NO_JOINT))


def _cap(links: pl.DataFrame, settings: Settings) -> int:
    pairs = links.select("left", "right", "trace").n_unique()
    return max(_LEAST_PER_EDGE, min(settings.evidence_per_edge, settings.evidence_rows // max(pairs, 1)))


def _of_trace(actions: TraceActions, links: pl.DataFrame, settings: Settings, per_edge: int, funnel: Funnel) -> _Part:
    pairs = (
        links.group_by("cluster", *_PAIR)
        .agg(pl.col("window_seconds").max().alias("widest"), pl.col("n").max().alias("most"))
        .sort("cluster", *_PAIR, nulls_last=True)
    )
    windows = sorted({*settings.windows, *links["window_seconds"]})
    wider = {
        seconds: links.filter(pl.col("window_seconds") >= seconds)["cluster"].drop_nulls().unique().to_list()
        for seconds in windows
        if seconds > max(settings.windows)
    }
    times, rows, joint, told = [], [], [], 0
    for done, chunk in _chunks(pairs):
        funnel.tell(f"evidence: {actions.trace}", done, pairs.height)
        acts = joint_acts(actions, chunk, timedelta(seconds=max(windows)))
        times.append(_times(acts, links))
        shown = acts.filter(pl.col("gap_us").abs() <= pl.col("widest") * 1_000_000)
        told += shown.height
        rows.append(_shown(actions, shown, per_edge))
        joint.append(_takers(acts, windows, wider))
    return _Part(Evidence(pl.concat(times), pl.concat(rows), _joint(pl.concat(joint), actions.trace)), told)


def _chunks(pairs: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
    for start, stop in cut(pairs["most"].to_numpy(), _ACTS_PER_CHUNK):
        yield start, pairs.slice(start, stop - start)


def joint_acts(actions: TraceActions, pairs: pl.DataFrame, window: timedelta) -> pl.DataFrame:
    """The joint acts of `pairs` (left, right as account ranks) within `window`, with the columns of `pairs` repeated.

    Adds object, left_row, right_row (rows of `actions`) and gap_us = right - left; one row per pair and object, the
    closest in time.
    """
    code = np.full(int(actions.number.max(initial=0)) + 1, 0, dtype=np.uint32)
    code[actions.number] = np.arange(actions.number.size, dtype=np.uint32)
    left, right = code[pairs["left"].to_numpy()], code[pairs["right"].to_numpy()]
    found = co_actions(actions.coded, left, right, window)
    ranked = found.with_columns(
        left=pl.Series(actions.number[found["left"].to_numpy()], dtype=pl.UInt32),
        right=pl.Series(actions.number[found["right"].to_numpy()], dtype=pl.UInt32),
    ).rename({"gap": "gap_us"})
    return ranked.join(pairs, on=_PAIR, how="inner")


def _times(acts: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    gap = pl.col("gap_us")
    first = pl.when(gap > 0).then(1.0).when(gap < 0).then(0.0).otherwise(0.5)
    asked = links.select(*_PAIR, "trace", "window_seconds")
    return (
        acts.select("cluster", *_PAIR, "gap_us")
        .join(asked, on=_PAIR, how="inner")
        .filter(gap.abs() <= pl.col("window_seconds") * 1_000_000)
        .group_by("cluster", *_PAIR, "trace", "window_seconds")
        .agg(
            (gap.abs().min() / 1e6).alias("min_gap_s"),
            (gap.abs().median() / 1e6).alias("median_gap_s"),
            first.mean().alias("left_leads"),
        )
    )


def _shown(actions: TraceActions, acts: pl.DataFrame, per_edge: int) -> pl.DataFrame:
    popularity = pl.Series("popularity", actions.popularity[acts["object"].to_numpy()], dtype=pl.Int64)
    nearest = pl.col("gap_us").abs()
    kept = (
        acts.with_columns(popularity)
        .sort(*_PAIR, "popularity", nearest, "object")
        .group_by(*_PAIR, maintain_order=True)
        .head(per_edge)
    )
    left, right = actions.rows[kept["left_row"].to_numpy()], actions.rows[kept["right_row"].to_numpy()]
    return kept.select(
        *_PAIR,
        pl.lit(actions.trace).alias("trace"),
        pl.col("widest").alias("window_seconds"),
        left["object_id"],
        left["at"].alias("left_at"),
        right["at"].alias("right_at"),
        (pl.col("gap_us") / 1e6).alias("gap_s"),
        left["post_id"].alias("left_post_id"),
        right["post_id"].alias("right_post_id"),
        "popularity",
        left["block"].alias("block"),
        "cluster",
    )


def _takers(acts: pl.DataFrame, windows: Sequence[int], wider: Mapping[int, Sequence[int]]) -> pl.DataFrame:
    """Per cluster, window and object: who took part, and in how many meetings of two.

    The windows of `wider` are asked only of the clusters that were found in them.
    """
    inside = acts.filter(pl.col("cluster").is_not_null())
    found = [
        _takers_within(inside.filter(pl.col("cluster").is_in(wider[seconds])) if seconds in wider else inside, seconds)
        for seconds in windows
    ]
    return pl.concat(found)


def _takers_within(acts: pl.DataFrame, seconds: int) -> pl.DataFrame:
    near = acts.filter(pl.col("gap_us").abs() <= seconds * 1_000_000)
    sides = [
        near.select("cluster", "object", pl.col(side).alias("account"), pl.col(f"{side}_row").alias("row"))
        for side in _PAIR
    ]
    return (
        pl.concat(sides)
        .group_by("cluster", "object", "account")
        .agg(pl.len().alias("meetings"), pl.col("row").min())
        .with_columns(window_seconds=pl.lit(seconds, pl.Int64))
    )


def _joint(takers: pl.DataFrame, trace: str) -> pl.DataFrame:
    merged = takers.group_by("cluster", "window_seconds", "object", "account").agg(
        pl.col("meetings").sum(), pl.col("row").min()
    )
    return merged.with_columns(trace=pl.lit(trace))
