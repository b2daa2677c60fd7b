"""What every rival takes and gives back: actions in, one row per account out."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import polars as pl

from graph.schemas import FrameSchema

RIVAL_SCHEMA: FrameSchema = {
    "account_id": pl.String,
    "score": pl.Float64,  # higher is more suspicious; only its order is compared
    "flagged": pl.Boolean,  # at the cut its authors publish
}


class Rival(Protocol):
    """A published method with the parameters its authors give."""

    def accounts(self, actions: pl.DataFrame) -> pl.DataFrame:
        """RIVAL_SCHEMA, one row per account that acted, sorted by account_id. Takes ACTION_SCHEMA rows."""


def acted_by_trace(actions: pl.DataFrame, traces: Iterable[str]) -> Iterator[tuple[str, pl.DataFrame]]:
    """The actions of each of the traces that has any, in the order given; rows in one order, so that ties fall alike."""
    for trace in traces:
        acted = actions.filter(pl.col("trace") == trace)
        if acted.height:
            yield trace, acted.sort("object_id", "at", "account_id", "post_id", nulls_last=True)


def scored(actions: pl.DataFrame, found: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """RIVAL_SCHEMA from RIVAL_SCHEMA rows of some accounts: the best score, flagged if anywhere; everyone else 0, no."""
    said = pl.concat([pl.DataFrame(schema=dict(RIVAL_SCHEMA)), *found])
    best = said.group_by("account_id").agg(pl.col("score").max(), pl.col("flagged").any())
    everyone = actions.select("account_id").drop_nulls().unique().sort("account_id")
    joined = everyone.join(best, on="account_id", how="left", maintain_order="left")
    return joined.with_columns(pl.col("score").fill_null(0.0), pl.col("flagged").fill_null(False))


def ends_of(pairs: pl.DataFrame, score: str, flagged: pl.Expr) -> pl.DataFrame:
    """RIVAL_SCHEMA rows of both ends of each pair, still one per pair and end."""
    return pl.concat(
        pairs.select(
            pl.col(side).alias("account_id"), pl.col(score).cast(pl.Float64).alias("score"), flagged.alias("flagged")
        )
        for side in ("left", "right")
    )
