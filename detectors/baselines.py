"""What anybody could do in an afternoon, kept to be compared with: the naive rule, and the number of posts."""

from datetime import timedelta

import polars as pl

from detectors.projection import co_action_pairs

NAIVE_WINDOW = timedelta(seconds=60)  # DATA.md: same normalised text or object by two accounts within 60 s ...
NAIVE_SHARED = 2  # ... at least 2 shared objects; no significance test, no popularity weighting


def naive_accounts(actions: pl.DataFrame) -> pl.DataFrame:
    """account_id, score, flagged: flagged when in a pair that did the same at least twice within a minute, in any trace.

    The score is the largest number of objects shared with one account within a minute, 0 for accounts in no such pair.
    Texts count as the same when their fingerprints are equal: near-duplicates are not looked for.
    """
    pairs = [
        co_action_pairs(acted, NAIVE_WINDOW, NAIVE_SHARED)
        for (_,), acted in actions.sort("trace").group_by("trace", maintain_order=True)
    ]
    sides = [
        frame.select(pl.col(side).alias("account_id"), pl.col("weight").cast(pl.Float64).alias("score"))
        for frame in pairs
        for side in ("left", "right")
    ]
    nobody = pl.DataFrame(schema={"account_id": pl.String, "score": pl.Float64})
    best = pl.concat([nobody, *sides]).group_by("account_id").agg(pl.col("score").max())
    everyone = actions.select("account_id").unique().sort("account_id")
    return everyone.join(best, on="account_id", how="left", maintain_order="left").with_columns(
        pl.col("score").fill_null(0.0), flagged=pl.col("score").is_not_null()
    )


def posts_count(actions: pl.DataFrame) -> pl.DataFrame:
    """account_id, score: the number of different posts (of actions, where posts have no ids). The sampling leak itself."""
    counted = pl.coalesce("post_id", pl.concat_str("trace", "object_id", pl.col("at").cast(pl.String), separator="\0"))
    counts = actions.group_by("account_id").agg(counted.n_unique().cast(pl.Float64).alias("score"))
    return counts.sort("account_id")


def shared_objects(actions: pl.DataFrame) -> pl.DataFrame:
    """account_id, shared: distinct objects of an account that some other account acted on too, at any time."""
    acts = actions.select("account_id", "trace", "object_id").unique()
    others = pl.len().over("trace", "object_id") > 1
    counts = acts.with_columns(shared=others).group_by("account_id").agg(pl.col("shared").sum().cast(pl.Int64))
    return counts.sort("account_id")
