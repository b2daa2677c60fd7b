"""Ages: whether the members joined over years, each for itself. Old accounts can be bought, a past cannot be made in a day."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.stats import binom

from detectors.guards.found import OPEN
from detectors.guards.view import DAY_SECONDS, SIGN_UP_SECONDS, ClusterView

APART_DAYS = 365  # between the quartiles of sign-up: people joined over years, an operation's accounts over weeks
BUNCHED = 0.01  # chance of so many members from one week, had they joined as all accounts did; the level of the links


@dataclass(frozen=True, slots=True)
class Ages:
    """`known`: share of the members whose creation is known; `apart_days` between their quartiles; `bunched`: see BUNCHED."""

    known: float
    apart_days: float
    bunched: bool

    @property
    def diverse(self) -> bool:
        """Years between the quartiles, and no week that many of them joined in."""
        return self.apart_days >= APART_DAYS and not self.bunched

    @property
    def grown(self) -> bool:
        """The same where it is known of nearly all."""
        return self.known >= OPEN and self.diverse


def ages(view: ClusterView) -> Ages:
    """When the members joined; nothing known is not diverse."""
    told = view.members.drop_nulls("created_at").sort("created_at")
    created = told["created_at"].to_numpy()
    if created.size < 2:
        return Ages(created.size / max(view.size, 1), 0.0, bunched=False)
    low, high = np.quantile(created, (0.25, 0.75))
    return Ages(created.size / view.size, float(high - low) / (DAY_SECONDS * 1e6), _bunched(told))


def _bunched(told: pl.DataFrame) -> bool:
    """Whether the fullest week after a member's creation holds more members than chance allows (Bonferroni over members)."""
    created, week = told["created_at"].to_numpy(), told["week"].fill_null(1.0).to_numpy()
    others = np.searchsorted(created, created + SIGN_UP_SECONDS * 1_000_000) - np.arange(created.size) - 1
    p = np.asarray(binom.sf(others - 1, created.size - 1, week))
    return bool(p.min() * created.size <= BUNCHED)


def weeks(created: np.ndarray, everyone: np.ndarray) -> np.ndarray:
    """Per entry of `created` the share of the other accounts that were created within a week after it; both in microseconds.

    `everyone` is sorted and holds `created`.
    """
    until = np.searchsorted(everyone, created + SIGN_UP_SECONDS * 1_000_000)
    return np.asarray((until - np.searchsorted(everyone, created) - 1) / max(everyone.size - 1, 1), dtype=np.float64)
