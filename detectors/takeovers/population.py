"""Observations as numbers, and what strangers do: how common each value is, and how often accounts do something new."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.coding import U32, Flags, codes_of
from detectors.significance import F64, I64
from detectors.takeovers.habits import CODES, FEATURES
from detectors.time_windows import starts_of


@dataclass(frozen=True)
class Names:
    """What the codes of accounts and values stand for: `account_ids` and `values` (u8 feature, value), sorted; the row is the code.
    `held`: how many accounts ever had each value.
    """

    account_ids: pl.Series
    values: pl.DataFrame
    held: I64

    @property
    def feature(self) -> I64:
        """Per value the code of its feature."""
        return self.values["feature"].to_numpy().astype(np.int64)


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


def coded(observations: pl.LazyFrame, names: Names | None = None) -> Observed:
    """Takes OBSERVATION_SCHEMA; the order of rows changes nothing. `names`: those of all accounts and values, of which these
    observations are a part; their own when None.
    """
    frame = observations.collect()
    values = names.values if names else frame.select("feature", "value").unique().sort("feature", "value")
    places = frame.select("feature", "value").join(
        values.with_row_index("code"), on=["feature", "value"], how="left", maintain_order="left"
    )
    account, account_ids = codes_of(frame["account_id"])
    if names:
        account, account_ids = _rank(account_ids, names.account_ids)[account], names.account_ids
    at, value = frame["at"].to_physical().to_numpy(), places["code"].to_numpy().astype(np.uint32)
    order = np.lexsort((value, at, account))
    return Observed(account[order], at[order], value[order], account_ids, values)


def _rank(some: pl.Series, every: pl.Series) -> U32:
    """The place of each in the sorted `every`, which holds them all."""
    ranked = pl.DataFrame({"id": every}).with_row_index("code")
    return pl.DataFrame({"id": some}).join(ranked, on="id", how="left", maintain_order="left")["code"].to_numpy()


@dataclass(frozen=True)
class Population:
    """`share`: per value, the accounts that ever had it, of those with the feature. `novelty`: per feature, the part of the
    observations of settled accounts that were new to them.
    """

    share: F64
    novelty: F64


@dataclass(frozen=True)
class Counts:
    """Of some accounts, with their names: per feature how many had any of it, how many observations settled accounts made and how
    many of those were new. Counts of others are added, so that accounts may be counted in parts.
    """

    names: Names
    having: I64
    late: I64
    novel: I64

    def population(self) -> Population:
        kind = self.names.values["feature"].to_numpy().astype(np.int64)
        share = self.names.held / np.maximum(self.having[kind].astype(np.float64), 1.0)
        return Population(share, (self.novel + 0.5) / (self.late + 1.0))


def together(parts: Sequence[Counts]) -> Counts:
    """Counts of disjoint accounts as those of all of them."""
    if len(parts) == 1:
        return parts[0]
    ids = pl.concat([part.names.account_ids for part in parts]).sort()
    rows = pl.concat([part.names.values.with_columns(number=pl.Series(part.names.held)) for part in parts])
    values = rows.group_by("feature", "value").agg(pl.col("number").sum()).sort("feature", "value")
    having, late, novel = (
        np.sum([getattr(part, name) for part in parts], axis=0) for name in ("having", "late", "novel")
    )
    return Counts(Names(ids, values.drop("number"), values["number"].to_numpy()), having, late, novel)


def counted(observed: Observed, settled: int) -> Counts:
    """`settled`: observations of a feature from which an account says how often anybody does something new."""
    held = np.unique(observed.account.astype(np.int64) * len(observed.values) + observed.value)
    number = np.bincount(held % max(len(observed.values), 1), minlength=len(observed.values))
    kind = observed.values["feature"].to_numpy().astype(np.int64)
    having = np.unique(held // max(len(observed.values), 1) * len(FEATURES) + kind[held % max(len(observed.values), 1)])
    feature = observed.feature
    group = observed.account.astype(np.int64) * len(FEATURES) + feature
    order = np.argsort(group, kind="stable")
    place = np.empty(order.size, dtype=np.int64)
    opens = np.flatnonzero(starts_of(group[order]))
    place[order] = np.arange(order.size) - np.repeat(opens, np.diff(np.append(opens, order.size)))
    late = place >= settled
    new = first_uses(observed) & late
    return Counts(
        Names(observed.account_ids, observed.values, number),
        *(
            np.bincount(codes, minlength=len(FEATURES))
            for codes in (having % len(FEATURES), feature[late], feature[new])
        ),
    )


def population_of(observed: Observed, settled: int) -> Population:
    return counted(observed, settled).population()


def first_uses(observed: Observed) -> Flags:
    """Which observations are the first of their account and value."""
    key = observed.account.astype(np.int64) * max(len(observed.values), 1) + observed.value
    first = np.unique(key, return_index=True)[1]
    flags = np.zeros(key.size, dtype=np.bool_)
    flags[first] = True
    return flags


HOUR = CODES["hour"]
