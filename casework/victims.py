"""Victims among the members of a cluster: accounts that the run tells as taken from their owners, who are helped and never punished."""

from dataclasses import dataclass

import polars as pl

from graph.runs import StoredRun
from graph.schemas import APART_ROLES
from graph.takeover_words import VICTIM


@dataclass(frozen=True, slots=True)
class Victims:
    """How many of the members of a cluster are victims, in it or in a ring that the same run found."""

    count: int
    members: int

    @property
    def said(self) -> str:
        """'8 of 8 members are victims'; '' without one."""
        if not self.count:
            return ""
        return f"{self.count:,} of {self.members:,} members {'is a victim' if self.count == 1 else 'are victims'}"


def victims_among(run: StoredRun, cluster_id: str) -> Victims:
    """The victims among the members of the cluster, possible targets and bystanders not counted; none for an unknown cluster."""
    members = run.scan("members")
    inside = (pl.col("cluster_id") == cluster_id) & ~pl.col("role").fill_null("").is_in(list(APART_ROLES))
    ours = members.filter(inside).select("account_id").unique()
    taken = members.filter(pl.col("role") == VICTIM).select("account_id").unique()
    told = ours.join(taken.with_columns(taken=True), on="account_id", how="left")
    count, size = told.select(pl.col("taken").sum(), pl.len()).collect().row(0)
    return Victims(int(count or 0), int(size))
