"""Whether the facts still say of a ring what its run says: the first use of each new thing by each member."""

import polars as pl

from detectors.takeovers.habits import CODES, observations


def still_there(uses: pl.DataFrame, posts: pl.LazyFrame, sessions: pl.LazyFrame, actions: pl.LazyFrame) -> bool:
    """Takes trace (a feature), object_id (its value), account_id, at; and the canonical tables, of which only the members' rows are read."""
    who = pl.col("account_id").is_in(uses["account_id"].unique().implode())
    asked = uses.select(
        "account_id",
        "at",
        feature=pl.col("trace").replace_strict(CODES, default=None, return_dtype=pl.UInt8),
        value="object_id",
    )
    seen = observations(posts.filter(who), sessions.filter(who), actions.filter(who))
    first = seen.group_by("account_id", "feature", "value").agg(first=pl.col("at").min()).collect()
    both = asked.join(first, on=["account_id", "feature", "value"], how="left")
    return both.filter(pl.col("first").is_null() | (pl.col("at") != pl.col("first"))).is_empty()
