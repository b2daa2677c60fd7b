"""Dense blocks found in turn: greedy peeling, the part that surprises, the bound and the shuffles."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.lockstep.chance import Block, Margins, judged, linked_to
from detectors.lockstep.frames import Blocks, blocks_of
from detectors.lockstep.peeling import peel
from detectors.lockstep.shuffle import dealt_anew
from detectors.lockstep.touch_graph import TouchGraph, named_touches
from graph.errors import BadSetting


@dataclass(frozen=True, slots=True)
class Lockstep:
    """Parameters of the search; a block counts when it passes both `p` and every one of the shuffles."""

    offset: float = 5.0  # weight of an object 1 / ln(popularity + 5): Hooi et al. 2016
    popularities: tuple[int, ...] = (
        128,
        16,
    )  # steps of 8; few accounts on rare objects are sparser than a crowd on all
    most_blocks: int = 50  # at each popularity
    min_accounts: int = 4  # as Settings.min_cluster (DETECTORS 9, point 5)
    min_objects: int = 3  # as Settings.min_shared
    p: float = 0.01  # any such block in the whole trace by chance
    shuffles: int = 19  # none of 19 as surprising: one chance in 20, beside the bound p


@dataclass(frozen=True, slots=True)
class Chance:
    """Of each shuffle: log10 p of its most surprising block of accepted size (0: none), the score of its densest set."""

    log10_p: tuple[float, ...] = ()
    dense: tuple[float, ...] = ()

    def p(self, block: Block) -> float:
        """How often a shuffle surprises as much as the block, the block itself counted in."""
        return (1 + sum(one <= block.log10_p for one in self.log10_p)) / (1 + len(self.log10_p))


def dense_blocks(actions: pl.DataFrame, how: Lockstep | None = None, *, seed: int = 0) -> Blocks:
    """Blocks of accounts x objects with more touches than active accounts and popular objects explain.

    Takes account_id, object_id of one trace (follow, like, a review); times are not used, repeated rows count once,
    objects that one account alone touched are left out. Greedy peeling, rare objects weighing more, again and again on
    what is left, then among rarer objects alone. `p` bounds the chance that *any* group of so many accounts and objects
    holds so many touches. A block that passes must also surprise more than every block of `shuffles` graphs with the
    same degrees, dealt with `seed`; they cost nothing where nothing passes. No account is in two blocks; accounts near a
    block are told apart. Row order changes nothing. It knows no communities of interest (docs/baselines.md). Raises BadSetting on rows without ids.
    Source: Hooi et al. 2016, "FRAUDAR: Bounding Graph Fraud in the Face of Camouflage"; bound and shuffles are ours.
    """
    how = how or Lockstep()
    _check(actions)
    touched = named_touches(actions, how.offset, least=2)
    found = list(_accepted(touched.graph, how))
    chance = _by_chance(touched.graph, how, seed) if found else Chance()
    kept = [(block, chance.p(block)) for block in found if chance.p(block) <= 1 / (1 + how.shuffles)]
    kept.sort(key=lambda pair: (-pair[0].excess, int(pair[0].accounts[0])))
    margins = Margins.of(touched.graph)
    linked = [linked_to(touched.graph, margins, block, how.p, how.min_objects) for block, _ in kept]
    return blocks_of(kept, linked, max(chance.dense, default=0.0), touched)


def _check(actions: pl.DataFrame) -> None:
    lacking = actions.select("account_id", "object_id").null_count().row(0)
    if any(lacking):
        raise BadSetting(
            f"{max(lacking)} actions lack an account or an object",
            hint="leave such rows out before looking for blocks; ingest sets them aside",
        )


def _accepted(graph: TouchGraph, how: Lockstep) -> Iterator[Block]:
    return (block for block, _ in _search(graph, how) if _large(block, how) and block.log10_p <= np.log10(how.p))


def _large(block: Block, how: Lockstep) -> bool:
    return block.accounts.size >= how.min_accounts and block.objects.size >= how.min_objects


def _by_chance(graph: TouchGraph, how: Lockstep, seed: int) -> Chance:
    seeds = np.random.SeedSequence([seed, 0x10C5]).generate_state(how.shuffles).tolist()
    found = [list(_search(dealt_anew(graph, one), how)) for one in seeds]
    return Chance(
        tuple(min((block.log10_p for block, _ in blocks if _large(block, how)), default=0.0) for blocks in found),
        tuple(max((dense for _, dense in blocks), default=0.0) for blocks in found),
    )


def _search(graph: TouchGraph, how: Lockstep) -> Iterator[tuple[Block, float]]:
    """The surprising part of one dense set after the other, with the density of the set, at each popularity.

    A block that chance does not explain takes its accounts along; one that it does ends the search at this popularity:
    what is left is sparser still. Asking at several popularities multiplies p by their number.
    """
    margins = Margins.of(graph)
    tried = float(np.log10(1 + len(how.popularities)))
    found = np.zeros(graph.accounts, dtype=np.bool_)
    for most in (np.inf, *how.popularities):
        left = graph.where(margins.popularity[graph.object] <= most)
        for _ in range(how.most_blocks):
            left = left.where(~found[left.account])
            if not left.account.size:
                break
            peeled = peel(left)
            block = judged(left.inside(peeled.accounts, peeled.objects), margins, tried)
            yield block, peeled.density
            if block.log10_p > np.log10(how.p):
                break
            found[block.accounts] = True
