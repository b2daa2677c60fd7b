"""Broadcasters: channels and outlets that write around the clock and copy only little of one another."""

from dataclasses import dataclass

import polars as pl

from detectors.guards.found import LITTLE, OPEN
from detectors.guards.view import DAY_SECONDS, ClusterView

# What an outlet looks like, told by behaviour alone. Chosen from what the words mean and then looked at on twelve Telegram
# news channels (1,000 posts each at most): medians 145-877 letters, 17-24 hours of the day, 13-276 days; of the four that
# form a cluster 3-13 % of the posts are joint. Four accounts of an operation that posed as local news on a platform of
# short messages had 85 letters in the median, 2,130 texts and 24 hours: only the length tells them apart.
OWN_TEXTS = 100  # distinct texts of its own: a stream of work, not a cover of a few posts
LENGTH = 200  # letters; DETECTORS 2.3: from here on two equal texts are not two equal thoughts
HOURS = 16  # of the 24 hours of the day: more than one person's waking day
DAYS = 7  # a week, so that a single operation day is no newsroom
# What settles: months of work that no cover is worth. The middle one of those twelve channels has 994 texts in 29 days (an
# export holds 1,000 posts per channel) and 3 % of them joint.
NEWSROOM_TEXTS, NEWSROOM_DAYS, SIDELINE = 500, 14, 0.1
BORN_TOGETHER = DAY_SECONDS * 1_000_000


@dataclass(frozen=True, slots=True)
class Broadcasting:
    """How far the members look like broadcasters: shares of the members, 0..1, unless said otherwise."""

    outlets: float  # members with a stream of own texts over days
    own: float  # median share of a member's posts that stand in no joint act
    length: float  # median letters of the median member
    hours: float  # median hours of the day
    texts: float  # median distinct own texts
    days: float  # median days with acts

    @property
    def paced(self) -> bool:
        """Long texts around the clock: asked of the middle member, because outlets differ in both."""
        return self.length >= LENGTH and self.hours >= HOURS

    @property
    def newsrooms(self) -> bool:
        """Hundreds of long texts of their own for weeks, of which hardly any is joint."""
        own_work = self.texts >= NEWSROOM_TEXTS and self.days >= NEWSROOM_DAYS and self.own >= 1 - SIDELINE
        return self.outlets >= OPEN and self.paced and own_work


def broadcasting(view: ClusterView) -> Broadcasting | None:
    """The measures; None where the data holds posts of less than four fifths of the members."""
    told = view.members.filter(pl.col("posts") > 0)
    if told.height < OPEN * view.size or told.is_empty():
        return None
    joint = view.acts.drop_nulls("post_id").group_by("account_id").agg(pl.col("post_id").n_unique().alias("joint"))
    measured = told.join(joint, on="account_id", how="left").with_columns(
        own=(1 - pl.col("joint").fill_null(0) / pl.col("posts")).clip(0.0),
    )
    outlet = (
        (pl.col("texts") >= OWN_TEXTS)
        & (pl.col("originals") >= OPEN * pl.col("posts"))  # it publishes; it does not pass on or converse
        & (pl.col("days") >= DAYS)
        & (pl.col("own") >= 1 - LITTLE)
    )
    row = measured.select(
        outlet.fill_null(value=False).sum() / view.size,
        pl.col("own").median().alias("median_own"),
        pl.col("length").median().alias("median_length"),
        pl.col("hours").median().alias("median_hours"),
        pl.col("texts").median().alias("median_texts"),
        pl.col("days").median().alias("median_days"),
    ).row(0)
    return Broadcasting(*(float(value or 0.0) for value in row))


def one_short_life(view: ClusterView) -> bool:
    """Most members begin within one day of one another, end within one day, and were there less than half of the data."""
    lives = view.members.drop_nulls("first_at")
    half = view.size // 2 + 1
    if lives.height < half:
        return False
    lasted = float((lives["last_at"] - lives["first_at"]).median() or 0) / 1e6  # type: ignore[arg-type]
    together = all(_within_a_day(lives[end].sort(), half) for end in ("first_at", "last_at"))
    return together and 2 * lasted < view.data_seconds


def _within_a_day(times: pl.Series, many: int) -> bool:
    at = times.to_numpy()
    return bool((at[many - 1 :] - at[: at.size - many + 1] <= BORN_TOGETHER).any())
