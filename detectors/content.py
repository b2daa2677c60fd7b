"""The fused trace: what an act says or passes on, by the most specific name it has, whichever trace it came by."""

import polars as pl

CONTENT = "content"
# From the most to the least specific. One act has one content: traces that repeat one another are one sign (DETECTORS 9.3).
_NAMED = ("text", "share", "media", "url")
FUSED = (
    "text",
    "share",
    "media",
)  # every act of these is in the fused trace; of links only what has no more specific name
_TEXT = "text:"


def content_actions(actions: pl.DataFrame) -> pl.DataFrame:
    """ACTION rows of the trace `content`, from those of text (under their leaders), share, media and url; sorted.

    A share of a post whose text is known, and a copy of that text, are the same content. Each post gives one row, by
    its most specific trace; rows without a post each stand for themselves. Empty where fewer than two of the traces
    are there: nothing to fuse.
    """
    rows = actions.filter(pl.col("trace").is_in(list(_NAMED)))
    if rows["trace"].n_unique() < 2:
        return rows.clear()
    texts = rows.filter((pl.col("trace") == "text") & pl.col("post_id").is_not_null()).select(
        pl.col("post_id").alias("original"), pl.col("object_id").alias("words")
    )
    known = texts.sort("original", "words").unique("original", keep="first")
    named = rows.join(known, left_on="object_id", right_on="original", how="left").with_columns(
        object_id=_name(), block=_block(), order=_order()
    )
    with_post = named.filter(pl.col("post_id").is_not_null()).sort("post_id", "account_id", "order", "object_id")
    first = with_post.unique(["post_id", "account_id"], keep="first", maintain_order=True)
    told = pl.concat([first, named.filter(pl.col("post_id").is_null())])
    return (
        told.with_columns(trace=pl.lit(CONTENT))
        .select(pl.col(name).cast(kind) for name, kind in actions.schema.items())
        .sort(actions.columns)
    )


def _name() -> pl.Expr:
    """One space of names: the text where it is known, else the trace and its object."""
    own = pl.col("object_id")
    is_share = pl.col("trace") == "share"
    shared = (
        pl.when(own.str.starts_with(_TEXT)).then(own).otherwise(pl.coalesce(_TEXT + pl.col("words"), "post:" + own))
    )
    return pl.when(is_share).then(shared).otherwise(pl.col("trace") + ":" + own)


def _block() -> pl.Expr:
    """Blocks of different traces are different things, even with one name."""
    return pl.when(pl.col("block") != "").then(pl.col("trace") + ":" + pl.col("block")).otherwise(pl.lit(""))


def _order() -> pl.Expr:
    return pl.col("trace").replace_strict({name: rank for rank, name in enumerate(_NAMED)}, return_dtype=pl.Int8)
