"""The bare table that other tools read: account_id, object_id, timestamp and, where there is one, content_id."""

from datetime import timedelta

import numpy as np
import polars as pl

from graph.errors import BadSetting

MICRO = 1_000_000


def bare_table(table: pl.DataFrame | pl.LazyFrame, *, timed: bool = True) -> pl.DataFrame:
    """Rows as account_id, object_id, content_id (text) and, if `timed`, at (microseconds UTC), in the order given.

    `timestamp` (or `at`) holds epoch seconds or a datetime. Without content_id, or with an empty one in every row, each row is a post of its own.
    Raises BadSetting when a column is missing or a cell of it empty.
    """
    frame = table.lazy().collect()
    needed = ["account_id", "object_id"]
    lacking = [name for name in needed if name not in frame.columns]
    clock = next((name for name in ("timestamp", "at") if name in frame.columns), None)
    if lacking or (timed and clock is None):
        raise BadSetting(
            f"the table has no column {', '.join(lacking) or 'timestamp'}; it has {', '.join(frame.columns)}",
            hint="name the columns account_id, object_id and timestamp (epoch seconds), and content_id where there is one",
        )
    has_content = "content_id" in frame.columns and frame["content_id"].null_count() < frame.height
    content = pl.col("content_id") if has_content else pl.int_range(pl.len())
    columns = [*(pl.col(name).cast(pl.String) for name in needed), content.cast(pl.String).alias("content_id")]
    if timed and clock is not None:
        columns.append(_microseconds(frame, clock))
    rows = frame.select(columns)
    empty = {name: count for name, count in zip(rows.columns, rows.null_count().row(0), strict=True) if count}
    if empty:
        raise BadSetting(
            f"empty cells: {', '.join(f'{count} in {name}' for name, count in empty.items())}",
            hint="leave such rows out, or ingest the file: ingest sets them aside with the reason",
        )
    return rows


def _microseconds(frame: pl.DataFrame, clock: str) -> pl.Expr:
    kind = frame.schema[clock]
    if kind == pl.Date or isinstance(kind, pl.Datetime):
        return pl.col(clock).cast(pl.Datetime("us")).to_physical().alias("at")
    if kind.is_integer():
        return (pl.col(clock).cast(pl.Int64) * MICRO).alias("at")
    if kind.is_float():
        return (pl.col(clock) * MICRO).round().cast(pl.Int64).alias("at")
    raise BadSetting(
        f"the column {clock} holds {kind}, not a time", hint="times are epoch seconds or datetimes; ingest reads texts"
    )


def window_of(window_seconds: float) -> int:
    """The window in microseconds. Raises BadSetting when it is negative or not a number."""
    if not np.isfinite(window_seconds) or window_seconds < 0:
        raise BadSetting(f"the window is {window_seconds} s", hint="a window is zero or longer, for example 60")
    return timedelta(seconds=window_seconds) // timedelta(microseconds=1)
