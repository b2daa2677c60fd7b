"""Figures of a ranking against labels: area under the curve, average precision, rates at a cut, and their intervals."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import polars as pl

from detectors.significance import F64

Flags = npt.NDArray[np.bool_]


def auc(positive: Flags, score: F64) -> float | None:
    """The chance that a random positive scores above a random negative, ties counting half; None without both kinds."""
    positives, negatives = int(positive.sum()), int((~positive).sum())
    if not positives or not negatives:
        return None
    ranks = pl.Series(score).rank("average").to_numpy()
    return float((ranks[positive].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def average_precision(positive: Flags, score: F64) -> float | None:
    """Precision averaged over the positives in order of score; equal scores are taken together. None without positives."""
    if not positive.any():
        return None
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(positive[order])
    last = np.flatnonzero(np.append(np.diff(score[order]) != 0, True))  # the end of each run of equal scores
    precision = hits[last] / (last + 1)
    gained = np.diff(np.concatenate([[0], hits[last]]))
    return float((precision * gained).sum() / positive.sum())


def precision(positive: Flags, flagged: Flags) -> float | None:
    return float((positive & flagged).sum() / flagged.sum()) if flagged.any() else None


def recall(positive: Flags, flagged: Flags) -> float | None:
    return float((positive & flagged).sum() / positive.sum()) if positive.any() else None


def f1(positive: Flags, flagged: Flags) -> float | None:
    """Harmonic mean of precision and recall; 0 when nothing right was flagged."""
    both = int(positive.sum()) + int(flagged.sum())
    return float(2 * (positive & flagged).sum() / both) if both else None


def false_positive_rate(positive: Flags, flagged: Flags) -> float | None:
    return float((~positive & flagged).sum() / (~positive).sum()) if (~positive).any() else None


def recall_at_fpr(positive: Flags, score: F64, rate: float) -> float | None:
    """The most positives that some cut of the score finds while at most the share `rate` of the negatives is above it.

    Equal scores fall on one side together; 0 when even the highest score takes in too many. None without both kinds.
    """
    if not positive.any() or positive.all():
        return None
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(positive[order])
    wrong = np.cumsum(~positive[order])
    last = np.append(np.diff(score[order]) != 0, True)
    allowed = last & (wrong <= rate * (~positive).sum())
    return float(hits[allowed].max(initial=0) / positive.sum())


def matched_auc(positive: Flags, score: F64, activity: F64) -> float | None:
    """The AUC inside bins of equal activity (powers of two), averaged with the number of pairs compared as weight."""
    bins = np.floor(np.log2(np.maximum(activity, 1)))
    found, weights = [], []
    for level in np.unique(bins):
        here = bins == level
        inside = auc(positive[here], score[here])
        if inside is not None:
            found.append(inside)
            weights.append(float(positive[here].sum()) * float((~positive[here]).sum()))
    return float(np.average(found, weights=weights)) if found else None


def interval(
    figure: Callable[[npt.NDArray[np.intp]], float | None], accounts: int, *, resamples: int, seed: int
) -> tuple[float, float] | None:
    """The middle 95 % of `figure` over seeded bootstrap samples of the accounts; None when it has no value on them."""
    draw = np.random.default_rng(seed)
    told = (figure(draw.integers(0, accounts, accounts)) for _ in range(resamples))
    values = [value for value in told if value is not None]
    if not values:
        return None
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)
