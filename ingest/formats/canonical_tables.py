"""The canonical tables as files: posts, actions, accounts, sessions, ads and follows, and the activity log."""

from ingest.canonical.layout import Profile
from ingest.formats.format import Format, each_of, one_of

_AT = ("at", "created_at", "timestamp", "time")
_AUTHOR = {
    "handle": ("handle",),
    "display_name": ("display_name", "account_name"),
    "account_created_at": ("account_created_at",),
    "followers": ("followers",),
    "following": ("following",),
    "verified": ("verified",),
    "platform": ("platform",),
}

ACTIVITY_LOG = Format(
    Profile(
        "activity log",
        "posts",
        {
            "account_id": ("account_id",),
            "post_id": ("post_id",),
            "at": ("created_at", "at", "timestamp"),
            "kind": ("action",),
            "object_id": ("object", "object_id"),
            "text": ("text",),
            "lang": ("lang",),
            "client": ("client",),
            "ip": ("ip",),
            "device": ("device",),
            "account_country": ("country",),
            **_AUTHOR,
        },
        required=("account_id", "object_id", "at", "kind"),
        reads=None,
    ),
    marks=(one_of("account_id"), one_of("action")),
    needs=(one_of("created_at", "at", "timestamp"), one_of("object", "object_id")),
    title="account_id, created_at, action, object: one activity per row",
)

POSTS = Format(
    Profile(
        "posts",
        "posts",
        {
            "account_id": ("account_id",),
            "post_id": ("post_id",),
            "at": _AT,
            "kind": ("kind",),
            "is_share": ("is_share", "is_retweet", "is_repost"),
            "is_quote": ("is_quote",),
            "text": ("text",),
            "lang": ("lang",),
            "client": ("client",),
            "shared_post_id": ("shared_post_id",),
            "shared_account_id": ("shared_account_id",),
            "shared_at": ("shared_at",),
            "reply_to_post_id": ("reply_to_post_id",),
            "reply_to_account_id": ("reply_to_account_id",),
            "urls": ("urls",),
            "hashtags": ("hashtags",),
            "mentions": ("mentions",),
            "media": ("media_hashes", "media"),
            "deleted_at": ("deleted_at",),
            "ip": ("ip",),
            "device": ("device",),
            **_AUTHOR,
        },
        reads=None,
    ),
    marks=(
        one_of("account_id"),
        one_of("post_id", "text", "kind"),
        one_of("text", "kind", "urls", "hashtags", "shared_post_id"),
    ),
    needs=(one_of(*_AT),),
    unless=frozenset({"trace", "action", "object", "object_id", "event", "ad_id"}),
    title="account_id, post_id, created_at, kind, text, ...: one post per row",
)

ACTIONS = Format(
    Profile(
        "actions",
        "actions",
        {
            "account_id": ("account_id",),
            "trace": ("trace",),
            "object_id": ("object_id",),
            "at": _AT,
            "post_id": ("post_id",),
            "block": ("block",),
        },
        required=("account_id", "object_id", "at", "trace"),
    ),
    marks=each_of("account_id", "trace"),
    needs=(one_of("object_id"), one_of(*_AT)),
    title="account_id, trace, object_id, at: one action per row",
)

SESSIONS = Format(
    Profile(
        "sessions",
        "sessions",
        {
            name: (name,)
            for name in ("account_id", "event", "ip", "asn", "country", "device", "user_agent", "client", "success")
        }
        | {"at": _AT},
        required=("account_id", "at", "event"),
    ),
    marks=each_of("account_id", "event"),
    needs=(one_of(*_AT),),
    title="account_id, at, event, ip, ...: one access event per row",
)

ADS = Format(
    Profile(
        "ads",
        "ads",
        {
            name: (name,)
            for name in (
                "ad_id",
                "account_id",
                "landing_url",
                "payment_fingerprint",
                "spend",
                "currency",
                "policy_category",
                "text",
            )
        }
        | {"at": _AT},
        required=("account_id", "ad_id", "at"),
    ),
    marks=each_of("ad_id", "account_id"),
    needs=(one_of(*_AT),),
    title="ad_id, account_id, at, landing_url, ...: one ad per row",
)

ACCOUNTS = Format(
    Profile(
        "accounts",
        "accounts",
        {
            name: (name,)
            for name in ("account_id", "platform", "handle", "created_at", "followers", "following", "verified",
                         "protection_tier", "country", "lang", "status")
        }
        | {"display_name": ("display_name", "account_name", "name")},
        required=("account_id",),
    ),
    marks=(one_of("account_id"), one_of("handle", "display_name", "followers", "following", "protection_tier", "verified")),
    unless=frozenset({"text", "post_id", "object", "object_id", "trace", "action", "event", "ad_id", "at", "timestamp", "label"}),
    title="account_id, handle, created_at, followers, ...: one account per row",
)  # fmt: skip

FOLLOWS = Format(
    Profile(
        "follows",
        "follows",
        {
            "account_id": ("account_id", "follower_id", "follower"),
            "other_id": ("followed_id", "followee_id", "followed", "followee"),
            "at": _AT,
        },
        required=("account_id", "other_id", "at"),
    ),
    marks=(
        one_of("account_id", "follower_id", "follower"),
        one_of("followed_id", "followee_id", "followed", "followee"),
    ),
    needs=(one_of(*_AT),),
    title="account_id, followed_id, at: one follow per row",
)

CANONICAL = (ACTIVITY_LOG, ACTIONS, SESSIONS, ADS, POSTS, FOLLOWS, ACCOUNTS)
