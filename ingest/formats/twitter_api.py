"""Twitter/X API objects, one per line or in a list: statuses of v1.1, and tweets of v2."""

import polars as pl

from ingest.canonical.layout import Profile
from ingest.formats.format import Format, one_of
from ingest.formats.raw_columns import mark_true, objects_in, with_raw

STATUS_V1 = Format(
    Profile(
        "twitter v1.1",
        "posts",
        {
            "post_id": ("id_str", "id"),
            "account_id": ("user.id_str", "user.id"),
            "at": ("created_at", "timestamp_ms"),
            "text": ("extended_tweet.full_text", "full_text", "text"),
            "lang": ("lang",),
            "client": ("source",),
            "shared_post_id": ("retweeted_status.id_str", "retweeted_status.id"),
            "shared_account_id": ("retweeted_status.user.id_str", "retweeted_status.user.id"),
            "shared_at": ("retweeted_status.created_at",),
            "quoted_post_id": ("quoted_status_id_str", "quoted_status.id_str", "quoted_status_id"),
            "quoted_account_id": ("quoted_status.user.id_str", "quoted_status.user.id"),
            "reply_to_post_id": ("in_reply_to_status_id_str", "in_reply_to_status_id"),
            "reply_to_account_id": ("in_reply_to_user_id_str", "in_reply_to_user_id"),
            "urls": ("extended_tweet.entities.urls", "entities.urls"),
            "hashtags": ("extended_tweet.entities.hashtags", "entities.hashtags"),
            "mentions": ("extended_tweet.entities.user_mentions", "entities.user_mentions"),
            "media": ("extended_tweet.extended_entities.media", "extended_entities.media", "entities.media"),
            "handle": ("user.screen_name",),
            "display_name": ("user.name",),
            "account_created_at": ("user.created_at",),
            "followers": ("user.followers_count",),
            "following": ("user.friends_count",),
            "verified": ("user.verified",),
            "account_lang": ("user.lang",),
        },
        required=("account_id", "post_id", "at"),
        constants={"platform": "twitter"},
    ),
    marks=(one_of("user.id_str", "user.id"), one_of("user.screen_name"), one_of("id_str", "id")),
    needs=(one_of("created_at", "timestamp_ms"),),
    title="statuses of the Twitter API v1.1",
)

# How v2 names the tie to another tweet, and the column that the tie fills here.
_TIES = {"retweeted": "ref.retweeted", "quoted": "ref.quoted", "replied_to": "ref.replied_to"}


def _derive_v2(frame: pl.DataFrame) -> pl.DataFrame:
    """`referenced_tweets`, a list of {type, id}, as one column per type; an answered account only with an answered tweet."""
    frame = with_raw(frame, ["referenced_tweets", "in_reply_to_user_id"])
    distinct = frame["referenced_tweets"].drop_nulls().unique()
    ties = [_ties(text) for text in distinct]
    columns = {name: pl.Series([tie.get(kind) for tie in ties], dtype=pl.String) for kind, name in _TIES.items()}
    told = pl.DataFrame({"referenced_tweets": distinct, **columns})
    frame = frame.join(told, on="referenced_tweets", how="left", maintain_order="left")
    shared = pl.col("ref.retweeted").is_not_null()
    return frame.with_columns(
        pl.when(~shared).then("in_reply_to_user_id").alias("in_reply_to_user_id"), mark_true(shared).alias("is_share")
    )


def _ties(text: str) -> dict[str, str]:
    return {str(tie["type"]): str(tie["id"]) for tie in objects_in(text) if "type" in tie and "id" in tie}


TWEET_V2 = Format(
    Profile(
        "twitter v2",
        "posts",
        {
            "post_id": ("id",),
            "account_id": ("author_id",),
            "at": ("created_at",),
            "text": ("note_tweet.text", "text"),
            "lang": ("lang",),
            "client": ("source",),
            "is_share": ("is_share",),
            "shared_post_id": ("ref.retweeted",),
            "shared_account_id": ("ref.retweeted.author_id",),
            "shared_at": ("ref.retweeted.created_at",),
            "quoted_post_id": ("ref.quoted",),
            "quoted_account_id": ("ref.quoted.author_id",),
            "reply_to_post_id": ("ref.replied_to",),
            "reply_to_account_id": ("in_reply_to_user_id",),
            "urls": ("entities.urls",),
            "hashtags": ("entities.hashtags",),
            "mentions": ("entities.mentions",),
            "media": ("attachments.media_keys",),
            "handle": ("author.username",),
            "display_name": ("author.name",),
            "account_created_at": ("author.created_at",),
            "followers": ("author.public_metrics.followers_count",),
            "following": ("author.public_metrics.following_count",),
            "verified": ("author.verified",),
        },
        required=("account_id", "post_id", "at"),
        constants={"platform": "twitter"},
        derive=_derive_v2,
        derived=dict.fromkeys(_TIES.values(), ("referenced_tweets",)),
        reads=frozenset({"referenced_tweets", "in_reply_to_user_id"}),
    ),
    marks=(one_of("author_id"), one_of("id"), one_of("text"),
           one_of("edit_history_tweet_ids", "referenced_tweets", "conversation_id", "public_metrics.retweet_count", "entities.urls")),
    needs=(one_of("created_at"),),
    title="tweets of the Twitter API v2",
)  # fmt: skip

TWITTER_API = (STATUS_V1, TWEET_V2)
