"""What the clusters of a run changed about their ways since the run before, from the facts behind both windows."""

from datetime import timedelta

import polars as pl

from detectors.lineage import Step, habits_of, mutations
from detectors.lineage.mutation import ENOUGH
from detectors.lineage.profiles import insiders
from graph.facts import Facts, current_facts
from graph.runs import StoredRun
from graph.workspace import Workspace
from investigator_ui.services.past import Past, sources_of

_WEEK = timedelta(days=7)


def mutations_of(workspace: Workspace, past: Past) -> pl.DataFrame:
    """MUTATION_SCHEMA of the steps into the run; steps of other lines are read only when they are enough to compare with.

    A step whose two runs end with the same data has nothing new to compare and gives no row.
    """
    came = past.relations.filter(pl.col("relation") == "continues").reverse()
    fresh = [row for row in came.iter_rows(named=True) if sees_more(past, row["run_before"], row["run_after"])]
    own = [row for row in fresh if row["run_after"] == past.run.run_id]
    others = [row for row in fresh if row["run_after"] != past.run.run_id]
    # Twice as many as are needed: those of one's own line do not count.
    asked = own + (others[: 2 * ENOUGH] if len(others) >= ENOUGH and own else [])
    reader = _Reader(current_facts(workspace), {run.run_id: run for run in past.runs}, sources_of(workspace, past.runs))
    names = {(run, cluster): line for line, _, run, cluster in past.named.iter_rows()}
    steps = [
        Step(
            names[row["run_after"], row["cluster_after"]],
            row["run_before"],
            row["cluster_before"],
            row["run_after"],
            row["cluster_after"],
            reader.habits(row["run_before"], row["cluster_before"]),
            reader.habits(row["run_after"], row["cluster_after"], since=row["run_before"]),
            whole_weeks=reader.whole_weeks(row["run_before"], row["run_after"]),
        )
        for row in asked
    ]
    return mutations(steps).filter(pl.col("run_after") == past.run.run_id).sort("cluster_after", "habit")


def sees_more(past: Past, before: str, after: str) -> bool:
    """Whether the later run saw acts that the earlier one could not see."""
    ends = {run.run_id: run.record.data_until for run in past.runs}
    return ends[before] is None or ends[after] is None or ends[before] != ends[after]


class _Reader:
    """Reads what the members of a cluster did in the window of a run."""

    def __init__(self, facts: Facts, runs: dict[str, StoredRun], sources: pl.DataFrame) -> None:
        self._facts, self._runs, self._sources = facts, runs, sources

    def habits(self, run_id: str, cluster_id: str, since: str | None = None) -> pl.DataFrame:
        """HABIT_SCHEMA of a cluster; acts that the run `since` saw already are left out."""
        run = self._runs[run_id]
        inside = pl.col("cluster_id") == cluster_id
        frames = {name: run.scan(name).filter(inside).collect() for name in ("members", "evidence")}
        evidence, people = frames["evidence"], insiders(frames["members"]).select("account_id").lazy()
        posts = pl.concat([evidence["left_post_id"], evidence["right_post_id"]]).unique().alias("post_id")
        known = self._facts.scan("posts").select("post_id", "client", "fingerprint")
        acted = self._facts.scan("actions").select("account_id", "at").join(people, on="account_id", how="semi")
        record = run.record
        if record.data_from is not None and record.data_until is not None:
            acted = acted.filter(pl.col("at").is_between(record.data_from, record.data_until, closed="left"))
        return habits_of(
            frames,
            cluster_id,
            self._runs[since].record.data_until if since else None,
            actions=acted.unique().collect(),
            posts=known.join(posts.to_frame().lazy(), on="post_id", how="semi").collect(),
            sources=self._sources,
        )

    def whole_weeks(self, before: str, after: str) -> bool:
        one, other = self._runs[before].record, self._runs[after].record
        if None in (one.data_from, one.data_until, other.data_until):
            return False
        return one.data_until - one.data_from >= _WEEK and other.data_until - one.data_until >= _WEEK  # type: ignore[operator]
