"""What ties each ring, told value by value: which member took up what and when, and how many others did at that time."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from detectors.coding import Flags
from detectors.significance import I64
from detectors.takeovers.adoption import WINDOWS_US, Adoptions, Entities
from detectors.takeovers.couples import Couples, Daily, around
from detectors.takeovers.habits import CODES, FEATURES
from detectors.takeovers.population import Names
from detectors.takeovers.rings import Ring
from detectors.takeovers.rises import BESIDE_US
from detectors.takeovers.signs import NONE, Signs
from graph.schemas import TIME, FrameSchema

Tested = Mapping[tuple[int, int, float], tuple[int | None, int | None, float | None]]

USE_SCHEMA: FrameSchema = {
    "ring": pl.Int64,
    "account": pl.Int64,
    "feature": pl.String,
    "value": pl.String,
    "at": TIME,  # the first time that the account was seen with the value
}
TIE_SCHEMA: FrameSchema = {
    "ring": pl.Int64,
    "feature": pl.String,
    "value": pl.String,
    "accounts": pl.Int64,  # of the ring, that took it up
    "outside": pl.Int64,  # others with habits that took it up at that time
    "there": pl.Int64,  # accounts with habits that were seen on the busiest day of that time
    "ever": pl.Int64,  # accounts that were ever seen with it, the ring's and newcomers among them
}


def uses(names: Names, found: Sequence[Ring], told: Signs, taken: Adoptions) -> pl.DataFrame:
    """USE_SCHEMA, sorted by ring, feature, value, time, account: the first uses of the values of a ring's signs by its members,
    within the longest of WINDOWS_US of when each was first seen with what ties the ring.
    """
    parts = [pl.DataFrame(schema=dict(USE_SCHEMA))]
    for number, ring in enumerate(found):
        rows = _rows_of(taken, values_of(ring, told))
        rows = rows[np.isin(taken.account[rows], ring.members)]
        since = ring.at[np.searchsorted(ring.members, taken.account[rows])]
        rows = rows[np.abs(taken.at[rows] - since) <= WINDOWS_US[-1]]
        parts.append(_named(names, taken, number, rows))
    return pl.concat(parts).sort("ring", "feature", "value", "at", "account")


def values_of(ring: Ring, told: Signs) -> I64:
    """The codes of the values in the signs of a ring, ascending."""
    both = np.concatenate([told.value[ring.signs], told.other[ring.signs]])
    return np.unique(both[both != NONE])


def _rows_of(taken: Adoptions, values: I64) -> I64:
    spans = [slice(*np.searchsorted(taken.value, [value, value + 1]).tolist()) for value in values.tolist()]
    return np.concatenate([np.empty(0, np.int64), *(np.arange(span.start, span.stop) for span in spans)])


def _named(names: Names, taken: Adoptions, number: int, rows: I64) -> pl.DataFrame:
    value = names.values[taken.value[rows]]
    features = [FEATURES[code].name for code in value["feature"].to_list()]
    said = {
        "ring": np.full(rows.size, number),
        "account": taken.account[rows],
        "feature": pl.Series(features, dtype=pl.String),
        "value": value["value"],
        "at": taken.at[rows],
    }
    return pl.DataFrame(said).select(pl.col(name).cast(kind) for name, kind in USE_SCHEMA.items())


def ties(names: Names, daily: Daily, taken: Adoptions, used: pl.DataFrame) -> pl.DataFrame:
    """TIE_SCHEMA, sorted: each value of `used` (USE_SCHEMA) with who else took it up between a day before the ring's first use and
    a day after its last.
    """
    if used.is_empty():
        return pl.DataFrame(schema=dict(TIE_SCHEMA))
    spans = used.group_by("ring", "feature", "value", maintain_order=True).agg(
        pl.len().alias("accounts"), since=pl.col("at").min().to_physical(), until=pl.col("at").max().to_physical()
    )
    rows = []
    for ring, feature, value, accounts, since, until, code in _coded(names, spans).iter_rows():
        low, high = np.searchsorted(taken.value, [code, code + 1])
        everybody = int(_near(taken.at[low:high], since, until).sum())
        there = int(around(daily, since, until))
        rows.append((ring, feature, value, accounts, everybody - accounts, there, int(names.held[code])))
    return pl.DataFrame(rows, schema=dict(TIE_SCHEMA), orient="row")


def _coded(names: Names, named: pl.DataFrame) -> pl.DataFrame:
    """`named` with the code of its feature and value as the last column."""
    codes = pl.DataFrame({"feature": list(CODES), "kind": list(CODES.values())}, schema_overrides={"kind": pl.UInt8})
    values = names.values.rename({"feature": "kind"}).with_row_index("code")
    kinds = named.join(codes, on="feature", how="left", maintain_order="left")
    return kinds.join(values, on=["kind", "value"], how="left", maintain_order="left").drop("kind")


def tested_figures(single: Entities, joint: Couples) -> Tested:
    """Per value, other value and p of what was tested: adopted, broke, expected. Of a couple only who took up both is counted."""
    told: dict[tuple[int, int, float], tuple[int | None, int | None, float | None]] = {}
    alone = (single.value, single.p, single.adopted, single.broke, single.usual)
    for value, p, adopted, broke, usual in zip(*(column.tolist() for column in alone), strict=True):
        told[value, NONE, p] = (adopted, broke, adopted * usual)
    both = (joint.value, joint.other, joint.p, joint.both, joint.expected)
    for value, other, p, many, expected in zip(*(column.tolist() for column in both), strict=True):
        told[value, other, p] = (many, None, expected)
    return told


def _near(at: I64, since: int, until: int) -> Flags:
    return np.asarray((at >= since - BESIDE_US) & (at <= until + BESIDE_US))
