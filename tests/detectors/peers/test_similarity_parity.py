"""The similarity pairs of coordinationz and astrodetection, edge for edge."""

from itertools import combinations
from math import log, sqrt
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from detectors.peers.astrodetection import coshare_like_astrodetection
from detectors.peers.coordinationz import similarity_like_coordinationz

LAST_BITS = 1e-15  # both tools add up in the order of a set: the last bits of a sum differ from run to run of theirs


def reference_pairs(file: Path, weight: str) -> pl.DataFrame:
    pairs = pl.read_parquet(file)
    sides = pl.min_horizontal("u", "v").alias("left"), pl.max_horizontal("u", "v").alias("right")
    return pairs.select(*sides, pl.col(weight).alias("similarity")).sort("left", "right")


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("distinct", "idf", "draws", "edges"),
    [(2, "none", 0, 166_270), (2, "smoothlog", 0, 38_797), (5, "smoothlog", 1000, 991)],
)
@pytest.mark.parametrize("budget", [20_000_000, 50_000])
def test_similarities_equal_coordinationz(shared, distinct, idf, draws, edges, budget):
    table = pl.read_parquet(shared / "reference/russian_retweets.parquet")
    file = shared / f"reference/cz_russian_retweets_sim0.3_mud{distinct}_{idf}_r{draws}_edges.parquet"
    ours = similarity_like_coordinationz(table, 0.3, distinct, idf, budget=budget)
    assert len(ours) == edges
    expected = reference_pairs(file, "similarity")
    assert_frame_equal(ours.select(expected.columns), expected, abs_tol=LAST_BITS, rel_tol=0)


@pytest.mark.real_data
@pytest.mark.parametrize(("min_cosine", "suffix", "edges"), [(None, "", 39_488), (0.9, "_fast0.9", 15)])
@pytest.mark.parametrize("budget", [20_000_000, 50_000])
def test_co_shares_equal_astrodetection(shared, min_cosine, suffix, edges, budget):
    table = pl.read_parquet(shared / "reference/russian_retweets.parquet")
    file = shared / f"reference/astro_coshare_russian_retweets_min3_ov3{suffix}_edges.parquet"
    ours = coshare_like_astrodetection(table, 3, 3, min_cosine, budget=budget)
    assert len(ours) == edges
    expected = reference_pairs(file, "weight")
    assert_frame_equal(ours.select(expected.columns), expected, abs_tol=LAST_BITS, rel_tol=0)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("opqrs")), max_size=40),
    st.integers(1, 3),
    st.sampled_from([1, 5, 20_000_000]),
)
def test_similarity_equals_dot_products_by_hand(rows, distinct, budget):
    held = {account: {thing for owner, thing in rows if owner == account} for account, _ in rows}
    kept = [(account, thing) for account, thing in rows if len(held[account]) >= distinct]
    accounts = sorted({account for account, _ in kept})
    idf = {thing: log(len(accounts) / len({a for a, t in kept if t == thing}) + 1) for _, thing in kept}
    vectors = {a: {t: kept.count((a, t)) * idf[t] for t in held[a]} for a in accounts}
    length = {a: sqrt(sum(value**2 for value in vectors[a].values())) for a in accounts}
    expected = {}
    for left, right in combinations(accounts, 2):
        dot = sum(vectors[left][t] * vectors[right][t] for t in held[left] & held[right])
        if dot / (length[left] * length[right]) > 0.05:
            expected[left, right] = (dot / (length[left] * length[right]), len(held[left] & held[right]))
    table = pl.DataFrame(rows, schema={"account_id": pl.String, "object_id": pl.String}, orient="row")
    ours = similarity_like_coordinationz(table, 0.05, distinct, "smoothlog", budget=budget)
    told = {(left, right): (value, common) for left, right, value, common in ours.rows()}
    assert list(told) == sorted(expected)
    assert all(told[pair] == (pytest.approx(value[0]), value[1]) for pair, value in expected.items())
