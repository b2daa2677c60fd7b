"""Mastodon: statuses as its API and its followers' tools give them, the text as HTML."""

import json

import polars as pl

from ingest.canonical.layout import Profile
from ingest.formats.format import Format, one_of
from ingest.formats.raw_columns import each_cell, objects_in, with_raw

_READ = ("content", "card.url", "mentions", "tags", "reblog.account.id")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&nbsp;": " ", "&amp;": "&"}
_INNER = r'class="[^"]*(?:mention|hashtag)[^"]*"'  # anchors of names and tags are no links out


def _derive(frame: pl.DataFrame) -> pl.DataFrame:
    """The words without markup, and the links that the markup shortens on screen."""
    frame = with_raw(frame, _READ)
    content = pl.col("content")
    anchors = content.str.extract_all(r"<a [^>]*>")
    outward = anchors.list.eval(
        pl.element().filter(~pl.element().str.contains(_INNER)).str.extract(r'href="([^"]+)"', 1).drop_nulls()
    )
    words = content.str.replace_all(r"(?i)<br\s*/?>|</p>\s*<p>", "\n").str.replace_all(r"<[^>]*>", "")
    links = outward.list.join(" ").replace("", None)
    return frame.with_columns(
        words.str.replace_many(list(_ENTITIES), list(_ENTITIES.values())).replace("", None).alias("words"),
        each_cell(frame, "mentions", _addresses).alias("names"),
        pl.coalesce(links.str.replace_all("&amp;", "&", literal=True), "card.url").fill_null("[]").alias("links"),
    )


def _addresses(cell: str) -> str:
    """The mentioned accounts by their address, the one id that is the same on every server."""
    found = [item.get("url") or f"@{item.get('acct')}" for item in objects_in(cell)]
    return json.dumps(found, ensure_ascii=False)


STATUSES = Format(
    Profile(
        "mastodon",
        "posts",
        {
            "post_id": ("uri", "id"),
            "account_id": ("account.url", "account.id"),
            "at": ("created_at",),
            "text": ("words",),
            "lang": ("language",),
            "client": ("application.name",),
            "shared_post_id": ("reblog.uri", "reblog.id"),
            "shared_account_id": ("reblog.account.url", "reblog.account.id"),
            "shared_at": ("reblog.created_at",),
            "reply_to_post_id": ("in_reply_to_id",),
            "urls": ("links",),
            "hashtags": ("tags",),
            "mentions": ("names",),
            "media": ("media_attachments",),
            "handle": ("account.acct",),
            "display_name": ("account.display_name",),
            "account_created_at": ("account.created_at",),
            "followers": ("account.followers_count",),
            "following": ("account.following_count",),
        },
        required=("account_id", "post_id", "at"),
        constants={"platform": "mastodon"},
        derive=_derive,
        derived={"words": ("content",)},
        reads=frozenset(_READ),
    ),
    marks=(one_of("account.acct"), one_of("content")),
    needs=(one_of("created_at"),),
    title="statuses of Mastodon's API",
)

MASTODON = (STATUSES,)
