"""Numbers of networks (autonomous systems), spelled one way; numbers that no network of the internet has are none."""

import polars as pl

# No network's: RFC 7607 (0), 6793 (the stand-in 23456), and all from 500,000 on, by which the risk-based authentication
# set marks unusable numbers (Wiefling and others 2022; DATA.md). Private numbers count: inside one export they are one network.
_RESERVED = ((0, 0), (23456, 23456), (500_000, 2**63 - 1))


def network_number(name: str) -> pl.Expr:
    """ "AS3320", "as 3320" and "3320" as "3320"; null for a number that is no network's own; other text as it is."""
    number = _number(name)
    return (
        pl.when(number.is_null())
        .then(pl.col(name).str.strip_chars())
        .when(~_reserved(number))
        .then(number.cast(pl.String))
    )


def is_reserved_number(name: str) -> pl.Expr:
    """Whether a cell names a number that no network has; null where it is no number."""
    return _reserved(_number(name))


def _number(name: str) -> pl.Expr:
    return pl.col(name).str.strip_chars().str.extract(r"^(?i:as)?\s?(\d{1,18})(?:\.0)?$", 1).cast(pl.Int64)


def _reserved(number: pl.Expr) -> pl.Expr:
    return pl.any_horizontal(number.is_between(low, high) for low, high in _RESERVED)
