"""The facts around the clusters: members in detail, everybody else as counts, so that memory follows the members."""

from dataclasses import dataclass, field

import polars as pl

from detectors.guards.ages import weeks
from detectors.guards.public_text import BUTTON
from detectors.guards.reactions import gather_reactions
from detectors.guards.shared_address import INFRASTRUCTURE, most_in_a_week
from detectors.guards.view import ACTS, ADDRESSES, CLIENTS, CROWDED, MEMBERS, OBJECTS, REACTIONS, USERS
from graph.schemas import ACCOUNT_SCHEMA, POST_SCHEMA, FrameSchema

_HOUR, _DAY = 3_600_000_000, 86_400_000_000


def _nothing(schema: FrameSchema) -> pl.LazyFrame:
    return pl.LazyFrame(schema=dict(schema))


@dataclass(frozen=True, slots=True)
class Facts:
    """What a run knows. `tested`: its actions as the pair tests saw them; `actions`: those of every trace, lazily."""

    tested: pl.DataFrame
    actions: pl.LazyFrame
    posts: pl.LazyFrame = field(default_factory=lambda: _nothing(POST_SCHEMA))
    accounts: pl.LazyFrame = field(default_factory=lambda: _nothing(ACCOUNT_SCHEMA))


@dataclass(frozen=True, slots=True)
class Around:
    """Frames of detectors.guards.view with `cluster` in front, and what is counted over everybody."""

    objects: pl.DataFrame
    acts: pl.DataFrame
    members: pl.DataFrame
    clients: pl.DataFrame
    addresses: pl.DataFrame
    reactions: pl.DataFrame
    users: pl.DataFrame
    speakers: dict[str, int]
    app_texts: dict[str, float]


def look_around(facts: Facts, objects: pl.DataFrame, acts: pl.DataFrame, who: pl.DataFrame) -> Around:
    """Gather what the guards ask for.

    `objects` and `acts` are those of detectors.guards.joint with account_id beside the rank; `who`: cluster, account_id.
    """
    crowd = _crowd(facts.tested, objects, who)
    apps = _apps(facts.actions)
    ids = who["account_id"]
    addresses = _addresses(facts.actions, who)
    return Around(
        _cut(objects.join(crowd, on=["trace", "object_id"], how="left"), OBJECTS),
        _cut(_acts(facts, acts, crowd, apps, ids), ACTS),
        _cut(_members(facts, who), MEMBERS),
        _cut(_clients(apps, who), CLIENTS),
        _cut(addresses, ADDRESSES),
        _cut(who.join(gather_reactions(facts.posts, ids), on="account_id"), REACTIONS),
        _cut(_users(facts.actions, addresses), USERS),
        _speakers(facts.posts),
        _app_texts(facts.tested, apps),
    )


def _cut(frame: pl.DataFrame, schema: FrameSchema) -> pl.DataFrame:
    named = {"cluster": pl.Int64, **schema}
    return frame.select(pl.col(column).cast(kind) for column, kind in named.items()).sort(list(named), nulls_last=True)


def _crowd(tested: pl.DataFrame, objects: pl.DataFrame, who: pl.DataFrame) -> pl.DataFrame:
    """trace, object_id, first_at, first_account, outsiders over all accounts, for the joint objects."""
    keys = ["trace", "object_id"]
    acted = (
        tested.join(objects.select(keys).unique(), on=keys, how="semi")
        .group_by(*keys, "account_id")
        .agg(pl.col("at").dt.timestamp("us").min())
        .join(who.select("account_id", inside=pl.lit(value=True)).unique(), on="account_id", how="left")
    )
    first = pl.col("at") == pl.col("at").min()
    alone = pl.when(first.sum() == 1).then(pl.col("account_id").filter(first).first())
    return acted.group_by(keys).agg(
        pl.col("at").min().alias("first_at"),
        alone.alias("first_account"),
        pl.col("inside").is_null().sum().cast(pl.Int64).alias("outsiders"),
    )


def _apps(actions: pl.LazyFrame) -> pl.LazyFrame:
    """account_id, post_id, client of the client actions."""
    used = actions.filter(pl.col("trace") == "client")
    return used.select("account_id", "post_id", pl.col("object_id").alias("client")).unique()


def _acts(facts: Facts, acts: pl.DataFrame, crowd: pl.DataFrame, apps: pl.LazyFrame, ids: pl.Series) -> pl.DataFrame:
    own = apps.filter(pl.col("account_id").is_in(ids.implode())).drop_nulls("post_id").sort("client").collect()
    app = own.unique(["account_id", "post_id"], keep="first", maintain_order=True)
    ends = (
        facts.posts.filter(pl.col("account_id").is_in(ids.implode()))
        .group_by("account_id", "post_id")
        .agg(button=pl.col("text").str.contains(BUTTON).max())
        .collect()
    )
    seen = acts.join(crowd, on=["trace", "object_id"], how="left")
    named = seen.join(app, on=["account_id", "post_id"], how="left").join(
        ends, on=["account_id", "post_id"], how="left"
    )
    return named.with_columns(lag_s=(pl.col("at") - pl.col("first_at")) / 1e6)


def _members(facts: Facts, who: pl.DataFrame) -> pl.DataFrame:
    ids = who["account_id"].implode()
    mine = pl.col("account_id").is_in(ids)
    at = pl.col("at").dt.timestamp("us")
    acted = (
        facts.tested.filter(mine)
        .group_by("account_id")
        .agg(
            pl.struct("trace", "object_id").n_unique().alias("acts"),
            (at % _DAY // _HOUR).n_unique().alias("hours"),
            (at // _DAY).n_unique().alias("days"),
            at.min().alias("first_at"),
            at.max().alias("last_at"),
        )
    )
    return (
        who.join(_weeks(facts.accounts, _profiles(facts.accounts.filter(mine))), on="account_id", how="left")
        .join(acted, on="account_id", how="left")
        .join(_posts(facts.posts.filter(mine)), on="account_id", how="left")
        .with_columns(pl.col("posts", "originals", "texts").fill_null(0))
    )


def _profiles(accounts: pl.LazyFrame) -> pl.DataFrame:
    """One row per account: what any of its profiles says; protected or verified once is so."""
    tiers = pl.col("protection_tier").drop_nulls().filter(pl.col("protection_tier").drop_nulls() != "")
    return (
        accounts.group_by("account_id")
        .agg(
            pl.col("created_at").dt.timestamp("us").min(),
            pl.col("verified").max(),
            tiers.sort().last().alias("protection_tier"),
        )
        .collect()
    )


def _weeks(accounts: pl.LazyFrame, profiles: pl.DataFrame) -> pl.DataFrame:
    """`profiles` with `week`: see MEMBERS."""
    told = accounts.drop_nulls("created_at").group_by("account_id").agg(pl.col("created_at").dt.timestamp("us").min())
    everyone = told.select(pl.col("created_at").sort()).collect()["created_at"].to_numpy()
    known = profiles.drop_nulls("created_at").select("account_id", "created_at")
    share = pl.Series("week", weeks(known["created_at"].to_numpy(), everyone), dtype=pl.Float64)
    return profiles.join(known.select("account_id", share), on="account_id", how="left")


def _posts(posts: pl.LazyFrame) -> pl.DataFrame:
    original = pl.col("kind") == "post"
    told = posts.group_by("account_id", "post_id").agg(
        pl.col("kind", "lang", "fingerprint").min(), length=pl.col("text").str.len_chars().max()
    )
    spoken = (
        told.drop_nulls("lang")
        .group_by("account_id", "lang")
        .len()
        .sort(["account_id", "len", "lang"], descending=[False, True, False])
        .unique("account_id", keep="first", maintain_order=True)
        .select("account_id", "lang")
    )
    counted = told.group_by("account_id").agg(
        pl.len().alias("posts"),
        original.sum().alias("originals"),
        pl.col("fingerprint").filter(original).drop_nulls().n_unique().alias("texts"),
        pl.col("length").filter(original).median(),
    )
    return counted.join(spoken, on="account_id", how="left").collect()


def _clients(apps: pl.LazyFrame, who: pl.DataFrame) -> pl.DataFrame:
    mine = apps.filter(pl.col("account_id").is_in(who["account_id"].implode()))
    counted = mine.group_by("account_id", "client").agg(pl.len().alias("posts")).collect()
    return who.join(counted, on="account_id", how="inner")


def _addresses(actions: pl.LazyFrame, who: pl.DataFrame) -> pl.DataFrame:
    """Addresses and devices of members; how many accounts of everybody used each."""
    used = actions.filter(pl.col("trace").is_in(INFRASTRUCTURE))
    mine = used.filter(pl.col("account_id").is_in(who["account_id"].implode()))
    own = mine.select("account_id", "trace", "object_id").unique()
    values = own.select("trace", "object_id").unique()
    crowd = most_in_a_week(used.join(values, on=["trace", "object_id"], how="semi"))
    return who.join(own.join(crowd, on=["trace", "object_id"]).collect(), on="account_id", how="inner")


def _users(actions: pl.LazyFrame, addresses: pl.DataFrame) -> pl.DataFrame:
    """Everybody on the private values of `addresses` (ADDRESSES with cluster) that two members of a cluster share."""
    shared = addresses.filter(
        (pl.col("account_id").n_unique().over("cluster", "trace", "object_id") >= 2) & (pl.col("in_a_week") <= CROWDED)
    )
    values = shared.select("cluster", "trace", "object_id").unique()
    used = actions.filter(pl.col("trace").is_in(INFRASTRUCTURE)).select("trace", "object_id", "account_id")
    return used.unique().join(values.lazy(), on=["trace", "object_id"]).collect()


def _speakers(posts: pl.LazyFrame) -> dict[str, int]:
    spoken = posts.drop_nulls("lang").group_by("lang").agg(pl.col("account_id").n_unique()).sort("lang").collect()
    return {str(lang): int(accounts) for lang, accounts in spoken.iter_rows()}


def _app_texts(tested: pl.DataFrame, apps: pl.LazyFrame) -> dict[str, float]:
    """Per client the share of its texts that at least two accounts posted."""
    texts = tested.filter(pl.col("trace") == "text").select("account_id", "post_id", "object_id").unique()
    if texts.is_empty():
        return {}
    shared = texts.with_columns(many=pl.col("account_id").n_unique().over("object_id") >= 2)
    told = shared.lazy().join(apps, on=["account_id", "post_id"]).group_by("client").agg(pl.col("many").mean())
    return {str(client): float(share) for client, share in told.sort("client").collect().iter_rows()}
