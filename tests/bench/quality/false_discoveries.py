"""What a run finds where there is nothing: accounts swapped between posts of one hour, and the organic accounts alone."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl

from detectors import Settings, Tables, detect
from tests.bench.quality.data_sets import Loaded
from tests.bench.quality.figures import Compared

LEVELS = (0.001, 0.01, 0.05)


SPANS = {"within the hour": "1h", "over everything": None}


def swapped(actions: pl.DataFrame, seed: int, span: str | None = "1h") -> pl.DataFrame:
    """The same posts, objects and times; the accounts of all posts of one `span` (None: of all) dealt among them anew.

    Everyone keeps the number of posts in each span. Rows without a post are posts of their own.
    """
    own = pl.concat_str("account_id", "trace", "object_id", pl.col("at").cast(pl.String), separator="\0")
    part = pl.lit(0) if span is None else pl.col("at").dt.truncate(span)
    rows = actions.with_columns(post=pl.coalesce("post_id", own), part=part)
    posts = rows.select("post", "part", "account_id").unique(["post", "part"], keep="any").sort("part", "post")
    draw = np.random.default_rng([seed, 0x5A9])
    parts = posts["part"].rle_id().to_numpy()
    order = np.lexsort((draw.random(parts.size), parts))
    dealt = posts.select("post", "part", pl.Series("dealt", posts["account_id"].gather(order)))
    joined = rows.join(dealt, on=["post", "part"], how="left", maintain_order="left")
    return joined.with_columns(account_id="dealt").select(actions.columns)


def without_coordination(loaded: Loaded, table: Compared, shuffles: Sequence[int]) -> Iterator[tuple[str, Tables]]:
    """Kind and tables of every null world of one data set. The organic part keeps whatever its labels overlooked."""
    actions = loaded.tables.actions.collect()
    for name, span in SPANS.items():
        for seed in shuffles:
            yield f"accounts swapped {name}", Tables(swapped(actions, seed, span).lazy(), texts=loaded.tables.texts)
    positive = pl.DataFrame({"account_id": table.ids.filter(pl.Series(table.positive))})
    organic = actions.join(positive, on="account_id", how="anti", maintain_order="left")
    yield "organic accounts alone", Tables(organic.lazy(), texts=loaded.tables.texts)


def false_discoveries(
    name: str, loaded: Loaded, table: Compared, shuffles: Sequence[int], seed: int
) -> list[dict[str, Any]]:
    """One row per null world and level q: links, and accounts flagged at either tier."""
    rows = []
    for world, tables in without_coordination(loaded, table, shuffles):
        for level in LEVELS:
            frames = detect(tables, Settings(q=level), seed=seed).frames
            tier = frames["accounts"]["tier"]
            rows.append(
                {
                    "data": name,
                    "world": world,
                    "q": level,
                    "accounts": frames["accounts"].height,
                    "links": frames["edges"].height,
                    "clusters": frames["clusters"].height,
                    "alert": int((tier == "alert").sum()),
                    "review": int(tier.is_in(["alert", "review"]).sum()),
                }
            )
    return rows
