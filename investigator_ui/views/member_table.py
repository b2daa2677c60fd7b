"""The members of a cluster as table rows: role, how surely each belongs, and what the export says about the account."""

from collections.abc import Mapping

import polars as pl

from graph.foreign_text import show_text
from investigator_ui.views.wording import count, day

NOT_PROTECTED = ("", "none")


def protected_members(members: pl.DataFrame, accounts: pl.LazyFrame) -> frozenset[str]:
    """The members whom the export calls protected (candidates, media, ...): policy must agree before any action."""
    tier = pl.col("protection_tier").str.to_lowercase()
    found = accounts.filter(
        pl.col("account_id").is_in(members["account_id"].to_list()) & tier.is_not_null() & ~tier.is_in(NOT_PROTECTED)
    )
    return frozenset(found.select("account_id").collect()["account_id"])


def member_rows(
    members: pl.DataFrame, accounts: pl.LazyFrame, names: Mapping[str, str], roles: frozenset[str] = frozenset()
) -> pl.DataFrame:
    """The members of `roles` (none: all) in the given order; takes MEMBER_SCHEMA and ACCOUNT_SCHEMA.

    Returns `account_id, account, role, belongs, links, followers, created, protected`; what is not known is blank.
    """
    kept = members.filter(pl.col("role").is_in(sorted(roles))) if roles else members
    known = (
        accounts.filter(pl.col("account_id").is_in(kept["account_id"].to_list()))
        .select("account_id", "followers", "created_at", "protection_tier")
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
        pl.col("protection_tier")
        .map_elements(lambda tier: show_text(tier, 30), return_dtype=pl.String)
        .fill_null("")
        .alias("protected"),
    )
