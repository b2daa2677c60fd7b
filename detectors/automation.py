"""A sign of clusters: how many members post like clocks, against how many accounts of the data do."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from detectors.hypergeometric import hypergeometric_band, hypergeometric_tail
from detectors.risk import strength
from detectors.scan.signals import NUMBERED_SIGNAL
from detectors.sentences import chance, count, percent, plural
from detectors.significance import surprise


def automation_signals(rhythm: pl.DataFrame, groups: Sequence[Sequence[str]]) -> pl.DataFrame:
    """One row (NUMBERED_SIGNAL) per group of account ids that has a member with a known rhythm; sorted by cluster.

    `rhythm`: RHYTHM. p: hypergeometric, the chance that as many accounts drawn from those with a known rhythm hold as
    many clocks. `seen` and `expected` count clocks among the members with a known rhythm.
    """
    clock = dict(rhythm.select("account_id", "clockwork").iter_rows())
    clocks = sum(clock.values())
    rows = []
    for cluster, members in enumerate(groups):
        known = [clock[account] for account in sorted(set(members)) if account in clock]
        if known:
            rows.append(_row(cluster, sum(known), len(known), len(set(members)), clocks, len(clock)))
    return pl.DataFrame(rows, schema=dict(NUMBERED_SIGNAL), orient="row")


def _row(cluster: int, seen: int, known: int, size: int, clocks: int, tested: int) -> dict[str, object]:
    p = hypergeometric_tail(seen, known, clocks, tested)
    low, high = hypergeometric_band(known, clocks, tested)
    expected = known * clocks / tested
    sentence = (
        f"{count(seen)} of {plural(known, 'member', 'members')} with enough posts to tell ({count(size)} in all) post "
        f"like a clock: on one beat of at most an hour, or with gaps too even for people. Of all {count(tested)} accounts "
        f"with enough posts {percent(clocks / tested)} do. By chance: {chance(p)}."
    )
    return {
        "cluster": cluster,
        "trace": "rhythm",
        "window_seconds": None,
        "name": "rhythm_automation",
        "family": "automation",
        "value": strength(float(surprise(np.array([p]))[0])),
        "seen": float(seen),
        "expected": expected,
        "low": low,
        "high": high,
        "p": p,
        "sentence": sentence,
    }
