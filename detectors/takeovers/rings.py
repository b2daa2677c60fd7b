"""Rings: accounts that took up the same new things at about the same time, and broke with their habits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detectors.coding import Flags
from detectors.communities import communities
from detectors.significance import F64, I64, surprise
from detectors.takeovers.adoption import WINDOWS_US
from detectors.takeovers.habits import CODES
from detectors.takeovers.signs import NONE, Signs

LEAST = 3  # accounts (DETECTORS section 3)
ONE_ACTOR = 1.0  # Leiden CPM, in units of -log10 p: less than one digit between two accounts ties nobody
NEIGHBOURS = 32  # links per account and sign to the nearest in time: a ring of thousands needs no more to hold together


@dataclass(frozen=True)
class Ring:
    """`members`: account codes, ascending, each with the time it was first seen with what ties them (`at`, microseconds);
    `signs`: rows of Signs that at least LEAST of them show.
    """

    members: I64
    at: I64
    signs: I64


def rings(found: Signs, feature: I64, seed: int) -> Sequence[Ring]:
    """Communities of accounts by the signs they share, close in time more than distant ones. `feature`: of every value.

    A provider alone joins nobody whom narrower signs have put into different groups: two intruders may rent in one place.
    """
    broad = (feature[found.value] == CODES["asn"]) & (found.other == NONE)
    left, right, weight = _links(found, np.flatnonzero(~broad))
    narrow = communities(left, right, weight, resolution=ONE_ACTOR, smallest=LEAST, seed=seed)
    if broad.any():
        every = _links(found, np.arange(found.value.size))
        apart = _apart(narrow, *every[:2])
        left, right, weight = (column[~apart] for column in every)
        inner = _links(found, np.flatnonzero(~broad))
        left, right, weight = _best(*(np.concatenate(both) for both in zip((left, right, weight), inner, strict=True)))
        narrow = communities(left, right, weight, resolution=ONE_ACTOR, smallest=LEAST, seed=seed)
    return [_ring(group, found) for group in narrow]


def _apart(groups: Sequence[I64], left: I64, right: I64) -> Flags:
    """Which pairs are of two different groups; an account of none is apart from nobody."""
    most = int(max(left.max(initial=0), right.max(initial=0))) + 1
    group = np.full(most, NONE, dtype=np.int64)
    for number, members in enumerate(groups):
        group[members] = number
    return np.asarray((group[left] != group[right]) & (group[left] != NONE) & (group[right] != NONE))


def _links(found: Signs, chosen: I64) -> tuple[I64, I64, F64]:
    """Per pair the digits of what both show, the less the further apart; of several signs only the best."""
    digits = surprise(found.p)
    pairs: list[tuple[I64, I64, F64]] = []
    for sign in chosen.tolist():
        who, when = found.members(sign)
        for step in range(1, min(NEIGHBOURS, who.size - 1) + 1):
            apart = (when[step:] - when[:-step]) / WINDOWS_US[0]
            pairs.append((who[:-step], who[step:], digits[sign] * np.exp(-apart)))
    if not pairs:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    left, right, weight = (np.concatenate(column) for column in zip(*pairs, strict=True))
    return _best(np.minimum(left, right), np.maximum(left, right), weight)


def _best(left: I64, right: I64, weight: F64) -> tuple[I64, I64, F64]:
    """Each pair once, with its greatest weight."""
    names, place = np.unique(np.stack([left, right], axis=1), axis=0, return_inverse=True)
    best = np.zeros(len(names))
    np.maximum.at(best, place.ravel(), weight)
    return names[:, 0], names[:, 1], best


def _ring(group: I64, found: Signs) -> Ring:
    sign_of = np.repeat(np.arange(found.value.size), np.diff(found.first))
    inside = np.isin(found.account, group)
    held, times = np.unique(sign_of[inside], return_counts=True)
    at = np.full(group.size, np.iinfo(np.int64).max)
    np.minimum.at(at, np.searchsorted(group, found.account[inside]), found.at[inside])
    return Ring(group, at, held[times >= LEAST])
