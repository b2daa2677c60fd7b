"""`flockwatch pairs --like` from a file gives what the peer gave on that file, edge for edge and weight for weight."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from ingest import ReadingOptions
from ingest.bare_tables import read_actions
from investigator_ui.services.projecting import Projecting, project_like

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def rows(shared: Path) -> pl.DataFrame:
    actions, aside = read_actions(shared / "reference" / "russian_retweets.parquet", ReadingOptions())
    assert (actions.height, aside) == (35_125, 0)
    return actions


def edges(frame: pl.DataFrame, left: str, right: str, *weights: str) -> pl.DataFrame:
    """Undirected edges in one order, to compare."""
    ends = [pl.min_horizontal(left, right).alias("a"), pl.max_horizontal(left, right).alias("b")]
    return frame.select(*ends, *weights).sort("a", "b")


@pytest.mark.parametrize(("seconds", "participation"), [(10, 2), (10, 5), (60, 2), (3600, 2)])
def test_like_coortweet(rows: pl.DataFrame, shared: Path, seconds: int, participation: int):
    theirs = pl.read_parquet(
        shared / "reference" / f"coortweet_russian_retweets_tw{seconds}_mp{participation}_edges.parquet"
    )
    ours = project_like(
        rows,
        Projecting(window=timedelta(seconds=seconds), like="cooRTweet", min_participation=participation),
    )
    assert edges(ours, "left", "right", "weight").equals(edges(theirs, "from", "to", "weight"))


@pytest.mark.parametrize("seconds", [10, 60, 3600])
def test_like_cnt(rows: pl.DataFrame, shared: Path, seconds: int):
    theirs = pl.read_parquet(shared / "reference" / f"cnt_co_retweet_russian_retweets_tw{seconds}_mew1_edges.parquet")
    ours = project_like(rows, Projecting(window=timedelta(seconds=seconds), like="cnt"))
    named = ours.select(user_1="left", user_2="right", weight="weight").sort("user_1", "user_2")
    assert named.equals(theirs.sort("user_1", "user_2"))


@pytest.mark.parametrize(("participation", "idf"), [(2, "none"), (2, "smoothlog")])
def test_like_coordinationz(rows: pl.DataFrame, shared: Path, participation: int, idf: str):
    theirs = pl.read_parquet(
        shared / "reference" / f"cz_russian_retweets_sim0.3_mud{participation}_{idf}_r0_edges.parquet"
    )
    ours = project_like(rows, Projecting(like="coordinationz", min_participation=participation, idf=idf))
    # PEERS section 2: edges whose cosine is .3 to the last bit may fall on either side of the strict cut.
    assert abs(ours.height - theirs.height) <= 12


def test_like_astrodetection(rows: pl.DataFrame, shared: Path):
    theirs = pl.read_parquet(shared / "reference" / "astro_coshare_russian_retweets_min3_ov3_edges.parquet")
    ours = project_like(rows, Projecting(like="astrodetection"))
    assert ours.height == theirs.height
