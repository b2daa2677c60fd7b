"""The sample world as committed and as made anew; its makers stand beside the product, not in it."""

import sys
from pathlib import Path

import polars as pl
import pytest

SAMPLE = Path(__file__).parents[2] / "sample_data"
sys.path.insert(0, str(SAMPLE))  # the makers are a script and its parts, not an installed package


@pytest.fixture(scope="session")
def sample() -> Path:
    return SAMPLE


@pytest.fixture(scope="session")
def posts(sample: Path) -> pl.DataFrame:
    """posts.csv.gz as text, lists decoded, times read."""
    lists = [
        pl.col(c).str.json_decode(pl.List(pl.String)).fill_null(pl.lit([], pl.List(pl.String)))
        for c in ("urls", "hashtags", "mentions")
    ]
    read = pl.read_csv(sample / "world" / "posts.csv.gz", infer_schema=False)
    return read.with_columns(*lists, at=pl.col("created_at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC"))


@pytest.fixture(scope="session")
def truth(sample: Path) -> pl.DataFrame:
    return pl.read_csv(sample / "world" / "truth.csv", infer_schema=False)
