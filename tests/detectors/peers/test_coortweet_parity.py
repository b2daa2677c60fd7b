"""CooRTweet's network, edge for edge and column for column."""

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from detectors.peers.coortweet import pairs_like_coortweet

COLUMNS = [
    "weight",
    "avg_time_delta",
    "n_content_id",
    "n_content_id_y",
    "edge_symmetry_score",
    "weight_threshold",
]


def reference_edges(file: Path) -> pl.DataFrame:
    edges = pl.read_parquet(file)
    return edges.select(
        pl.min_horizontal("from", "to").alias("left"),
        pl.max_horizontal("from", "to").alias("right"),
        *(pl.col(name).cast(pl.Float64) if "score" in name or "avg" in name else pl.col(name) for name in COLUMNS),
    ).sort("left", "right")


@pytest.mark.real_data
@pytest.mark.parametrize(("window", "participation"), [(10, 2), (60, 2), (3600, 2), (10, 5)])
@pytest.mark.parametrize("budget", [4_000_000, 1_000])
def test_every_column_of_every_edge_equals_coortweet(shared, window, participation, budget):
    table = pl.read_parquet(shared / "reference/russian_retweets.parquet")
    expected = reference_edges(
        shared / f"reference/coortweet_russian_retweets_tw{window}_mp{participation}_edges.parquet"
    )
    ours = pairs_like_coortweet(table, window, participation, pair_budget=budget)
    assert_frame_equal(ours.select(expected.columns), expected, abs_tol=1e-6, rel_tol=0)
