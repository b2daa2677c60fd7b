"""Made-up runs: clusters named by their members, with evidence where a test wants it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations

import polars as pl

from graph.schemas import RUN_SCHEMAS, empty

START = datetime(2026, 3, 2, tzinfo=UTC)
Acts = Sequence[tuple[str, str]]  # (trace, object) that all members of a cluster acted on


def run_of(
    clusters: Mapping[str, Iterable[str]], evidence: Mapping[str, Acts] | None = None
) -> dict[str, pl.DataFrame]:
    """The tables of a run; every two members of a cluster meet on each of its objects, a second apart."""
    members = [{"cluster_id": c, "account_id": a} for c, accounts in clusters.items() for a in accounts]
    met = [
        {
            "cluster_id": cluster,
            "left": left,
            "right": right,
            "trace": trace,
            "object_id": thing,
            "left_at": START,
            "right_at": START + timedelta(seconds=1),
            "gap_s": 1.0,
        }
        for cluster, acts in (evidence or {}).items()
        for left, right in combinations(sorted(clusters[cluster]), 2)
        for trace, thing in acts
    ]
    frames = {name: empty(schema) for name, schema in RUN_SCHEMAS.items()}
    return frames | {"members": _frame("members", members), "evidence": _frame("evidence", met)}


def accounts(letter: str, since: int, until: int) -> list[str]:
    """accounts('a', 0, 3) -> a00, a01, a02."""
    return [f"{letter}{number:02d}" for number in range(since, until)]


def _frame(table: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    schema = RUN_SCHEMAS[table]
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=dict(schema))
