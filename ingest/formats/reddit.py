"""Reddit dumps: comments and submissions. "[deleted]" stands for everybody who left, so those records are set aside."""

import polars as pl

from ingest.canonical.layout import Profile
from ingest.formats.format import Format, one_of
from ingest.formats.raw_columns import with_raw

_NOBODY = frozenset({"[deleted]", "[removed]"})
_GONE = ("[deleted]", "[removed]")


def _derive_comments(frame: pl.DataFrame) -> pl.DataFrame:
    """Full names (t1_ comment, t3_ submission): comments and submissions count their ids apart, and parents are full names."""
    frame = with_raw(frame, ["name", "id", "body"])
    return frame.with_columns(
        pl.coalesce("name", "t1_" + pl.col("id")).alias("fullname"), pl.col("body").replace(_GONE, [None, None])
    )


COMMENTS = Format(
    Profile(
        "reddit comments",
        "posts",
        {
            "post_id": ("fullname",),
            "account_id": ("author",),
            "at": ("created_utc",),
            "text": ("body",),
            "reply_to_post_id": ("parent_id", "link_id"),
            "site": ("subreddit",),
            "handle": ("author",),
        },
        required=("account_id", "post_id", "at"),
        constants={"platform": "reddit", "kind": "reply"},
        nobody=_NOBODY,
        derive=_derive_comments,
        derived={"fullname": ("id", "name")},
        reads=frozenset({"name", "id"}),
    ),
    marks=(one_of("author"), one_of("body"), one_of("parent_id", "link_id")),
    needs=(one_of("created_utc"), one_of("id", "name")),
    title="id, author, created_utc, body, parent_id, ...: Reddit comments",
)


def _derive_submissions(frame: pl.DataFrame) -> pl.DataFrame:
    """Title and text as one text; the link only where the submission is one (its own page is no link)."""
    frame = with_raw(frame, ["name", "id", "title", "selftext", "url", "domain", "is_self"])
    words = pl.concat_str("title", pl.col("selftext").replace(_GONE, [None, None]), separator="\n", ignore_nulls=True)
    own = pl.col("domain").str.starts_with("self.").fill_null(False) | (pl.col("is_self") == "true").fill_null(False)
    return frame.with_columns(
        pl.coalesce("name", "t3_" + pl.col("id")).alias("fullname"),
        words.alias("words"),
        pl.when(~own).then("url").alias("url"),
    )


SUBMISSIONS = Format(
    Profile(
        "reddit submissions",
        "posts",
        {
            "post_id": ("fullname",),
            "account_id": ("author",),
            "at": ("created_utc",),
            "text": ("words",),
            "urls": ("url",),
            "shared_post_id": ("crosspost_parent",),
            "site": ("subreddit",),
            "handle": ("author",),
        },
        required=("account_id", "post_id", "at"),
        constants={"platform": "reddit"},
        nobody=_NOBODY,
        derive=_derive_submissions,
        derived={"fullname": ("id", "name"), "words": ("title", "selftext")},
        reads=frozenset({"name", "id", "title", "selftext", "url", "domain", "is_self"}),
    ),
    marks=(one_of("author"), one_of("title"), one_of("subreddit")),
    needs=(one_of("created_utc"), one_of("id", "name")),
    title="id, author, created_utc, title, selftext, url, ...: Reddit submissions",
)

REDDIT = (COMMENTS, SUBMISSIONS)
