"""The canonical fields that a mapping file may fill, per kind, with what each one means (docs/formats.md prints this table)."""

from collections.abc import Mapping

_AUTHOR = {
    "handle": "the author's short name, without @",
    "display_name": "the author's shown name",
    "account_created_at": "when the author's account was made",
    "followers": "accounts that follow the author",
    "following": "accounts that the author follows",
    "verified": "true or false",
    "protection_tier": "how carefully the account is to be treated",
    "account_country": "the author's country",
    "account_lang": "the author's language",
    "status": "state of the account: active, suspended, ...",
}
_WHO_AND_WHEN = {"account_id": "who: an opaque id, kept byte for byte", "at": "when"}
_POST = {
    **_WHO_AND_WHEN,
    "post_id": "the post's id; without it a record is named by a hash over its row",
    "text": "the words",
    "lang": "language code",
    "client": "the app it was posted with",
    "shared_post_id": "the post that this one shares",
    "shared_account_id": "the author of the shared post",
    "shared_at": "when the shared post was made",
    "quoted_post_id": "the post that this one quotes",
    "quoted_account_id": "the author of the quoted post",
    "reply_to_post_id": "the post that this one answers",
    "reply_to_account_id": "the author of the answered post",
    "is_share": "true when the post repeats another",
    "is_quote": "true when the post quotes another",
    "urls": "a list of links; found in the text when absent",
    "hashtags": "a list of tags; found in the text when absent",
    "mentions": "a list of account ids or @names; found in the text when absent",
    "media": "a list of hashes or ids of pictures and videos",
    "deleted_at": "when it was deleted",
    "ip": "network address",
    "device": "device fingerprint",
    **_AUTHOR,
}

FIELDS: Mapping[str, Mapping[str, str]] = {
    "posts": {**_POST, "kind": "post, share, reply or quote; seen from the other fields when absent"},
    "activity": {**_POST, "action": "post, share, reply, quote, like or follow", "object": "what was acted on"},
    "actions": {
        **_WHO_AND_WHEN,
        "trace": "name of the trace",
        "object_id": "what was acted on",
        "post_id": "the post it was done with",
        "block": "what the object belongs to",
        **_AUTHOR,
    },
    "accounts": {
        "account_id": "an opaque id, kept byte for byte",
        "handle": "short name, without @",
        "display_name": "shown name",
        "created_at": "when it was made",
        "followers": "accounts that follow it",
        "following": "accounts that it follows",
        "verified": "true or false",
        "protection_tier": "how carefully it is to be treated",
        "country": "country",
        "lang": "language",
        "status": "active, suspended, ...",
    },
    "sessions": {
        **_WHO_AND_WHEN,
        "event": "login, login_failed, reset_requested, reset_done, email_changed, phone_changed, mfa_changed, session_revoked",
        "ip": "network address",
        "asn": "number of the network",
        "country": "country of the address",
        "device": "device fingerprint",
        "user_agent": "user agent string",
        "client": "app",
        "success": "true or false",
    },
    "ads": {
        **_WHO_AND_WHEN,
        "ad_id": "the ad",
        "landing_url": "where it leads",
        "payment_fingerprint": "what it was paid with",
        "spend": "amount",
        "currency": "of the amount",
        "policy_category": "category of the ad",
        "text": "the words",
        **_AUTHOR,
    },
    "follows": {**_WHO_AND_WHEN, "other_id": "the account that is followed", **_AUTHOR},
}

# A record that lacks one of these is at fault.
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "posts": ("account_id", "at"),
    "activity": ("account_id", "object", "at", "action"),
    "actions": ("account_id", "object_id", "at", "trace"),
    "accounts": ("account_id",),
    "sessions": ("account_id", "at", "event"),
    "ads": ("account_id", "at"),
    "follows": ("account_id", "other_id", "at"),
}
