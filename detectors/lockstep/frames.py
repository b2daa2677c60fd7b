"""Dense blocks as frames: one row per block, per member and per object."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.coding import I64
from detectors.lockstep.chance import Block
from detectors.lockstep.touch_graph import NamedTouches
from detectors.significance import SMALLEST_P
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
    """`blocks` in BLOCK_SCHEMA, furthest above expectation first, numbered from 0; no account is a member of two.

    `members` in BLOCK_MEMBER_SCHEMA sorted by block, account_id; `objects` in BLOCK_OBJECT_SCHEMA by block, object_id.
    `linked` as `members`: accounts near a block, of no block, at most one row each; for the linked tier, never an alert.
    """

    blocks: pl.DataFrame
    members: pl.DataFrame
    objects: pl.DataFrame
    linked: pl.DataFrame


def blocks_of(
    kept: Sequence[tuple[Block, float]], linked: Sequence[I64], shuffled_score: float, touched: NamedTouches
) -> Blocks:
    """Frames of the blocks, each with its shuffle p and the accounts linked to it, in the order given."""
    rows = [
        (number, *_figures(block), shuffled_score, max(10**block.log10_p, SMALLEST_P), shuffle_p)
        for number, (block, shuffle_p) in enumerate(kept)
    ]
    blocks = [block for block, _ in kept]
    return Blocks(
        pl.DataFrame(rows, schema=dict(BLOCK_SCHEMA), orient="row"),
        _stacked([_accounts(block.accounts, block, touched) for block in blocks], BLOCK_MEMBER_SCHEMA),
        _stacked([_objects(block, touched) for block in blocks], BLOCK_OBJECT_SCHEMA),
        _near(
            _stacked([_accounts(*near, touched) for near in zip(linked, blocks, strict=True)], BLOCK_MEMBER_SCHEMA),
            blocks,
            touched,
        ),
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


def _near(linked: pl.DataFrame, blocks: Sequence[Block], touched: NamedTouches) -> pl.DataFrame:
    """Members of any block go; an account near several blocks stays with the one that holds most of its touches."""
    own = pl.concat(
        [pl.Series("account_id", [], pl.String), *(touched.account_ids.gather(one.accounts) for one in blocks)]
    )
    outside = linked.filter(~pl.col("account_id").is_in(own.implode()))
    nearest = outside.sort("account_id", -pl.col("inside"), "block").unique("account_id", keep="first")
    return nearest.sort("block", "account_id")


def _accounts(accounts: I64, block: Block, touched: NamedTouches) -> pl.DataFrame:
    graph = touched.graph
    ours = graph.where(np.isin(graph.account, accounts))
    inside = ours.where(np.isin(ours.object, block.objects))
    return pl.DataFrame(
        {
            "account_id": touched.account_ids.gather(accounts),
            "inside": inside.degree()[accounts],
            "touched": ours.degree()[accounts],
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
