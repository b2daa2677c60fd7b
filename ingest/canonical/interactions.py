"""Interactions: who acted towards whom. Nobody interacts with themselves here: a thread of one's own is no tie."""

import polars as pl

from graph.schemas import INTERACTION_SCHEMA
from ingest.canonical.posts import PostTables

_COLUMNS = [name for name in INTERACTION_SCHEMA if name != "source"]


def post_interactions(tables: PostTables) -> pl.DataFrame:
    """INTERACTION_SCHEMA without source, sorted by line.

    A reply names the person replied to: that mention is not told again. The names inside a share are not the sharer's.
    """
    posts = tables.posts
    mentioned = posts.filter(pl.col("kind") != "share").join(tables.mentions, on="row")
    mentioned = mentioned.filter(pl.col("thing") != pl.col("reply_to_account_id").fill_null(""))
    parts = [
        interaction_rows(posts.filter(pl.col("kind") == "share"), "share", "shared_account_id"),
        interaction_rows(posts.filter(pl.col("kind") == "quote"), "quote", "shared_account_id"),
        interaction_rows(posts, "reply", "reply_to_account_id"),
        interaction_rows(mentioned, "mention", "thing"),
    ]
    return pl.concat(parts).sort("line", maintain_order=True)


def interaction_rows(rows: pl.DataFrame, kind: str, other: str) -> pl.DataFrame:
    made = rows.select(
        "account_id", pl.col(other).alias("other_id"), pl.lit(kind).alias("kind"), "at", "post_id", "line"
    )
    return made.filter(pl.col("other_id").is_not_null() & (pl.col("other_id") != pl.col("account_id"))).select(_COLUMNS)
