"""The lineages over a sequence of runs: who goes on, who split, merged, came back, was born, fell silent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import polars as pl

from detectors.lineage.alikeness import alike, jaccard_and_shared
from detectors.lineage.matching import MATCH_SCHEMA, matched, one_to_one
from detectors.lineage.profiles import Frames, Profiles, profiles_of
from graph.schemas import FrameSchema

DORMANT, DEAD = 3, 30  # DETECTORS 6: windows without the cluster
REBORN = 0.5  # DETECTORS 6: the least match of infrastructure or text templates of one that came back
ARCHIVE = timedelta(days=180)  # DETECTORS 6
LEAST_SHARED = (
    2  # one address or one text in common is chance's; two are asked for (DETECTORS 2.3, long texts and infra)
)

RELATION_SCHEMA: FrameSchema = {
    "run_before": pl.String,  # the run in which cluster_before was last seen
    "run_after": pl.String,
    **MATCH_SCHEMA,  # relation: continues | split | merged | reborn | born | missing | dormant | dead
}
_SORT = ["cluster_after", "cluster_before", "run_before", "relation"]


@dataclass(frozen=True, slots=True)
class Window:
    """One run in a history. `until` is the end of its data: runs of one `until` are one window, told twice.

    Without `until` (None) every run is a window of its own, and nothing in the archive is too old.
    """

    run_id: str
    until: datetime | None
    profiles: Profiles


@dataclass(slots=True)
class _Past:
    """A cluster that no later run has taken up yet; `missed` counts the windows since."""

    run_id: str
    until: datetime | None
    missed: int = 0


@dataclass(slots=True)
class _State:
    open: dict[tuple[str, str], _Past] = field(default_factory=dict)
    dead: dict[tuple[str, str], _Past] = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)


def window_of(
    run_id: str, frames: Frames, until: datetime | None = None, sources: pl.DataFrame | None = None
) -> Window:
    """A run as the history takes it."""
    return Window(run_id, until, profiles_of(frames, sources))


def lineage(
    before: Frames, after: Frames, archive: Sequence[Frames] = (), sources: pl.DataFrame | None = None
) -> pl.DataFrame:
    """What became of the clusters of `before` in `after`: RELATION_SCHEMA, the rows of the last step of `history`.

    `archive` holds the runs before `before`, the oldest first; runs are named by their place (0, 1, ...). Use `history`
    where runs have ids and dates, so that the archive ends after 180 days.
    """
    windows = [window_of(str(n), frames, sources=sources) for n, frames in enumerate([*archive, before, after])]
    return history(windows).filter(pl.col("run_after") == windows[-1].run_id)


def history(windows: Sequence[Window]) -> pl.DataFrame:
    """RELATION_SCHEMA for every run after the first, the oldest first; equal input in any order of rows gives equal rows.

    A cluster is compared with those of the run before (`matching.matched`); what is left over with clusters missing for
    fewer than DEAD windows (again `continues`, after the gap); then with everything of the last 180 days by its means and
    texts (`reborn`). `missing`, `dormant` (3 windows) and `dead` (30) are told once, when they come true; cluster_after is
    null there, as cluster_before is for `born`.
    """
    state = _State()
    steps = [pl.DataFrame(schema=dict(RELATION_SCHEMA))]
    last: Window | None = None
    for window in windows:
        if last is not None:
            steps.append(_step(state, last, window))
        state.windows[window.run_id] = window
        for cluster in window.profiles.clusters:
            state.open[window.run_id, cluster] = _Past(window.run_id, window.until)
        last = window
    return pl.concat(steps)


def _step(state: _State, last: Window, window: Window) -> pl.DataFrame:
    rows = [_from_before(state, last, window)]
    taken = set(rows[0]["cluster_after"])
    rows.append(_after_a_gap(state, _without(window, taken), last, window))
    taken |= set(rows[-1]["cluster_after"])
    rows.append(_reborn(state, _without(window, taken), window))
    taken |= set(rows[-1]["cluster_after"])
    born = [{"run_after": window.run_id, "cluster_after": c} for c in window.profiles.clusters if c not in taken]
    rows.append(_rows([{**row, "relation": "born"} for row in born]))
    rows.append(_rows(list(_silent(state, last, window))))
    return pl.concat(rows).sort(_SORT, nulls_last=True)


def _without(window: Window, taken: set[str]) -> Profiles:
    return window.profiles.only([cluster for cluster in window.profiles.clusters if cluster not in taken])


def _from_before(state: _State, last: Window, window: Window) -> pl.DataFrame:
    found = matched(alike(last.profiles, window.profiles))
    for cluster in found["cluster_before"].unique():
        state.open.pop((last.run_id, cluster), None)
    return _named(found, last.run_id, window.run_id)


def _after_a_gap(state: _State, left: Profiles, last: Window, window: Window) -> pl.DataFrame:
    """One to one with the clusters that are missing, the most recently seen run first."""
    rows = []
    for run_id in reversed(state.windows):
        waiting = [cluster for run, cluster in state.open if run == run_id != last.run_id]
        if not waiting:
            continue
        found = one_to_one(alike(state.windows[run_id].profiles.only(waiting), left))
        for cluster in found["cluster_before"]:
            del state.open[run_id, cluster]
        rows.append(_named(found.with_columns(relation=pl.lit("continues")), run_id, window.run_id))
        taken = set(found["cluster_after"])
        left = left.only([cluster for cluster in left.clusters if cluster not in taken])
    return pl.concat([_rows([]), *rows])


def _reborn(state: _State, left: Profiles, window: Window) -> pl.DataFrame:
    """The best match of means or templates among all that nothing continues, dead or not, of the last 180 days."""
    candidates = []
    for run_id, old in state.windows.items():
        gone = [cluster for run, cluster in (*state.open, *state.dead) if run == run_id]
        if not gone or _too_old(old, window):
            continue
        past = old.profiles.only(gone)
        fits = [
            jaccard_and_shared(past.means, left.means),
            jaccard_and_shared(past.templates, left.templates),
        ]
        close = pl.concat(fits).filter((pl.col("match") >= REBORN) & (pl.col("shared") >= LEAST_SHARED))
        candidates.append(_named(close.with_columns(similarity=pl.col("match")), run_id, window.run_id))
    found = pl.concat([_rows([]), *candidates]).with_columns(relation=pl.lit("reborn"))
    best = found.sort("similarity", "run_before", "cluster_before", descending=[True, False, False]).unique(
        "cluster_after", keep="first", maintain_order=True
    )
    for run_id, cluster in best.select("run_before", "cluster_before").iter_rows():
        state.open.pop((run_id, cluster), None)
    # What is shared here are addresses or texts; members in common are not what the relation rests on.
    return best.with_columns(overlap=pl.lit(None, pl.Float64), shared=pl.lit(None, pl.Int64))


def _silent(state: _State, last: Window, window: Window) -> Iterator[dict[str, str]]:
    """Count the window as missed by everything still open; tell what thereby is missing, dormant or dead."""
    if window.until is not None and window.until == last.until:
        return  # the same window told again: nobody had another chance to be seen
    for key, past in list(state.open.items()):
        past.missed += 1
        relation = {1: "missing", DORMANT: "dormant", DEAD: "dead"}.get(past.missed)
        if past.missed == DEAD:
            state.dead[key] = state.open.pop(key)
        if relation:
            yield {
                "run_before": past.run_id,
                "run_after": window.run_id,
                "cluster_before": key[1],
                "relation": relation,
            }


def _too_old(old: Window, window: Window) -> bool:
    return old.until is not None and window.until is not None and window.until - old.until > ARCHIVE


def _named(found: pl.DataFrame, run_before: str, run_after: str) -> pl.DataFrame:
    named = found.with_columns(run_before=pl.lit(run_before), run_after=pl.lit(run_after))
    missing = [pl.lit(None).alias(name) for name in RELATION_SCHEMA if name not in named.columns]
    return named.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in RELATION_SCHEMA.items())


def _rows(rows: list[dict[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict(RELATION_SCHEMA), orient="row")
