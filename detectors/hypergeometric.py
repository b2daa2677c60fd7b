"""Drawing without replacement: how surprising it is that so many of the drawn are marked."""

import numpy as np
from scipy.special import gammaln

from detectors.significance import F64, SMALLEST_P


def hypergeometric_tail(seen: int, drawn: int, marked: int, total: int) -> float:
    """P(X >= seen) when `drawn` of `total` are drawn and `marked` of the total are marked; at least SMALLEST_P."""
    least, law = _law(drawn, marked, total)
    return float(np.clip(law[max(seen - least, 0) :].sum(), SMALLEST_P, 1.0))


def hypergeometric_band(drawn: int, marked: int, total: int) -> tuple[float, float]:
    """The counts between which 95 % of draws fall."""
    least, law = _law(drawn, marked, total)
    low, high = np.searchsorted(np.cumsum(law), [0.025, 0.975])
    return float(least + low), float(least + min(high, law.size - 1))


def _law(drawn: int, marked: int, total: int) -> tuple[int, F64]:
    """The smallest possible count, and the chances of it and of those that follow. (scipy.stats costs a second to load.)"""
    least, most = max(0, drawn + marked - total), min(drawn, marked)
    count = np.arange(least, most + 1)
    chances = _choose(marked, count) + _choose(total - marked, drawn - count) - _choose(total, np.array([drawn]))
    return least, np.exp(chances)


def _choose(many: int, few: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> F64:
    return np.asarray(gammaln(many + 1) - gammaln(few + 1) - gammaln(many - few + 1), dtype=np.float64)
