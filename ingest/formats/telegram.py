"""Telegram: messages of Telegram Desktop's result.json, and tables of channel messages."""

import json

import polars as pl

from ingest.canonical.layout import SKIP, Profile
from ingest.formats.format import Format, each_of, one_of
from ingest.formats.raw_columns import each_cell, mark_true, with_raw

_READ = ("type", "text", "forwarded_from", "forwarded_from_id", "photo", "file")


def _derive_messages(frame: pl.DataFrame) -> pl.DataFrame:
    """Texts come as a string or as a list of strings and marked parts; service messages (joins, pins) are no posts."""
    frame = with_raw(frame, _READ)
    forwarded = pl.col("forwarded_from").is_not_null() | pl.col("forwarded_from_id").is_not_null()
    return frame.with_columns(
        each_cell(frame, "text", _joined_text).alias("text"),
        mark_true(pl.col("type") == "service").alias(SKIP),
        mark_true(forwarded).alias("is_share"),
    )


def _joined_text(cell: str) -> str | None:
    if not cell.startswith("["):
        return cell
    try:
        parts = json.loads(cell)
    except (ValueError, RecursionError):
        return cell
    if not isinstance(parts, list):
        return cell
    texts = [
        part if isinstance(part, str) else str(part.get("text", "")) for part in parts if isinstance(part, str | dict)
    ]
    return "".join(texts) or None


MESSAGES = Format(
    Profile(
        "telegram export",
        "posts",
        {
            "account_id": ("from_id",),
            "at": ("date_unixtime", "date"),  # `date` is in the exporting person's zone
            "text": ("text",),
            "is_share": ("is_share",),
            "shared_account_id": ("forwarded_from_id",),
            "reply_to_post_id": ("reply_to_message_id",),
            "display_name": ("from",),
        },
        required=("account_id", "post_id", "at"),
        constants={"platform": "telegram"},
        joined={"post_id": ("from_id", "id")},  # message ids count per chat
        derive=_derive_messages,
        reads=frozenset(_READ),
    ),
    marks=(*each_of("from_id", "id", "text"), one_of("date", "date_unixtime")),
    title="messages of Telegram Desktop (result.json)",
)

CHANNELS = Format(
    Profile(
        "telegram channels",
        "posts",
        {
            "account_id": ("sender_id",),
            "at": ("date",),
            "text": ("text", "message"),
            "display_name": ("channel",),
        },
        required=("account_id", "post_id", "at"),
        constants={"platform": "telegram"},
        joined={"post_id": ("sender_id", "message_id")},
    ),
    marks=each_of("sender_id", "message_id"),
    needs=(one_of("date"), one_of("text", "message")),
    title="sender_id, channel, message_id, date, text: messages of channels",
)

TELEGRAM = (MESSAGES, CHANNELS)
