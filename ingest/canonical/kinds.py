"""Kinds of posts: what the export says in its own words, or what the post shows by itself."""

from collections.abc import Mapping

import polars as pl

from ingest.canonical.free_text import truth

# The words for one act that exports use; all of them are documented in docs/formats.md.
KIND_WORDS: Mapping[str, str] = {
    "post": "post", "tweet": "post", "status": "post", "original": "post", "submission": "post",
    "share": "share", "retweet": "share", "retweeted": "share", "repost": "share", "reblog": "share", "boost": "share",
    "forward": "share", "rt": "share", "quote": "quote", "quoted": "quote", "quote_tweet": "quote",
    "reply": "reply", "replied_to": "reply", "comment": "reply",
    "like": "like", "favorite": "like", "favourite": "like", "follow": "follow",
}  # fmt: skip
POST_KINDS = ("post", "share", "reply", "quote")

_RESHARED = r"^\s*[Rr][Tt]\s+[@＠](\w+)"


def with_kinds(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with `kind` settled (null where the word is unknown) and `shared_account_id` taken from "RT @name:"."""
    frame = _with_columns(frame, ("kind", "is_share", "is_quote", "text", "shared_post_id", "shared_account_id",
                                          "quoted_post_id", "reply_to_post_id", "reply_to_account_id"))  # fmt: skip
    by_prefix = pl.col("text").str.extract(_RESHARED, 1)
    said = pl.col("kind").str.strip_chars().str.to_lowercase().replace_strict(KIND_WORDS, default="unknown")
    shown = (
        pl.when(truth("is_share") | pl.col("shared_post_id").is_not_null() | by_prefix.is_not_null())
        .then(pl.lit("share"))
        .when(truth("is_quote") | pl.col("quoted_post_id").is_not_null())
        .then(pl.lit("quote"))
        .when(pl.col("reply_to_post_id").is_not_null() | pl.col("reply_to_account_id").is_not_null())
        .then(pl.lit("reply"))
        .otherwise(pl.lit("post"))
    )
    frame = frame.with_columns(pl.coalesce(pl.when(pl.col("kind").is_not_null()).then(said), shown).alias("kind"))
    named = pl.when(pl.col("kind") == "share").then("@" + by_prefix.str.to_lowercase())
    return frame.with_columns(pl.coalesce("shared_account_id", named).alias("shared_account_id"))


def _with_columns(frame: pl.DataFrame, names: tuple[str, ...]) -> pl.DataFrame:
    return frame.with_columns(pl.lit(None, pl.String).alias(name) for name in names if name not in frame.columns)
