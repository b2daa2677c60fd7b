"""Every account the facts name, with its dense key; and whose '@handle' is whose."""

import polars as pl

from graph.facts import Facts

_ACTORS = ("posts", "actions", "sessions", "ads", "interactions", "accounts")  # tables with a column account_id
_LATEST = ("handle", "display_name", "platform", "created_at", "protection_tier", "status")


def handle_owners(facts: Facts) -> pl.DataFrame:
    """Columns other_id ('@handle', lower case) and owner: handles that exactly one account ever had, sorted."""
    return (
        facts.scan("accounts")
        .select(folded=folded_handle(pl.col("handle")), owner=pl.col("account_id"))
        .filter(pl.col("folded").str.len_bytes() > 0)
        .unique()
        .group_by("folded")
        .agg(pl.len(), pl.col("owner").first())
        .filter(pl.col("len") == 1)
        .select(other_id=pl.lit("@") + pl.col("folded"), owner="owner")
        .sort("other_id")
        .collect(engine="streaming")
    )


def resolved_interactions(facts: Facts, owners: pl.DataFrame) -> pl.LazyFrame:
    """Interactions (account_id, target, kind, at, by_handle) in which an unambiguous '@handle' gave way to its account."""
    return (
        facts.scan("interactions")
        .filter(pl.all_horizontal(pl.col("account_id", "other_id", "kind").is_not_null()))
        .join(owners.lazy(), on="other_id", how="left")
        .select(
            "account_id",
            target=pl.coalesce("owner", "other_id"),
            kind="kind",
            at="at",
            by_handle=pl.col("owner").is_not_null(),
        )
    )


def account_table(facts: Facts, interactions: pl.LazyFrame) -> pl.DataFrame:
    """One row per account, sorted by id: key (UInt32, from 0), account_id, the latest known details, listed, folded_handle."""
    ids = [facts.scan(table).select("account_id") for table in _ACTORS]
    ids.append(interactions.select(account_id="target"))
    known = [part.unique().collect(engine="streaming") for part in ids]
    every = pl.concat(known).drop_nulls().unique().sort("account_id").with_row_index("key")
    details = (
        facts.scan("accounts")
        .select("account_id", *_LATEST)
        .group_by("account_id", maintain_order=True)  # the export that was ingested last knows best
        .agg(pl.col(name).drop_nulls().last() for name in _LATEST)
        .with_columns(listed=True)
        .collect()
    )
    return every.join(details, on="account_id", how="left", maintain_order="left").with_columns(
        pl.col("listed").fill_null(False),
        pl.col("created_at").cast(pl.Int64),
        folded_handle=folded_handle(pl.col("handle")),
    )


def folded_handle(handle: pl.Expr) -> pl.Expr:
    """How handles are compared: without '@', lower case."""
    return handle.str.strip_chars().str.strip_prefix("@").str.to_lowercase()
