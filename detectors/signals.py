"""The signals of each cluster: how often its members acted together, and how close in time, against what chance explains."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl

from detectors import sentences
from detectors.evidence import Evidence
from detectors.nulls import NullModel
from detectors.risk import strength
from detectors.scan.choose import Candidate
from detectors.scan.search import Scan
from detectors.scan.signals import NUMBERED_SIGNAL, company_signals
from detectors.settings import Settings
from detectors.significance import I64, chance_band, poisson_tail, surprise
from detectors.synchrony import Pace, synchrony
from detectors.trace_actions import TraceActions
from graph.schemas import FrameSchema
from graph.traces import TRACES

REPEATS = 0.5  # share of one trace's joint posts that another trace shows too, from which the two are one sign

CLEAR = 1e-3  # p of an overlap in the widest window from which narrower ones need not be asked

_Row = tuple[int, int, float, float, float, float, float, str]
_ROW: FrameSchema = {
    "cluster": pl.Int64,
    "window_seconds": pl.Int64,
    "seen": pl.Float64,
    "expected": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "p": pl.Float64,
    "sentence": pl.String,
}


@dataclass(frozen=True, slots=True)
class Members:
    """Who belongs to which cluster: `groups[c]` are ascending account ranks, `cluster_of[a]` is c or -1.

    `found[c]` is how it was found: the trace and window that show most evidence for it, and that evidence.
    """

    groups: Sequence[I64]
    cluster_of: I64
    found: Sequence[Candidate]

    def seen_through(self, trace: str) -> list[int]:
        """The clusters that were found in this trace."""
        return [number for number, one in enumerate(self.found) if one.usual.acts.trace == trace]


def cluster_signals(
    traces: Sequence[TraceActions],
    nulls: Mapping[tuple[str, int], NullModel],
    members: Members,
    evidence: Evidence,
    scan: Scan,
    settings: Settings,
    paces: Mapping[tuple[str, int], Pace] | None = None,
) -> pl.DataFrame:
    """One row per cluster, trace and kind of sign (SIGNAL with cluster number and trace), sorted by cluster and name.

    `paces` (by trace and seconds of the narrower windows) spares counting everybody's meetings anew.
    """
    widest = max(settings.windows)
    company = company_signals(members.found, scan, widest, _together(traces, members, evidence))
    told = [pl.DataFrame(schema=dict(NUMBERED_SIGNAL)), company]
    for actions in traces:
        overlap = _overlap(actions, nulls, members, evidence, settings)
        told.append(overlap)
        shown = pl.concat([overlap, company.filter(pl.col("trace") == actions.trace)])
        timed = shown.filter(pl.col("window_seconds") == widest)["cluster"].to_list()
        if timed and len(settings.windows) > 1:
            told.append(_synchrony(actions, timed, members, settings, paces or {}))
    signals = pl.concat(told).sort("cluster", "name")
    return _counted_once(signals, evidence)


def _together(
    traces: Sequence[TraceActions], members: Members, evidence: Evidence
) -> Callable[[int, str, int], sentences.Together]:
    """Answers what a cluster did together in a trace and window."""
    gaps = {actions.trace: _gaps(actions, evidence) for actions in traces}
    lasted = {actions.trace: _lasted(actions, evidence) for actions in traces}
    joint = evidence.joint.group_by("cluster", "trace", "window_seconds", "object").agg(pl.len().alias("there"))
    counted = joint.group_by("cluster", "trace", "window_seconds").agg(pl.len(), pl.col("there").median())
    known = {(cluster, trace, seconds): told for cluster, trace, seconds, *told in counted.iter_rows()}

    def told(cluster: int, trace: str, seconds: int) -> sentences.Together:
        objects, there = known.get((cluster, trace, seconds), (0, 0.0))
        here = (cluster, seconds)
        turns = there < members.groups[cluster].size / 2
        return sentences.Together(objects, gaps[trace].get(here, 0.0), lasted[trace].get(here, 0.0), turns)

    return told


def joint_per_cluster(evidence: Evidence) -> pl.DataFrame:
    """cluster, trace, window_seconds, objects, often, first_row, last_row...: what each cluster did together.

    `often` counts, per object, the members who joined another one: m members who met make at most m - 1, and never
    more than the meetings seen. It stays below the number of pairs, so the Poisson tail over pairs is conservative.
    """
    per_object = evidence.joint.group_by("cluster", "trace", "window_seconds", "object").agg(
        pl.len().alias("members"), (pl.col("meetings").sum() // 2).alias("pairs")
    )
    return (
        per_object.with_columns(often=pl.min_horizontal(pl.col("members") - 1, "pairs").cast(pl.Int64))
        .group_by("cluster", "trace", "window_seconds")
        .agg(pl.len().cast(pl.Int64).alias("objects"), pl.col("often").sum())
        .sort("cluster", "trace", "window_seconds")
    )


def _overlap(
    actions: TraceActions,
    nulls: Mapping[tuple[str, int], NullModel],
    members: Members,
    evidence: Evidence,
    settings: Settings,
) -> pl.DataFrame:
    code = np.full(members.cluster_of.size, -1, dtype=np.int64)
    code[actions.number] = np.arange(actions.number.size)
    joint = joint_per_cluster(evidence).filter(
        (pl.col("trace") == actions.trace) & ~pl.col("cluster").is_in(members.seen_through(actions.trace))
    )
    lasted, gaps = _lasted(actions, evidence), _gaps(actions, evidence)
    rows = []
    for cluster, seconds, objects, often in joint.select("cluster", "window_seconds", "objects", "often").iter_rows():
        inside = code[members.groups[cluster]]
        expected = nulls[actions.trace, seconds].expected_within(inside[inside >= 0])
        tail = float(poisson_tail(np.array([often]), np.array([expected]))[0])
        p = min(1.0, tail * len(settings.windows))
        low, high = chance_band(expected)
        sentence = sentences.overlap_sentence(
            actions.trace,
            objects,
            often,
            expected,
            p,
            seconds,
            gaps.get((cluster, seconds), 0.0),
            lasted[cluster, seconds],
        )
        rows.append((cluster, seconds, float(often), expected, low, high, p, sentence))
    family = TRACES[actions.trace].evidence
    return _named(_one_window(rows), actions.trace, f"{actions.trace}_overlap", family)


def _one_window(rows: Sequence[_Row]) -> pl.DataFrame:
    """Per cluster the widest window where it says something, else the one with the smallest p.

    The wide window leaves the timing within it to the synchrony sign, so that the two are independent evidence.
    """
    frame = pl.DataFrame(rows, schema=dict(_ROW), orient="row")
    widest = (pl.col("window_seconds") == pl.col("window_seconds").max()) & (pl.col("p") <= CLEAR)
    order = frame.sort(~widest, "p", -pl.col("window_seconds"))
    return order.unique("cluster", keep="first", maintain_order=True).sort("cluster")


def _smallest_p(rows: Sequence[_Row]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=dict(_ROW), orient="row")
    return frame.sort("cluster", "p", "window_seconds").unique("cluster", keep="first", maintain_order=True)


def _synchrony(
    actions: TraceActions,
    shown: Sequence[int],
    members: Members,
    settings: Settings,
    paces: Mapping[tuple[str, int], Pace],
) -> pl.DataFrame:
    *narrow, widest = settings.spans
    found = []
    for window in narrow:
        pace = paces.get((actions.trace, int(window.total_seconds())))
        told = synchrony(actions, members.cluster_of, window, widest, pace).filter(pl.col("cluster").is_in(shown))
        found.append(told.with_columns(window_seconds=pl.lit(int(window.total_seconds()), pl.Int64)))
    rows = [_worded(actions.trace, row, len(narrow), widest) for row in pl.concat(found).iter_rows(named=True)]
    return _named(_smallest_p(rows), actions.trace, f"{actions.trace}_synchrony", "synchrony")


def _worded(trace: str, row: dict[str, float], windows: int, widest: timedelta) -> _Row:
    p = min(1.0, row["p"] * windows)
    seconds = int(row["window_seconds"])
    sentence = sentences.synchrony_sentence(
        trace, int(row["close"]), int(row["joint"]), row["expected"], p, seconds, int(widest.total_seconds())
    )
    return int(row["cluster"]), seconds, float(row["close"]), row["expected"], row["low"], row["high"], p, sentence


def _named(rows: pl.DataFrame, trace: str, name: str, family: str) -> pl.DataFrame:
    strengths = [strength(value) for value in surprise(rows["p"].to_numpy())]
    return rows.with_columns(
        trace=pl.lit(trace), name=pl.lit(name), family=pl.lit(family), value=pl.Series(strengths, dtype=pl.Float64)
    ).select(pl.col(column).cast(kind) for column, kind in NUMBERED_SIGNAL.items())


def _lasted(actions: TraceActions, evidence: Evidence) -> dict[tuple[int, int], float]:
    """Seconds from the first to the last joint act, per cluster and window."""
    joint = evidence.joint.filter(pl.col("trace") == actions.trace)
    at = pl.Series("at", actions.coded.at[joint["row"].to_numpy()])
    spans = joint.with_columns(at).group_by("cluster", "window_seconds").agg(pl.col("at").max() - pl.col("at").min())
    return {(cluster, seconds): lasted / 1e6 for cluster, seconds, lasted in spans.iter_rows()}


def _gaps(actions: TraceActions, evidence: Evidence) -> dict[tuple[int, int], float]:
    """The median over links of their median gap, per cluster and window."""
    times = evidence.times.filter((pl.col("trace") == actions.trace) & pl.col("cluster").is_not_null())
    found = times.group_by("cluster", "window_seconds").agg(pl.col("median_gap_s").median())
    return {(cluster, seconds): gap for cluster, seconds, gap in found.iter_rows()}


def _counted_once(signals: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
    """Set the weaker of two overlap signs to 0 where both stand on the same posts: they are one sign, not two."""
    repeated = _repeated(signals, evidence)
    if not repeated:
        return signals
    other = pl.struct("cluster", "name").map_elements(
        lambda row: repeated.get((row["cluster"], row["name"]), ""), return_dtype=pl.String
    )
    more = other.map_elements(lambda name: sentences.repeats_sentence(name) if name else "", return_dtype=pl.String)
    return signals.with_columns(
        value=pl.when(other != "").then(0.0).otherwise("value"), sentence=pl.col("sentence") + more
    )


def _repeated(signals: pl.DataFrame, evidence: Evidence) -> dict[tuple[int, str], str]:
    """(cluster, signal name) -> the stronger trace whose posts it repeats."""
    company = pl.col("name").str.ends_with("_company")
    overlaps = signals.filter(company | pl.col("name").str.ends_with("_overlap")).sort(
        ["cluster", company, "value", "trace"], descending=[False, True, True, False]
    )
    posts = _posts(evidence)
    found: dict[tuple[int, str], str] = {}
    for (cluster,), rows in overlaps.group_by("cluster", maintain_order=True):
        number = int(cluster)
        stronger: list[str] = []
        for trace, name in rows.select("trace", "name").iter_rows():
            mine = posts.get((number, trace), frozenset())
            for one in stronger:
                if mine and len(mine & posts.get((number, one), frozenset())) >= REPEATS * len(mine):
                    found[number, name] = one
                    break
            else:
                stronger.append(trace)
    return found


def _posts(evidence: Evidence) -> dict[tuple[int, str], frozenset[str]]:
    """The posts behind the shown evidence of each cluster and trace."""
    inside = evidence.rows.filter(pl.col("cluster").is_not_null())
    both = [inside.select("cluster", "trace", pl.col(f"{side}_post_id").alias("post")) for side in ("left", "right")]
    held = pl.concat(both).drop_nulls().group_by("cluster", "trace").agg(pl.col("post").unique())
    return {(cluster, trace): frozenset(posts) for cluster, trace, posts in held.iter_rows()}
