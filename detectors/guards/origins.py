"""Contents told apart again: which trace each came by, under which name, and from whom; guards ask about sources."""

import polars as pl

from detectors.content import CONTENT, FUSED

_PREFIX = r"^([a-z_]+):"


def origins(contents: pl.DataFrame) -> pl.DataFrame:
    """Per object_id of content rows (object_id, block): its trace, own name and block, sorted by object_id.

    What is mostly passed on comes from whom it is passed on from, so it counts as a share; else as what it is.
    """
    shared = pl.col("block").str.starts_with("share:")
    told = contents.group_by("object_id").agg(
        mostly=2 * shared.sum() >= pl.len(),
        author=pl.col("block").filter(shared).mode().min(),
        other=pl.col("block").filter(~shared & (pl.col("block") != "")).mode().min(),
    )
    own = pl.col("object_id").str.extract(_PREFIX).replace("post", "share")
    source = pl.when("mostly").then("author").otherwise("other")
    return told.select(
        "object_id",
        trace=pl.when("mostly").then(pl.lit("share")).otherwise(own),
        name=pl.col("object_id").str.replace(_PREFIX, ""),
        source=source.str.replace(_PREFIX, "").fill_null(""),
    ).sort("object_id")


def unfused(rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Content rows (trace, object_id, perhaps block) under the trace, name and block of `known` origins."""
    named = rows.join(known, on="object_id", how="left", suffix="_of", maintain_order="left")
    return named.with_columns(
        trace=pl.coalesce("trace_of", "trace"), object_id=pl.coalesce("name", "object_id"), block="source"
    ).drop("trace_of", "name", "source")


def unfused_actions(actions: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Actions with the contents told apart in the place of the traces they were fused from: each act once."""
    others = actions.filter(~pl.col("trace").is_in([CONTENT, *FUSED]))
    return pl.concat([others, unfused(actions.filter(pl.col("trace") == CONTENT), known).select(actions.columns)])
