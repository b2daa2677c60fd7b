"""A sign of clusters: members post in the same five-minute spans more often than accounts awake in the same hours do."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from detectors.coding import codes_of
from detectors.nulls import BlockNull, LargestOf, NullModel
from detectors.rhythm import BIN_SECONDS
from detectors.risk import strength
from detectors.scan.signals import NUMBERED_SIGNAL
from detectors.sentences import chance, count, plural, times
from detectors.significance import I64, chance_band, poisson_tail, surprise
from graph.schemas import TIME

_CALENDAR_HOUR = len("2024-03-04T12")
_HOUR_US = 3_600_000_000
# Hours beside that of a common act are left out too: who came online for it posts on for a while.
_AROUND = (-1, 0, 1)


def apart_from(posts: pl.DataFrame, common: pl.DataFrame) -> pl.DataFrame:
    """`posts` (account_id, at) without those of the calendar hours around an account's common acts (account_id, at).

    Whole hours, for the null holds within them: what is left of an hour by halves would meet more often than it says.
    """
    hour = pl.col("at").cast(TIME).to_physical() // _HOUR_US
    busy = common.select("account_id", hour=hour).unique()
    around = pl.concat([busy.with_columns(pl.col("hour") + step) for step in _AROUND]).unique()
    return posts.with_columns(hour=hour).join(around, on=["account_id", "hour"], how="anti").drop("hour")


def co_rhythm_signals(rhythm: pl.DataFrame, groups: Sequence[Sequence[str]]) -> pl.DataFrame:
    """One row (NUMBERED_SIGNAL) per group with two accounts that have a rhythm; sorted by cluster.

    Takes the actions of the trace `rhythm` (detectors.rhythm). Make them from posts on which no other sign of the clusters
    stands (`apart_from`): who shares a post at the same moment is in the same span too, and one act must not count twice.
    `seen` counts, per span, the members who joined another one (m members make m - 1), `expected` the pairs that chance
    brings together: the larger of the null per hour of the week (time zones, habits) and per hour of the calendar (the
    event that everybody was awake for). Poisson tail; seen stays below the pairs, so p is conservative.
    """
    acts = (
        rhythm.select("account_id", "object_id", "block")
        .unique(["account_id", "object_id"])
        .sort("account_id", "object_id")
    )
    if acts.is_empty():
        return pl.DataFrame(schema=dict(NUMBERED_SIGNAL))
    account, names = codes_of(acts["account_id"])
    spans, spans_of = codes_of(acts["object_id"])
    there = csr_array(
        (np.ones(len(account), dtype=np.int64), (account.astype(np.int64), spans.astype(np.int64))),
        shape=(len(names), len(spans_of)),
    )
    hours = acts["object_id"].str.slice(0, _CALENDAR_HOUR)
    null = LargestOf(
        [_per_block(account.astype(np.int64), spans.astype(np.int64), blocks) for blocks in (acts["block"], hours)]
    )
    code = {name: place for place, name in enumerate(names)}
    rows = []
    for cluster, members in enumerate(groups):
        known = np.array(sorted({code[one] for one in members if one in code}), dtype=np.int64)
        if known.size >= 2:
            rows.append(_row(cluster, known, len(set(members)), there, null))
    return pl.DataFrame(rows, schema=dict(NUMBERED_SIGNAL), orient="row")


def _per_block(account: I64, span: I64, blocks: pl.Series) -> NullModel:
    """Within each block, accounts fall into spans as active as they are there and as popular as the spans are.

    2 P / (E^2 - sum of k^2), so that the expectations of all pairs sum to P: blocks of the night hold few accounts, and there
    the usual E^2, which lets accounts meet themselves, explains a quarter too little for four of them.
    """
    block = codes_of(blocks)[0].astype(np.int64)
    many = int(block.max()) + 1
    acts = csr_array((np.ones(account.size), (account, block)), shape=(int(account.max()) + 1, many))
    acts.sum_duplicates()
    popularity = np.bincount(span)
    block_of = np.empty(popularity.size, dtype=np.int64)
    block_of[span] = block
    pairs = np.bincount(block_of, weights=popularity * (popularity - 1) / 2, minlength=many)
    edges = np.bincount(block, minlength=many).astype(np.float64)
    own = np.asarray(acts.multiply(acts).sum(axis=0), dtype=np.float64).ravel()
    return BlockNull(acts, 2 * pairs / np.maximum(edges**2 - own, 1.0))


def _row(cluster: int, known: I64, size: int, there: csr_array, null: NullModel) -> dict[str, object]:
    together = np.asarray(there[known].sum(axis=0)).ravel()
    seen = float(np.maximum(together - 1, 0).sum())
    expected = null.expected_within(known)
    low, high = chance_band(expected)
    p = float(poisson_tail(np.array([seen]), np.array([expected]))[0])
    met = int((together > 1).sum())
    sentence = (
        f"{plural(known.size, 'member', 'members')} with enough posts ({count(size)} in all) posted in the same five minutes as "
        f"another one {plural(int(seen), 'time', 'times')}, in {plural(met, 'span', 'spans')}. Accounts that post in the same "
        f"hours would do so {times(expected)}. By chance: {chance(p)}."
    )
    return {
        "cluster": cluster,
        "trace": "rhythm",
        "window_seconds": BIN_SECONDS,
        "name": "rhythm_together",
        "family": "automation",
        "value": strength(float(surprise(np.array([p]))[0])),
        "seen": seen,
        "expected": expected,
        "low": low,
        "high": high,
        "p": p,
        "sentence": sentence,
    }
