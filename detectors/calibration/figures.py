"""How far probabilities can be believed: Brier score, expected calibration error, reliability table."""

import numpy as np

from detectors import ranking
from detectors.calibration.model import Bin, Fit
from detectors.significance import F64

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]

BINS = 10  # of equal width, as in Guo et al. 2017


def measure(positive: Flags, said: F64) -> Fit:
    """The figures of probabilities `said` against what was so; entries that are NaN are left out."""
    known = ~np.isnan(said)
    positive, said = positive[known], said[known]
    table = reliability(positive, said)
    auc = ranking.auc(positive, said) if positive.any() and not positive.all() else None
    return Fit(
        clusters=int(positive.size),
        positive=int(positive.sum()),
        brier=round(float(((said - positive) ** 2).mean()) if positive.size else 0.0, 6),
        ece=round(expected_calibration_error(positive, said), 6),
        auc=None if auc is None else round(float(auc), 6),
        reliability=table,
    )


def reliability(positive: Flags, said: F64) -> tuple[Bin, ...]:
    """Ten bins of equal width: how many, the mean probability said, the share that was so."""
    place = np.minimum((said * BINS).astype(np.int64), BINS - 1)
    rows = []
    for number in range(BINS):
        own = place == number
        many = int(own.sum())
        rows.append(
            Bin(
                low=number / BINS,
                high=(number + 1) / BINS,
                clusters=many,
                said=round(float(said[own].mean()), 6) if many else None,
                so=round(float(positive[own].mean()), 6) if many else None,
            )
        )
    return tuple(rows)


def expected_calibration_error(positive: Flags, said: F64) -> float:
    """The mean over clusters of |said - so| of their bin."""
    rows = reliability(positive, said)
    apart = sum(row.clusters * abs(row.said - row.so) for row in rows if row.said is not None and row.so is not None)
    return apart / max(positive.size, 1)
