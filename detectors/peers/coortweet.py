"""Pairs as CooRTweet makes them: all pairs of posts within the window, both accounts' participation counted."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.chunks import cut
from detectors.coding import I64, U32, Flags, codes_of
from detectors.peers.bare_table import MICRO, bare_table, window_of
from detectors.reach import by_account, expanded
from detectors.time_windows import starts_of, window_bounds
from graph.errors import BadSetting

PAIR_BUDGET = 4_000_000  # pairs of posts at a time, about 150 bytes each


def pairs_like_coortweet(
    table: pl.DataFrame | pl.LazyFrame,
    window_seconds: float,
    min_participation: int = 2,
    edge_weight: float = 0.5,
    *,
    pair_budget: int = PAIR_BUDGET,
) -> pl.DataFrame:
    """The weighted account network of `detect_groups` and `generate_coordinated_network`, sorted by left, right.

    left, right (left < right), weight: pairs of posts (not distinct objects; a repeated row raises it);
    avg_time_delta: mean seconds between them; weight_threshold: 1 where the weight is over the `edge_weight` quantile
    (type 7, strictly: in a network of equal weights no edge is);
    n_content_id, n_content_id_y, edge_symmetry_score: as the tool reports them, which is the distinct OLDER and NEWER
    posts of the pair whoever wrote them;
    left_posts, right_posts, symmetry: what the tool's manual says these are, the distinct posts of either account.
    Source: CooRTweet 2.1.3 (d31a008); docs/peers.md has the steps.
    """
    window = window_of(window_seconds)
    if not 0 <= edge_weight <= 1:
        raise BadSetting(f"edge_weight is {edge_weight}", hint="it is a quantile of the weights, from 0 to 1")
    rows = _rows(bare_table(table), min_participation)
    meetings = _Meetings(rows, window, pair_budget)
    together = np.zeros(rows.contents, dtype=np.bool_)
    for own, other in meetings:
        together[rows.content[own]] = together[rows.content[other]] = True
    taking_part = _contents_of_participants(rows, together, min_participation)
    parts = [_edges(rows, own, other, taking_part) for own, other in meetings]
    return _network(pl.concat([_edges(rows, *_NOTHING, taking_part), *parts]), rows.account_ids, edge_weight)


@dataclass(frozen=True)
class _Rows:
    """Rows sorted by object, time and, at equal times, by their account's first row and their own place in the table."""

    account: U32
    object: U32
    content: U32
    at: I64
    own_object: Flags  # the post is the object itself: the original, not a share of it
    account_ids: pl.Series
    contents: int


_NOTHING = (np.empty(0, np.int64), np.empty(0, np.int64))


def _rows(table: pl.DataFrame, min_participation: int) -> _Rows:
    """Step 1: only accounts with at least `min_participation` rows, repeated rows included."""
    table = table.filter(pl.len().over("account_id") >= min_participation)
    account, account_ids = codes_of(table["account_id"])
    thing, _ = codes_of(table["object_id"])
    content, content_ids = codes_of(table["content_id"])
    _, first, number = np.unique(account, return_index=True, return_inverse=True)
    at = table["at"].to_numpy()
    order = np.lexsort((np.arange(len(at)), first[number], at, thing))
    own_object = (table["content_id"] == table["object_id"]).to_numpy()
    sides = (account[order], thing[order], content[order], at[order], own_object[order])
    return _Rows(*sides, account_ids, len(content_ids))


class _Meetings:
    """Steps 2 and 3: pairs of row numbers (own, other) of different accounts and posts on one object within the window.

    Each pair comes once, from the row of the smaller account, and all pairs of two accounts in one portion.
    """

    def __init__(self, rows: _Rows, window: int, pair_budget: int) -> None:
        self.rows, self.pair_budget = rows, pair_budget
        span = int(np.ptp(rows.at)) if len(rows.at) else 0
        self.low, self.high = window_bounds(starts_of(rows.object), rows.at, min(window, span))
        self.order = by_account(rows.account)

    def __iter__(self) -> Iterator[tuple[I64, I64]]:
        rows, order = self.rows, self.order
        opens = np.flatnonzero(starts_of(rows.account[order]))
        edges = np.append(opens, len(order))
        sizes = np.add.reduceat((self.high - self.low)[order], opens) if len(opens) else np.empty(0, np.int64)
        for start, stop in cut(sizes, self.pair_budget):
            mine = order[edges[start] : edges[stop]]
            other, place = expanded(self.low[mine], self.high[mine])
            own = mine[place]
            kept = (rows.account[own] < rows.account[other]) & (rows.content[own] != rows.content[other])
            kept &= ~rows.own_object[own] & ~rows.own_object[other]
            yield own[kept], other[kept]


def _contents_of_participants(rows: _Rows, together: Flags, min_participation: int) -> Flags:
    """Step 4: flags the posts of the accounts that have at least `min_participation` rows with posts in pairs."""
    counts = np.bincount(rows.account[together[rows.content]], minlength=len(rows.account_ids))
    flags = np.zeros(rows.contents, dtype=np.bool_)
    flags[rows.content[(counts >= min_participation)[rows.account]]] = True
    return flags


def _edges(rows: _Rows, own: I64, other: I64, taking_part: Flags) -> pl.DataFrame:
    """Steps 4 to 6 and 8: pairs of posts of which EITHER belongs to a participant, summed per pair of accounts."""
    kept = taking_part[rows.content[own]] | taking_part[rows.content[other]]
    own, other = own[kept], other[kept]
    older, newer = np.minimum(own, other), np.maximum(own, other)
    pairs = pl.DataFrame(
        {
            "left": rows.account[own],
            "right": rows.account[other],
            "gap": rows.at[newer] - rows.at[older],
            "older": rows.content[older],
            "newer": rows.content[newer],
            "left_post": rows.content[own],
            "right_post": rows.content[other],
        }
    )
    return pairs.group_by("left", "right").agg(
        pl.len().cast(pl.Int64).alias("weight"),
        (pl.col("gap").sum() / MICRO / pl.len()).alias("avg_time_delta"),
        pl.col("older").n_unique().cast(pl.Int64).alias("n_content_id"),
        pl.col("newer").n_unique().cast(pl.Int64).alias("n_content_id_y"),
        pl.col("left_post").n_unique().cast(pl.Int64).alias("left_posts"),
        pl.col("right_post").n_unique().cast(pl.Int64).alias("right_posts"),
    )


def _network(edges: pl.DataFrame, account_ids: pl.Series, edge_weight: float) -> pl.DataFrame:
    """Step 7, the quantile; codes become ids."""
    edges = edges.sort("left", "right")
    quantile = np.quantile(edges["weight"].to_numpy(), edge_weight) if len(edges) else 0.0
    ids = {side: account_ids.gather(edges[side]).alias(side) for side in ("left", "right")}
    return edges.with_columns(**ids).select(
        "left",
        "right",
        "weight",
        "avg_time_delta",
        (pl.col("weight") > quantile).cast(pl.Int64).alias("weight_threshold"),
        "n_content_id",
        "n_content_id_y",
        _balance("n_content_id", "n_content_id_y").alias("edge_symmetry_score"),
        "left_posts",
        "right_posts",
        _balance("left_posts", "right_posts").alias("symmetry"),
    )


def _balance(one: str, other: str) -> pl.Expr:
    return pl.min_horizontal(one, other) / pl.max_horizontal(one, other)
