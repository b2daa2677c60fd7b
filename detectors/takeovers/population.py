"""Observations as numbers, and what strangers do: how common each value is, and how often accounts do something new."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.coding import U32, Flags, codes_of
from detectors.significance import F64, I64
from detectors.takeovers.habits import CODES, FEATURES
from detectors.time_windows import starts_of


@dataclass(frozen=True)
class Observed:
    """Observations as parallel arrays, sorted by (account, at, feature, value).

    `at` in microseconds UTC; `account` is a rank in `account_ids`; `value` one in `values` (u8 feature, value), so
    that equal values of different features differ.
    """

    account: U32
    at: I64
    value: U32
    account_ids: pl.Series
    values: pl.DataFrame  # feature, value, sorted; the row is the code

    @property
    def feature(self) -> I64:
        return self.values["feature"].to_numpy().astype(np.int64)[self.value]


def coded(observations: pl.LazyFrame) -> Observed:
    """Takes OBSERVATION_SCHEMA; the order of rows changes nothing."""
    frame = observations.collect()
    values = frame.select("feature", "value").unique().sort("feature", "value")
    places = frame.select("feature", "value").join(
        values.with_row_index("code"), on=["feature", "value"], how="left", maintain_order="left"
    )
    account, account_ids = codes_of(frame["account_id"])
    at, value = frame["at"].to_physical().to_numpy(), places["code"].to_numpy().astype(np.uint32)
    order = np.lexsort((value, at, account))
    return Observed(account[order], at[order], value[order], account_ids, values)


@dataclass(frozen=True)
class Population:
    """`share`: per value, the accounts that ever had it, of those with the feature. `novelty`: per feature, the part of the
    observations of settled accounts that were new to them.
    """

    share: F64
    novelty: F64


def population_of(observed: Observed, settled: int) -> Population:
    """`settled`: observations of a feature from which an account says how often anybody does something new."""
    held = np.unique(observed.account.astype(np.int64) * len(observed.values) + observed.value)
    accounts = np.bincount(held % len(observed.values), minlength=len(observed.values)).astype(np.float64)
    kind = observed.values["feature"].to_numpy().astype(np.int64)
    having = np.unique(held // len(observed.values) * len(FEATURES) + kind[held % len(observed.values)])
    with_feature = np.bincount(having % len(FEATURES), minlength=len(FEATURES)).astype(np.float64)
    share = accounts / np.maximum(with_feature[kind], 1.0)
    feature = observed.feature
    group = observed.account.astype(np.int64) * len(FEATURES) + feature
    order = np.argsort(group, kind="stable")
    place = np.empty(order.size, dtype=np.int64)
    opens = np.flatnonzero(starts_of(group[order]))
    place[order] = np.arange(order.size) - np.repeat(opens, np.diff(np.append(opens, order.size)))
    late = place >= settled
    new = first_uses(observed) & late
    novel = np.bincount(feature[new], minlength=len(FEATURES))
    novelty = (novel + 0.5) / (np.bincount(feature[late], minlength=len(FEATURES)) + 1.0)
    return Population(share, np.asarray(novelty, dtype=np.float64))


def first_uses(observed: Observed) -> Flags:
    """Which observations are the first of their account and value."""
    key = observed.account.astype(np.int64) * max(len(observed.values), 1) + observed.value
    first = np.unique(key, return_index=True)[1]
    flags = np.zeros(key.size, dtype=np.bool_)
    flags[first] = True
    return flags


HOUR = CODES["hour"]
