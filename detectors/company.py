"""How often each account had company: acts that somebody else did too within the window. It ranks accounts; it flags nobody."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from detectors.coding import CodedActions, code_actions
from detectors.significance import F64, I64, poisson_tail, surprise
from detectors.time_windows import starts_of, window_bounds

FEW = 15.0  # an object that more accounts acted on counts FEW / accounts: viral objects give everyone company (DETECTORS 9)


def company_surprise(actions: pl.DataFrame, everyone: pl.Series, windows: Sequence[int]) -> F64:
    """Per account rank the largest -log10 p, over windows, of having had company as often as it did. In 0..50.

    Takes account_id, object_id, at of one trace. The expectation is the account's number of distinct objects times the
    share of all acts that had company; an account whose acts never had company gets 0. Not corrected for the number of
    windows or accounts and blind to who the company was, so it is good for an order and for nothing else.
    """
    coded = code_actions(actions)
    rank = coded.account_ids.cast(pl.Enum(everyone)).to_physical().cast(pl.Int64).to_numpy()
    acts = pl.DataFrame({"account": coded.account, "object": coded.object}).unique()
    objects_of = np.bincount(acts["account"].to_numpy(), minlength=rank.size).astype(np.float64)
    crowd = np.bincount(acts["object"].to_numpy(), minlength=len(coded.object_ids))
    best = np.zeros(len(everyone), dtype=np.float64)
    for seconds in windows:
        joined = _weighted(coded, crowd, seconds, rank.size)
        usual = joined.sum() / max(objects_of.sum(), 1.0)
        tail = np.where(joined > 0, poisson_tail(joined, objects_of * usual), 1.0)
        best[rank] = np.maximum(best[rank], surprise(np.asarray(tail, dtype=np.float64)))
    return best


def _weighted(coded: CodedActions, crowd: I64, seconds: int, accounts: int) -> F64:
    """Per account the objects on which it had company, each weighing min(1, FEW / accounts on it)."""
    rows = pl.DataFrame({"object": coded.object, "account": coded.account, "at": coded.at}).unique()
    near = _in_window(rows, ["object"], seconds).join(
        _in_window(rows, ["object", "account"], seconds), on=["object", "account", "at"], suffix="_own"
    )
    met = (
        near.filter(pl.col("near") > pl.col("near_own")).select("object", "account").unique().sort("account", "object")
    )
    weight = np.minimum(1.0, FEW / np.maximum(crowd[met["object"].to_numpy()], 1))
    return np.bincount(met["account"].to_numpy(), weights=weight, minlength=accounts).astype(np.float64)


def _in_window(rows: pl.DataFrame, group: list[str], seconds: int) -> pl.DataFrame:
    """The rows with `near`, how many rows of their group lie within the window, themselves included."""
    ordered = rows.sort(*group, "at")
    opens = starts_of(*(ordered[name].to_numpy() for name in group))
    low, high = window_bounds(opens, ordered["at"].to_numpy(), seconds * 1_000_000)
    return ordered.with_columns(near=pl.Series(high - low))
