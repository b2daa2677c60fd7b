"""Action tables: rows that already say which account touched which object, with the trace named per row, file or column."""

import polars as pl

from graph.traces import TRACES
from ingest.canonical.addresses import network_of
from ingest.canonical.layout import Profile
from ingest.canonical.normal_text import folded
from ingest.canonical.post_actions import action_rows
from ingest.canonical.urls import canonical_urls
from ingest.chunks import LINE

_LINKS = ("url", "landing_page")


def with_traces(frame: pl.DataFrame) -> pl.DataFrame:
    """`trace` as a name in TRACES, null where the word is unknown."""
    word = pl.col("trace").str.strip_chars().str.to_lowercase()
    return frame.with_columns(pl.when(word.is_in(list(TRACES))).then(word).alias("trace"))


def plain_actions(accepted: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """ACTION_SCHEMA without source: one action per row, or per non-empty object column of a row."""
    frame = accepted.with_columns(pl.col(LINE).alias("line"))
    frame = frame.with_columns(
        pl.lit(None, pl.String).alias(name) for name in ("post_id", "block") if name not in frame.columns
    )
    if not profile.objects:
        return _spelled(
            frame.select("account_id", "trace", "object_id", "at", "post_id", pl.col("block").fill_null(""), "line")
        )
    parts = [
        action_rows(frame, trace, object_field(place), pl.col("block"))
        for place, (trace, _) in enumerate(profile.objects)
    ]
    return _spelled(pl.concat(parts).sort("line", maintain_order=True))


def object_field(place: int) -> str:
    """The canonical field that holds the n-th object column."""
    return f"object_{place}"


def _spelled(actions: pl.DataFrame) -> pl.DataFrame:
    """Links and tags in the spelling that posts have, so that both tables meet; every other object byte for byte."""
    actions = actions.rechunk()
    trace, given = pl.col("trace"), pl.col("object_id")
    if actions["trace"].is_in(_LINKS).any():
        pages = canonical_urls(actions.filter(trace.is_in(_LINKS))["object_id"]).rename({"raw": "object_id"})
        actions = actions.join(pages, on="object_id", how="left", maintain_order="left")
        page = trace.is_in(_LINKS) & pl.col("url").is_not_null()
        block = pl.when(page & (pl.col("block") == "")).then(pl.col("domain").fill_null("")).otherwise("block")
        actions = actions.with_columns(
            block.alias("block"), pl.when(page).then("url").otherwise("object_id").alias("object_id")
        )
        actions = actions.drop("url", "host", "domain")
    tag = trace.is_in(["hashtag", "hashtag_sequence"])
    return actions.with_columns(
        pl.when(tag)
        .then(folded(given.str.replace_all(r"[#＃]", "")))
        .when(trace == "ip")
        .then(network_of("object_id"))
        .otherwise(given)
        .alias("object_id")
    )
