"""Candidate groups that other searches hint at: pairs over rarely touched objects at any time, and lockstep blocks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from detectors.link_groups import link_groups
from detectors.lockstep import Blocks, dense_blocks, lockstep_groups, lockstep_signals
from detectors.niche import niche_pairs
from detectors.nulls import GlobalNull
from detectors.scan.signals import NUMBERED_SIGNAL
from detectors.settings import Settings
from detectors.significance import I64, benjamini_hochberg, poisson_tail
from detectors.stages import Funnel
from detectors.trace_actions import TraceActions
from graph.traces import TRACES

LOCKSTEP = (
    "follow",
    "like",
)  # whom accounts follow and what they like: dense blocks find rings that spread it over weeks
MOSTLY = 0.5  # of a block's accounts in one cluster, from which the block speaks for the cluster


@dataclass(frozen=True)
class Hints:
    """`groups`: ascending account ranks, to be judged like any other candidate; `blocks`: what was found per trace."""

    groups: Sequence[I64]
    blocks: Mapping[str, Blocks] = field(default_factory=dict)


def hints_of(
    actions: pl.DataFrame,
    traces: Sequence[TraceActions],
    everyone: pl.Series,
    settings: Settings,
    seed: int,
    funnel: Funnel,
) -> Hints:
    """Search the slow traces without a window, and follows and likes for dense blocks."""
    groups: list[I64] = []
    for ready in traces:
        if TRACES[ready.trace].slow and ready.rows.height:
            with funnel.step(f"pairs at any time: {ready.trace}", ready.rows.height) as step:
                found = slow_groups(ready, settings, seed, funnel)
                step.rows_out = len(found)
            groups += found
    blocks = {}
    for trace in LOCKSTEP:
        if trace in settings.traces and (actions["trace"] == trace).any():
            with funnel.step(f"lockstep: {trace}", int((actions["trace"] == trace).sum())) as step:
                blocks[trace] = dense_blocks(actions.filter(pl.col("trace") == trace), seed=seed)
                step.rows_out = blocks[trace].blocks.height
    groups += [np.sort(_ranks(members, everyone)) for members in lockstep_groups(blocks).members]
    return Hints([group for group in groups if group.size >= settings.min_cluster], blocks)


def _ranks(members: Sequence[str], everyone: pl.Series) -> I64:
    return everyone.search_sorted(pl.Series(list(members))).to_numpy().astype(np.int64)


def slow_groups(ready: TraceActions, settings: Settings, seed: int, funnel: Funnel) -> list[I64]:
    """Communities of accounts with surprisingly many rarely touched objects in common, whenever they touched them."""
    niche = niche_pairs(ready.coded, TRACES[ready.trace].min_shared, cancelled=funnel.cancelled)
    if niche.note:
        funnel.note(niche.note)
    pairs = niche.projection
    null = GlobalNull(pairs.pairs_in_window, pairs.objects_of.astype(np.int64))
    left, right = pairs.left.astype(np.int64), pairs.right.astype(np.int64)
    p = poisson_tail(pairs.weight.astype(np.int64), null.expected(left, right))
    kept = benjamini_hochberg(p, max(ready.accounts * (ready.accounts - 1) // 2, 1)) <= settings.q
    links = pl.DataFrame(
        {
            "left": ready.number[left[kept]],
            "right": ready.number[right[kept]],
            "p": p[kept],
            "trace": pl.repeat(ready.trace, int(kept.sum()), eager=True),
            "window_seconds": pl.repeat(0, int(kept.sum()), dtype=pl.Int64, eager=True),
        }
    )
    return link_groups(links, resolution=settings.resolution, smallest=settings.min_cluster, seed=seed)


def block_signals(hints: Hints, groups: Sequence[I64], everyone: pl.Series) -> pl.DataFrame:
    """NUMBERED_SIGNAL of the lockstep blocks that are mostly of one cluster."""
    told = [pl.DataFrame(schema=dict(NUMBERED_SIGNAL))]
    for trace, blocks in sorted(hints.blocks.items()):
        if not blocks.blocks.is_empty():
            told.append(lockstep_signals(blocks, trace, _cluster_of(blocks, groups, everyone)))
    return pl.concat(told)


def _cluster_of(blocks: Blocks, groups: Sequence[I64], everyone: pl.Series) -> dict[int, int]:
    cluster_of = {account: number for number, group in enumerate(groups) for account in everyone.gather(group)}
    found = {}
    for (block,), rows in blocks.members.group_by("block", maintain_order=True):
        inside = [cluster_of[one] for one in rows["account_id"] if one in cluster_of]
        most = max(sorted(set(inside)), key=inside.count, default=None)
        if most is not None and inside.count(most) >= MOSTLY * rows.height:
            found[int(block)] = most
    return found
