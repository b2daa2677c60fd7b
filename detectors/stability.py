"""Stability: would the clusters come out again with other objects, levels, resolutions and seeds?"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.agreement import partition
from detectors.link_acts import LinkActs, kept_objects, thinned
from detectors.significance import F64, I64, benjamini_hochberg

KEPT = 0.8  # of the objects, in each bootstrap (DETECTORS 4)
SEEDS, BOOTSTRAPS = 10, 20
LEVELS = (0.001, 0.01, 0.05)  # false discovery rates
RESOLUTIONS = (0.5, 1.0, 2.0)  # times that of the run
VARIANTS = 36  # each level with each resolution four times, see `design`
LEAST_VARIANTS = 9  # each level with each resolution once
LINKS_IN_ALL = 20_000_000  # links put into graphs over all variants: about 2 us each, so 40 s on one core

SOLID, FRAGILE = 0.75, 0.5  # DETECTORS 4

Regroup = Callable[[pl.DataFrame, float, int], Sequence[I64]]  # links, resolution, seed -> groups of account ranks
FindAgain = Callable[[pl.DataFrame], Sequence[I64]]  # some of the actions -> groups of account ranks

DO_NOT_ESCALATE = "do not escalate"  # the badge of clusters that fall apart when looked at again


@dataclass(frozen=True, slots=True)
class Variant:
    """One way the run could have gone: level, resolution, seed of Leiden and number of the bootstrap."""

    q: float
    resolution: float
    seed: int
    bootstrap: int


@dataclass(frozen=True, slots=True)
class Stability:
    """`clusters`: per cluster the mean best Jaccard; `members`: per account rank the share of variants in which it
    stayed. NaN where it was not tried."""

    clusters: F64
    members: F64


def design(resolution: float, variants: int = VARIANTS) -> list[Variant]:
    """An even sample of the 10 seeds x 3 levels x 3 resolutions x 20 bootstraps = 1,800 runs of DETECTORS 4.

    The four factors go round at their own pace, so that each level meets each resolution equally often and every
    variant is a different one of the 1,800: the mean over 36 of them estimates the mean over all, at a fiftieth of the
    cost. One factor at a time would not: ten seeds that change nothing would hide bootstraps that change everything.
    """
    return [
        Variant(
            LEVELS[number % 3],
            resolution * RESOLUTIONS[number // 3 % 3],
            number % SEEDS,
            number % BOOTSTRAPS,
        )
        for number in range(variants)
    ]


def affordable(links: int) -> int:
    """How many variants are run for so many links, a multiple of 9."""
    return int(np.clip(LINKS_IN_ALL // max(links, 1) // LEAST_VARIANTS, 1, VARIANTS // LEAST_VARIANTS)) * LEAST_VARIANTS


def link_stability(
    links: pl.DataFrame,
    acts: LinkActs,
    groups: Sequence[I64],
    accounts: int,
    regroup: Regroup,
    *,
    tests: int,
    min_shared: int,
    resolution: float,
    seed: int,
) -> Stability:
    """How well `groups` come out again from `links` (TESTED), the links of the loosest level, with their joint acts.

    In every variant four fifths of the objects are kept; n counts the joint acts on those, `expected` shrinks alike,
    and Benjamini-Hochberg over `tests` decides anew which links stand. Links that were not significant at the loosest
    level stay out, also where a thinner null would let them in.
    """
    told = _Count(groups, accounts)
    for variant in design(resolution, affordable(links.height)):
        kept = kept_objects(acts, KEPT, seed=seed * BOOTSTRAPS + variant.bootstrap)
        left = thinned(links, acts, kept, min_shared)
        q = benjamini_hochberg(left["p"].to_numpy(), max(tests, 1))
        told.add(regroup(left.filter(pl.Series(q <= variant.q)), variant.resolution, variant.seed))
    return told.means()


def action_stability(
    find: FindAgain, actions: pl.DataFrame, groups: Sequence[I64], accounts: int, *, draws: int, seed: int
) -> Stability:
    """The same for any detector: `find` looks again, `draws` times, at the actions on a random four fifths of the objects.

    Takes ACTION rows. For detectors whose groups do not stand on pairs, like rotating pools.
    """
    told = _Count(groups, accounts)
    for part in _on_some_objects(actions, draws, seed):
        told.add(find(part))
    return told.means()


def badge(stability: float, without_top: float) -> str | None:
    """solid | fragile | do not escalate, or None when it was not tried (NaN).

    `without_top` is the Jaccard index of what is left without the object that joins most pairs, NaN where that was not
    asked: a cluster that stands on one object is one event, however often that object survives a draw.
    """
    if np.isnan(stability):
        return None
    if stability < FRAGILE or without_top < FRAGILE:
        return DO_NOT_ESCALATE
    return "solid" if stability >= SOLID else "fragile"


class _Count:
    """Adds up, variant by variant, who stayed and how alike the groups were."""

    def __init__(self, groups: Sequence[I64], accounts: int) -> None:
        self.groups, self.accounts, self.tried = groups, accounts, 0
        self.alike = np.zeros(len(groups))
        self.stayed = np.zeros(accounts)

    def add(self, found: Sequence[I64]) -> None:
        again = partition(found, self.accounts)
        for number, group in enumerate(self.groups):
            self.alike[number] += again.best_match(group)[1]
            self.stayed[group] += again.stays(group)
        self.tried += 1

    def means(self) -> Stability:
        member = np.full(self.accounts, np.nan)
        for group in self.groups:
            member[group] = self.stayed[group] / self.tried
        return Stability(self.alike / self.tried, member)


def _on_some_objects(actions: pl.DataFrame, draws: int, seed: int) -> Iterator[pl.DataFrame]:
    key = ["trace", "object_id"]
    objects = actions.select(key).unique().sort(key)
    for number in range(draws):
        draw = np.random.default_rng((seed, number))
        kept = np.sort(draw.permutation(objects.height)[: round(KEPT * objects.height)])
        yield actions.join(objects[kept], on=key, how="semi")
