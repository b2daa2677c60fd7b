"""Tables of links written out by hand, as the pair tests give them."""

import itertools

import polars as pl

from detectors.pair_tests import TESTED

Link = tuple[int, int, float]  # left, right, -log10 p


def links_of(links: list[Link], trace: str = "share", window: int = 60) -> pl.DataFrame:
    rows = [
        {
            "left": left,
            "right": right,
            "trace": trace,
            "window_seconds": window,
            "n": 5,
            "expected": 0.1,
            "p": 10**-says,
        }
        for left, right, says in links
    ]
    return pl.DataFrame(rows, schema=dict(TESTED))


def clique(accounts: range, says: float = 10.0) -> list[Link]:
    return [(left, right, says) for left, right in itertools.combinations(accounts, 2)]
