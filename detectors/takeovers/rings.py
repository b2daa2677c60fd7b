"""Rings: accounts that took up the same new things at about the same time, and broke with their habits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detectors.coding import Flags
from detectors.communities import communities
from detectors.significance import F64, I64, surprise
from detectors.takeovers.adoption import WINDOWS_US
from detectors.takeovers.habits import CODES
from detectors.takeovers.population import Names
from detectors.takeovers.signs import NONE, Signs

LEAST = 3  # accounts (DETECTORS section 3)
ONE_ACTOR = 1.0  # Leiden CPM, in units of -log10 p: less than one digit between two accounts ties nobody
# A value that this many times as many accounts have as the signs tie is everybody's, whatever few took it up together. Chosen on
# worlds with seeds 21 to 24 (decision 0011).
BROAD = 2.0
NEIGHBOURS = 32  # links per account and sign to the nearest in time: a ring of thousands needs no more to hold together


@dataclass(frozen=True)
class Ring:
    """`members`: account codes, ascending, each with the time it was first seen with what ties them (`at`, microseconds);
    `signs`: rows of Signs that at least LEAST of them show.
    """

    members: I64
    at: I64
    signs: I64


def rings(found: Signs, names: Names, seed: int) -> Sequence[Ring]:
    """Communities of accounts by the signs they share, close in time more than distant ones.

    What many others have too (a provider; the usual client) joins nobody whom narrower things have put into different
    groups, nor others to such a group: two intruders may rent in one place, and an office may rent there, too.
    """
    narrow, broad = _bundles(found, names)
    links = _links(narrow)
    groups = communities(*links, resolution=ONE_ACTOR, smallest=LEAST, seed=seed)
    if broad:
        more = _links(broad)
        kept = ~_apart(groups, *more[:2])
        both = (np.concatenate([one, other[kept]]) for one, other in zip(links, more, strict=True))
        groups = communities(*_best(*both), resolution=ONE_ACTOR, smallest=LEAST, seed=seed)
    return [_ring(group, found) for group in groups]


@dataclass(frozen=True)
class _Bundle:
    """Accounts, in the order of time, that something ties with so many `digits`."""

    who: I64
    when: I64
    digits: float


def _bundles(found: Signs, names: Names) -> tuple[list[_Bundle], list[_Bundle]]:
    """One per narrow value, of all signs that hold it (whatever else the accounts took up with it); one per sign that holds none."""
    digits = surprise(found.p)
    of_value: dict[int, list[int]] = {}
    for sign in range(found.value.size):
        for value in {int(found.value[sign]), int(found.other[sign])} - {NONE}:
            of_value.setdefault(value, []).append(sign)
    narrow, held = [], np.zeros(found.value.size, dtype=np.bool_)
    for value, holding in sorted(of_value.items()):
        one = _united([found.members(sign) for sign in holding], float(digits[holding].max()))
        if names.feature[value] != CODES["asn"] and names.held[value] <= BROAD * one.who.size:
            narrow.append(one)
            held[holding] = True
    return narrow, [_Bundle(*found.members(sign), float(digits[sign])) for sign in np.flatnonzero(~held).tolist()]


def _united(parts: Sequence[tuple[I64, I64]], digits: float) -> _Bundle:
    """Each account once, at its first time."""
    who, when = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((who, when))
    first = np.sort(np.unique(who[order], return_index=True)[1])
    return _Bundle(who[order][first], when[order][first], digits)


def _apart(groups: Sequence[I64], left: I64, right: I64) -> Flags:
    """Which pairs are of two different groups; those of none are apart from all who are in one."""
    most = int(max(left.max(initial=0), right.max(initial=0), *(members.max() for members in groups), 0)) + 1
    group = np.full(most, NONE, dtype=np.int64)
    for number, members in enumerate(groups):
        group[members] = number
    return np.asarray(group[left] != group[right])


def _links(bundles: Sequence[_Bundle]) -> tuple[I64, I64, F64]:
    """Per pair the digits of what both show, the less the further apart; of several bundles only the best."""
    pairs: list[tuple[I64, I64, F64]] = []
    for one in bundles:
        who, when = one.who, one.when
        for step in range(1, min(NEIGHBOURS, who.size - 1) + 1):
            apart = (when[step:] - when[:-step]) / WINDOWS_US[0]
            pairs.append((who[:-step], who[step:], one.digits * np.exp(-apart)))
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
