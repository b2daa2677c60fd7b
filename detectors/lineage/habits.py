"""The ways of a cluster in one window, as counts: traces, lags, apps, sources, exact copies, hours, and what it does besides."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import polars as pl

from detectors.lineage.profiles import SOURCE_SCHEMA, WITH_SOURCE, Frames, insiders, one_source
from graph.schemas import ACTION_SCHEMA, POST_SCHEMA, FrameSchema

HABITS: Mapping[str, str] = {  # name -> how a sentence calls it
    "traces": "what they do alike",
    "lag": "pace",
    "clients": "apps",
    "sources": "sites and authors",
    "copies": "exact copies",
    "hours": "hours",
    "elsewhere": "acts outside the evidence",
}
# `unit` is what is drawn when chance is asked: acts on one object belong together, so an object is one draw, not many.
HABIT_SCHEMA: FrameSchema = {"habit": pl.String, "unit": pl.String, "key": pl.String, "n": pl.Float64}
LAG_BINS = 11  # half decades from 1 s to 10^5 s, about a day: 0 is up to 1 s, 10 is everything from there on

_ACT = ["trace", "object_id", "account_id", "at", "post_id"]


def habits_of(
    frames: Frames,
    cluster_id: str,
    since: datetime | None = None,
    *,
    actions: pl.DataFrame | None = None,
    posts: pl.DataFrame | None = None,
    sources: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """HABIT_SCHEMA of one cluster, from its evidence at or after `since`; sorted by habit, unit, key.

    traces: which trace, distinct accounts per object. lag: from the previous member on the object, in half decades of
    seconds. clients, copies: of the posts behind the evidence (`posts`: post_id, client, fingerprint); copies are `exact`
    when another member posted the very text, else `near`. sources: the site or author of each object (`sources`). hours: hour of the week, Monday 0 h
    UTC = 0. elsewhere: moments of the members' `actions` that are evidence or not (`together`, `apart`), a unit per account.
    A habit whose table is not given has no rows: not known.
    """
    acts = _acts(frames["evidence"].filter(pl.col("cluster_id") == cluster_id))
    fresh = acts if since is None else acts.filter(pl.col("at") >= since)
    people = insiders(frames["members"]).filter(pl.col("cluster_id") == cluster_id)["account_id"]
    known = posts if posts is not None else pl.DataFrame(schema=dict(POST_SCHEMA))
    named = fresh.join(known.select("post_id", "client", "fingerprint").unique("post_id", keep="any"), on="post_id")
    parts = [
        _counted("traces", fresh, pl.col("trace")),
        _counted("lag", _lags(acts, since), pl.col("bin")),
        _counted("clients", named.drop_nulls("client"), pl.col("client")),
        _counted("sources", _sourced(fresh, sources), pl.col("block")),
        _counted("copies", _copies(named), pl.col("copy")),
        _counted("hours", fresh, _hour_of_week().cast(pl.String)),
        _elsewhere(acts, people, actions, since),
    ]
    return pl.concat(parts).sort("habit", "unit", "key")


def lag_bin(seconds: pl.Expr) -> pl.Expr:
    """The half decade of a lag, as text: '0' up to 1 s, '1' up to 3.2 s, '2' up to 10 s, ..."""
    return (2 * seconds.clip(lower_bound=1).log10()).ceil().clip(0, LAG_BINS - 1).cast(pl.Int64).cast(pl.String)


def lag_seconds(half_decade: int) -> float:
    """The middle of a half decade, on the log scale."""
    return float(np.sqrt(10) ** (half_decade - 0.5)) if half_decade else 1.0


def _acts(evidence: pl.DataFrame) -> pl.DataFrame:
    sides = [
        evidence.select("trace", "object_id", account_id=side, at=f"{side}_at", post_id=f"{side}_post_id")
        for side in ("left", "right")
    ]
    return pl.concat(sides).unique().sort(_ACT, nulls_last=True)


def _counted(habit: str, acts: pl.DataFrame, key: pl.Expr) -> pl.DataFrame:
    """Distinct accounts per object and key."""
    unit = pl.concat_str("trace", pl.lit(" "), "object_id")
    counted = acts.group_by(unit.alias("unit"), key.alias("key")).agg(pl.col("account_id").n_unique().alias("n"))
    return counted.select(pl.lit(habit).alias("habit"), "unit", "key", pl.col("n").cast(pl.Float64))


def _lags(acts: pl.DataFrame, since: datetime | None) -> pl.DataFrame:
    gap = (pl.col("at") - pl.col("at").shift(1).over("trace", "object_id")).dt.total_microseconds() / 1e6
    followed = acts.sort("trace", "object_id", "at", "account_id").with_columns(gap=gap).drop_nulls("gap")
    fresh = followed if since is None else followed.filter(pl.col("at") >= since)
    return fresh.with_columns(bin=lag_bin(pl.col("gap")))


def _sourced(acts: pl.DataFrame, sources: pl.DataFrame | None) -> pl.DataFrame:
    known = sources if sources is not None else pl.DataFrame(schema=dict(SOURCE_SCHEMA))
    return acts.filter(pl.col("trace").is_in(sorted(WITH_SOURCE))).join(one_source(known), on=["trace", "object_id"])


def _copies(named: pl.DataFrame) -> pl.DataFrame:
    texts = named.filter(pl.col("trace") == "text").drop_nulls("fingerprint")
    others = pl.col("account_id").n_unique().over("object_id", "fingerprint")
    return texts.with_columns(copy=pl.when(others > 1).then(pl.lit("exact")).otherwise(pl.lit("near")))


def _hour_of_week() -> pl.Expr:
    return (pl.col("at").dt.weekday().cast(pl.Int64) - 1) * 24 + pl.col("at").dt.hour().cast(pl.Int64)


def _elsewhere(
    acts: pl.DataFrame, people: pl.Series, actions: pl.DataFrame | None, since: datetime | None
) -> pl.DataFrame:
    """One post leaves several traces at one moment: a moment that is evidence is not also something else."""
    given = actions if actions is not None else pl.DataFrame(schema=dict(ACTION_SCHEMA))
    mine = given.filter(pl.col("account_id").is_in(people.implode()))
    mine = mine if since is None else mine.filter(pl.col("at") >= since)
    together = acts.select("account_id", "at", key=pl.lit("together")).unique()
    moments = mine.select("account_id", "at").unique().join(together, on=["account_id", "at"], how="left")
    counted = moments.group_by(unit="account_id", key=pl.col("key").fill_null("apart")).agg(n=pl.len())
    return counted.select(pl.lit("elsewhere").alias("habit"), "unit", "key", pl.col("n").cast(pl.Float64))
