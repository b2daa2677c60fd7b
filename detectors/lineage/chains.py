"""The line of a cluster through the runs. Decisions are inherited along `continues` and nothing else."""

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from detectors.lineage.history import Window
from graph.schemas import FrameSchema

LINE_SCHEMA: FrameSchema = {"lineage_id": pl.String, "step": pl.Int64, "run_id": pl.String, "cluster_id": pl.String}
CHURN_SCHEMA: FrameSchema = {
    **LINE_SCHEMA,
    "size": pl.Int64,
    "stayed": pl.Int64,  # of the step before; null at the first
    "left": pl.Int64,
    "joined": pl.Int64,
    "stay_rate": pl.Float64,  # stayed / size of the step before
    "leave_rate": pl.Float64,
    "join_rate": pl.Float64,  # joined / size
}
LOYALTY_SCHEMA: FrameSchema = {
    "account_id": pl.String,
    "windows": pl.Int64,  # steps of the line in which it is a member
    "stays": pl.Int64,  # steps it went on to from the one before
    "leaves": pl.Int64,
    "joins": pl.Int64,  # entries after the first step, returns included
    "stay_rate": pl.Float64,  # stays / (stays + leaves); null when it was only in the last step
    "kind": pl.String,  # loyal | transient | new
}
LOYAL = 0.5  # convention: more likely to be there in the next window than not


@dataclass(frozen=True, slots=True)
class Ancestor:
    """One step back along `continues`: the cluster that it was in that run, and how alike the next one is."""

    run_id: str
    cluster_id: str
    similarity: float


def ancestors(relations: pl.DataFrame, run_id: str, cluster_id: str) -> list[Ancestor]:
    """What the cluster was in earlier runs, the most recent first: the chain a decision is inherited from.

    Takes the RELATION_SCHEMA of `history`. Follows `continues` alone: a part that split off, a group that merged into
    another, and one that came back with new accounts must be decided anew.
    """
    came_from = {
        (run, cluster): Ancestor(old_run, old, similarity)
        for run, cluster, old_run, old, similarity in relations.filter(pl.col("relation") == "continues")
        .select("run_after", "cluster_after", "run_before", "cluster_before", "similarity")
        .iter_rows()
    }
    chain: list[Ancestor] = []
    here = came_from.get((run_id, cluster_id))
    while here is not None:
        chain.append(here)
        here = came_from.get((here.run_id, here.cluster_id))
    return chain


def lines(relations: pl.DataFrame, windows: Sequence[Window]) -> pl.DataFrame:
    """LINE_SCHEMA: every cluster of every run in exactly one line, `step` 0 being where the line began.

    `lineage_id` follows from the first run and cluster of the line, so later runs do not rename it.
    """
    rows: list[tuple[str, int, str, str]] = []
    known: dict[tuple[str, str], tuple[str, int]] = {}
    before = {
        (run, cluster): (old_run, old)
        for run, cluster, old_run, old in relations.filter(pl.col("relation") == "continues")
        .select("run_after", "cluster_after", "run_before", "cluster_before")
        .iter_rows()
    }
    for window in windows:
        for cluster in window.profiles.clusters:
            origin = before.get((window.run_id, cluster))
            line, step = known[origin] if origin else (_line_id(window.run_id, cluster), -1)
            known[window.run_id, cluster] = (line, step + 1)
            rows.append((line, step + 1, window.run_id, cluster))
    return pl.DataFrame(rows, schema=dict(LINE_SCHEMA), orient="row").sort("lineage_id", "step")


def churn(line: pl.DataFrame, windows: Sequence[Window]) -> pl.DataFrame:
    """CHURN_SCHEMA of one line (LINE_SCHEMA, one lineage_id): who stayed, left and joined at each step."""
    rows: list[tuple[object, ...]] = []
    before: frozenset[str] | None = None
    for (line_id, step, run_id, cluster_id), members in zip(line.iter_rows(), _members(line, windows), strict=True):
        figures: tuple[object, ...] = (None,) * 6
        if before is not None:
            stayed = len(before & members)
            left, joined = len(before) - stayed, len(members) - stayed
            rates = (stayed / len(before), left / len(before), joined / len(members))
            figures = (stayed, left, joined, *rates)
        rows.append((line_id, step, run_id, cluster_id, len(members), *figures))
        before = members
    return pl.DataFrame(rows, schema=dict(CHURN_SCHEMA), orient="row")


def loyalty(line: pl.DataFrame, windows: Sequence[Window]) -> pl.DataFrame:
    """LOYALTY_SCHEMA: every account that was ever in the line, by account_id.

    `loyal` stayed at least as often as it left, `transient` left more often, `new` is only in the last step, so nothing
    can be told yet. After the idea of stable and passing members in Tardelli et al., "Temporal dynamics of coordinated
    online behavior" (2023); the names and the half are ours.
    """
    steps = _members(line, windows)
    rows = [_one_member(account, [account in members for members in steps]) for account in sorted(set().union(*steps))]
    return pl.DataFrame(rows, schema=dict(LOYALTY_SCHEMA), orient="row")


def _one_member(account: str, there: list[bool]) -> tuple[object, ...]:
    moves = list(itertools.pairwise(there))
    stays, leaves = moves.count((True, True)), moves.count((True, False))
    rate = stays / (stays + leaves) if stays + leaves else None
    kind = "new" if rate is None else "loyal" if rate >= LOYAL else "transient"
    return account, sum(there), stays, leaves, moves.count((False, True)), rate, kind


def _members(line: pl.DataFrame, windows: Sequence[Window]) -> list[frozenset[str]]:
    by_run = {window.run_id: window.profiles.members for window in windows}
    return [
        frozenset(by_run[run_id].filter(pl.col("cluster_id") == cluster_id)["key"])
        for run_id, cluster_id in line.select("run_id", "cluster_id").iter_rows()
    ]


def _line_id(run_id: str, cluster_id: str) -> str:
    return "L-" + hashlib.sha256(f"{run_id}\0{cluster_id}".encode("utf-8", "surrogatepass")).hexdigest()[:8]
