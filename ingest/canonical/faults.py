"""Faults of records: each check gives its failing rows, the first check that fails a record names it."""

from collections.abc import Callable, Sequence

import polars as pl

from ingest.chunks import LINE, Fault

# A finding: rows at fault. `column` is the header's name of the cell, `message` one sentence without the line number.
FINDING_SCHEMA = {LINE: pl.Int64, "column": pl.String, "reason": pl.String, "message": pl.String}

# A message repeats what a stranger wrote; nothing in it may move the cursor of a terminal or turn the line around.
_UNSAFE = r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]"


def finding(rows: pl.DataFrame, column: str, reason: str, message: pl.Expr | str) -> pl.DataFrame:
    """Failing `rows` as findings; `message` may use the columns of the rows."""
    sentence = (pl.lit(message) if isinstance(message, str) else message).str.replace_all(_UNSAFE, "\ufffd")
    # Polars 2.1 panics in string functions over a formatted column whose first chunk is empty, as filters may leave it.
    return rows.rechunk().select(
        pl.col(LINE).cast(pl.Int64),
        pl.lit(column, pl.String).alias("column"),
        pl.lit(reason, pl.String).alias("reason"),
        sentence.cast(pl.String).alias("message"),
    )


def first_findings(findings: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """One finding per line, from the earliest check in `findings`; sorted by line."""
    found = [rows for rows in findings if rows.height]
    if not found:
        return pl.DataFrame(schema=FINDING_SCHEMA)
    return pl.concat(found).unique(LINE, keep="first", maintain_order=True).sort(LINE)


def faults_of(findings: pl.DataFrame, original: Callable[[int], bytes]) -> tuple[Fault, ...]:
    """Told with their place: "line 12: ..."."""
    return tuple(
        Fault(line, column, reason, f"line {line}: {message}", original(line))
        for line, column, reason, message in findings.iter_rows()
    )
