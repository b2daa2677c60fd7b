"""How much two divisions of the accounts into groups agree: best Jaccard per group, adjusted Rand index overall."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detectors.significance import F64, I64

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Partition:
    """Each account in one group at most: `label[a]` is the number of its group or -1, `size[g]` the members of group g."""

    label: I64
    size: I64

    def best_match(self, group: I64) -> tuple[int, float]:
        """The number of the group most like `group` and their Jaccard index; (-1, 0) when none shares a member.

        On a tie the group numbered first.
        """
        inside = self.label[group]
        common = np.bincount(inside[inside >= 0], minlength=self.size.size).astype(np.float64)
        if not common.any():
            return -1, 0.0
        jaccard = common / (self.size + group.size - common)
        best = int(jaccard.argmax())
        return best, float(jaccard[best])

    def stays(self, group: I64) -> Flags:
        """Per member of `group`, whether it is in the group that matches best."""
        best, _ = self.best_match(group)
        return np.asarray((self.label[group] == best) & (best >= 0))


def partition(groups: Sequence[I64], accounts: int) -> Partition:
    """The groups (account ranks, disjoint) as a Partition of `accounts` accounts."""
    label = np.full(accounts, -1, dtype=np.int64)
    for number, group in enumerate(groups):
        label[group] = number
    return Partition(label, np.asarray([group.size for group in groups], dtype=np.int64))


def adjusted_rand(one: Partition, other: Partition) -> float:
    """Agreement over the accounts grouped by either, those outside counting as alone: 1 the same, 0 as by chance.

    Hubert and Arabie 1985. Two divisions in which everybody is alone agree (1).
    """
    held = (one.label >= 0) | (other.label >= 0)
    first, second = _alone_apart(one.label[held]), _alone_apart(other.label[held])
    both = first * (int(second.max(initial=0)) + 1) + second
    together, in_one, in_other = (_pairs(codes) for codes in (both, first, second))
    every = held.sum() * (held.sum() - 1) / 2
    expected = in_one * in_other / every if every else 0.0
    most = (in_one + in_other) / 2
    return float((together - expected) / (most - expected)) if most > expected else 1.0


def _alone_apart(label: I64) -> I64:
    """Labels in which each -1 has become a group of its own."""
    alone = label < 0
    own = np.where(alone, int(label.max(initial=-1)) + np.cumsum(alone), label)
    return np.asarray(own, dtype=np.int64)


def _pairs(codes: I64) -> float:
    """Pairs of accounts with one code."""
    counts: F64 = np.unique(codes, return_counts=True)[1].astype(np.float64)
    return float((counts * (counts - 1) / 2).sum())
