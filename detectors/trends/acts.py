"""What is counted: acts, each with its account and its time, and the values they bear (a tag, a site, a language, an app)."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from graph.schemas import FrameSchema

# What a rise can be looked up by. `everything` is one series; `share` is the post that was shared.
DIMENSIONS = ("everything", "hashtag", "domain", "language", "client", "country", "kind", "share")
EVERYTHING = "everything"
NONE = ""  # an act that bears no value of a dimension

ACT_SCHEMA: FrameSchema = {"act": pl.UInt32, "account_id": pl.String, "at": pl.Int64}  # at in microseconds
MARK_SCHEMA: FrameSchema = {"act": pl.UInt32, "dimension": pl.String, "value": pl.String}

_OF_TRACE = {"hashtag": "hashtag", "domain": "domain", "client": "client", "share": "share"}


@dataclass(frozen=True, slots=True)
class Acts:
    """`acts`: ACT_SCHEMA, by time; `marks`: MARK_SCHEMA, each value of an act once, sorted. Acts without a value have no mark."""

    acts: pl.DataFrame
    marks: pl.DataFrame

    def bearing(self, dimension: str, value: str) -> pl.DataFrame:
        """The acts that bear the value; all of them for `everything`."""
        if dimension == EVERYTHING:
            return self.acts
        mine = self.marks.filter((pl.col("dimension") == dimension) & (pl.col("value") == value))
        return self.acts.join(mine.select("act"), on="act", how="semi")


def read_acts(actions: pl.LazyFrame, posts: pl.LazyFrame, accounts: pl.LazyFrame, dimensions: Sequence[str]) -> Acts:
    """One act per post, or, where an action names no post, per account and moment.

    Takes ACTION, POST and ACCOUNT_SCHEMA. Marks are read for `dimensions` alone. The order of rows changes nothing.
    """
    named = (pl.col("account_id").is_not_null()) & pl.col("at").is_not_null()
    written = posts.filter(named).with_columns(key=_key())
    acted = actions.filter(named).with_columns(key=_key())
    both = pl.concat([part.select("key", "account_id", pl.col("at").dt.timestamp("us")) for part in (written, acted)])
    numbered = (
        both.group_by("key")
        .agg(pl.col("account_id").min(), pl.col("at").min())
        .sort("at", "account_id", "key")
        .with_row_index("act")
        .collect()
    )
    marks = [pl.LazyFrame(schema={"key": pl.String, "dimension": pl.String, "value": pl.String})]
    marks += [_of_actions(acted, dimensions), *_of_posts(written, dimensions)]
    if "country" in dimensions:
        marks.append(_of_accounts(numbered, accounts))
    told = pl.concat(marks).filter(pl.col("value").is_not_null() & (pl.col("value") != NONE))
    placed = told.join(numbered.lazy().select("key", "act"), on="key").select("act", "dimension", "value").unique()
    return Acts(
        numbered.select(pl.col(n).cast(kind) for n, kind in ACT_SCHEMA.items()),
        placed.sort("dimension", "value", "act").collect(),
    )


def _key() -> pl.Expr:
    """The post, else the account at its moment; the first letter keeps the two apart."""
    moment = pl.concat_str(pl.lit("a"), "account_id", pl.lit(" "), pl.col("at").dt.timestamp("us"))
    return pl.when(pl.col("post_id").is_not_null()).then(pl.lit("p") + pl.col("post_id")).otherwise(moment)


def _of_actions(acted: pl.LazyFrame, dimensions: Sequence[str]) -> pl.LazyFrame:
    traces = [trace for trace, dimension in _OF_TRACE.items() if dimension in dimensions]
    wanted = acted.filter(pl.col("trace").is_in(traces))
    dimension = pl.col("trace").replace(_OF_TRACE)
    return wanted.select("key", dimension.alias("dimension"), value="object_id")


def _of_posts(written: pl.LazyFrame, dimensions: Sequence[str]) -> list[pl.LazyFrame]:
    columns = {"language": "lang", "client": "client", "kind": "kind"}
    plain = [
        written.select("key", dimension=pl.lit(name), value=column)
        for name, column in columns.items()
        if name in dimensions
    ]
    tags = written.select("key", dimension=pl.lit("hashtag"), value="hashtags").explode("value")
    return [*plain, tags] if "hashtag" in dimensions else plain


def _of_accounts(numbered: pl.DataFrame, accounts: pl.LazyFrame) -> pl.LazyFrame:
    country = accounts.drop_nulls("country").group_by("account_id").agg(pl.col("country").min())
    joined = numbered.lazy().join(country, on="account_id")
    return joined.select("key", dimension=pl.lit("country"), value="country")
