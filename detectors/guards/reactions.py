"""Reactions: who shares a post when, told from its publication; whether each member moves for itself or all move together."""

from dataclasses import dataclass
from typing import cast

import numpy as np
import polars as pl
from scipy.stats import t as student

from detectors.guards.found import LITTLE, PART
from detectors.guards.view import REACTIONS, ClusterView
from detectors.sentences import percent
from detectors.significance import F64
from graph.schemas import empty

# Two accounts are companions when their lags, each against its own habit, rise and fall together on the posts that both
# shared (one-sided Pearson). On 10 generated worlds the members of groups of fans, staff and offices had companions in 0 to
# 18 %, those of operations that pass on others' posts in 84 to 100 %, two mixed groups in 23 and 34 % (docs/guards/fan_circle.md).
COMPANIONS = 0.001  # chance of one pair; a member has a few dozen partners
COMMON = 5  # posts from which two accounts are compared: three leave nothing after a mean and a slope
LEAST = 12  # lags from which anything is said
# Of the log of the lag, per member: people are early today and late tomorrow (log-normal with sigma 1 and more,
# docs/generator.md); a timer with a tenth of jitter has .1.
UNSTEADY = 0.5
_MOST = 500  # members that are compared, those with most reactions: the matrices grow with their square


@dataclass(frozen=True, slots=True)
class Pace:
    """`shared`: the part of the lags that is common to all on one post (intraclass correlation, at most 1).

    `together`: share of the members with a companion. `spread`: median of the members' spreads of the log of the lag.
    """

    lags: int
    shared: float
    together: float
    spread: float

    @property
    def each_for_itself(self) -> bool:
        """Whether posts set the moment, and no member another one's: no common hour, no companions, no timer."""
        return self.lags >= LEAST and self.shared <= LITTLE and self.together <= LITTLE and self.spread >= UNSTEADY

    @property
    def one_clock(self) -> bool:
        """Whether most of what decides when a post is shared is common to all who share it."""
        return self.lags >= LEAST and self.shared >= PART

    @property
    def told(self) -> str:
        """As a sentence."""
        return (
            f"Of the {self.lags:,} times from a post to its sharing, {percent(max(self.shared, 0.0))} of the differences are "
            f"common to all who shared it, and {percent(self.together)} of the members keep time with another one "
            f"({percent(LITTLE)} at most of both where each acts for itself)."
        )


def gather_reactions(posts: pl.LazyFrame, members: pl.Series) -> pl.DataFrame:
    """REACTIONS of `members` to posts that are in `posts` (POST_SCHEMA), each member's first share of each; sorted."""
    shares = (
        posts.filter(pl.col("account_id").is_in(members.implode()) & (pl.col("kind") == "share"))
        .drop_nulls("shared_post_id")
        .select("account_id", "post_id", "at", original="shared_post_id")
        .collect()
    )
    if shares.is_empty():
        return empty(REACTIONS)
    known = pl.col("post_id").is_in(shares["original"].unique().implode())
    born = (
        posts.filter(known)
        .group_by(original="post_id")
        .agg(author=pl.col("account_id").min(), born=pl.col("at").dt.timestamp("us").min())
    )
    first = shares.sort("account_id", "original", "at", "post_id").unique(["account_id", "original"], keep="first")
    after = (pl.col("at").dt.timestamp("us") - pl.col("born")) / 1e6
    told = first.join(born.collect(), on="original").with_columns(after_s=after).filter(pl.col("after_s") >= 0)
    return told.select(pl.col(name).cast(kind) for name, kind in REACTIONS.items()).sort(
        "account_id", "born", "original"
    )


def joint_reactions(view: ClusterView) -> pl.DataFrame:
    """REACTIONS to the posts that at least two members shared and by which they acted jointly."""
    joint = view.reactions.filter(pl.col("post_id").is_in(view.joint_posts.implode()))["original"].unique()
    return view.reactions.filter(pl.col("original").is_in(joint.implode()))


def share_of_posts(view: ClusterView, reactions: pl.DataFrame) -> float:
    """The part of the joint posts that are among `reactions`."""
    posts = view.joint_posts
    return float(reactions["post_id"].is_in(posts.implode()).sum()) / max(len(posts), 1)


def commonest_author(view: ClusterView) -> tuple[str, float, pl.DataFrame]:
    """The author whose posts the members jointly share most, the part of the joint posts that this is, the REACTIONS to it.

    "" where the data holds none of the originals.
    """
    reactions = joint_reactions(view)
    joint = reactions.filter(pl.col("post_id").is_in(view.joint_posts.implode()))
    if joint.is_empty():
        return "", 0.0, reactions
    author = str(joint.group_by("author").len().sort(["len", "author"], descending=[True, False]).row(0)[0])
    theirs = reactions.filter(pl.col("author") == author)
    return author, share_of_posts(view, theirs), theirs


def pace(reactions: pl.DataFrame) -> Pace:
    """How the members keep time; takes REACTIONS of one cluster. Lags below a second count as one."""
    logs = reactions.sort("account_id", "original").with_columns(log=pl.col("after_s").clip(1.0).log())
    spread = cast(
        "float | None", logs.group_by("account_id", maintain_order=True).agg(pl.col("log").std())["log"].median()
    )
    most = logs.group_by("account_id").len().sort(["len", "account_id"], descending=[True, False]).head(_MOST)
    table = logs.join(most.select("account_id"), on="account_id", how="semi").sort("account_id", "original")
    if table.is_empty():
        return Pace(0, 1.0, 1.0, 0.0)
    lags = table.pivot(on="original", index="account_id", values="log", aggregate_function="first")
    matrix = lags.drop("account_id").cast(pl.Float64).to_numpy()
    own = matrix - np.nanmean(matrix, axis=1, keepdims=True)
    return Pace(table.height, _common_part(own), _with_companion(own), float(spread or 0.0))


def share_by_one_clock(view: ClusterView) -> bool:
    """Whether most joint posts are shares whose times are known, and most of what decides those times is common to all."""
    reactions = joint_reactions(view)
    return share_of_posts(view, reactions) >= PART and pace(reactions).one_clock


def _common_part(own: F64) -> float:
    """Intraclass correlation by post of lags against each member's habit (one-way, Shrout and Fleiss 1979, ICC(1)); nan: 1."""
    there = ~np.isnan(own)
    several = there.sum(axis=0) >= 2
    values, there = np.where(there, own, 0.0)[:, several], there[:, several]
    per_post = there.sum(axis=0).astype(np.float64)
    total, posts = float(per_post.sum()), int(several.sum())
    if posts < 2 or total <= posts:
        return 1.0
    means = values.sum(axis=0) / per_post
    middle = float(values.sum()) / total
    between = float((per_post * (means - middle) ** 2).sum()) / (posts - 1)
    within = float((((values - means) ** 2) * there).sum()) / (total - posts)
    usual = (total - float((per_post**2).sum()) / total) / (posts - 1)
    down = between + (usual - 1) * within
    return (between - within) / down if down > 0 else 1.0


def _with_companion(own: F64) -> float:
    """Share of the members whose lags go with those of another member (see COMPANIONS)."""
    there = (~np.isnan(own)).astype(np.float64)
    x = np.nan_to_num(own)
    many, sums, squares = there @ there.T, x @ there.T, (x**2) @ there.T
    with np.errstate(invalid="ignore", divide="ignore"):
        cross = x @ x.T - sums * sums.T / many
        vary = squares - sums**2 / many
        r = np.clip(cross / np.sqrt(vary * vary.T), -1.0, 1.0)
        score = r * np.sqrt((many - 2) / (1 - r**2))
    p = np.where((many >= COMMON) & (vary > 1e-9) & (vary.T > 1e-9), student.sf(score, np.maximum(many - 2, 1)), 1.0)
    np.fill_diagonal(p, 1.0)
    return float((p <= COMPANIONS).any(axis=1).mean())
