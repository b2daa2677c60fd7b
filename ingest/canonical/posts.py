"""Posts: from accepted records to the posts table, and the long tables that actions and interactions are made from."""

from dataclasses import dataclass, replace

import polars as pl

from graph.schemas import POST_SCHEMA, TEXT_SCHEMA
from ingest.canonical.links import link_table, listed, thing_table
from ingest.canonical.lists import parse_lists
from ingest.canonical.normal_text import folded, normal_texts
from ingest.canonical.tags import given_hashtags, hashtags_in, links_in, mentions_in
from ingest.canonical.times import TimeRules, parse_times
from ingest.chunks import LINE

_APP = r">([^<]*)</a>"  # the name of the app inside the link that Twitter's API gives as `source`

_CLOSING = "'\"”’»…,;"  # ends a quotation or a list, never a link; exporters that cut links out of texts leave it on


@dataclass(frozen=True, slots=True)
class PostTables:
    """`posts`: POST_SCHEMA without source, with `row`; `links` (row, url, domain), `tags`, `mentions`, `media` (row, thing)."""

    posts: pl.DataFrame
    links: pl.DataFrame
    tags: pl.DataFrame
    mentions: pl.DataFrame
    media: pl.DataFrame
    texts: pl.DataFrame


def post_tables(accepted: pl.DataFrame, rules: TimeRules) -> PostTables:
    """`accepted`: sound records with `at`, `kind` and clean texts; columns that the format lacks may be absent."""
    frame = _complete(accepted).rechunk().with_row_index("row")
    frame = frame.with_columns(
        _things(frame, "urls", links_in(pl.col("text"))),
        _things(frame, "hashtags", hashtags_in(pl.col("text"))),
        _things(frame, "mentions", mentions_in(pl.col("text"))),
        parse_lists(frame["media"], "media").fill_null(pl.lit([], dtype=pl.List(pl.String))),
        pl.coalesce(pl.col("client").str.extract(_APP, 1), "client").alias("client"),
        parse_times(frame["deleted_at"], replace(rules, whole_days=True))["at"].alias("deleted_at"),
    )
    texts = normal_texts(frame["text"])
    frame = frame.join(texts.select("text", "fingerprint"), on="text", how="left", maintain_order="left").rechunk()
    links, tags = link_table(frame, "urls"), thing_table(frame, "hashtags")
    posts = frame.with_columns(
        listed(links, "url", frame).alias("urls"),
        _of_another("post_id"),
        _of_another("account_id"),
        pl.col("media").alias("media_hashes"),
        pl.col(LINE).alias("line"),
    )
    columns = [name for name in POST_SCHEMA if name != "source"]
    kept = ["row", "shared_at", "ip", "device", "site"]
    distinct = (
        texts.drop_nulls("fingerprint")
        .select(list(TEXT_SCHEMA))
        .unique("fingerprint", keep="first")
        .sort("fingerprint")
    )
    return PostTables(
        posts.select(columns + kept), links, tags, thing_table(frame, "mentions"), thing_table(frame, "media"), distinct
    )


def _of_another(name: str) -> pl.Expr:
    """The post or account that a share or quote repeats; other posts repeat none, whatever their row says."""
    kind, shared, quoted = pl.col("kind"), pl.col(f"shared_{name}"), pl.col(f"quoted_{name}")
    told = (
        pl.when(kind == "share")
        .then(shared)
        .when(kind == "quote")
        .then(pl.coalesce(quoted, shared))
        .when(kind == "reply")
        .then(quoted)
    )
    return told.alias(f"shared_{name}")


def _complete(frame: pl.DataFrame) -> pl.DataFrame:
    """Every text column that the posts table is made from, null where the format has none."""
    names = ("text", "lang", "client", "shared_post_id", "shared_account_id", "quoted_post_id", "quoted_account_id",
             "reply_to_post_id", "reply_to_account_id", "urls", "hashtags", "mentions", "media", "deleted_at",
             "ip", "device", "site")  # fmt: skip
    return frame.with_columns(pl.lit(None, pl.String).alias(name) for name in names if name not in frame.columns)


def _things(frame: pl.DataFrame, name: str, from_text: pl.Expr) -> pl.Expr:
    """What the export lists, else what the text shows; an empty list where neither says anything."""
    nothing = pl.lit([], dtype=pl.List(pl.String))
    if frame[name].null_count() == frame.height:
        return from_text.fill_null(nothing).alias(name)
    given = pl.lit(parse_lists(frame[name], name))
    if name == "urls":
        given = given.list.eval(pl.element().str.strip_chars_end(_CLOSING))
    if name == "hashtags":
        given = given_hashtags(given)
    if name == "mentions":
        handle = pl.element().str.starts_with("@")
        given = given.list.eval(pl.when(handle).then(folded(pl.element())).otherwise(pl.element()))
        given = given.list.unique(maintain_order=True)
    return pl.coalesce(given, from_text).fill_null(nothing).alias(name)
