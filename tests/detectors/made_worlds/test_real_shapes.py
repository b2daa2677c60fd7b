"""The figures in `references.py` are those of the real collections, measured again where these are at hand."""

from pathlib import Path

import polars as pl
import pytest

from detectors.worlds.references import REFERENCES
from detectors.worlds.shape import Shape, shape_of

pytestmark = pytest.mark.real_data


def organic_of(shared: Path, mix: str, label: str) -> pl.DataFrame:
    labels = pl.read_csv(shared / "data" / "mixes" / f"mix_{mix}_labels.csv", infer_schema_length=0)
    return labels.filter(pl.col("label") == label).select("account_id")


def of_posts(shared: Path, mix: str) -> Shape:
    posts = pl.read_parquet(shared / "data" / "mixes" / f"mix_{mix}_posts.parquet")
    posts = posts.join(organic_of(shared, mix, "organic"), on="account_id", how="semi")
    posts = posts.with_columns(at=pl.col("created_at").dt.replace_time_zone("UTC"))
    repeated = posts.filter("is_retweet").select("account_id", pl.col("text").alias("object_id"), "at")
    return shape_of(repeated, posts.select("account_id", "at"))


def of_table(table: pl.DataFrame, seconds: str) -> Shape:
    at = pl.from_epoch(pl.col(seconds).cast(pl.Int64), "s").dt.replace_time_zone("UTC")
    return shape_of(table.select(pl.col("account_id").cast(pl.String), "object_id", at.alias("at")))


def measured(shared: Path, name: str) -> Shape:
    data = shared / "data"
    match name:
        case "mix_gop2015 (organic)" | "mix_demonetisation2016 (organic)":
            return of_posts(shared, name.removeprefix("mix_").split()[0])
        case "mix_injected2016 (background)":
            table = pl.read_parquet(data / "mixes" / "mix_injected2016_shares.parquet")
            background = organic_of(shared, "injected2016", "background")
            return of_table(table.join(background, on="account_id", how="semi"), "timestamp")
        case "coortweet_russian":
            return of_table(pl.read_parquet(data / "coortweet_russian.parquet"), "timestamp_share")
        case "voterfraud2020":
            table = pl.read_parquet(data / "voterfraud2020_retweets_dev.parquet")
            at = pl.col("day").str.to_datetime(time_zone="UTC")
            return shape_of(table.select(account_id="user_id", object_id="retweeted_id", at=at))
    raise AssertionError(name)


@pytest.mark.parametrize("name", sorted(REFERENCES))
def test_the_figures_are_those_of_the_collection(shared: Path, name: str):
    told, again = REFERENCES[name], measured(shared, name)
    for measure, values in told.at.items():
        assert again.at[measure] == pytest.approx(values, abs=1e-4), measure
        assert again.values[measure] == told.values[measure]
    if told.hours:
        assert again.hours == pytest.approx(told.hours, abs=1e-4)
