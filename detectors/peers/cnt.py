"""Pairs as coordination-network-toolkit makes them: directed, weighted by distinct messages."""

import numpy as np
import polars as pl

from detectors.coding import codes_of
from detectors.peers.bare_table import bare_table, window_of
from detectors.reach import Reach, by_account, chunks_of, shared_counts
from detectors.time_windows import starts_of, window_bounds

PAIR_BUDGET = 8_000_000


def pairs_like_cnt(
    table: pl.DataFrame | pl.LazyFrame,
    window_seconds: float,
    min_edge_weight: int = 1,
    *,
    pair_budget: int = PAIR_BUDGET,
) -> pl.DataFrame:
    """left, right, weight: the messages of `left` that have a message of `right` on their object within the window.

    `table`: account_id, object_id, content_id (the message), timestamp; of rows with one content_id the first counts.
    Directed: both directions are rows and may differ in weight. Both ends of the window are inside it. An account with
    itself is left out, as in the tool's exports. Sorted by left, right.
    Source: coordination-network-toolkit 1.5.3.dev2 (daa0e11), `compute_co_retweet` and its siblings.
    """
    window = window_of(window_seconds)
    rows = bare_table(table).unique("content_id", keep="first", maintain_order=True)
    account, account_ids = codes_of(rows["account_id"])
    thing, _ = codes_of(rows["object_id"])
    order = np.lexsort((rows["at"].to_numpy(), thing))
    account, thing, at = account[order], thing[order], rows["at"].to_numpy()[order]
    low, high = window_bounds(starts_of(thing), at, min(window, int(np.ptp(at)) if len(at) else 0))
    mine = by_account(account)
    message = np.arange(len(mine)) - np.maximum.accumulate(np.where(starts_of(account[mine]), np.arange(len(mine)), 0))
    reach = Reach(account[mine], message.astype(np.uint32), low[mine], high[mine])
    parts = [np.empty((3, 0), dtype=np.uint32)]
    for start, stop in chunks_of(reach, pair_budget):
        parts.append(shared_counts(reach.part(start, stop), account, pair_budget, min_edge_weight, directed=True))
    left, right, weight = np.concatenate(parts, axis=1)
    return pl.DataFrame(
        {"left": account_ids.gather(left), "right": account_ids.gather(right), "weight": weight.astype(np.int64)}
    )
