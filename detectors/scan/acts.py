"""Acts: who did what first when; and company: which acts somebody else did too within the window, counted without forming pairs."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from detectors.coding import Flags, code_actions
from detectors.significance import F64, I64
from detectors.time_windows import starts_of, window_bounds


@dataclass(frozen=True)
class Acts:
    """The distinct acts (account, object) of one trace, each at its first time, sorted by (object, at, account).

    `account` holds ranks among all accounts of the run; `at` is in microseconds; `block` is a code, -1 where the object
    belongs to nothing known. `tongue` is per account of the run: a code of its language, -1 where that is unknown.
    """

    trace: str
    account: I64
    object: I64
    at: I64
    block: I64
    tongue: I64

    @property
    def accounts(self) -> int:
        """All accounts of the run."""
        return self.tongue.size

    @cached_property
    def crowd(self) -> I64:
        """Per act, how many accounts acted on its object."""
        return np.bincount(self.object, minlength=1)[self.object] if self.object.size else self.object

    @cached_property
    def degree(self) -> F64:
        """Distinct objects per account, all accounts of the run."""
        return np.bincount(self.account, minlength=self.accounts).astype(np.float64)

    def where(self, keep: Flags) -> "Acts":
        """The acts flagged in `keep`."""
        return Acts(self.trace, self.account[keep], self.object[keep], self.at[keep], self.block[keep], self.tongue)


def acts_of_trace(actions: pl.DataFrame, trace: str, everyone: pl.Series, tongue: I64 | None = None) -> Acts:
    """Take ACTION rows of one trace; `everyone` holds the sorted ids of all accounts of the run, `tongue` their languages.

    An account that repeats itself on an object counts with its first action there. Raises BadSetting (from coding)
    when ids or times are missing.
    """
    coded = code_actions(actions)
    number = coded.account_ids.cast(pl.Enum(everyone)).to_physical().cast(pl.Int64).to_numpy()
    block = pl.col("block").replace("", None).rank("dense").cast(pl.Int64) - 1
    rows = pl.DataFrame(
        {"account": number[coded.account], "object": coded.object.astype(np.int64), "at": coded.at}
    ).with_columns(actions.select(block.fill_null(-1)).to_series())
    first = rows.sort("object", "account", "at", "block").unique(["object", "account"], keep="first")
    unknown = np.full(len(everyone), -1, dtype=np.int64)
    return acts_from(first.sort("object", "at", "account"), trace, unknown if tongue is None else tongue)


def tongues(posts: pl.LazyFrame, everyone: pl.Series) -> I64:
    """Per account the code of the language of most of its posts (the first by name on a tie), -1 without any."""
    said = posts.select("account_id", "lang").drop_nulls().group_by("account_id", "lang").len()
    most = said.sort(["account_id", "len", "lang"], descending=[False, True, False]).unique(
        "account_id", keep="first", maintain_order=True
    )
    named = pl.DataFrame({"account_id": everyone}).lazy().join(most, on="account_id", how="left", maintain_order="left")
    code = pl.col("lang").rank("dense").cast(pl.Int64) - 1
    return named.select(code.fill_null(-1)).collect().to_series().to_numpy()


def acts_from(rows: pl.DataFrame, trace: str, tongue: I64) -> Acts:
    """Acts from distinct rows (account, object, at, block) sorted by object, at, account."""
    account, objects, at, block = (rows[name].to_numpy() for name in ("account", "object", "at", "block"))
    return Acts(trace, account, objects, at, block, tongue)


class Company:
    """For one window: how many others were near each act, and how often each account had company by a chosen set."""

    def __init__(self, acts: Acts, window_us: int) -> None:
        self.acts = acts
        self.window_us = window_us
        self.low, self.high = window_bounds(starts_of(acts.object), acts.at, window_us)

    @cached_property
    def others(self) -> I64:
        """Per act, the accounts that did the same within the window."""
        return self.high - self.low - 1

    @cached_property
    def before(self) -> I64:
        """Of these, the ones that came earlier (ties by rank)."""
        return np.arange(self.acts.account.size, dtype=np.int64) - self.low

    def near(self, those: Flags) -> I64:
        """Per act, how many of `those`, the actor left out, did the same within the window."""
        theirs = those[self.acts.account]
        summed = np.concatenate([[0], np.cumsum(theirs)])
        return np.asarray(summed[self.high] - summed[self.low] - theirs, dtype=np.int64)

    def by(self, those: Flags, weight: F64) -> F64:
        """Per account the weight of its acts that had company by another account flagged in `those`."""
        joined = weight * (self.near(those) > 0)
        return np.bincount(self.acts.account, weights=joined, minlength=self.acts.accounts).astype(np.float64)
