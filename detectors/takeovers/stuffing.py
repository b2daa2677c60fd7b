"""Guessed passwords: one device or network that tried many accounts in vain, and got into some.

Whoever mistypes his own password gets in afterwards; a list of leaked passwords fits few of the accounts that it is tried on.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.significance import F64, I64, poisson_tail
from detectors.takeovers.adoption import WINDOWS_US, Adoptions
from detectors.takeovers.couples import densest
from detectors.takeovers.habits import CODES
from detectors.takeovers.population import Names

TRIED = 5  # accounts that something never seen with them tries in vain (DETECTORS section 3, variant without posts)
ENTERED = 3  # accounts of a ring
LEAST_EXPECTED = 0.1  # accounts that any device or network tries in vain in ten days: a borrowed phone, a moved address
_TIES = {"device": "device", "ip_block": "network"}


@dataclass(frozen=True)
class Stuffed:
    """One row per value that tried `tried` accounts in vain between `since` and `until`, where the provider's others would have tried
    `expected`; p of that many or more. `tests`: values that tried enough to be tested.
    """

    value: I64
    since: I64
    until: I64
    tried: I64
    expected: F64
    p: F64
    tests: int


def stuffed(names: Names, sessions: pl.LazyFrame, taken: Adoptions) -> Stuffed:
    """Values that TRIED accounts met failed log-ins from and never a successful one, and that ENTERED accounts took up meanwhile."""
    rows = [
        row for column, feature in _TIES.items() for row in _of(names, _vain(sessions, column), CODES[feature], taken)
    ]
    value, since, until, tried = (np.array([row[place] for row in rows], dtype=np.int64) for place in range(4))
    expected = np.array([row[4] for row in rows], dtype=np.float64)
    # Any of the accounts might have opened the window.
    p = np.minimum(poisson_tail(tried, expected) * np.maximum(tried, 1), 1.0)
    kept = np.array([row[5] for row in rows], dtype=np.bool_)
    return Stuffed(value[kept], since[kept], until[kept], tried[kept], expected[kept], p[kept], len(rows))


def _vain(sessions: pl.LazyFrame, column: str) -> pl.DataFrame:
    """value, asn, account_id, at (first) of failed log-ins of accounts that were never let in with that value; and per provider the
    number of its values (`of_asn`), whoever used them.
    """
    failed = (pl.col("event") == "login_failed") | ~pl.col("success").fill_null(True)
    each = (
        sessions.select("account_id", pl.col("at").dt.timestamp("us"), pl.col("asn").fill_null(""), value=pl.col(column), failed=failed)
        .drop_nulls(["account_id", "at", "value"])
        .group_by("value", "account_id")
        .agg(pl.col("asn").min(), at=pl.col("at").filter("failed").min(), entered=(~pl.col("failed")).any())
    )  # fmt: skip
    of_asn = each.group_by("asn").agg(of_asn=pl.col("value").n_unique())
    vain = each.filter(~pl.col("entered")).drop("entered").join(of_asn, on="asn", how="left")
    return vain.collect(engine="streaming").sort("value", "at", "account_id")


def _of(
    names: Names, vain: pl.DataFrame, feature: int, taken: Adoptions
) -> list[tuple[int, int, int, int, float, bool]]:
    """value, since, until, tried, expected and whether enough got in, of the values that tried TRIED accounts or more."""
    when = vain["at"].to_numpy()
    span = max(int(when.max() - when.min()), WINDOWS_US[0]) if when.size else WINDOWS_US[0]
    per_asn = dict(vain.group_by("asn").len().iter_rows())
    codes = names.values.with_row_index("code").filter(pl.col("feature") == feature).select("value", "code")
    many = vain.filter(pl.len().over("value") >= TRIED).join(codes, on="value", maintain_order="left")
    rows = []
    for part in many.partition_by("value", maintain_order=True):
        at, asn, code = part["at"].to_numpy(), str(part["asn"][0]), int(part["code"][0])
        first, last = densest(at, WINDOWS_US[0])
        others = per_asn[asn] - part.filter(pl.col("asn") == asn).height
        expected = max(others / max(int(part["of_asn"][0]), 1) * WINDOWS_US[0] / span, LEAST_EXPECTED)
        since, until = int(at[first]), int(at[last - 1])
        if last - first >= TRIED:
            rows.append((code, since, until, last - first, expected, _entered(taken, code, since, until) >= ENTERED))
    return rows


def _entered(taken: Adoptions, value: int, since: int, until: int) -> int:
    low, high = np.searchsorted(taken.value, [value, value + 1])
    at = taken.at[low:high]
    return int(((at >= since - WINDOWS_US[0]) & (at <= until + WINDOWS_US[0])).sum())
