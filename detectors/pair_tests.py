"""Every pair of active accounts tested on every trace and window, and the links that survive the control of false discoveries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from detectors.fusion import cauchy, cauchy_p
from detectors.meetings import meetings_of
from detectors.nulls import SPELL_SECONDS, NullMaker, NullModel
from detectors.projection import Projection, project
from detectors.settings import Settings
from detectors.significance import benjamini_hochberg, poisson_tail
from detectors.stages import Funnel
from detectors.trace_actions import TraceActions
from detectors.trace_windows import is_timed, windows_of
from graph.schemas import FrameSchema
from graph.traces import TRACES

TESTED: FrameSchema = {
    "left": pl.UInt32,  # rank of the account among all accounts of the run; left < right
    "right": pl.UInt32,
    "trace": pl.String,
    "window_seconds": pl.Int64,
    "n": pl.Int64,
    "expected": pl.Float64,
    "p": pl.Float64,
}


@dataclass(frozen=True, slots=True)
class PairTests:
    """What the tests gave. `pairs` (TESTED) holds only p <= q: nothing above can survive Benjamini-Hochberg.

    `eligible` counts the pairs of accounts that could be tested on any trace, `tests` them over traces and windows,
    `seen` those with enough shared objects to be computed; `nulls` answers for each (trace, window_seconds), tested
    (`nulls_tested`) or only asked about; `weights` of each trace in the fusion.
    """

    pairs: pl.DataFrame
    eligible: int
    tests: int
    seen: int
    nulls: Mapping[tuple[str, int], NullModel]
    nulls_tested: Sequence[tuple[str, int]]
    weights: Mapping[str, float]


def run_pair_tests(
    traces: Sequence[TraceActions],
    settings: Settings,
    funnel: Funnel,
    *,
    null: NullMaker,
    scratch: Path | None = None,
) -> PairTests:
    """Project each trace within each window and give every pair with enough shared objects its p-value."""
    frames, tests, seen = [pl.DataFrame(schema=dict(TESTED))], 0, 0
    tested: list[tuple[str, int]] = []
    nulls: dict[tuple[str, int], NullModel] = {}
    for actions in traces:
        meetings = meetings_of(actions.coded, actions.degrees, SPELL_SECONDS)
        for span in settings.spans if is_timed(actions.trace) else ():
            seconds = int(span.total_seconds())
            name = f"pairs: {actions.trace} within {seconds} s"
            with funnel.step(name, actions.rows.height) as step:
                projection = project(
                    actions.coded,
                    span,
                    settings.min_shared,
                    pair_budget=settings.pair_budget,
                    scratch=scratch,
                    progress=partial(funnel.tell, name),
                    cancelled=funnel.cancelled,
                )
                model = nulls[actions.trace, seconds] = null(meetings, span)
                tested.append((actions.trace, seconds))
                tests += actions.accounts * (actions.accounts - 1) // 2
                seen += len(projection.left)
                frames.append(_surprising(actions, seconds, projection, model, settings.q))
                step.rows_out = frames[-1].height
        for seconds in {*settings.windows, *windows_of(actions.trace, settings)} - {
            key[1] for key in nulls if key[0] == actions.trace
        }:
            nulls[actions.trace, seconds] = null(meetings, timedelta(seconds=seconds))
    accounts = np.unique(np.concatenate([ready.number for ready in traces])).size if traces else 0
    weights = {ready.trace: TRACES[ready.trace].weight for ready in traces}
    return PairTests(pl.concat(frames), accounts * (accounts - 1) // 2, tests, seen, nulls, tested, weights)


def _surprising(
    actions: TraceActions, seconds: int, projection: Projection, model: NullModel, q: float
) -> pl.DataFrame:
    left, right = projection.left.astype(np.int64), projection.right.astype(np.int64)
    seen = projection.weight.astype(np.int64)
    expected = model.expected(left, right)
    p = poisson_tail(seen, expected)
    keep = p <= q
    found = pl.DataFrame(
        {
            "left": actions.number[left[keep]],
            "right": actions.number[right[keep]],
            "n": seen[keep],
            "expected": expected[keep],
            "p": p[keep],
        }
    )
    named = found.with_columns(trace=pl.lit(actions.trace), window_seconds=pl.lit(seconds, pl.Int64))
    return named.select(pl.col(column).cast(kind) for column, kind in TESTED.items())


def significant(tested: PairTests, q: float) -> pl.DataFrame:
    """The tests (TESTED and q) of the pairs that Benjamini-Hochberg keeps at `q` over all eligible pairs, sorted.

    q is of the pair: its p-values over traces and windows are fused first (Cauchy), tests that showed nothing counting
    with their weight.
    """
    weighted = tested.pairs.with_columns(
        weight=pl.col("trace").replace_strict(tested.weights, return_dtype=pl.Float64, default=1.0)
    )
    total = sum(tested.weights[trace] for trace, _ in tested.nulls_tested)
    fused = weighted.group_by("left", "right").agg((cauchy("p", "weight") / max(total, 1e-9)).alias("statistic"))
    fused = fused.sort("left", "right")
    fused = fused.with_columns(cauchy_p(fused["statistic"]))
    adjusted = benjamini_hochberg(fused["p"].to_numpy(), max(tested.eligible, 1))
    kept = fused.select("left", "right", q=pl.Series(adjusted, dtype=pl.Float64)).filter(pl.col("q") <= q)
    return tested.pairs.join(kept, on=["left", "right"]).sort("left", "right", "trace", "window_seconds")


def strongest_per_pair(links: pl.DataFrame) -> pl.DataFrame:
    """One row per pair: that with the smallest p; ties go to the shorter window, then to the trace first by name."""
    order = ["left", "right", "p", "window_seconds", "trace"]
    return links.sort(order).unique(["left", "right"], keep="first", maintain_order=True)
