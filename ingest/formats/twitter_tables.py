"""Twitter tables: the information operations archive, flattened API rows, and the troll tables of FiveThirtyEight and Clemson."""

import polars as pl

from ingest.canonical.layout import Profile
from ingest.formats.format import Format, each_of, one_of
from ingest.formats.raw_columns import with_raw

ARCHIVE = Format(
    Profile(
        "information operations archive",
        "posts",
        {
            "post_id": ("tweetid",),
            "account_id": ("userid",),
            "at": ("tweet_time",),
            "text": ("tweet_text",),
            "lang": ("tweet_language",),
            "client": ("tweet_client_name",),
            "is_share": ("is_retweet",),
            "shared_post_id": ("retweet_tweetid",),
            "shared_account_id": ("retweet_userid",),
            "quoted_post_id": ("quoted_tweet_tweetid",),
            "reply_to_post_id": ("in_reply_to_tweetid",),
            "reply_to_account_id": ("in_reply_to_userid",),
            "urls": ("urls",),
            "hashtags": ("hashtags",),
            "mentions": ("user_mentions",),
            "handle": ("user_screen_name",),
            "display_name": ("user_display_name",),
            "account_created_at": ("account_creation_date",),
            "followers": ("follower_count",),
            "following": ("following_count",),
            "account_lang": ("account_language",),
        },
        required=("account_id", "post_id", "at"),
        constants={"platform": "twitter"},
    ),
    marks=each_of("tweetid", "userid"),
    needs=(one_of("tweet_time"),),
    title="tweetid, userid, tweet_time, ...: Twitter's archive of information operations",
)


def _derive_flattened(frame: pl.DataFrame) -> pl.DataFrame:
    """The mentioned are listed by name, not by id."""
    frame = with_raw(frame, ["user_mentions"])
    return frame.with_columns(pl.col("user_mentions").str.replace_all(r"@?(\w+)", "@$1").alias("names"))


FLATTENED = Format(
    Profile(
        "flattened twitter",
        "posts",
        {
            "post_id": ("tweet_id",),
            "account_id": ("user_id",),
            "at": ("tweet_created_at", "created_at"),
            "text": ("tweet_text", "full_text", "text"),
            "lang": ("lang",),
            "client": ("source",),
            "is_quote": ("is_quote_status",),
            "shared_post_id": ("retweeted_status_id",),
            "shared_account_id": ("retweeted_user_id",),
            "shared_at": ("retweeted_status_created_at",),
            "quoted_post_id": ("quoted_status_id",),
            "quoted_account_id": ("quoted_user_id",),
            "reply_to_post_id": ("in_reply_to_status_id",),
            "reply_to_account_id": ("in_reply_to_user_id",),
            "urls": ("urls",),
            "hashtags": ("hashtags",),
            "mentions": ("names",),
            "media": ("media",),
            "handle": ("user_screen_name",),
            "display_name": ("user_name",),
            "account_created_at": ("user_created_at",),
            "followers": ("user_followers_count",),
            "following": ("user_friends_count",),
            "verified": ("user_verified",),
            "account_lang": ("user_lang",),
        },
        required=("account_id", "post_id", "at"),
        constants={"platform": "twitter"},
        derive=_derive_flattened,
        reads=frozenset({"user_mentions"}),
    ),
    marks=(
        one_of("tweet_id"),
        one_of("user_id"),
        one_of("retweeted_status_id", "tweet_created_at", "user_screen_name"),
    ),
    needs=(one_of("tweet_created_at", "created_at"), one_of("tweet_text", "full_text", "text")),
    title="tweet_id, tweet_created_at, tweet_text, retweeted_status_id, user_id, ...: API v1.1 rows, flattened",
)

_STEPS = ("tco1_step1", "tco2_step1", "tco3_step1")


def _derive_troll(frame: pl.DataFrame) -> pl.DataFrame:
    """The resolved links of up to three columns as one list, and the language where one was found."""
    frame = with_raw(frame, [*_STEPS, "language"])
    links = pl.concat_list(_STEPS).list.drop_nulls().list.join(" ")
    unknown = pl.col("language").str.to_uppercase() == "LANGUAGE UNDEFINED"
    return frame.with_columns(
        pl.when(links != "").then(links).alias("links"), pl.when(~unknown).then("language").alias("language")
    )


TROLLS = Format(
    Profile(
        "troll tweets",
        "posts",
        {
            # The author's name is whole everywhere; external_author_id went through a spreadsheet in the published files.
            "account_id": ("author_id", "author"),
            "post_id": ("tweet_id",),
            "at": ("publish_date",),
            "text": ("content",),
            "lang": ("language",),
            "kind": ("post_type",),
            "is_share": ("retweet",),
            "urls": ("links",),
            "handle": ("author", "author_id"),
            "followers": ("followers",),
            "following": ("following",),
        },
        constants={"platform": "twitter"},
        words={"R": "share", "RETWEET": "share", "Q": "quote", "QUOTE_TWEET": "quote"},
        day_order="month",  # 10/1/2017 is the first of October in the published files
        derive=_derive_troll,
        reads=None,
    ),
    marks=(one_of("author", "author_id"), one_of("content"), one_of("publish_date", "post_type", "account_category")),
    needs=(one_of("publish_date"),),
    title="author, content, publish_date, post_type, ...: troll tweets of FiveThirtyEight and Clemson",
)

TROLL_ACCOUNTS = Format(
    Profile(
        "troll accounts",
        "accounts",
        {"account_id": ("author_id", "author"), "handle": ("author",)},
        required=("account_id",),
        constants={"platform": "twitter"},
    ),
    marks=(one_of("author"), one_of("external_author_id"), one_of("account_category")),
    unless=frozenset({"content", "publish_date"}),
    title="author, external_author_id, account_type, account_category: the authors of the troll tweets",
)

TWITTER_TABLES = (ARCHIVE, FLATTENED, TROLLS, TROLL_ACCOUNTS)
