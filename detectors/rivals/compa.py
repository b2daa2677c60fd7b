"""COMPA (Egele, Stringhini, Kruegel and Vigna, NDSS 2013): messages that break with the profile of their account, grouped by content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from detectors.communities import components
from detectors.significance import I64
from graph.schemas import FrameSchema

COHORT_SCHEMA: FrameSchema = {"ring": pl.Int64, "account_id": pl.String}

SMALLEST = 3  # accounts of a ring, as ours
# Weights of the features in the paper's classifier for Twitter, as remembered (DETECTORS section 3).
WEIGHTS: Mapping[str, float] = {
    "client": 3.3,
    "mention": 1.4,
    "domain": 0.96,
    "hour": 0.88,
    "lang": 0.58,
    "hashtag": 0.39,
}


@dataclass(frozen=True, slots=True)
class Compa:
    """The paper's parameters, as DETECTORS section 3 and its author remember them; they were not looked up again. Its classifier's offset
    is not known here: a message violates its profile when its score is among the highest `violating`, the false positives of the paper's
    profiles. Groups are of copies of a text or links of an hour, from
    `smallest` accounts on (the paper: ten messages), so that it may find rings as small as ours.
    """

    history: int = 10  # messages before an account has a profile
    violating: float = 0.04
    slope: float = -0.005  # th(n) = max(least, slope * n + start): share of the messages of a group that must violate
    start: float = 0.82
    least: float = 0.1
    smallest: int = SMALLEST
    weights: Mapping[str, float] = field(default_factory=lambda: WEIGHTS)

    def rings(self, posts: pl.DataFrame, actions: pl.DataFrame) -> pl.DataFrame:
        """COHORT_SCHEMA of the accounts whose messages violate, in groups that are taken over; groups with a common account are one."""
        scored = self._scores(posts, actions).drop_nulls("score")
        if scored.is_empty():
            return pl.DataFrame(schema=dict(COHORT_SCHEMA))
        cut = scored["score"].quantile(1 - self.violating)
        violates = scored.with_columns(violates=pl.col("score") > (cut or 0.0))
        hour = pl.col("at").dt.truncate("1h")
        shared = actions.filter(pl.col("trace").is_in(["text", "url"])).select("post_id", "trace", "object_id")
        each = shared.join(violates, on="post_id").with_columns(hour=hour)
        threshold = pl.max_horizontal(pl.lit(self.least), self.slope * pl.len() + self.start)
        groups = each.group_by("trace", "object_id", "hour").agg(
            pl.col("account_id").filter(pl.col("violates")).unique().alias("account_id"),
            taken=(pl.col("account_id").n_unique() >= self.smallest) & (pl.col("violates").mean() >= threshold),
        )
        return joined(groups.filter("taken").select("account_id"))

    def _scores(self, posts: pl.DataFrame, actions: pl.DataFrame) -> pl.DataFrame:
        """post_id, account_id, at, score: the weighted mean of how unusual each feature of the message is; null without a profile."""
        messages = posts.select(
            "post_id", "account_id", "at", "client", "lang", hour=pl.col("at").dt.hour().cast(pl.String)
        )
        for trace in ("mention", "domain", "hashtag"):
            first = (
                actions.filter(pl.col("trace") == trace).sort("post_id", "object_id").unique("post_id", keep="first")
            )
            messages = messages.join(
                first.select("post_id", pl.col("object_id").alias(trace)), on="post_id", how="left"
            )
        messages = messages.sort("account_id", "at", "post_id")
        names = list(self.weights)
        parts = messages.with_columns(_unusual(name, self.history) for name in names)
        told = [pl.col(f"{name}_score").is_not_null() * self.weights[name] for name in names]
        total = [pl.col(f"{name}_score").fill_null(0.0) * self.weights[name] for name in names]
        weight = pl.sum_horizontal(told)
        score = pl.when(weight > 0).then(pl.sum_horizontal(total) / weight)
        return parts.select("post_id", "account_id", "at", score=score)


def _unusual(name: str, history: int) -> pl.Expr:
    """The paper's score of a feature value: 1 when the account never had it, 0 when at least as often as its values on average, else
    one less its share; null where the message has no value or the account no history of it.
    """
    value, one = pl.col(name), pl.col(name).is_not_null().cast(pl.Int64)
    seen = one.cum_sum().over("account_id", name) - 1
    total = one.cum_sum().over("account_id") - one
    values = (one * (seen == 0)).cum_sum().over("account_id") - (one * (seen == 0))
    usual = (seen > 0) & (seen * values >= total)
    score = pl.when(seen == 0).then(1.0).when(usual).then(0.0).otherwise(1.0 - seen / total)
    return pl.when(value.is_not_null() & (total >= history)).then(score).alias(f"{name}_score")


def joined(groups: pl.DataFrame) -> pl.DataFrame:
    """COHORT_SCHEMA of the connected components of `groups`, each a list of `account_id`; rings in the order of their first account."""
    rows = groups.with_row_index("group").explode("account_id").drop_nulls("account_id")
    if rows.is_empty():
        return pl.DataFrame(schema=dict(COHORT_SCHEMA))
    names = rows["account_id"].unique().sort()
    code = rows["account_id"].cast(pl.Enum(names)).to_physical().cast(pl.Int64).to_numpy()
    parts = components(code, rows["group"].to_numpy().astype(np.int64) + len(names), smallest=1)
    kept = [inside for part in parts if (inside := part[part < len(names)]).size >= SMALLEST]
    return cohorts(names, kept)


def cohorts(names: pl.Series, groups: Sequence[I64]) -> pl.DataFrame:
    """COHORT_SCHEMA of groups of codes of `names`."""
    ring = np.repeat(np.arange(len(groups)), [group.size for group in groups])
    members = np.concatenate([np.empty(0, np.int64), *groups])
    return pl.DataFrame(
        {"ring": ring.astype(np.int64), "account_id": names.gather(members)}, schema=dict(COHORT_SCHEMA)
    )
