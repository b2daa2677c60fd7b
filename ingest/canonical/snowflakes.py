"""Times inside Twitter ids: since November 2010 a status id carries the millisecond at which it was made."""

import polars as pl

from graph.schemas import TIME

_EPOCH_MS = 1_288_834_974_657  # Twitter's own epoch, 4 November 2010
_SNOWFLAKE = r"^\d{17,19}$"  # ids of 17 digits began in 2010-12; shorter ones were counted, not timed


def snowflake_times(ids: pl.Series) -> pl.Series:
    """When each status was made, to the millisecond; null for ids without a time."""
    number = pl.when(pl.col("id").str.contains(_SNOWFLAKE)).then("id").cast(pl.Int64, strict=False)
    milliseconds = number // 2**22 + _EPOCH_MS
    made = (milliseconds * 1000).cast(pl.Datetime("us")).dt.replace_time_zone("UTC").cast(TIME)
    return pl.DataFrame({"id": ids}).select(made.alias("at"))["at"]
