"""Bluesky: posts as the API shows them (searches, feeds), and the event stream (Jetstream) with reposts, likes and follows."""

import json
from collections.abc import Callable
from typing import Any

import polars as pl

from ingest.canonical.layout import SKIP, Profile
from ingest.formats.format import Format, one_of
from ingest.formats.raw_columns import each_cell, mark_true, objects_in, with_raw


def _features(cell: str, kind: str, key: str) -> str:
    """The values of one kind of facet (link, tag, mention) in the order of the text, as a JSON list."""
    found = [feature.get(key) for facet in objects_in(cell) for feature in _features_of(facet) if _is(feature, kind)]
    return json.dumps([value for value in found if isinstance(value, str)], ensure_ascii=False)


def _features_of(facet: dict[str, Any]) -> list[Any]:
    features = facet.get("features")
    return features if isinstance(features, list) else []


def _is(feature: object, kind: str) -> bool:
    return isinstance(feature, dict) and str(feature.get("$type", "")).endswith(f"#{kind}")


def _derive(prefix: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    record = f"{prefix}record"

    def derive(frame: pl.DataFrame) -> pl.DataFrame:
        """Facets as lists (nothing marked = nothing there), the first language, the card's link."""
        facets, langs, card = f"{record}.facets", f"{record}.langs", f"{record}.embed.external.uri"
        frame = with_raw(frame, [facets, langs, card])
        links = each_cell(frame, facets, lambda cell: _features(cell, "link", "uri"))
        return frame.with_columns(
            pl.coalesce(pl.format('["{}"]', pl.col(card).str.replace_all('"', "%22", literal=True)), links).alias(
                "links"
            ),
            each_cell(frame, facets, lambda cell: _features(cell, "tag", "tag")).alias("tags"),
            each_cell(frame, facets, lambda cell: _features(cell, "mention", "did")).alias("names"),
            pl.col(langs).str.extract(r'"([A-Za-z-]+)"', 1).alias("lang"),
        )

    return derive


def _post_view(prefix: str) -> Format:
    record = f"{prefix}record"
    return Format(
        Profile(
            "bluesky feed" if prefix else "bluesky posts",
            "posts",
            {
                "post_id": (f"{prefix}uri",),
                "account_id": (f"{prefix}author.did",),
                "at": (f"{prefix}indexedat", f"{record}.createdat"),  # the author may write any createdAt
                "text": (f"{record}.text",),
                "lang": ("lang",),
                "quoted_post_id": (f"{record}.embed.record.uri", f"{record}.embed.record.record.uri"),
                "reply_to_post_id": (f"{record}.reply.parent.uri",),
                "urls": ("links",),
                "hashtags": ("tags",),
                "mentions": ("names",),
                "handle": (f"{prefix}author.handle",),
                "display_name": (f"{prefix}author.displayname",),
                "account_created_at": (f"{prefix}author.createdat",),
            },
            required=("account_id", "post_id", "at"),
            constants={"platform": "bluesky"},
            derive=_derive(prefix),
            reads=frozenset({f"{record}.facets", f"{record}.langs", f"{record}.embed.external.uri"}),
        ),
        marks=(one_of(f"{prefix}uri"), one_of(f"{prefix}author.did")),
        needs=(one_of(f"{prefix}indexedat", f"{record}.createdat"),),
        title="posts as Bluesky's API shows them",
    )


_COLLECTIONS = {
    "app.bsky.feed.post": "post",
    "app.bsky.feed.repost": "share",
    "app.bsky.feed.like": "like",
    "app.bsky.graph.follow": "follow",
}
_STREAM_READ = ("did", "commit.collection", "commit.operation", "commit.rkey", "commit.record.subject",
                "commit.record.subject.uri", "commit.record.reply.parent.uri")  # fmt: skip


def _derive_stream(frame: pl.DataFrame) -> pl.DataFrame:
    """Each created record's address (at://did/collection/rkey) and kind; deletions, names and other records are no activity."""
    frame = _derive("commit.")(with_raw(frame, _STREAM_READ))
    collection, reply = pl.col("commit.collection"), pl.col("commit.record.reply.parent.uri")
    answered = (collection == "app.bsky.feed.post") & reply.is_not_null()
    other = (pl.col("commit.operation") != "create").fill_null(True) | ~collection.is_in(list(_COLLECTIONS)).fill_null(
        False
    )
    return frame.with_columns(
        pl.format("at://{}/{}/{}", "did", "commit.collection", "commit.rkey").alias("address"),
        pl.when(answered).then(pl.lit("reply")).otherwise(collection).alias("act"),
        pl.coalesce("commit.record.subject.uri", "commit.record.subject").alias("subject"),
        mark_true(other).alias(SKIP),
    )


STREAM = Format(
    Profile(
        "bluesky stream",
        "posts",
        {
            "post_id": ("address",),
            "account_id": ("did",),
            "at": ("time_us",),  # when the relay saw it; the author may write any createdAt
            "kind": ("act",),
            "object_id": ("subject",),
            "text": ("commit.record.text",),
            "lang": ("lang",),
            "quoted_post_id": ("commit.record.embed.record.uri", "commit.record.embed.record.record.uri"),
            "reply_to_post_id": ("commit.record.reply.parent.uri",),
            "urls": ("links",),
            "hashtags": ("tags",),
            "mentions": ("names",),
        },
        required=("account_id", "post_id", "at"),
        constants={"platform": "bluesky"},
        words=_COLLECTIONS,
        derive=_derive_stream,
        derived={
            "address": ("commit.rkey", "did"),
            "subject": ("commit.record.subject.uri", "commit.record.subject"),
            "act": ("commit.collection",),
        },
        reads=frozenset(
            {*_STREAM_READ, "commit.record.facets", "commit.record.langs", "commit.record.embed.external.uri"}
        ),
    ),
    marks=(one_of("did"), one_of("time_us"), one_of("commit.collection", "commit.operation")),
    title="events of Bluesky's Jetstream",
)

BLUESKY = (STREAM, _post_view("post."), _post_view(""))
