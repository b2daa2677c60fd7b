"""Every shared act as seen: the object, both accounts with both times to the second, the gap, and what chance says of the pair."""

from collections.abc import Mapping

import polars as pl

from graph.foreign_text import show_text
from graph.fused import told_evidence
from graph.schemas import FrameSchema
from investigator_ui.views.names import object_name, trace_family
from investigator_ui.views.wording import chance, figure, second, span

MOST_ROWS = 2_000
_ON_PAIR = ["left", "right", "tested_as", "window_seconds"]


def evidence_rows(
    evidence: pl.DataFrame,
    edges: pl.DataFrame,
    names: Mapping[str, str],
    accounts: frozenset[str] = frozenset(),
    most: int = MOST_ROWS,
) -> pl.DataFrame:
    """The most surprising pairs first, at most `most` rows; with `accounts`, only acts that one of them took part in. What an
    act repeats under another trace is left out.

    Takes EVIDENCE_SCHEMA and EDGE_SCHEMA of one cluster. Returns plain text columns `trace` (a list with the family, for
    chips), `object, first, first_at, then, then_at, gap, shared_by, pair, chance`. `first` is who acted first.
    """
    kept = told_evidence(evidence)
    if accounts:
        kept = kept.filter(pl.col("left").is_in(sorted(accounts)) | pl.col("right").is_in(sorted(accounts)))
    figures = edges.rename({"trace": "tested_as"}).select(*_ON_PAIR, "n", "expected", "p").unique(_ON_PAIR)
    rows = (
        kept.join(figures, on=_ON_PAIR, how="left")
        .with_columns(gap=pl.col("gap_s").abs())
        .sort("p", "gap", "left_at", "left", "right", "object_id", nulls_last=True)
        .unique(["left", "right", "trace", "object_id", "left_at", "right_at"], keep="first", maintain_order=True)
        .head(most)
    )
    return pl.DataFrame([_row(row, names) for row in rows.iter_rows(named=True)], schema=dict(_SHOWN))


def evidence_caption(shown: int, evidence: pl.DataFrame, accounts: frozenset[str]) -> str:
    """'40 of 412 shown, most surprising pairs first'."""
    total = told_evidence(evidence).select("left", "right", "trace", "object_id", "left_at", "right_at").n_unique()
    whose = " · only acts of the picked accounts" if accounts else ""
    return f"{shown:,} of {total:,} shared acts shown, most surprising pairs first · all times as seen, UTC{whose}"


_SHOWN: FrameSchema = {
    "trace": pl.List(pl.String),
    "object": pl.String,
    "first": pl.String,
    "first_at": pl.String,
    "then": pl.String,
    "then_at": pl.String,
    "gap": pl.String,
    "shared_by": pl.Int64,
    "pair": pl.String,
    "chance": pl.String,
}


def _row(row: dict[str, object], names: Mapping[str, str]) -> dict[str, object]:
    left_first = float(str(row["gap_s"] or 0)) >= 0
    sides = ("left", "right") if left_first else ("right", "left")
    trace, object_id = str(row["trace"]), str(row["object_id"])
    n, expected, p = row["n"], row["expected"], row["p"]
    first, then = (names.get(str(row[side])) or show_text(row[side], 40) for side in sides)
    first_at, then_at = (row[f"{side}_at"] for side in sides)
    seen = isinstance(n, int) and isinstance(expected, float)
    return {
        "trace": [trace_family(trace)],
        "object": object_name(trace, object_id, names),
        "first": first,
        "first_at": second(first_at),  # type: ignore[arg-type]
        "then": then,
        "then_at": second(then_at),  # type: ignore[arg-type]
        "gap": span(float(str(row["gap"] or 0))),
        "shared_by": row["popularity"],
        "pair": f"{n} seen · {figure(float(str(expected)))} expected" if seen else "not computed",
        "chance": chance(p if isinstance(p, float) else None),
    }
