"""Which groups could hold a candidate at all: a bound on what their members can reach, for a whole layer in one pass.

A graph of a hundred thousand accounts falls into tens of thousands of communities, and scoring one costs tens of
milliseconds. Nearly all of them are accounts that met now and then on what thousands act on: no null makes that
surprising enough. The bound says so for all of them at once, and what it leaves out would have been left out anyway.
"""

from collections.abc import Sequence

import numpy as np

from detectors.coding import Flags
from detectors.scan.choose import OWN
from detectors.scan.evidence import PAID
from detectors.scan.usual import KINDS, LADDER, TILTS, Usual, count_of
from detectors.significance import F64, I64
from detectors.time_windows import starts_of, window_bounds

_SLACK = 1e-6  # digits; sums of floats in another order must not decide


def promising(usual: Usual, groups: Sequence[I64], smallest: int) -> list[I64]:
    """Those of `groups` (ascending ranks; no two share an account) from which `contracted` can make a candidate.

    Exact: a Chernoff exponent is at most the largest tilt times what the member's acts with company weigh, and company
    only falls when members go. So whoever cannot reach OWN in a group is in no part of it either; a group is left out
    when fewer than `smallest` of its accounts are left, again and again.
    """
    group_of = np.full(usual.acts.accounts, -1, dtype=np.int64)
    for number, members in enumerate(groups):
        group_of[members] = number
    left = _peeled(usual, group_of, len(groups), smallest)
    there = np.bincount(left[left >= 0], minlength=len(groups)) > 0
    return [members for members, is_left in zip(groups, there.tolist(), strict=True) if is_left]


def possible(usual: Usual, stay: Flags, smallest: int) -> Flags:
    """Those of the accounts `stay` that can be a member of any candidate made of accounts among them, by the same bound."""
    return np.asarray(_peeled(usual, np.where(stay, 0, -1), 1, smallest) >= 0)


def _peeled(usual: Usual, group_of: I64, groups: int, smallest: int) -> I64:
    """Per account its group, -1 for those that can be in no part of it; a group of fewer than `smallest` has none left."""
    acts = _by_object_and_group(usual, group_of)
    while True:
        size = np.bincount(group_of[group_of >= 0], minlength=max(groups, 1))
        near = _near(usual, acts, group_of[usual.acts.account[acts]])
        acts, near = acts[near > 0], near[near > 0]
        left = np.where(_may_stay(usual, acts, near, group_of, size) & (size[group_of] >= smallest), group_of, -1)
        if (left == group_of).all():
            return left
        group_of = left
        acts = acts[group_of[usual.acts.account[acts]] >= 0]


def _by_object_and_group(usual: Usual, group_of: I64) -> I64:
    """The acts of the groups that had company at all, by object, group and time."""
    acts = np.flatnonzero((group_of[usual.acts.account] >= 0) & (usual.company.others > 0))
    return acts[np.lexsort((group_of[usual.acts.account[acts]], usual.acts.object[acts]))]


def _near(usual: Usual, acts: I64, group: I64) -> I64:
    """Per act, how many others of its group did the same within the window."""
    low, high = window_bounds(starts_of(usual.acts.object[acts], group), usual.acts.at[acts], usual.company.window_us)
    return np.asarray(high - low - 1, dtype=np.int64)


def _may_stay(usual: Usual, acts: I64, near: I64, group_of: I64, size: I64) -> Flags:
    """Per account, whether the bound on its surprise reaches what a member of its group needs."""
    account = usual.acts.account[acts]
    weight = np.minimum(1.0, max(LADDER) / count_of(usual.crowd[acts]))
    most = TILTS[-1] * np.bincount(account, weights=weight, minlength=group_of.size) / np.log(10) - PAID
    crowd = KINDS[1](near, usual.company.others[acts])  # KINDS[2] is a part of it
    needed = _needed(usual.acts.accounts, size, np.unique(group_of[account[crowd]]))
    return np.asarray((group_of >= 0) & (most >= needed[group_of] - _SLACK))


def _needed(accounts: int, size: I64, crowded: I64) -> F64:
    """Per group the least surprise of a member; only those with a crowd may be described by their objects."""
    named = np.log10(accounts / np.maximum(size, 1))
    named[crowded] = OWN
    return np.maximum(named, OWN)
