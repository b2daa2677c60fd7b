"""Many p-values of one pair made one: the aggregated Cauchy association test, valid whatever they have in common."""

import numpy as np
import polars as pl

CLIP = (
    0.5  # a silent trace gives p = 1, an infinite objection to all others; at one half it says nothing (DETECTORS 9.2)
)
_LARGE = 1e8  # from here 1/2 - arctan(x)/pi is 1/(pi x) to the last digit, and the former has none left


def cauchy(p: str, weight: str) -> pl.Expr:
    """The weighted Cauchy statistic of the p-values of a group, to be divided by the weight of all tests, seen or not."""
    clipped = pl.min_horizontal(pl.col(p), CLIP)
    near = (0.5 - clipped) * np.pi
    value = pl.when(clipped < 1 / _LARGE).then(1 / (np.pi * clipped)).otherwise(near.tan())
    return (value * pl.col(weight)).sum()


def cauchy_p(statistic: pl.Series) -> pl.Series:
    """p of the statistic. Source: Liu and Xie 2020, "Cauchy combination test", J. Am. Stat. Assoc. 115."""
    x = statistic.to_numpy()
    far = 1 / (np.pi * np.maximum(x, _LARGE))
    return pl.Series("p", np.where(x > _LARGE, far, 0.5 - np.arctan(x) / np.pi), dtype=pl.Float64)
