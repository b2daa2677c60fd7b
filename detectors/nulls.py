"""What chance explains: the null models of a trace and window, each answering how often two accounts should meet."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import numpy as np
from scipy.sparse import csr_array

from detectors.meetings import Meetings
from detectors.significance import F64, I64

SPELL_SECONDS = (
    6 * 3600
)  # an episode of DETECTORS 2.3; six times the widest default window, so few meetings cross a border
_PAIRS_AT_ONCE = 100_000


class NullModel(Protocol):
    """What chance explains. A block null fits in here with the same two questions."""

    def expected(self, left: I64, right: I64) -> F64:
        """Objects that account left[i] and account right[i] are expected to act on together within the window."""

    def expected_within(self, members: I64) -> float:
        """The sum of `expected` over all pairs of the members."""


NullMaker = Callable[[Meetings, timedelta], NullModel]


@dataclass(frozen=True, slots=True)
class GlobalNull:
    """Everyone acts on objects at random, as active as they are and with objects as popular as they are.

    lambda_ij = 2 P k_i k_j / E^2: `together` P = (pair, object) co-actions within the window over all accounts,
    `degrees` k = distinct objects per account, E = their sum. Chung-Lu limit of the bipartite configuration
    model (DETECTORS 2.3). Fans of one thing exceed it without coordination: that is what a block null is for.
    """

    together: int
    degrees: I64

    @property
    def _rate(self) -> float:
        acts = float(self.degrees.sum())
        return 2.0 * self.together / acts**2 if acts else 0.0

    def expected(self, left: I64, right: I64) -> F64:
        return np.asarray(self._rate * self.degrees[left] * self.degrees[right], dtype=np.float64)

    def expected_within(self, members: I64) -> float:
        degrees = self.degrees[members].astype(np.float64)
        return float(self._rate * (degrees.sum() ** 2 - (degrees**2).sum()) / 2)


@dataclass(frozen=True, slots=True)
class BlockNull:
    """As the global null, but within each block by itself: lambda_ij = sum over b of 2 P_b k_i^b k_j^b / E_b^2.

    `acts` holds k (accounts x blocks), `rates` 2 P_b / E_b^2. With spells of time as blocks it explains accounts that
    meet because they are awake for the same event (DETECTORS 2.3).
    """

    acts: csr_array
    rates: F64

    def expected(self, left: I64, right: I64) -> F64:
        found = np.empty(left.size, dtype=np.float64)
        for start in range(0, left.size, _PAIRS_AT_ONCE):
            part = slice(start, start + _PAIRS_AT_ONCE)
            found[part] = self.acts[left[part]].multiply(self.acts[right[part]]) @ self.rates
        return found

    def expected_within(self, members: I64) -> float:
        acts = self.acts[members]
        total = np.asarray(acts.sum(axis=0), dtype=np.float64).ravel()
        own = np.asarray(acts.multiply(acts).sum(axis=0), dtype=np.float64).ravel()
        return float(((total**2 - own) * self.rates).sum() / 2)


@dataclass(frozen=True, slots=True)
class LargestOf:
    """A link must surprise every one of the nulls: the largest expectation counts."""

    nulls: Sequence[NullModel]

    def expected(self, left: I64, right: I64) -> F64:
        return np.asarray(np.max([null.expected(left, right) for null in self.nulls], axis=0), dtype=np.float64)

    def expected_within(self, members: I64) -> float:
        return max(null.expected_within(members) for null in self.nulls)


def global_null(meetings: Meetings, window: timedelta) -> NullModel:
    """The first null of DETECTORS 2.3."""
    return GlobalNull(round(meetings.per_spell(window).sum()), meetings.degrees)


def timed_null(meetings: Meetings, window: timedelta) -> NullModel:
    """The global null, and the same within each spell of time: being awake at the same hours is no coordination."""
    together = meetings.per_spell(window)
    acts = meetings.acts_per_spell
    per_spell = np.asarray(acts.sum(axis=0), dtype=np.float64).ravel()
    rates = 2 * together / np.maximum(per_spell, 1) ** 2
    return LargestOf((GlobalNull(round(together.sum()), meetings.degrees), BlockNull(acts, rates)))


NULLS: Mapping[str, NullMaker] = {"global": global_null, "spells": timed_null}
