"""The members of a cluster as table rows: role, how surely each belongs, and what the export says about the account."""

from collections.abc import Mapping

import polars as pl

from graph.foreign_text import show_text
from investigator_ui.views.wording import count, day, minute, percent

NOT_PROTECTED = ("", "none")


def _tier() -> pl.Expr:
    """The protection tier of an ACCOUNT row; null where it says that nobody is to be asked."""
    tier = pl.col("protection_tier")
    return pl.when(~tier.str.to_lowercase().is_in(NOT_PROTECTED)).then(tier)


def protected_members(members: pl.DataFrame, accounts: pl.LazyFrame) -> frozenset[str]:
    """The members whom the export calls protected (candidates, media, ...): policy must agree before any action."""
    found = accounts.filter(pl.col("account_id").is_in(members["account_id"].to_list()) & _tier().is_not_null())
    return frozenset(found.select("account_id").collect()["account_id"])


def ring_member_rows(rows: pl.DataFrame, takeovers: pl.DataFrame) -> pl.DataFrame:
    """The rows of `member_rows`, high-profile accounts first because they are secured first, with `taken, owner, back` as text.

    Takes TAKEOVER_SCHEMA of the ring. Protected before verified accounts, those before the rest, then by followers.
    """
    told = takeovers.select(
        "account_id",
        "at",
        taken=pl.col("at").map_elements(minute, return_dtype=pl.String),
        owner=pl.col("owner_stays").map_elements(percent, return_dtype=pl.String),
        back=pl.col("recovered_at").map_elements(day, return_dtype=pl.String),
    )
    ordered = rows.join(told, on="account_id", how="left").sort(
        "first_rank", "reach", "at", "account_id", descending=[False, True, False, False], nulls_last=True
    )
    return ordered.with_columns(pl.col("taken", "owner", "back").fill_null("")).drop("at")


def member_rows(
    members: pl.DataFrame, accounts: pl.LazyFrame, names: Mapping[str, str], roles: frozenset[str] = frozenset()
) -> pl.DataFrame:
    """The members of `roles` (none: all) in the given order; takes MEMBER_SCHEMA and ACCOUNT_SCHEMA.

    Returns `account_id, account, role, belongs, links, followers, created, protected, reach, first_rank`; what is not known is blank,
    `protected` holds the tier or 'verified', and the last two order by it and by followers.
    """
    kept = members.filter(pl.col("role").is_in(sorted(roles))) if roles else members
    known = (
        accounts.filter(pl.col("account_id").is_in(kept["account_id"].to_list()))
        .select("account_id", "followers", "created_at", "verified", tier=_tier())
        .unique("account_id", keep="first", maintain_order=True)
        .collect()
    )
    rows = kept.join(known, on="account_id", how="left", maintain_order="left")
    return rows.select(
        "account_id",
        pl.col("account_id")
        .map_elements(lambda id_: names.get(id_) or show_text(id_, 40), return_dtype=pl.String)
        .alias("account"),
        "role",
        pl.col("score").alias("belongs"),
        "links",
        pl.col("followers").map_elements(count, return_dtype=pl.String).fill_null("").alias("followers"),
        pl.col("created_at").map_elements(day, return_dtype=pl.String).fill_null("").alias("created"),
        pl.coalesce(
            pl.col("tier").map_elements(lambda tier: show_text(tier, 30), return_dtype=pl.String),
            pl.when("verified").then(pl.lit("verified")),
            pl.lit(""),
        ).alias("protected"),
        pl.col("followers").alias("reach"),
        pl.when(pl.col("tier").is_not_null()).then(0).when("verified").then(1).otherwise(2).alias("first_rank"),
    )
