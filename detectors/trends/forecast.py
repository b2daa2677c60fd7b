"""What to expect of a count: its slow level times the rhythm of the week, and how much it varies; each bin told from earlier ones."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]

HALF_LIFE_DAYS = 7.0  # DETECTORS 6
# Acts that the rhythm of everything stands for in a series' own rhythm: the shrinkage of DETECTORS 2.3.
SHRINK = 20.0
# A count further above what was expected does not teach the level: else a spike would explain the next one.
_CLIP_DEVIATIONS, _CLIP_ACTS = 5.0, 3.0
_LEAST_ALPHA = 1e-8  # below it the negative binomial is a Poisson to every digit


@dataclass(frozen=True, slots=True)
class Forecast:
    """Per series and bin: `mu` the expected count, `alpha` the dispersion (variance = mu + alpha mu^2) with the uncertainty
    of mu in it, `season` the factor of the hour."""

    mu: F64
    alpha: F64
    season: F64


def forecast(counts: F64, slots: I64, prior: F64, bins_per_day: float, warm: int) -> Forecast:
    """Forecast every bin of every series (series x bins) from the bins before it; nothing in it looks ahead but the first `warm` bins.

    `slots` (bins): the place in the week. `prior` (bins): the season to shrink to, 1 for none. Level: exponentially
    weighted, half-life 7 days. Season: Gamma-Poisson, shrunk to `prior` by SHRINK acts or one bin, whichever is more.
    Dispersion: method of moments, with one bin of one expected act that varied as an exponential would before any is seen
    (a rare tag has moments of nothing), one standard error added (2 / sum of mu^2, exact for Poisson counts), plus what
    level and season are not known to. The first `warm` bins set the level to start from; do not judge them.
    """
    series, bins = counts.shape
    decay = 0.5 ** (1 / (HALF_LIFE_DAYS * bins_per_day))
    b = np.full(series, bins_per_day)
    a = counts[:, :warm].mean(axis=1) * b
    number = int(slots.max()) + 1
    seen, due, times = np.zeros((series, number)), np.zeros((series, number)), np.zeros(number)
    u, v = np.zeros(series), np.zeros(series)
    out = Forecast(np.empty((series, bins)), np.empty((series, bins)), np.empty((series, bins)))
    for t in range(bins):
        slot = slots[t]
        level = (a + 0.5) / (b + 0.5)
        weight = np.maximum(SHRINK, level)
        season = (seen[:, slot] + weight * prior[t]) / (due[:, slot] + weight)
        mu = level * season
        alpha = (np.maximum(u, 0) + 1) / (v + 1) + np.sqrt(2 / (v + 1))
        unknown = 1 / (a + 0.5) + 1 / (seen[:, slot] + weight) + alpha * (1 / (b + 1) + 1 / (times[slot] + 1))
        spread = np.sqrt(mu + (alpha + unknown) * mu**2)
        learnt = np.minimum(counts[:, t], mu + _CLIP_DEVIATIONS * spread + _CLIP_ACTS)
        out.mu[:, t], out.alpha[:, t], out.season[:, t] = mu, alpha + unknown, season
        if 2 * t >= warm:  # before, the rhythm is not known, and not knowing it is no dispersion
            u = decay * u + (learnt - mu) ** 2 - mu
            v = decay * v + mu**2
        a, b = decay * a + learnt, decay * b + season
        seen[:, slot] += learnt
        due[:, slot] += level
        times[slot] += 1
    return out


def mid_p(counts: F64, mu: F64, alpha: F64) -> F64:
    """P(X > x) + P(X = x) / 2 for X negative binomial with that mean and variance mu + alpha mu^2."""
    return np.asarray((_above(counts, mu, alpha) + _above(counts - 1, mu, alpha)) / 2, dtype=np.float64)


def band(mu: float, alpha: float, share: float = 0.95) -> tuple[float, float]:
    """The counts between which that share of quiet bins falls."""
    tail = (1 - share) / 2
    top = int(mu + 12 * np.sqrt(mu + alpha * mu**2) + 12)
    above = _above(np.arange(top + 1, dtype=np.float64), np.float64(mu), np.float64(alpha))
    return float(np.searchsorted(-above, -(1 - tail))), float(np.searchsorted(-above, -tail))


def _above(counts: F64, mu: F64 | np.float64, alpha: F64 | np.float64) -> F64:
    """P(X > x); 1 below zero."""
    r = 1 / np.maximum(alpha, _LEAST_ALPHA)
    x = np.maximum(counts, 0)
    return np.asarray(np.where(counts < 0, 1.0, betainc(x + 1, r, mu / (r + mu))), dtype=np.float64)
