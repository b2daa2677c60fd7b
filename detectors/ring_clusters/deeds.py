"""What was done with each account after it changed: counts by kind of event, and the first post with something new in it."""

import polars as pl

from detectors.sentences import plural
from detectors.takeovers.aftermath import AFTER_US
from graph.schemas import TIME, FrameSchema

_TOLD = 80  # signs of a link or a text that the sentence holds

DEED_SCHEMA: FrameSchema = {
    "ring": pl.Int64,
    "account_id": pl.String,
    "what": pl.String,
    "before": pl.Int64,
    "after": pl.Int64,
    "first_at": TIME,
    "last_at": TIME,
}
FIRST_SCHEMA: FrameSchema = {
    "ring": pl.Int64,
    "account_id": pl.String,
    "first_act_at": TIME,
    "first_act": pl.String,
    "first_post_id": pl.String,
}


def deeds(members: pl.DataFrame, posts: pl.DataFrame, sessions: pl.DataFrame) -> pl.DataFrame:
    """DEED_SCHEMA, sorted: per member and kind of event how many in the two weeks before and after. Takes ring, account_id, at, and
    the POST and SESSION rows of at least the members.
    """
    posted = posts.select("account_id", when="at", what="kind")
    came = sessions.select("account_id", when="at", what="event")
    events = pl.concat([posted, came]).drop_nulls().join(members.select("ring", "account_id", "at"), on="account_id")
    since = (pl.col("when") - pl.col("at")).dt.total_microseconds()
    near = events.filter(since.abs() < AFTER_US).with_columns(later=since >= 0)
    later = pl.col("when").filter(pl.col("later"))
    told = near.group_by("ring", "account_id", "what").agg(
        before=(~pl.col("later")).sum(), after=pl.col("later").sum(), first_at=later.min(), last_at=later.max()
    )
    return told.select(pl.col(name).cast(kind) for name, kind in DEED_SCHEMA.items()).sort("ring", "account_id", "what")


def first_acts(members: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    """FIRST_SCHEMA, sorted: per member the first post from its takeover on, within two weeks, with a client, link, mention, tag or
    language that none of its earlier posts had. No row for a member without one.
    """
    own = posts.join(members.select("ring", "account_id", taken="at"), on="account_id").sort(
        "account_id", "at", "post_id"
    )
    things = pl.concat(
        [
            own.select("account_id", "post_id", "at", "taken", what=pl.lit(name), thing=thing)
            for name, thing in _things().items()
        ]
    )
    single = things.explode("thing", empty_as_null=True, keep_nulls=True).drop_nulls("thing")
    known = single.filter(pl.col("at") < pl.col("taken")).select("account_id", "what", "thing").unique()
    since = (pl.col("at") - pl.col("taken")).dt.total_microseconds()
    fresh = single.filter(since.is_between(0, AFTER_US - 1)).join(known, on=["account_id", "what", "thing"], how="anti")
    # An account whose earlier posts are not in the data has no habit that could be new.
    settled = fresh.join(known.select("account_id", "what").unique(), on=["account_id", "what"], how="semi")
    first = (
        settled.sort("account_id", "at", "post_id")
        .group_by("account_id", maintain_order=True)
        .agg(pl.col("post_id").first())
    )
    rows = own.join(first, on=["account_id", "post_id"], how="semi").unique(
        "account_id", keep="first", maintain_order=True
    )
    named = rows.with_columns(first_act_at="at", first_post_id="post_id", first_act=_said())
    return named.select(pl.col(name).cast(kind) for name, kind in FIRST_SCHEMA.items()).sort("ring", "account_id")


def _things() -> dict[str, pl.Expr]:
    """What a post may hold that an account never had, as lists; the order is that of the sentence."""
    return {
        "client": pl.concat_list("client"),
        "site": pl.col("urls").list.eval(pl.element().str.extract(r"^[a-z]+://([^/?#]+)")),
        "mention": pl.col("mentions"),
        "tag": pl.col("hashtags"),
        "lang": pl.concat_list("lang"),
    }


def _said() -> pl.Expr:
    """'a reply from pixie with a link to example.org/x and 2 mentions'."""
    link = pl.col("urls").list.first().str.slice(0, _TOLD)
    parts = [
        pl.concat_str(pl.lit("a "), pl.col("kind").fill_null("post")),
        pl.when(pl.col("client").is_not_null()).then(pl.concat_str(pl.lit(" from "), "client")).otherwise(pl.lit("")),
        pl.when(link.is_not_null()).then(pl.concat_str(pl.lit(" with a link to "), link)).otherwise(pl.lit("")),
        pl.col("mentions").list.len().fill_null(0).map_elements(_mentions, return_dtype=pl.String),
    ]
    return pl.concat_str(parts)


def _mentions(many: int) -> str:
    return f", mentioning {plural(many, 'account', 'accounts')}" if many else ""
