"""A run and those before it as one history: which runs count, and what their objects belong to."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from detectors.lineage import RELATION_SCHEMA, Window, history, lines, window_of
from detectors.lineage.profiles import WITH_SOURCE
from graph.facts import current_facts
from graph.runs import StoredRun, list_runs, load_run
from graph.workspace import Workspace

# Twice the archive of 180 days at one run a day: bounds what is read, never what a usual workspace holds.
MOST_RUNS = 360


@dataclass(frozen=True, slots=True)
class Past:
    """A run and those before it, the oldest first; `relations` (RELATION_SCHEMA) of all of them, `named` their lines."""

    run: StoredRun
    runs: tuple[StoredRun, ...]
    windows: tuple[Window, ...]
    relations: pl.DataFrame
    named: pl.DataFrame

    @property
    def before(self) -> str | None:
        """The run before, which the relations of this one start from."""
        return self.runs[-2].run_id if len(self.runs) > 1 else None

    def line_of(self, cluster_id: str) -> pl.DataFrame:
        """LINE_SCHEMA rows of the line that this cluster of the run is the end of; empty when the run does not hold it."""
        here = (pl.col("run_id") == self.run.run_id) & (pl.col("cluster_id") == cluster_id)
        line = self.named.filter(pl.col("lineage_id").is_in(self.named.filter(here)["lineage_id"].to_list()))
        return line.sort("step")


def past_of(workspace: Workspace, run_id: str | None) -> Past:
    """The history of a run: every earlier run on data that ends no later, shadow runs left out; raises NothingThere."""
    run = load_run(workspace, run_id)
    runs = [*_earlier(list_runs(workspace), run)[-MOST_RUNS + 1 :], run]
    sources = sources_of(workspace, runs)
    windows = tuple(
        window_of(
            one.run_id,
            {"members": one.frame("members"), "evidence": one.frame("evidence")},
            one.record.data_until,
            sources,
        )
        for one in runs
    )
    relations = history(windows)
    return Past(run, tuple(runs), windows, relations, lines(relations, windows))


def lineage_rows(workspace: Workspace) -> pl.DataFrame:
    """RELATION_SCHEMA over every run of the workspace, each with its own past as `flockwatch lineage --run` tells it."""
    told = [pl.DataFrame(schema=dict(RELATION_SCHEMA))]
    listed = list_runs(workspace)[-MOST_RUNS:]
    known: dict[str, Past] = {}
    for run in reversed(listed):
        before = [one.run_id for one in _earlier(listed, run)]
        # The history of a later run holds ours when all of it went the same way until here; mostly one history is enough.
        past = next((p for p in known.values() if _goes_on_from(p, [*before, run.run_id])), None)
        if past is None:
            past = known[run.run_id] = past_of(workspace, run.run_id)
        told.append(past.relations.filter(pl.col("run_after") == run.run_id))
    return pl.concat(told)


def _goes_on_from(past: Past, run_ids: list[str]) -> bool:
    return [run.run_id for run in past.runs[: len(run_ids)]] == run_ids


def _earlier(listed: Sequence[StoredRun], run: StoredRun) -> list[StoredRun]:
    """Those listed before `run`, unless they are shadow runs or saw later data than it."""
    place = [one.run_id for one in listed].index(run.run_id)
    until = run.record.data_until
    return [
        one
        for one in listed[:place]
        if not one.record.shadow and (until is None or one.record.data_until is None or one.record.data_until <= until)
    ]


def sources_of(workspace: Workspace, runs: Sequence[StoredRun]) -> pl.DataFrame:
    """trace, object_id, block of everything in the evidence of these runs, as the facts know it now."""
    asked = pl.concat([run.scan("evidence").select("trace", "object_id") for run in runs]).unique()
    known = current_facts(workspace).scan("actions").filter(pl.col("trace").is_in(sorted(WITH_SOURCE)))
    return (
        known.select("trace", "object_id", "block")
        .join(asked, on=["trace", "object_id"], how="semi")
        .unique()
        .collect()
    )
