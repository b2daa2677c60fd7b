"""Activity records (account, time, action, object): the object becomes the field of the post that the action means."""

import polars as pl

from ingest.canonical.interactions import interaction_rows
from ingest.canonical.kinds import POST_KINDS
from ingest.canonical.post_actions import action_rows
from ingest.canonical.urls import canonical_urls
from ingest.chunks import LINE

_WEB = r"^(?i)https?://"


def place_objects(accepted: pl.DataFrame) -> pl.DataFrame:
    """Rows with `kind` and `object_id`: what is posted becomes a link, what is shared the shared post, what is answered the target.

    A web address is brought to its canonical form first, with its site as the block; any other object stays byte for byte.
    """
    web = accepted.filter(pl.col("object_id").str.contains(_WEB))["object_id"]
    pages = canonical_urls(web).rename({"raw": "object_id"}).select("object_id", "url", "domain")
    frame = accepted.join(pages, on="object_id", how="left", maintain_order="left").rechunk()
    target = pl.coalesce("url", "object_id")
    names = ("urls", "shared_post_id", "reply_to_post_id", "quoted_post_id")
    frame = frame.with_columns(pl.lit(None, pl.String).alias(name) for name in names if name not in frame.columns)
    placed = {
        "urls": pl.when(pl.col("kind") == "post").then(pl.format('["{}"]', _quoted(target))),
        "shared_post_id": pl.when(pl.col("kind") == "share").then(target),
        "reply_to_post_id": pl.when(pl.col("kind") == "reply").then(target),
        "quoted_post_id": pl.when(pl.col("kind") == "quote").then(target),
    }
    return frame.with_columns(
        *(pl.coalesce(cells, name).alias(name) for name, cells in placed.items()),
        target.alias("target"),
        pl.col("domain").alias("site"),
    )


def reactions(placed: pl.DataFrame) -> pl.DataFrame:
    """The actions of what is no post: likes and follows."""
    rows = placed.filter(~pl.col("kind").is_in(POST_KINDS)).with_columns(pl.col(LINE).alias("line"))
    liked = action_rows(rows.filter(pl.col("kind") == "like"), "like", "target", pl.col("site"))
    followed = action_rows(rows.filter(pl.col("kind") == "follow"), "follow", "target")
    return pl.concat([liked, followed]).sort("line", maintain_order=True)


def follows(placed: pl.DataFrame) -> pl.DataFrame:
    """The follows as interactions."""
    rows = placed.filter(pl.col("kind") == "follow").with_columns(pl.col(LINE).alias("line"))
    return interaction_rows(rows, "follow", "target")


def _quoted(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all("\\", "\\\\", literal=True).str.replace_all('"', '\\"', literal=True)
