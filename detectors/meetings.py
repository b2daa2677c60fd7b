"""How many pairs of accounts meet on each object within a window, counted without forming the pairs."""

from datetime import timedelta

import numpy as np
import polars as pl

from detectors.coding import CodedActions
from detectors.significance import I64
from detectors.time_windows import starts_of, window_bounds


def pairs_per_group(groups: I64, at: I64, window_us: int, how_many: int) -> I64:
    """For each of the groups 0..how_many-1 the number of pairs of rows at most `window_us` apart.

    Rows are sorted by (group, at).
    """
    low, _ = window_bounds(starts_of(groups), at, window_us)
    earlier = np.arange(groups.size, dtype=np.int64) - low
    return np.bincount(groups, weights=earlier, minlength=how_many).astype(np.int64)


def meetings_bound(coded: CodedActions, window: timedelta) -> int:
    """P(tau): an upper bound on the number of (pair of accounts, object) that lie within the window.

    Counts meetings of rows and takes off those of an account with itself; an account that repeats itself on an object
    would count many times, so an object gives at most the pairs of its distinct accounts. Exact where nobody repeats.
    """
    window_us = window // timedelta(microseconds=1)
    rows = pl.DataFrame({"object": coded.object, "account": coded.account, "at": coded.at}).unique()
    objects = len(coded.object_ids)
    timed = rows.sort("object", "at")
    everyone = pairs_per_group(timed["object"].cast(pl.Int64).to_numpy(), timed["at"].to_numpy(), window_us, objects)
    repeated = rows.filter(pl.len().over("object", "account") > 1).sort("object", "account", "at")
    with_self = _within_accounts(repeated, window_us, objects)
    acts = rows.select("object", "account").unique()
    crowd = np.bincount(acts["object"].to_numpy(), minlength=objects).astype(np.int64)
    return int(np.minimum(everyone - with_self, crowd * (crowd - 1) // 2).sum())


def _within_accounts(rows: pl.DataFrame, window_us: int, objects: int) -> I64:
    if rows.is_empty():
        return np.zeros(objects, dtype=np.int64)
    pair = rows.select(pl.struct("object", "account").rle_id().cast(pl.Int64)).to_series().to_numpy()
    counts = pairs_per_group(pair, rows["at"].to_numpy(), window_us, int(pair[-1]) + 1)
    owner = rows["object"].to_numpy()[np.flatnonzero(starts_of(pair))]
    return np.bincount(owner, weights=counts, minlength=objects).astype(np.int64)
