"""How surprising a link is: Poisson tails, bounds on timing, and Benjamini-Hochberg over all pairs."""

import numpy as np
import numpy.typing as npt
from scipy.special import gammainc, pdtr, pdtrik

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]

SMALLEST_P = 1e-300  # below this doubles lose their precision; -log10 is capped at 50 wherever it is used


def poisson_tail(seen: I64 | F64, expected: F64) -> F64:
    """P(X >= seen) for X ~ Poisson(expected), continued to counts that are not whole; 1 where nothing was seen.

    Past expected + 1 it bounds the Poisson-binomial tail from above, so p is conservative when chances differ.
    """
    tail = np.where(seen > 0, gammainc(np.where(seen > 0, seen, 1), expected), 1.0)
    return np.asarray(np.maximum(tail, SMALLEST_P), dtype=np.float64)


def chance_band(expected: float) -> tuple[float, float]:
    """The counts between which 95 % of chance worlds fall."""
    return _poisson_quantile(0.025, expected), _poisson_quantile(0.975, expected)


def _poisson_quantile(share: float, expected: float) -> float:
    """The smallest count k with P(X <= k) >= share; scipy.stats says the same, at a second of start-up."""
    if expected <= 0:
        return 0.0
    near = float(np.ceil(pdtrik(share, expected)))
    below = max(near - 1, 0.0)
    return below if pdtr(below, expected) >= share else near


def hoeffding_tail(successes: float, chances: float, mean_chance: float) -> float:
    """Upper bound on P(S >= successes), S a sum of `chances` independent trials whose chances average `mean_chance`.

    exp(-n KL(s/n || m)), Hoeffding 1963; holds for unequal chances and, with floor(k/2) trials per group of k,
    for the share of pairs within groups (his section 5).
    """
    return float(max(10 ** log10_hoeffding_tail(successes, chances, mean_chance), SMALLEST_P))


def log10_hoeffding_tail(successes: float, chances: float, mean_chance: float) -> float:
    """The same as a logarithm, which does not run out of digits: -300 is where doubles end, not where evidence does."""
    if chances <= 0 or successes <= chances * mean_chance:
        return 0.0
    if mean_chance <= 0:
        return float(np.log10(SMALLEST_P))
    share = min(successes / chances, 1.0)
    apart = share * np.log(share / mean_chance)
    if share < 1:
        apart += (1 - share) * np.log((1 - share) / (1 - mean_chance))
    return float(-chances * apart / np.log(10))


def benjamini_hochberg(p: F64, tests: int) -> F64:
    """Adjusted q of the p-values that were seen among `tests` tests; the unseen count as p = 1.

    Unseen tests rank behind every seen one, so only their number matters.
    """
    order = np.argsort(p, kind="stable")
    raised = p[order] * tests / np.arange(1, p.size + 1)
    falling = np.minimum.accumulate(raised[::-1])[::-1]
    q = np.empty_like(p)
    q[order] = np.minimum(falling, 1.0)
    return q


def surprise(p: F64) -> F64:
    """-log10 p, capped at 50: beyond that the model is wrong before chance is (DETECTORS 2.4)."""
    return np.asarray(np.minimum(50.0, -np.log10(np.maximum(p, SMALLEST_P))), dtype=np.float64)
