"""The projection as one would explain it at a blackboard: two loops, no cleverness."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import combinations

import polars as pl

from graph.schemas import TIME

Row = tuple[str, str, int]  # account, object, microseconds
START = datetime(2026, 1, 31, 8, tzinfo=UTC)


def actions_of(rows: list[Row]) -> pl.DataFrame:
    """The rows as a table of actions."""
    return pl.DataFrame(
        {
            "account_id": [account for account, _, _ in rows],
            "object_id": [thing for _, thing, _ in rows],
            "at": [START + timedelta(microseconds=at) for _, _, at in rows],
        },
        schema={"account_id": pl.String, "object_id": pl.String, "at": TIME},
    )


def meetings(rows: list[Row], window: int) -> list[tuple[Row, Row]]:
    """All pairs of distinct rows of two accounts on one object with at most `window` between them."""
    return [
        (min(a, b), max(a, b))
        for a, b in combinations(sorted(set(rows)), 2)
        if a[0] != b[0] and a[1] == b[1] and abs(a[2] - b[2]) <= window
    ]


def weights(rows: list[Row], window: int, min_shared: int) -> dict[tuple[str, str], int]:
    """Distinct objects per pair of accounts, where at least `min_shared`."""
    shared: dict[tuple[str, str], set[str]] = defaultdict(set)
    for a, b in meetings(rows, window):
        shared[a[0], b[0]].add(a[1])
    return {pair: len(objects) for pair, objects in sorted(shared.items()) if len(objects) >= min_shared}
