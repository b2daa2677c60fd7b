"""Where each account of a cluster stands in time: what it did first, what it did after others, and how quickly it was followed."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import polars as pl

from detectors.content import CONTENT
from detectors.significance import F64, I64, hoeffding_tail
from detectors.time_windows import starts_of, window_bounds
from detectors.trace_actions import TraceActions
from graph.schemas import FrameSchema, empty
from graph.traces import TRACES

JOINT_ACTS: FrameSchema = {
    "cluster": pl.Int64,
    "account": pl.Int64,  # rank among all accounts of the run
    "trace": pl.String,
    "object": pl.Int64,  # code within the trace
    "before": pl.Int64,  # accounts of the cluster that did the same earlier within the window
    "after": pl.Int64,  # and later
    "tied": pl.Int64,  # and at the same moment
    "own": pl.Float64,  # its place in the order, 0 first to 1 last, times the share of the cluster among all earlier
    "inside": pl.Float64,  # of all that were near in time the share that is of the cluster
    "lag_s": pl.Float64,  # from this act to the next of the cluster, null without one
    "wrote": pl.Boolean,  # a post of its own that others passed on as such: its author comes first whoever they are
}
STANDING: FrameSchema = {
    "cluster": pl.Int64,
    "account": pl.Int64,
    "led": pl.Int64,  # joint acts that nobody of the cluster did earlier and somebody did later
    "followed": pl.Int64,  # joint acts that somebody of the cluster did earlier
    "tied": pl.Int64,  # joint acts that all did at the same moment: they carry no direction
    "own": pl.Float64,  # the followed ones, each counted by how late it came and whom it may have followed (JOINT_ACTS)
    "inside": pl.Float64,  # all joint acts, each counted by the share of the cluster among those near in time
    "copies": pl.Int64,  # acts of others of the cluster after those it led: what others did to create its evidence
    "lag_s": pl.Float64,  # the median over the led ones of the time until the next of the cluster, null without any
    "ahead": pl.Int64,  # joint acts with more of the cluster after it than before it
    "behind": pl.Int64,  # and with more before it
    "among": pl.Int64,  # joint acts where those near in time are mostly of the cluster
    "wrote": pl.Int64,  # the led ones of these that are posts of its own which others passed on
    "p_led": pl.Float64,  # the chance of leading so many, were all orders of those present equally likely (see _p_led)
}
# Before it is known which posts were passed on, and with what tells one act under several traces from two.
_ACTS: FrameSchema = {name: kind for name, kind in JOINT_ACTS.items() if name != "wrote"} | {
    "post": pl.String,
    "popularity": pl.Int64,
}
SHARE = "share"  # the trace whose objects are posts
MOSTLY = 0.5  # share of the cluster among those near in time from which a joint act is one among the cluster
EXACT = 2_000  # joint acts up to which p_led is computed exactly; the square of it is what that costs


def joint_acts_in_time(traces: Sequence[TraceActions], cluster_of: I64, window: timedelta) -> pl.DataFrame:
    """JOINT_ACTS: each account's first act on each object that another account of its cluster did within `window`.

    `cluster_of[a]` is the cluster of account rank a, or -1. A post that stands under several traces counts once, on
    its least popular object. Signs of shared infrastructure have no direction: nobody can give another account their
    own device, so they count whole as its own. Sorted by cluster, account, trace, object.
    """
    told = [empty(_ACTS)]
    told += [_of_trace(actions, cluster_of, window // timedelta(microseconds=1)) for actions in traces]
    passed_on = [pl.Series(dtype=pl.String), *(one.rows["object_id"] for one in traces if one.trace == SHARE)]
    shared = pl.concat(passed_on).unique()
    acts = pl.concat(told).sort("cluster", "account", "popularity", "trace", "object")
    acts = acts.with_columns(wrote=pl.col("post").is_in(shared.implode()).fill_null(value=False))
    # Without posts nothing tells that an act of the fused trace is one of another trace again.
    alone = acts.filter(pl.col("post").is_null() & (pl.col("trace") != CONTENT))
    posts = acts.drop_nulls("post").unique(["cluster", "account", "post"], keep="first", maintain_order=True)
    return pl.concat([posts, alone]).select(*JOINT_ACTS).sort("cluster", "account", "trace", "object")


def standing(acts: pl.DataFrame) -> pl.DataFrame:
    """STANDING of every account with joint acts (JOINT_ACTS), sorted by cluster and account."""
    first = (pl.col("before") == 0) & (pl.col("after") > 0)
    later = pl.col("before") > 0
    present = 1.0 + pl.col("before") + pl.col("after") + pl.col("tied")
    # Of m present, t of them at one moment with this one: (1 + t) / m is the chance of this moment to be the first.
    told = (
        acts.with_columns(
            first=first, later=later, among=pl.col("inside") >= MOSTLY, chance=(1.0 + pl.col("tied")) / present
        )
        .group_by("cluster", "account")
        .agg(
            pl.col("first").sum().alias("led"),
            pl.col("later").sum().alias("followed"),
            (~pl.col("first") & ~pl.col("later")).sum().alias("tied"),
            pl.col("own").sum().round(9),
            pl.col("inside").sum().round(9),
            pl.col("after").filter("first").sum().alias("copies"),
            pl.col("among").sum(),
            (pl.col("first") & pl.col("wrote") & pl.col("among")).sum().alias("wrote"),
            pl.col("lag_s").filter("first").median(),
            (pl.col("after") > pl.col("before")).sum().alias("ahead"),
            (pl.col("after") < pl.col("before")).sum().alias("behind"),
            pl.col("chance").filter(pl.col("first") | pl.col("later")).sort().alias("chances"),
            pl.col("first").filter("among").sum().alias("led_among"),
            pl.col("chance").filter("among", pl.col("first") | pl.col("later")).sort().alias("chances_among"),
        )
        .sort("cluster", "account")
    )
    columns = ("led", "chances", "led_among", "chances_among")
    p = [_p_led(*row) for row in told.select(columns).iter_rows()]
    return told.with_columns(p_led=pl.Series(p, dtype=pl.Float64)).select(
        pl.col(column).cast(kind) for column, kind in STANDING.items()
    )


def _p_led(led: int, chances: Sequence[float], led_among: int, chances_among: Sequence[float]) -> float:
    """The smaller p of all joint acts and of those among the cluster alone, doubled for having asked twice.

    On what everybody does, an account comes before or after some of the cluster by accident: that neither clears it
    nor the others.
    """
    both = (chance_of_leading(led, np.asarray(chances)), chance_of_leading(led_among, np.asarray(chances_among)))
    return min(1.0, 2 * min(both))


def chance_of_leading(led: int, chances: F64) -> float:
    """P(X >= led), X the number of successes in independent trials with these chances (Poisson-binomial).

    Exact up to EXACT trials, Hoeffding's bound from above beyond.
    """
    if led <= 0:
        return 1.0
    if chances.size > EXACT:
        return hoeffding_tail(led, chances.size, float(chances.mean()))
    so_far = np.zeros(chances.size + 1)
    so_far[0] = 1.0
    for chance in chances:
        so_far[1:] = so_far[1:] * (1 - chance) + so_far[:-1] * chance
        so_far[0] *= 1 - chance
    return float(min(so_far[led:].sum(), 1.0))


def _of_trace(actions: TraceActions, cluster_of: I64, window_us: int) -> pl.DataFrame:
    rows = acts_on_their_objects(actions, cluster_of, window_us)
    everyone = rows.with_columns(around(rows, window_us, "object"))
    ours = everyone.filter(pl.col("cluster") >= 0).sort("cluster", "object", "at", "account")
    inside = around(ours, window_us, "cluster", "object")
    near = ours.rename({"before": "before_all", "after": "after_all", "tied": "tied_all"}).drop("next")
    met = near.with_columns(inside).filter(pl.col("before") + pl.col("after") + pl.col("tied") > 0)
    once = met.sort("cluster", "account", "object", "at").unique(
        ["cluster", "account", "object"], keep="first", maintain_order=True
    )
    share = (pl.col("before") + pl.col("after") + pl.col("tied")) / (
        pl.col("before_all") + pl.col("after_all") + pl.col("tied_all")
    )
    directed = TRACES[actions.trace].family != "infrastructure"
    place = pl.col("before") / (pl.col("before") + pl.col("after"))
    after_others = pl.when(pl.col("before") > 0).then(place * pl.col("before") / pl.col("before_all")).otherwise(0.0)
    near_all = pl.col("before") + pl.col("after") + pl.col("tied")
    told = once.with_columns(
        pl.lit(actions.trace).alias("trace"),
        (after_others if directed else share).alias("own"),
        share.alias("inside"),
        ((pl.col("next") - pl.col("at")) / 1e6).alias("lag_s"),
        pl.Series("post", actions.rows["post_id"].gather(once["row"])),
        pl.Series("popularity", actions.popularity[once["object"].to_numpy()]),
    )
    if not directed:
        told = told.with_columns(
            tied=near_all,
            before=pl.lit(0),
            after=pl.lit(0),
            lag_s=pl.lit(None, pl.Float64),
            post=pl.lit(None, pl.String),
        )
    return told.select(pl.col(column).cast(kind) for column, kind in _ACTS.items())


def acts_on_their_objects(actions: TraceActions, cluster_of: I64, window_us: int) -> pl.DataFrame:
    """row, object, account (rank), at, cluster: all acts on objects that clustered accounts touched, by object and time.

    An act that its account did before within the window is left out: repeating oneself is no company.
    """
    coded = actions.coded
    clustered = cluster_of[actions.number][coded.account]
    touched = np.zeros(actions.popularity.size, dtype=np.bool_)
    touched[coded.object[clustered >= 0]] = True
    row = np.flatnonzero(touched[coded.object])
    rows = pl.DataFrame(
        {
            "row": row,
            "object": coded.object[row].astype(np.int64),
            "account": actions.number[coded.account[row]],
            "at": coded.at[row],
            "cluster": clustered[row],
        }
    ).sort("object", "account", "at", "row")
    again = (pl.col("at").diff() <= window_us) & (pl.col("object").diff() == 0) & (pl.col("account").diff() == 0)
    return rows.filter(~again.fill_null(False)).sort("object", "at", "account")


def around(rows: pl.DataFrame, window_us: int, *group: str) -> list[pl.Series]:
    """before, after, tied: the other rows of the group within the window; next: the time of the next later one.

    Rows are sorted by group and time, each account at most once within a window.
    """
    keys = [rows[name].to_numpy() for name in group]
    at = rows["at"].to_numpy()
    low, high = window_bounds(starts_of(*keys), at, window_us) if rows.height else (at, at)
    opens = np.flatnonzero(starts_of(*keys, at)) if rows.height else np.empty(0, np.int64)
    ends = np.append(opens[1:], rows.height)
    run = np.repeat(np.arange(opens.size), ends - opens)
    begin, end = opens[run], ends[run]
    later = high > end
    following = np.where(later, at[np.minimum(end, max(rows.height - 1, 0))], 0)
    return [
        pl.Series("before", begin - low, dtype=pl.Int64),
        pl.Series("after", high - end, dtype=pl.Int64),
        pl.Series("tied", end - begin - 1, dtype=pl.Int64),
        pl.Series("next", following, dtype=pl.Int64).set(pl.Series(~later), None),
    ]
