"""Bare tables of CooRTweet and the coordination network toolkit: account, object, time, perhaps the post."""

from ingest.canonical.layout import Profile
from ingest.formats.format import Format, one_of

_ACCOUNT = one_of("account_id", "user_id", "id_user")
_TIME = one_of("timestamp", "timestamp_share", "at", "created_at", "time")
_OTHERS = frozenset({"trace", "action", "text", "message", "event", "ad_id", "kind"})

BARE = Format(
    Profile(
        "bare table",
        "actions",
        {
            "account_id": ("account_id", "user_id", "id_user"),
            "object_id": ("object_id",),
            "at": ("timestamp_share", "timestamp", "at", "created_at", "time"),
            "post_id": ("content_id", "post_id"),
        },
        required=("account_id", "object_id", "at"),
    ),
    marks=(one_of("object_id"), _ACCOUNT),
    needs=(_TIME,),
    unless=_OTHERS,
    title="account_id, object_id, timestamp[, content_id]: actions of the trace named with --trace",
)

TOOLKIT_MESSAGES = Format(
    Profile(
        "toolkit messages",
        "posts",
        {
            "post_id": ("message_id",),
            "account_id": ("user_id",),
            "handle": ("username",),
            "shared_post_id": ("repost_id",),
            "reply_to_post_id": ("reply_id",),
            "text": ("message",),
            "at": ("timestamp",),
            "urls": ("urls",),
        },
    ),
    marks=(one_of("message_id"), one_of("user_id"), one_of("repost_id"), one_of("message")),
    needs=(one_of("timestamp"),),
    title="message_id, user_id, username, repost_id, reply_id, message, timestamp, urls",
)

BARE_TABLES = (TOOLKIT_MESSAGES, BARE)
