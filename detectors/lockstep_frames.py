"""Dense blocks as frames: one row per block, per member and per object."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.lockstep_chance import Block
from detectors.significance import SMALLEST_P
from detectors.touch_graph import NamedTouches
from graph.schemas import FrameSchema

BLOCK_SCHEMA: FrameSchema = {
    "block": pl.Int64,
    "accounts": pl.Int64,
    "objects": pl.Int64,
    "touches": pl.Int64,  # inside, of accounts x objects possible
    "expected": pl.Float64,  # touches inside by chance
    "score": pl.Float64,  # weight of the touches inside per account and object (FRAUDAR's g)
    "expected_score": pl.Float64,  # the same by chance
    "shuffled_score": pl.Float64,  # of the densest set of any shuffle: how dense a crowd with these degrees gets
    "p": pl.Float64,  # bound on the chance of any block of this size with so many touches
    "shuffle_p": pl.Float64,  # share of shuffles, and the data, that surprise as much
}
BLOCK_MEMBER_SCHEMA: FrameSchema = {
    "block": pl.Int64,
    "account_id": pl.String,
    "inside": pl.Int64,  # objects of the block it touched
    "touched": pl.Int64,  # objects it touched at all that another account touched too
}
BLOCK_OBJECT_SCHEMA: FrameSchema = {
    "block": pl.Int64,
    "object_id": pl.String,
    "inside": pl.Int64,  # members that touched it
    "popularity": pl.Int64,  # accounts that touched it
}


@dataclass(frozen=True, slots=True)
class Blocks:
    """`blocks` in BLOCK_SCHEMA, furthest above expectation first, numbered from 0; no account is in two.

    `members` in BLOCK_MEMBER_SCHEMA sorted by block, account_id; `objects` in BLOCK_OBJECT_SCHEMA by block, object_id.
    """

    blocks: pl.DataFrame
    members: pl.DataFrame
    objects: pl.DataFrame


def blocks_of(kept: Sequence[tuple[Block, float]], shuffled_score: float, touched: NamedTouches) -> Blocks:
    """Frames of the blocks, each with its shuffle p, in the order given."""
    rows = [
        (number, *_figures(block), shuffled_score, max(10**block.log10_p, SMALLEST_P), shuffle_p)
        for number, (block, shuffle_p) in enumerate(kept)
    ]
    blocks = [block for block, _ in kept]
    return Blocks(
        pl.DataFrame(rows, schema=dict(BLOCK_SCHEMA), orient="row"),
        _stacked([_members(block, touched) for block in blocks], BLOCK_MEMBER_SCHEMA),
        _stacked([_objects(block, touched) for block in blocks], BLOCK_OBJECT_SCHEMA),
    )


def _figures(block: Block) -> tuple[float, ...]:
    return (
        block.accounts.size,
        block.objects.size,
        block.touches,
        block.expected,
        block.score,
        block.expected_score,
    )


def _members(block: Block, touched: NamedTouches) -> pl.DataFrame:
    graph = touched.graph
    ours = graph.where(np.isin(graph.account, block.accounts))
    inside = ours.where(np.isin(ours.object, block.objects))
    return pl.DataFrame(
        {
            "account_id": touched.account_ids.gather(block.accounts),
            "inside": inside.degree()[block.accounts],
            "touched": ours.degree()[block.accounts],
        }
    )


def _objects(block: Block, touched: NamedTouches) -> pl.DataFrame:
    graph = touched.graph
    ours = graph.where(np.isin(graph.object, block.objects))
    inside = ours.where(np.isin(ours.account, block.accounts))
    return pl.DataFrame(
        {
            "object_id": touched.object_ids.gather(block.objects),
            "inside": inside.popularity()[block.objects],
            "popularity": ours.popularity()[block.objects],
        }
    )


def _stacked(parts: Sequence[pl.DataFrame], schema: FrameSchema) -> pl.DataFrame:
    numbered = [part.with_columns(block=pl.lit(number)) for number, part in enumerate(parts)]
    return pl.concat(
        [
            pl.DataFrame(schema=dict(schema)),
            *(part.select(pl.col(name).cast(kind) for name, kind in schema.items()) for part in numbered),
        ]
    )
