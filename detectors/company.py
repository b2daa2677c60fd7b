"""Company: which acts of an account somebody else did too within the window, counted without forming pairs."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.coding import code_actions
from detectors.significance import F64, I64
from detectors.time_windows import starts_of, window_bounds

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]

FEW = 15.0  # an object that more accounts acted on counts FEW / accounts: viral objects give everyone company (DETECTORS 9)


@dataclass(frozen=True)
class Acts:
    """All actions of one trace: rows sorted by (object, at), and the distinct acts (account, object) behind them.

    `number[a]` is the rank of coded account a among all accounts of the run; `weight` is of an act, in (0, 1].
    """

    trace: str
    object: I64  # per row
    at: I64
    account: I64
    act: I64  # the act a row belongs to
    act_account: I64  # per act
    weight: F64
    number: I64

    @property
    def acts_of(self) -> F64:
        """Distinct objects per account."""
        return np.bincount(self.act_account, minlength=self.number.size).astype(np.float64)


def acts_of_trace(actions: pl.DataFrame, trace: str, everyone: pl.Series) -> Acts:
    """Take account_id, object_id, at of one trace; `everyone` holds the sorted ids of all accounts of the run."""
    coded = code_actions(actions)
    rows = pl.DataFrame({"object": coded.object, "account": coded.account, "at": coded.at}).unique()
    rows = rows.sort("object", "at", "account")
    acts = rows.select("account", "object").unique().sort("account", "object").with_row_index("act")
    placed = rows.join(acts, on=["account", "object"], how="left", maintain_order="left")
    crowd = np.bincount(acts["object"].to_numpy(), minlength=len(coded.object_ids))
    return Acts(
        trace,
        rows["object"].cast(pl.Int64).to_numpy(),
        rows["at"].to_numpy(),
        rows["account"].cast(pl.Int64).to_numpy(),
        placed["act"].cast(pl.Int64).to_numpy(),
        acts["account"].cast(pl.Int64).to_numpy(),
        np.minimum(1.0, FEW / crowd[acts["object"].to_numpy()]),
        coded.account_ids.cast(pl.Enum(everyone)).to_physical().cast(pl.Int64).to_numpy(),
    )


class Company:
    """Answers, for one window, how often each account had company by the accounts of a chosen set."""

    def __init__(self, acts: Acts, window_us: int) -> None:
        self.acts = acts
        self._low, self._high = window_bounds(starts_of(acts.object), acts.at, window_us)
        self._own = self._with_itself(window_us)

    def by(self, those: Flags) -> F64:
        """Per account (all of them) the weight of its acts that had company by another account flagged in `those`."""
        acts = self.acts
        theirs = np.concatenate([[0], np.cumsum(those[acts.account])])
        near = theirs[self._high] - theirs[self._low] - np.where(those[acts.account], self._own, 0)
        joined = np.zeros(acts.act_account.size, dtype=np.bool_)
        joined[acts.act[near > 0]] = True
        return np.bincount(acts.act_account, weights=acts.weight * joined, minlength=those.size).astype(np.float64)

    def _with_itself(self, window_us: int) -> I64:
        """Per row, how many rows of its own act lie within the window, itself included: they are no company."""
        acts = self.acts
        order = np.lexsort((acts.at, acts.act))
        low, high = window_bounds(starts_of(acts.act[order]), acts.at[order], window_us)
        own = np.empty(order.size, dtype=np.int64)
        own[order] = high - low
        return own
