"""Who does what in a cluster: seeders come first, followers after, the core is tied most tightly."""

import numpy as np
import polars as pl

from detectors.communities import coreness
from detectors.significance import I64

FIRST = 0.6  # share of joint acts led from which a member seeds (DETECTORS 9.4: first on >= 60 % of the objects)
AFTER = 0.25  # and up to which a member follows: the distance to one half, doubled, since ties count half
CORE = 0.75  # of the highest coreness in the cluster


def roles(members: I64, links: pl.DataFrame) -> pl.DataFrame:
    """account, role, links for each member (ascending ranks), from the cluster's links (left, right, n, left_leads).

    A member seeds when it leads at least 60 % of its joint acts, else is core when its coreness is within a quarter
    of the highest, else follows when it leads at most 25 %, else amplifies.
    """
    pairs = links.select("left", "right").unique().sort("left", "right")
    cores = coreness(pairs["left"].to_numpy().astype(np.int64), pairs["right"].to_numpy().astype(np.int64), members)
    told = pl.DataFrame({"account": members, "coreness": cores})
    sides = [
        links.select(pl.col("left").alias("account"), "n", pl.col("left_leads").alias("lead")),
        links.select(pl.col("right").alias("account"), "n", (1 - pl.col("left_leads")).alias("lead")),
    ]
    lead = (
        pl.concat(sides)
        .group_by("account")
        .agg(((pl.col("lead") * pl.col("n")).sum() / pl.col("n").sum()).alias("lead"))
    )
    degree = pl.concat([pairs["left"], pairs["right"]]).value_counts(name="links").rename({"left": "account"})
    return (
        told.join(lead.cast({"account": pl.Int64}), on="account", how="left")
        .join(degree.cast({"account": pl.Int64, "links": pl.Int64}), on="account", how="left")
        .with_columns(pl.col("lead").round(9), role=_role())
        .select("account", "role", pl.col("links").fill_null(0))
        .sort("account")
    )


def _role() -> pl.Expr:
    lead = pl.col("lead").round(9)  # sums of shares in another order may differ in the last bit
    return (
        pl.when(lead >= FIRST)
        .then(pl.lit("seeder"))
        .when(pl.col("coreness") >= CORE * pl.col("coreness").max())
        .then(pl.lit("core"))
        .when(lead <= AFTER)
        .then(pl.lit("follower"))
        .otherwise(pl.lit("amplifier"))
    )
