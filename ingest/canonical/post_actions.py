"""Actions of posts: which object each post touches, per trace. One act is told once, by the trace that says most about it.

A share repeats somebody else's links, tags, names and words, so it gives the share traces (and its client) only.
"""

import polars as pl

from ingest.canonical.addresses import block_of, shared_network_of
from ingest.canonical.domains import SHORTENERS
from ingest.canonical.posts import PostTables

# A share this soon after the original needs no reading of it (DETECTORS 2.1, `fast_share`).
FAST_SHARE_SECONDS = 60
# Three tags in one order are a choice; two are common (DETECTORS 2.1).
LEAST_TAGS_IN_SEQUENCE = 3


def post_actions(tables: PostTables) -> pl.DataFrame:
    """ACTION_SCHEMA without source, sorted by line; `block` is "" where an object belongs to nothing known."""
    posts = tables.posts
    own = posts.filter(pl.col("kind") != "share")
    parts = [
        _shares(tables),
        _fast_shares(posts),
        _replies(own),
        _answered_authors(own),
        _texts(own),
        _links(own, tables),
        _domains(own, tables),
        _tagged(own, tables),
        _tag_sequences(own),
        _held(own, tables.mentions, "mention"),
        _held(own, tables.media, "media"),
        action_rows(posts, "client", "client"),
        action_rows(posts, "ip", shared_network_of("ip"), block_of("ip")),
        action_rows(posts, "device", "device"),
    ]
    return pl.concat(parts).sort("line", maintain_order=True)


def action_rows(rows: pl.DataFrame, trace: str, object_id: pl.Expr | str, block: pl.Expr | str = "") -> pl.DataFrame:
    """Rows with account_id, at, post_id and line as actions of one trace; rows without an object are left out.

    A `block` given as text is taken as that text.
    """
    objects = pl.col(object_id) if isinstance(object_id, str) else object_id
    blocks = pl.lit(block) if isinstance(block, str) else block
    made = rows.select(
        "account_id",
        pl.lit(trace).alias("trace"),
        objects.alias("object_id"),
        "at",
        "post_id",
        blocks.fill_null("").alias("block"),
        "line",
    )
    return made.filter(pl.col("object_id").is_not_null() & (pl.col("object_id") != ""))


def _shares(tables: PostTables) -> pl.DataFrame:
    """The shared post; where the export does not name it, the text that was shared, else the link in it."""
    shares = tables.posts.filter(pl.col("kind") == "share")
    first_link = pl.col("urls").list.first()
    shown = pl.coalesce("shared_post_id", "text:" + pl.col("fingerprint"), "url:" + first_link)
    return action_rows(shares, "share", shown, pl.coalesce("shared_account_id", "site"))


def _fast_shares(posts: pl.DataFrame) -> pl.DataFrame:
    """Shares within a minute of the original, where its time is known; the object is its author."""
    wait = (pl.col("at") - pl.col("shared_at")).dt.total_seconds()
    quick = (pl.col("kind") == "share") & wait.is_between(0, FAST_SHARE_SECONDS)
    return action_rows(posts.filter(quick), "fast_share", "shared_account_id")


def _replies(own: pl.DataFrame) -> pl.DataFrame:
    return action_rows(own, "reply", "reply_to_post_id", pl.coalesce("reply_to_account_id", "site"))


def _answered_authors(own: pl.DataFrame) -> pl.DataFrame:
    """Whose posts they answered. A thread of one's own answers nobody."""
    others = own.filter(pl.col("reply_to_account_id") != pl.col("account_id"))
    return action_rows(others.filter(pl.col("kind") == "reply"), "reply_author", "reply_to_account_id")


def _texts(own: pl.DataFrame) -> pl.DataFrame:
    return action_rows(own, "text", "fingerprint", pl.col("lang"))


def _links(own: pl.DataFrame, tables: PostTables) -> pl.DataFrame:
    return action_rows(own.join(tables.links, on="row"), "url", "url", pl.col("domain"))


def _domains(own: pl.DataFrame, tables: PostTables) -> pl.DataFrame:
    """Each site once per post. A shortener is no site."""
    sites = tables.links.filter(~pl.col("domain").is_in(sorted(SHORTENERS))).unique(
        ["row", "domain"], maintain_order=True
    )
    return action_rows(own.join(sites, on="row"), "domain", "domain")


def _tagged(own: pl.DataFrame, tables: PostTables) -> pl.DataFrame:
    return _held(own, tables.tags, "hashtag")


def _tag_sequences(own: pl.DataFrame) -> pl.DataFrame:
    tagged = own.filter(pl.col("hashtags").list.len() >= LEAST_TAGS_IN_SEQUENCE)
    return action_rows(tagged, "hashtag_sequence", pl.col("hashtags").list.join(" "), pl.col("hashtags").list.first())


def _held(own: pl.DataFrame, things: pl.DataFrame, trace: str) -> pl.DataFrame:
    return action_rows(own.join(things, on="row"), trace, "thing")
