"""What an account habitually does: its observations, one per event and feature, drawn from the canonical facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from graph.schemas import TIME, FrameSchema


@dataclass(frozen=True, slots=True)
class Feature:
    """One habit. `weight` scales its surprise; features of one `cause` change together and are told once (a new phone has a
    new device and a new client, a journey a new country, provider and network); `ties`: a value new to several accounts
    may be what one actor brought.
    """

    name: str
    cause: str
    weight: float
    ties: bool


# Weights: COMPA's order of the features (DETECTORS section 3: client 3.3, mention 1.4, domain 1, hour .9, language .6, topic .4), cut at
# 1, because a weight above 1 claims more than the ratio of likelihoods says; access, which COMPA had not, as the client or below.
FEATURES: Sequence[Feature] = (
    Feature("device", "means", 1.0, True),
    Feature("client", "means", 1.0, True),
    Feature("country", "place", 0.8, False),
    Feature("asn", "place", 0.8, True),
    Feature("network", "place", 0.8, True),
    Feature("domain", "content", 0.7, True),
    Feature("text", "content", 0.0, True),
    Feature("mention", "people", 0.7, False),
    Feature("topic", "topic", 0.3, False),
    Feature("hour", "hour", 0.5, False),
    Feature("lang", "lang", 0.5, False),
    Feature("kind", "kind", 0.3, False),
    Feature("style", "style", 0.3, False),
    Feature("event", "event", 0.4, False),
)
CAUSES: Sequence[str] = tuple(dict.fromkeys(feature.cause for feature in FEATURES))
CODES: Mapping[str, int] = {feature.name: code for code, feature in enumerate(FEATURES)}

OBSERVATION_SCHEMA: FrameSchema = {
    "account_id": pl.String,
    "at": TIME,  # all that an account did at one moment is one event
    "feature": pl.UInt8,  # a code of CODES
    "value": pl.String,
}

# The trace of an action -> the feature it shows.
TOLD_BY: Mapping[str, str] = {"domain": "domain", "hashtag": "topic", "mention": "mention", "text": "text"}


def observations(posts: pl.LazyFrame, sessions: pl.LazyFrame, actions: pl.LazyFrame) -> pl.LazyFrame:
    """OBSERVATION_SCHEMA of all events with an account and a time, each once; rows in no order.

    A failed login says nothing about the habits of the owner and is left out.
    """
    hour = pl.col("at").dt.hour().cast(pl.String)
    wrote = {
        "client": pl.col("client"),
        "lang": pl.col("lang"),
        "kind": pl.col("kind"),
        "hour": hour,
        "style": _style(),
    }
    came = {
        "client": pl.coalesce("client", pl.col("ua_family") + " on " + pl.col("os_family"), "ua_family"),
        "device": pl.col("device"),
        "network": pl.col("ip_block"),
        "asn": pl.col("asn"),
        "country": pl.col("country"),
        "event": pl.col("event"),
        "hour": hour,
    }
    kept = sessions.filter(pl.col("success").fill_null(True) & (pl.col("event") != "login_failed"))
    parts = [_told(posts, name, value) for name, value in wrote.items()]
    parts += [_told(kept, name, value) for name, value in came.items()]
    parts += [_told(actions.filter(pl.col("trace") == t), name, pl.col("object_id")) for t, name in TOLD_BY.items()]
    return pl.concat(parts).drop_nulls().unique()


def _told(rows: pl.LazyFrame, name: str, value: pl.Expr) -> pl.LazyFrame:
    return rows.select(
        pl.col("account_id").cast(pl.String),
        pl.col("at").cast(TIME),
        pl.lit(CODES[name], pl.UInt8).alias("feature"),
        value.cast(pl.String).alias("value"),
    )


def _style() -> pl.Expr:
    """How a text is written, never what it says: its length in octaves, the share of capitals, how it ends, links, line breaks."""
    text = pl.col("text")
    signs = text.str.len_chars()
    shouted = text.str.count_matches(r"\p{Lu}") / pl.max_horizontal(signs, 1)
    return pl.concat_str(
        (signs + 1).log(2).floor().cast(pl.Int64).cast(pl.String),
        pl.when(shouted > 0.3).then(pl.lit("A")).when(shouted > 0.08).then(pl.lit("a")).otherwise(pl.lit("-")),
        pl.when(text.str.contains(r"[.!?…]\s*$")).then(pl.lit(".")).otherwise(pl.lit("_")),
        pl.when(text.str.contains("https?://")).then(pl.lit("l")).otherwise(pl.lit("-")),
        pl.when(text.str.contains(r"\p{Extended_Pictographic}")).then(pl.lit("e")).otherwise(pl.lit("-")),
    )
