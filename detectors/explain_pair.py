"""One pair asked again from the facts: every trace and window, half and double, with every joint act."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl

from detectors.detect import Tables, read_actions
from detectors.evidence import joint_acts
from detectors.meetings import Meetings, meetings_of
from detectors.nulls import NULLS, SPELL_SECONDS
from detectors.settings import Settings
from detectors.significance import I64, poisson_tail
from detectors.stages import Funnel
from detectors.trace_actions import TraceActions, trace_actions

Pair = tuple[str, str]


def ask_again(tables: Tables, pair: Pair, settings: Settings) -> tuple[list[dict[str, Any]], pl.DataFrame]:
    """Every trace and window of the pair, also half and double, from the facts; and all joint acts of the widest."""
    funnel = Funnel()
    ours = tables.actions.filter(pl.col("account_id").is_in(list(pair)))
    both = ours.group_by("trace").agg(pl.col("account_id").n_unique().alias("n")).filter(pl.col("n") == 2).collect()
    names = tuple(name for name in settings.traces if name in both["trace"])
    if not names:
        return [], pl.DataFrame()
    actions = read_actions(only_traces(tables, names), settings.model_copy(update={"traces": names}), funnel)
    everyone = actions["account_id"].unique().sort()
    told: list[dict[str, Any]] = []
    objects: list[pl.DataFrame] = []
    for name in sorted(names):
        ready = trace_actions(actions, name, settings.min_objects, everyone)
        if ready.coded.account_ids.is_in(list(pair)).sum() == 2:
            told += _tests_of(ready, pair, settings)
            objects.append(_objects_of(ready, pair, max(settings.windows)))
    return told, pl.concat(objects) if objects else pl.DataFrame()


def only_traces(tables: Tables, names: Sequence[str]) -> Tables:
    """The same tables with the actions of these traces alone."""
    return replace(tables, actions=tables.actions.filter(pl.col("trace").is_in(list(names))))


def _tests_of(ready: TraceActions, pair: Pair, settings: Settings) -> list[dict[str, Any]]:
    meetings = meetings_of(ready.coded, ready.degrees, SPELL_SECONDS)
    windows = sorted({span for seconds in settings.windows for span in (seconds / 2, float(seconds), 2.0 * seconds)})
    return [_test(ready, meetings, pair, seconds, settings) for seconds in windows]


def _test(ready: TraceActions, meetings: Meetings, pair: Pair, seconds: float, settings: Settings) -> dict[str, Any]:
    window = timedelta(seconds=seconds)
    codes = _codes(ready, pair)
    seen = joint_acts(ready, _ranks(ready, pair), window).height
    told: dict[str, Any] = {"trace": ready.trace, "window_seconds": seconds, "n": seen}
    for name, null in sorted(NULLS.items()):
        expected = null(meetings, window).expected(codes[:1], codes[1:])
        p = float(poisson_tail(np.array([seen]), expected)[0])
        if name == settings.null:
            told |= {"expected": float(expected[0]), "p": p}
        else:
            told[f"p_with_null_{name}"] = p
    return told


def _ranks(ready: TraceActions, pair: tuple[str, str]) -> pl.DataFrame:
    left, right = ready.number[_codes(ready, pair)]
    return pl.DataFrame({"left": [left], "right": [right]}, schema={"left": pl.UInt32, "right": pl.UInt32})


def _codes(ready: TraceActions, pair: Pair) -> I64:
    return ready.coded.account_ids.search_sorted(pl.Series(pair)).to_numpy().astype(np.int64)


def _objects_of(ready: TraceActions, pair: Pair, seconds: int) -> pl.DataFrame:
    """The joint acts with both times and posts, the least popular objects first."""
    acts = joint_acts(ready, _ranks(ready, pair), timedelta(seconds=seconds))
    left, right = ready.rows[acts["left_row"].to_numpy()], ready.rows[acts["right_row"].to_numpy()]
    found = pl.DataFrame(
        {
            "object_id": left["object_id"],
            "left_at": left["at"],
            "right_at": right["at"],
            "gap_s": acts["gap_us"] / 1e6,
            "left_post_id": left["post_id"],
            "right_post_id": right["post_id"],
            "popularity": ready.popularity[acts["object"].to_numpy()],
        }
    )
    named = {"left": pair[0], "right": pair[1], "trace": ready.trace, "window_seconds": seconds}
    return found.select(*(pl.lit(value).alias(name) for name, value in named.items()), pl.all()).sort(
        "popularity", "object_id"
    )


def other_windows(asked: Sequence[Mapping[str, Any]], settings: Settings) -> list[dict[str, Any]]:
    told = []
    for row in asked:
        for seconds in settings.windows:
            for what, factor in (("half the window", 0.5), ("double the window", 2.0)):
                if row["window_seconds"] == seconds * factor:
                    told.append({"what": what, "of_window_seconds": seconds, **row})
    return told
