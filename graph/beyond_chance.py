"""When a sign is evidence: its own test says so, which pays for having searched, and it lies beyond the band of chance."""

import polars as pl

LEVEL = 0.01  # the level of the links (DETECTORS 2.3); the p of a sign is adjusted for all it was looked for in


def is_beyond_chance(seen: float | None, high: float | None, p: float | None) -> bool:
    """`high` ends the band that holds 95 % of chance worlds. Runs that tell no p are judged by the band alone.

    The band is that of one look; the fullest of many spans leaves it in most worlds, which only p knows.
    """
    return seen is not None and high is not None and seen > high and (p is None or p <= LEVEL)


def beyond_chance() -> pl.Expr:
    """The same for rows of SIGNAL_SCHEMA, never null."""
    return ((pl.col("seen") > pl.col("high")) & (pl.col("p").is_null() | (pl.col("p") <= LEVEL))).fill_null(value=False)
