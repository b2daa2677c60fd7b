"""Sign-up bursts: how many members of a group were created within one short span, against all accounts. Never a sign alone."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import polars as pl

from detectors.coding import I64
from detectors.hypergeometric import hypergeometric_band, hypergeometric_tail
from detectors.risk import strength
from detectors.scan.signals import NUMBERED_SIGNAL
from detectors.sentences import chance, count, percent, span
from detectors.significance import surprise

BIN_SECONDS = 600  # DETECTORS 2.1
SPANS = (600, 3600, 86_400)  # seconds: one sitting, one afternoon, one day of buying or making accounts
LEAST_MEMBERS = 3  # two creations close in time happen to every pair of friends


def signup_actions(accounts: pl.DataFrame) -> pl.DataFrame:
    """Actions of the trace `signup` (account_id, trace, object_id, at, post_id, block) from account_id and created_at.

    The object is the ten-minute bin (UTC), the block its day. The last row of an account counts. Sorted by account.
    """
    known = _created(accounts)
    return known.select(
        "account_id",
        pl.lit("signup").alias("trace"),
        pl.col("at").dt.truncate(f"{BIN_SECONDS}s").dt.strftime("%Y-%m-%dT%H:%MZ").alias("object_id"),
        "at",
        pl.lit(None, pl.String).alias("post_id"),
        pl.col("at").dt.strftime("%Y-%m-%d").alias("block"),
    )


def signup_signals(accounts: pl.DataFrame, groups: Sequence[Sequence[str]]) -> pl.DataFrame:
    """One row (NUMBERED_SIGNAL) per group with at least 3 members whose creation is known; sorted by cluster.

    A scan: each member opens spans of ten minutes, an hour and a day. Were the members drawn at random from all accounts, then
    the others of the group would fall into a member's span like a hypergeometric draw from the others of the data;
    Bonferroni over members and spans makes p valid for the fullest span. The reference is whatever accounts the data has, so
    dates cut to days, waves of growth and accounts collected together count for everybody alike.
    """
    known = _created(accounts)
    at = known["at"].to_physical().to_numpy()
    everyone = np.sort(at)
    created = dict(zip(known["account_id"], at.tolist(), strict=True))
    rows = []
    for cluster, members in enumerate(groups):
        own = np.sort(np.array([created[one] for one in sorted(set(members)) if one in created], dtype=np.int64))
        if own.size >= LEAST_MEMBERS:
            rows.append(_row(cluster, own, everyone, len(set(members))))
    return pl.DataFrame(rows, schema=dict(NUMBERED_SIGNAL), orient="row")


def _created(accounts: pl.DataFrame) -> pl.DataFrame:
    said = accounts.select("account_id", pl.col("created_at").cast(pl.Datetime("us", "UTC")).alias("at")).drop_nulls()
    # The table tells an account once per file and stretch; of different dates the earliest is the creation.
    return said.group_by("account_id").agg(pl.col("at").min()).sort("account_id")


def _row(cluster: int, own: I64, everyone: I64, size: int) -> dict[str, object]:
    p, seconds, opens, seen, there = min(
        (found for seconds in SPANS for found in _scan(own, everyone, seconds)), key=lambda found: found[:3]
    )
    adjusted = min(1.0, p * own.size * len(SPANS))
    expected = 1 + (own.size - 1) * (there - 1) / (everyone.size - 1)
    low, high = hypergeometric_band(own.size - 1, there - 1, everyone.size - 1)
    moment = datetime.fromtimestamp(opens / 1e6, tz=UTC)
    sentence = (
        f"{count(seen)} of {count(own.size)} members with a known creation ({count(size)} in all) were created within "
        f"{span(seconds)} from {moment:%Y-%m-%d %H:%M} UTC, as were {percent(there / everyone.size)} of all {count(everyone.size)} "
        f"accounts. By chance: {chance(adjusted)}."
    )
    return {
        "cluster": cluster,
        "trace": "signup",
        "window_seconds": seconds,
        "name": "signup_burst",
        "family": "automation",
        "value": strength(float(surprise(np.array([adjusted]))[0])),
        "seen": float(seen),
        "expected": expected,
        "low": 1 + low,
        "high": 1 + high,
        "p": adjusted,
        "sentence": sentence,
    }


def _scan(own: I64, everyone: I64, seconds: int) -> list[tuple[float, int, int, int, int]]:
    """(p, seconds, opening moment, members, accounts) of the span [t, t + seconds) that each member opens."""
    width = seconds * 1_000_000
    seen = np.searchsorted(own, own + width) - np.searchsorted(own, own)
    there = np.searchsorted(everyone, own + width) - np.searchsorted(everyone, own)
    drawn, total = own.size - 1, everyone.size - 1
    return [
        (
            hypergeometric_tail(int(members) - 1, drawn, int(accounts) - 1, total),
            seconds,
            int(opens),
            int(members),
            int(accounts),
        )
        for opens, members, accounts in zip(own, seen, there, strict=True)
    ]
