"""Accounts that are in a ring: what the run says of each, also where it is in a coordinated cluster as well."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from detectors.account_scores import SHELVES
from detectors.guards.found import SETTLED
from detectors.ring_clusters.describing import KIND
from detectors.ring_clusters.found import RingClusters
from detectors.ring_clusters.words import member_sentence
from detectors.takeovers.kinds import COMPROMISED
from graph.schemas import ACCOUNT_RESULT_SCHEMA, FLAGGED_TIERS

_RANK: Mapping[str, int] = {"alert": 3, "review": 2, "linked": 1, "none": 0}


def victims_of(rings: RingClusters) -> Mapping[str, str]:
    """account_id -> cluster_id of those from whom an account was taken; bought and unexplained accounts are not among them."""
    members = rings.frames["members"]
    told = members.filter(pl.col("cluster_id").replace_strict(rings.types, return_dtype=pl.String) == COMPROMISED)
    return dict(told.select("account_id", "cluster_id").iter_rows())


def accounts_of_both(accounts: pl.DataFrame, rings: RingClusters) -> pl.DataFrame:
    """ACCOUNT_RESULT rows where rings have their say; `accounts` holds every account of the run, members of rings among them.

    A victim is told as one whatever else it is in, because the harm was done with the account, not by its owner. Bought and
    unexplained accounts are told as the ring where it says as much as the cluster (the tier); the others as the cluster.
    Whoever is in a settled ring is linked, as in every settled cluster. The reasons name both.
    """
    told = accounts.join(_standing(rings), on="account_id", how="left", maintain_order="left")
    ranks = [pl.col(name).replace_strict(_RANK, default=0, return_dtype=pl.Int64) for name in ("ring_tier", "tier")]
    flagged = pl.col("tier").is_in(FLAGGED_TIERS)
    wins = pl.col("ring_id").is_not_null() & (
        (pl.col("ring_type") == COMPROMISED)
        | ~flagged
        | (pl.col("ring_tier").is_in(FLAGGED_TIERS) & (ranks[0] >= ranks[1]))
    )
    own = pl.concat_list(pl.col("ring_reason"), pl.col("reasons")).list.drop_nulls()
    after = pl.concat_list(pl.col("reasons"), pl.col("ring_reason")).list.drop_nulls()
    return told.with_columns(
        score=pl.when(wins).then("ring_score").otherwise("score"),
        tier=pl.when(wins).then("ring_tier").otherwise("tier"),
        cluster_id=pl.when(wins).then("ring_id").otherwise("cluster_id"),
        kind=pl.when(wins).then(pl.lit(KIND)).otherwise("kind"),
        reasons=pl.when(wins).then(own).otherwise(after),
    ).select(pl.col(name).cast(kind) for name, kind in ACCOUNT_RESULT_SCHEMA.items())


def _standing(rings: RingClusters) -> pl.DataFrame:
    """account_id, ring_id, ring_type, ring_tier, ring_score (on the shelf of its cluster), ring_reason."""
    settling = (
        rings.frames["guards"].filter(pl.col("cap") <= SETTLED).group_by("cluster_id").agg(tag=pl.col("tag").min())
    )
    about = (
        rings.frames["clusters"]
        .select("cluster_id", "type", "tier", "title")
        .join(settling, on="cluster_id", how="left")
    )
    when = rings.frames["takeovers"].select("cluster_id", "account_id", "at")
    who = (
        rings.frames["members"]
        .join(about, on="cluster_id", maintain_order="left")
        .join(when, on=["cluster_id", "account_id"], how="left", maintain_order="left")
    )
    rows = [_row(row) for row in who.iter_rows(named=True)]
    schema = dict.fromkeys(("account_id", "ring_id", "ring_type", "ring_tier", "ring_reason"), pl.String)
    return pl.DataFrame(rows, schema={**schema, "ring_score": pl.Float64}, orient="row")


def _row(row: Mapping[str, Any]) -> dict[str, object]:
    settled = row["tag"] is not None
    low, high = SHELVES["settled" if settled else str(row["tier"])]
    said = member_sentence(
        str(row["role"]), str(row["cluster_id"]), str(row["title"]), row["at"], str(row["tag"] or "")
    )
    return {
        "account_id": row["account_id"],
        "ring_id": row["cluster_id"],
        "ring_type": row["type"],
        "ring_tier": "linked" if settled else row["tier"],
        "ring_score": round(low + (high - low) * float(row["score"]), 6),
        "ring_reason": said,
    }
