"""Drafts: the rows of a world while numbers still stand for ids, and the canonical tables that they become."""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

Schema = Mapping[str, pl.DataType | type[pl.DataType]]

KINDS = ("post", "share", "reply", "quote")
POST, SHARE, REPLY, QUOTE = range(len(KINDS))

# Times are int64 microseconds since 1970; accounts and posts are numbers until `posts_table` names them.
DRAFT_SCHEMA: Schema = {
    "number": pl.Int64,
    "account": pl.Int64,
    "at": pl.Int64,
    "kind": pl.Int8,
    "text": pl.String,
    "lang": pl.String,
    "client": pl.String,
    "shared": pl.Int64,
    "shared_account": pl.Int64,
    "shared_at": pl.Int64,
    "reply_to": pl.Int64,
    "reply_account": pl.Int64,
    "url": pl.String,
    "tags": pl.String,  # in order, parted by single spaces
    "media": pl.String,
}
ACT_SCHEMA: Schema = {
    "account": pl.Int64,
    "trace": pl.String,
    "object": pl.String,
    "at": pl.Int64,
}
LABEL_SCHEMA: Schema = {
    "account": pl.Int64,
    "label": pl.String,  # organic | coordinated
    "campaign": pl.String,
    "archetype": pl.String,
    "role": pl.String,  # coordinated: seeder | member; organic: target of framing, member or author of a group, else empty
    "group": pl.String,  # the must-not-flag group of an organic account
}

# Numbers are spread over 48 bits by an odd factor (a bijection), so that an id tells neither order nor group.
_BITS = 48
_FACTOR = 0x5DEECE66D1B7  # odd
_SHIFT = 0x2545F4914F6C  # 0 would stay 0
_SPACE = 1 << 28  # numbers per namespace: more than any part of a world uses


def first_number(namespace: int) -> int:
    """The first number of a namespace (below 2^20): two subjects with different namespaces never share an id."""
    return namespace * _SPACE


def scrambled(numbers: pl.Expr) -> pl.Expr:
    """The spread form of Int64 numbers, distinct for distinct numbers below 2^48."""
    moved = numbers + _SHIFT
    low, high = moved % (1 << 24), moved // (1 << 24) % (1 << 24)
    # (high * 2^24 + low) * FACTOR mod 2^48, in halves that stay inside 64 bits.
    bottom = low * (_FACTOR % (1 << 24))
    top = (bottom // (1 << 24) + low * (_FACTOR >> 24) + high * (_FACTOR % (1 << 24))) % (1 << 24)
    return top * (1 << 24) + bottom % (1 << 24)


def account_ids(name: str) -> pl.Expr:
    """The account ids of a column of numbers; null stays null."""
    return pl.format("a{}", scrambled(pl.col(name)))


def post_ids(name: str) -> pl.Expr:
    return pl.format("p{}", scrambled(pl.col(name)))


def moments(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def drafts(count: int, **columns: object) -> pl.DataFrame:
    """`count` rows of DRAFT_SCHEMA; scalars are repeated, columns not named are null."""
    return _frame(count, DRAFT_SCHEMA, columns)


def acts(count: int, **columns: object) -> pl.DataFrame:
    """`count` rows of ACT_SCHEMA, as `drafts`."""
    return _frame(count, ACT_SCHEMA, columns)


def labels(count: int, **columns: object) -> pl.DataFrame:
    """`count` rows of LABEL_SCHEMA, as `drafts`."""
    return _frame(count, LABEL_SCHEMA, columns)


def _frame(count: int, schema: Schema, columns: Mapping[str, object]) -> pl.DataFrame:
    made: list[pl.Series] = []
    for name, kind in schema.items():
        value = columns.get(name)
        if value is None or isinstance(value, str | int):
            made.append(pl.repeat(value, count, dtype=kind, eager=True).alias(name))
        elif isinstance(value, pl.Series):
            made.append(value.alias(name).cast(kind))
        else:
            made.append(pl.Series(name, np.asarray(value)).cast(kind))
    return pl.DataFrame(made)


def together(frames: Iterable[pl.DataFrame], schema: Schema) -> pl.DataFrame:
    """The frames one below the other; no rows when there are none."""
    return pl.concat([pl.DataFrame(schema=dict(schema)), *frames])


def numbered(rows: pl.DataFrame, first: int) -> pl.DataFrame:
    """Rows with numbers from `first` on; shares that point to a placeholder (below 0) point to its new number."""
    placed = rows.with_columns(pl.Series("new", first + np.arange(rows.height)))
    known = placed.filter(pl.col("number") < 0).select(pl.col("number").alias("shared"), pl.col("new").alias("target"))
    told = placed.join(known, on="shared", how="left", maintain_order="left")
    return told.with_columns(number=pl.col("new"), shared=pl.coalesce("target", "shared")).drop("new", "target")


def posts_table(rows: pl.DataFrame) -> pl.DataFrame:
    """Drafts as the canonical posts table that `flockwatch ingest` recognises, sorted by time and id."""
    kinds = pl.col("kind").replace_strict(list(range(len(KINDS))), list(KINDS), return_dtype=pl.String)
    empty = pl.lit([], dtype=pl.List(pl.String))
    named = rows.select(
        post_ids("number").alias("post_id"),
        account_ids("account").alias("account_id"),
        moments("at").alias("created_at"),
        kinds.alias("kind"),
        "text",
        "lang",
        "client",
        post_ids("shared").alias("shared_post_id"),
        account_ids("shared_account").alias("shared_account_id"),
        moments("shared_at").alias("shared_at"),
        post_ids("reply_to").alias("reply_to_post_id"),
        account_ids("reply_account").alias("reply_to_account_id"),
        pl.concat_list("url").list.drop_nulls().alias("urls"),
        pl.col("tags").str.split(" ").fill_null(empty).alias("hashtags"),
        pl.concat_list(account_ids("reply_account")).list.drop_nulls().alias("mentions"),
        pl.concat_list("media").list.drop_nulls().alias("media_hashes"),
    )
    return named.sort("created_at", "post_id")


def actions_table(rows: pl.DataFrame) -> pl.DataFrame:
    """Acts as the canonical actions table, sorted by time; the same act twice counts once."""
    named = rows.select(
        account_ids("account").alias("account_id"),
        "trace",
        pl.col("object").alias("object_id"),
        moments("at").alias("at"),
    )
    return named.unique().sort("at", "account_id", "trace", "object_id")


def labels_table(rows: pl.DataFrame) -> pl.DataFrame:
    """Labels with account ids, sorted by id; one row per account."""
    named = rows.select(account_ids("account").alias("account_id"), pl.exclude("account"))
    return named.unique("account_id", keep="any").sort("account_id")
