"""Long tables of what posts hold (links, tags, mentions): one row per post and thing, in the order of the post."""

import polars as pl

from ingest.canonical.urls import canonical_urls

# Twitter puts a link to the status itself behind a text that it cut; it leads nowhere else.
_TO_ITSELF = r"^(?:twitter|x)\.com/i/web/status/\d+$"


def link_table(posts: pl.DataFrame, column: str) -> pl.DataFrame:
    """Columns row, url (canonical), domain from a list column of raw links; each link of a post once."""
    long = posts.select("row", pl.col(column).alias("raw")).explode("raw").drop_nulls("raw")
    if not long.height:
        return pl.DataFrame(schema={"row": pl.UInt32, "url": pl.String, "domain": pl.String})
    found = long.join(canonical_urls(long["raw"]), on="raw", how="left", maintain_order="left")
    found = found.filter(~pl.col("url").str.contains(_TO_ITSELF))
    return found.unique(["row", "url"], keep="first", maintain_order=True).select("row", "url", "domain")


def thing_table(posts: pl.DataFrame, column: str) -> pl.DataFrame:
    """Columns row, thing from a list column."""
    return posts.select("row", pl.col(column).alias("thing")).explode("thing").drop_nulls("thing")


def listed(long: pl.DataFrame, value: str, rows: pl.DataFrame) -> pl.Series:
    """Back to one list per row of `rows`; an empty list where there is none."""
    lists = long.group_by("row", maintain_order=True).agg(pl.col(value))
    joined = rows.select("row").join(lists, on="row", how="left", maintain_order="left")
    return joined[value].fill_null(pl.lit([], dtype=pl.List(pl.String)))
