"""Rings: accounts that took up the same new things at about the same time, and broke with their habits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detectors.communities import communities
from detectors.significance import F64, I64, surprise
from detectors.takeovers.adoption import WINDOWS_US
from detectors.takeovers.signs import Signs

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


def rings(found: Signs, seed: int) -> Sequence[Ring]:
    """Communities of accounts by the signs they share, close in time more than distant ones."""
    left, right, weight = _links(found)
    groups = communities(left, right, weight, resolution=ONE_ACTOR, smallest=LEAST, seed=seed)
    return [_ring(group, found) for group in groups]


def _links(found: Signs) -> tuple[I64, I64, F64]:
    """Per pair the digits of what both show, the less the further apart; of signs that hold the same value only the best."""
    digits = surprise(found.p)
    pairs: list[tuple[I64, I64, F64]] = []
    for sign in range(found.value.size):
        who, when = found.members(sign)
        for step in range(1, min(NEIGHBOURS, who.size - 1) + 1):
            apart = (when[step:] - when[:-step]) / WINDOWS_US[0]
            pairs.append((who[:-step], who[step:], digits[sign] * np.exp(-apart)))
    if not pairs:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    left, right, weight = (np.concatenate(column) for column in zip(*pairs, strict=True))
    ends = np.sort(np.stack([left, right], axis=1), axis=1)
    names, place = np.unique(ends, axis=0, return_inverse=True)
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
