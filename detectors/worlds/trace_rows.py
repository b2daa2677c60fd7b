"""The four traces that detection reads by default, straight from a world's posts: what ingest makes of them, without ingest.

`detectors` must not know `ingest`; tests/detectors/worlds holds the two against each other.
"""

import polars as pl

from graph.schemas import ACTION_SCHEMA, empty

LEAST_TAGS = 3  # as ingest.canonical.post_actions
LEAST_CHARACTERS, LEAST_TOKENS = 20, 5  # as ingest.canonical.normal_text


def trace_rows(posts: pl.DataFrame) -> pl.DataFrame:
    """ACTION rows (share, url, hashtag_sequence, text) of a canonical posts table, sorted; no source, no line."""
    own = posts.filter(pl.col("kind") != "share")
    shares = posts.filter(pl.col("kind") == "share")
    links = own.explode("urls").drop_nulls("urls")
    tagged = own.filter(pl.col("hashtags").list.len() >= LEAST_TAGS)
    spoken = own.with_columns(_plain(pl.col("text")).alias("plain")).filter(_comparable(pl.col("plain")))
    parts = [
        _rows(shares, "share", pl.col("shared_post_id"), pl.col("shared_account_id")),
        _rows(links, "url", pl.col("urls"), pl.col("urls").str.extract(r"//([^/]+)")),
        _rows(tagged, "hashtag_sequence", pl.col("hashtags").list.join(" "), pl.col("hashtags").list.first()),
        _rows(spoken, "text", pl.col("plain").hash(0).cast(pl.String), pl.col("lang")),
    ]
    return pl.concat(parts).sort("at", "account_id", "trace", "object_id")


def _rows(posts: pl.DataFrame, trace: str, thing: pl.Expr, block: pl.Expr) -> pl.DataFrame:
    if posts.is_empty():
        return empty(ACTION_SCHEMA)
    return posts.select(
        "account_id",
        pl.lit(trace).alias("trace"),
        thing.alias("object_id"),
        pl.col("created_at").alias("at"),
        "post_id",
        block.fill_null("").alias("block"),
        pl.lit("").alias("source"),
        pl.lit(0, pl.Int64).alias("line"),
    )


def _plain(text: pl.Expr) -> pl.Expr:
    words = text.str.to_lowercase().str.replace_all(r"https?://\S*", " ").str.replace_all(r"[^\p{L}\p{M}\p{N}]+", " ")
    return words.str.strip_chars()


def _comparable(plain: pl.Expr) -> pl.Expr:
    tokens = plain.str.count_matches(" ", literal=True) + 1
    return (plain.str.len_chars() >= LEAST_CHARACTERS) & (tokens >= LEAST_TOKENS)
