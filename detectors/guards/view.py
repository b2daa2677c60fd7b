"""What a guard may look at: one cluster with its joint acts, its members, and counts of everybody else around them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from detectors.risk import SAYS_SOMETHING
from graph.schemas import FrameSchema, empty

# The block of a text is its language and that of a tag is a tag: neither is a source that accounts could follow.
WITHOUT_SOURCE = frozenset({"text", "media", "hashtag_sequence", "hashtag"})
AUTHORED = frozenset({"share", "reply"})  # traces whose block is the author of the object
EPISODE_SECONDS = 6 * 3600  # DETECTORS 2.3
DAY_SECONDS = 86_400
CROWDED = 50  # accounts on one address in a week from which it is a carrier, campus, VPN or host (DETECTORS 4)
SIGN_UP_SECONDS = 7 * DAY_SECONDS  # one registration campaign; the week of the infrastructure trace (DETECTORS 2.1)
# Signals of infrastructure that only an operator has. Addresses and devices are looked at one by one, because a crowded one
# says nothing; a shared app is what feeds and quizzes have by nature.
OPERATORS_OWN = "^(payment|landing_page|signup)_"
PAID = "^(payment|landing_page):"  # the same among the objects of the fused trace of means (detectors.means)

OBJECTS: FrameSchema = {
    "trace": pl.String,
    "object_id": pl.String,
    "members": pl.Int64,  # who met there in the widest window
    "popularity": pl.Int64,  # all accounts on it
    "often": pl.Int64,  # members who joined another one there: the weight of the object
    "block": pl.String,
    "at": pl.Int64,  # first joint act, microseconds
    "first_account": pl.String,  # the first of everybody on it; null when several share the first moment
    "outsiders": pl.Int64,  # accounts on it that are in no cluster of the run
}
ACTS: FrameSchema = {
    "trace": pl.String,
    "object_id": pl.String,
    "account_id": pl.String,
    "post_id": pl.String,
    "at": pl.Int64,
    "lag_s": pl.Float64,  # after the first of everybody on the object
    "client": pl.String,
    "button": pl.Boolean,  # the text ends as share buttons end it; null without the post
}
MEMBERS: FrameSchema = {
    "account_id": pl.String,
    "created_at": pl.Int64,
    "verified": pl.Boolean,
    "protection_tier": pl.String,
    "acts": pl.Int64,  # distinct objects of the tested traces
    "posts": pl.Int64,
    "originals": pl.Int64,  # posts that are neither share, reply nor quote
    "texts": pl.Int64,  # distinct texts among them
    "length": pl.Float64,  # median letters of an original
    "hours": pl.Int64,  # hours of the day in which it acted
    "days": pl.Int64,
    "first_at": pl.Int64,
    "last_at": pl.Int64,
    "lang": pl.String,  # the language of most of its posts
    "week": pl.Float64,  # share of all other accounts with a known creation that were created within a week after it
}
CLIENTS: FrameSchema = {
    "client": pl.String,
    "account_id": pl.String,  # member
    "posts": pl.Int64,
}
ADDRESSES: FrameSchema = {
    "trace": pl.String,  # ip | device
    "object_id": pl.String,
    "account_id": pl.String,  # member
    "in_a_week": pl.Int64,  # most accounts on the value in any week
    "accounts": pl.Int64,
    "since": pl.Int64,
    "until": pl.Int64,
}
REACTIONS: FrameSchema = {
    "account_id": pl.String,  # member
    "post_id": pl.String,  # its first share of the original
    "original": pl.String,
    "author": pl.String,
    "born": pl.Int64,  # when the original appeared, microseconds
    "after_s": pl.Float64,  # how long after it the member shared it
}
USERS: FrameSchema = {
    "trace": pl.String,
    "object_id": pl.String,  # address or device that a member used and that is not crowded
    "account_id": pl.String,  # anybody on it
}


@dataclass(frozen=True, slots=True)
class ClusterView:
    """One cluster; every frame has the schema of the same name above.

    `signals`: name, family, value, seen, expected. `audience`: trace, block, accounts (active accounts per block).
    `speakers`: accounts of the data per language. `crowded`: per trace the popularity of its most popular thousandth.
    `app_texts`: client -> share of its texts, over all accounts, that several accounts posted.
    `explained`: share of the evidence on trusted blocks, where the leave-cluster-out test gave one.
    `targets`: of all clusters, accounts that led and never followed: members of none, because no verdict may rest on
    them. Each is listed with one cluster but may lead several, as one agency leads many papers.
    `victims`: accounts of the run that were taken from their owners -> the cluster of kind compromised that says so.
    `reactions`: shares by members of posts that the data holds, joint or not.
    """

    objects: pl.DataFrame
    acts: pl.DataFrame
    members: pl.DataFrame
    clients: pl.DataFrame
    addresses: pl.DataFrame
    signals: pl.DataFrame
    audience: pl.DataFrame
    data_seconds: float
    speakers: Mapping[str, int] = field(default_factory=dict)
    crowded: Mapping[str, int] = field(default_factory=dict)
    app_texts: Mapping[str, float] = field(default_factory=dict)
    explained: float | None = None
    targets: frozenset[str] = frozenset()
    victims: Mapping[str, str] = field(default_factory=dict)
    reactions: pl.DataFrame = field(default_factory=lambda: empty(REACTIONS))
    users: pl.DataFrame = field(default_factory=lambda: empty(USERS))

    @property
    def size(self) -> int:
        return self.members.height

    @property
    def weight(self) -> float:
        return float(self.objects["often"].sum())

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(self.members["account_id"])

    def share_of(self, objects: pl.DataFrame) -> float:
        """The part of the joint acts that is on `objects`."""
        return float(objects["often"].sum()) / max(self.weight, 1.0)

    @property
    def joint_posts(self) -> pl.Series:
        """Posts by which members acted jointly, each once: one post may be known under several objects."""
        return self.acts["post_id"].drop_nulls().unique().sort()

    @property
    def shared_values(self) -> pl.DataFrame:
        """Addresses and devices that at least two members used: ADDRESSES."""
        return self.addresses.filter(pl.col("account_id").n_unique().over("trace", "object_id") >= 2)

    @property
    def hidden_ties(self) -> str:
        """Signs of one hand behind accounts that look separate, in words; "" when the data shows none.

        Shared private infrastructure or one sign-up campaign: with either, an innocent look does not cap the risk.
        """
        if self.paid_ties:
            return "they share means of payment, landing pages or sign-up times"
        private = self.shared_values.filter(pl.col("in_a_week") <= CROWDED)["account_id"].n_unique()
        if 2 * private >= self.size:
            return "they share addresses or devices"
        return "most of them were created within one week" if self.created_together else ""

    @property
    def paid_ties(self) -> bool:
        """Whether payment, landing pages or sign-up times are shared: by signals, or as joint objects of the fused means."""
        other = self.signals.filter(pl.col("name").str.contains(OPERATORS_OWN) & (pl.col("value") >= SAYS_SOMETHING))
        means = self.objects.filter(pl.col("object_id").str.contains(PAID) & (pl.col("trace") == "means"))
        return other.height + means.height > 0

    @property
    def created_together(self) -> bool:
        """At least half of the members signed up within one week of one another; False where the data does not say."""
        created = self.members["created_at"].drop_nulls().sort()
        half = -(-self.size // 2)
        if len(created) < max(half, 2):
            return False
        spans = created[half - 1 :].to_numpy() - created[: len(created) - half + 1].to_numpy()
        return bool((spans <= SIGN_UP_SECONDS * 1_000_000).any())
