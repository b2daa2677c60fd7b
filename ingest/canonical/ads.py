"""Ads: who paid with what for which landing page."""

import polars as pl

from graph.schemas import AD_SCHEMA
from ingest.canonical.free_text import number
from ingest.canonical.post_actions import action_rows
from ingest.canonical.urls import canonical_urls
from ingest.chunks import LINE


def ad_tables(accepted: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The ads (AD_SCHEMA without source, landing pages in canonical form) and their actions: landing_page and payment."""
    columns = [name for name in AD_SCHEMA if name != "source"]
    frame = accepted.with_columns(pl.col(LINE).alias("line"))
    frame = frame.with_columns(pl.lit(None, pl.String).alias(name) for name in columns if name not in frame.columns)
    pages = canonical_urls(frame["landing_url"]).rename({"raw": "landing_url"})
    frame = frame.join(pages, on="landing_url", how="left", maintain_order="left")
    frame = frame.with_columns(
        pl.col("url").alias("landing_url"), number("spend", pl.Float64), pl.col("ad_id").alias("post_id")
    )
    led = action_rows(frame, "landing_page", "landing_url", pl.col("domain"))
    paid = action_rows(frame, "payment", "payment_fingerprint")
    return frame.select(columns), pl.concat([led, paid]).sort("line", maintain_order=True)
