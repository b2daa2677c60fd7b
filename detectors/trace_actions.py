"""The actions of one trace made ready for testing: who is active enough, in one order, with numbers for ids."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.coding import CodedActions, code_actions
from detectors.significance import I64

COLUMNS = ("account_id", "object_id", "at", "post_id", "block")


@dataclass(frozen=True, slots=True)
class TraceActions:
    """`rows` (account_id, object_id, at, post_id, block) sorted, so that row i of `coded` is the same in every run.

    Only accounts with enough distinct objects are in; `popularity` counts all accounts on each object,
    `degrees` the distinct objects of each coded account.
    """

    trace: str
    rows: pl.DataFrame
    coded: CodedActions
    degrees: I64
    popularity: I64  # per object code
    number: I64  # per account code the rank of the account among all accounts of the run
    acted: int  # actions of the trace before the activity filter

    @property
    def accounts(self) -> int:
        return self.degrees.size


def trace_actions(actions: pl.DataFrame, trace: str, min_objects: int, everyone: pl.Series) -> TraceActions:
    """Take one trace out of ACTION rows and keep the accounts that acted on at least `min_objects` distinct objects.

    `everyone` holds the sorted ids of all accounts of the run. The same row twice counts once. Raises BadSetting (from coding) when ids or times are missing.
    """
    rows = actions.filter(pl.col("trace") == trace).select(COLUMNS)
    distinct = rows.select("account_id", "object_id").unique()
    active = distinct.group_by("account_id").len().filter(pl.col("len") >= min_objects).select("account_id")
    kept = rows.join(active, on="account_id", how="semi").unique(keep="any").sort(COLUMNS, nulls_last=True)
    coded = code_actions(kept)
    popular = distinct.group_by("object_id").len("popularity")
    named = pl.DataFrame({"object_id": coded.object_ids})
    popularity = named.join(popular, on="object_id", how="left", maintain_order="left")["popularity"]
    return TraceActions(
        trace,
        kept,
        coded,
        _degrees(coded),
        popularity.fill_null(0).cast(pl.Int64).to_numpy(),
        coded.account_ids.cast(pl.Enum(everyone)).to_physical().cast(pl.Int64).to_numpy(),
        rows.height,
    )


def _degrees(coded: CodedActions) -> I64:
    acts = pl.DataFrame({"account": coded.account, "object": coded.object}).unique()
    return np.bincount(acts["account"].to_numpy(), minlength=len(coded.account_ids)).astype(np.int64)
