"""Who does what in a cluster: seeders come first, followers after, the core is tied most tightly."""

import numpy as np
import polars as pl
from scipy.special import bdtrc

from detectors.communities import coreness
from detectors.significance import I64

FIRST = 0.6  # share of joint acts led from which a member seeds (DETECTORS 9.4: first on >= 60 % of the objects)
AFTER = 0.25  # and up to which a member follows: the distance to one half, doubled, since ties count half
CORE = 0.75  # of the highest coreness in the cluster
CLEARLY = 0.05  # p of the sign test from which the order of two, or of one among all, is more than the fall of coins

_LEADS_SCHEMA = {
    "left": pl.UInt32,
    "right": pl.UInt32,
    "left_first": pl.Int64,
    "right_first": pl.Int64,
    "tied": pl.Int64,
    "median_lead_s": pl.Float64,
    "p": pl.Float64,
}


def pair_leads(acts: pl.DataFrame) -> pl.DataFrame:
    """Who leads whom: left_first, right_first, tied, median_lead_s (of left; negative when right leads) and p per pair.

    `acts` holds left, right and gap_us = right's time - left's, one row per joint act (detectors.evidence.joint_acts).
    p is that of the two-sided sign test; acts at the same moment carry no direction and are not in it.
    Sorted by left and right.
    """
    gap = pl.col("gap_us")
    told = (
        acts.group_by("left", "right")
        .agg(
            (gap > 0).sum().alias("left_first"),
            (gap < 0).sum().alias("right_first"),
            (gap == 0).sum().alias("tied"),
            (gap.median() / 1e6).alias("median_lead_s"),
        )
        .sort("left", "right")
    )
    more, less = (told[side].to_numpy().astype(np.int64) for side in ("left_first", "right_first"))
    p = np.minimum(1.0, 2 * sign_tail(np.maximum(more, less), np.minimum(more, less)))
    return told.with_columns(p=pl.Series(p, dtype=pl.Float64)).select(
        pl.col(column).cast(kind) for column, kind in _LEADS_SCHEMA.items()
    )


def sign_tail(more: I64, less: I64) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """P(at least `more` heads in more + less tosses of a fair coin); 1 without heads."""
    return np.asarray(np.where(more > 0, bdtrc(np.maximum(more, 1) - 1, more + less, 0.5), 1.0), dtype=np.float64)


def roles(members: I64, links: pl.DataFrame, inside: pl.DataFrame) -> pl.DataFrame:
    """account, role, links for each member (ascending ranks), from the cluster's links (left, right, n, left_leads).

    A member seeds when it leads at least 60 % of its joint acts and the sign test says that this is no accident, else
    is core when its coreness is within a quarter of the highest, else follows when it leads at most 25 %, again by the
    sign test, else amplifies. `inside` (STANDING) holds how often each member came before and after most of the others.
    """
    pairs = links.select("left", "right").unique().sort("left", "right")
    cores = coreness(pairs["left"].to_numpy().astype(np.int64), pairs["right"].to_numpy().astype(np.int64), members)
    told = pl.DataFrame({"account": members, "coreness": cores})
    degree = pl.concat([pairs["left"], pairs["right"]]).value_counts(name="links").rename({"left": "account"})
    return (
        told.join(_lead_shares(links), on="account", how="left")
        .join(degree.cast({"account": pl.Int64, "links": pl.Int64}), on="account", how="left")
        .join(inside.select("account", "ahead", "behind"), on="account", how="left")
        .with_columns(pl.col("ahead", "behind").fill_null(0))
        .with_columns(before=_sign("ahead", "behind"), after=_sign("behind", "ahead"))
        .with_columns(role=_role())
        .select("account", "role", pl.col("links").fill_null(0))
        .sort("account")
    )


def _lead_shares(links: pl.DataFrame) -> pl.DataFrame:
    """account, lead: the share of its joint acts with linked members in which it came first, ties counting half."""
    sides = [
        links.select(pl.col("left").alias("account"), "n", pl.col("left_leads").alias("lead")),
        links.select(pl.col("right").alias("account"), "n", (1 - pl.col("left_leads")).alias("lead")),
    ]
    lead = (pl.col("lead") * pl.col("n")).sum() / pl.col("n").sum()
    shares = pl.concat(sides).group_by("account").agg(lead.round(9).alias("lead"))
    return shares.cast({"account": pl.Int64})


def _sign(more: str, less: str) -> pl.Expr:
    return pl.struct(more, less).map_batches(
        lambda rows: pl.Series(sign_tail(rows.struct.field(more).to_numpy(), rows.struct.field(less).to_numpy())),
        return_dtype=pl.Float64,
    )


def _role() -> pl.Expr:
    lead = pl.col("lead").round(9)  # sums of shares in another order may differ in the last bit
    return (
        pl.when((lead >= FIRST) & (pl.col("before") <= CLEARLY))
        .then(pl.lit("seeder"))
        .when(pl.col("coreness") >= CORE * pl.col("coreness").max())
        .then(pl.lit("core"))
        .when((lead <= AFTER) & (pl.col("after") <= CLEARLY))
        .then(pl.lit("follower"))
        .otherwise(pl.lit("amplifier"))
    )
