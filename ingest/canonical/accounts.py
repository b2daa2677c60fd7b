"""Accounts: the profile that a record carries of its author, or a table of profiles."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from graph.schemas import ACCOUNT_SCHEMA
from ingest.canonical.free_text import number, truth
from ingest.canonical.times import TimeRules, parse_times
from ingest.chunks import LINE

# The author's fields in a table of posts, where `lang`, `created_at` and the like belong to the post.
AUTHOR_FIELDS: Mapping[str, str] = {
    "handle": "handle",
    "display_name": "display_name",
    "account_created_at": "created_at",
    "followers": "followers",
    "following": "following",
    "verified": "verified",
    "protection_tier": "protection_tier",
    "account_country": "country",
    "account_lang": "lang",
    "status": "status",
}
NUMBERS = ("followers", "following")
_SAYS_SOMETHING = [name for name in ACCOUNT_SCHEMA if name not in ("account_id", "platform", "source", "line")]


def account_rows(accepted: pl.DataFrame, rules: TimeRules, names: Mapping[str, str] = AUTHOR_FIELDS) -> pl.DataFrame:
    """ACCOUNT_SCHEMA without source: the last row of each account in this stretch, and only where something is known of it.

    `names`: field of the records -> column of the accounts table.
    """
    known = {field: column for field, column in names.items() if field in accepted.columns}
    columns = [name for name in ACCOUNT_SCHEMA if name != "source"]
    if not known:
        return pl.DataFrame(schema={name: ACCOUNT_SCHEMA[name] for name in columns})
    frame = accepted.select(
        "account_id",
        (pl.col("platform") if "platform" in accepted.columns else pl.lit(None, pl.String)).alias("platform"),
        *(pl.col(field).alias(column) for field, column in known.items()),
        pl.col(LINE).alias("line"),
    )
    frame = frame.with_columns(pl.lit(None, pl.String).alias(name) for name in columns if name not in frame.columns)
    frame = frame.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in _SAYS_SOMETHING))
    frame = frame.unique("account_id", keep="last", maintain_order=True)
    # An account made on a day is enough to know; an action is not (see ingest.canonical.times).
    by_day = replace(rules, whole_days=True)
    frame = frame.with_columns(
        parse_times(frame["created_at"], by_day)["at"].alias("created_at"),
        number("followers"),
        number("following"),
        truth("verified"),
        pl.col("handle").str.strip_chars().str.strip_chars_start("@").replace("", None),
    )
    return frame.select(columns)
