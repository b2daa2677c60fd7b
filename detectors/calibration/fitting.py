"""Fitting: logistic regression with a ridge, isotonic regression on held-out scores, and the folds they need."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import isotonic_regression, minimize
from scipy.special import expit

from detectors.significance import F64, I64

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]

RIDGE = 1.0  # of standardised features: a normal prior with standard deviation 1, no single feature decides alone
FOLDS = 5  # where there is one campaign only


@dataclass(frozen=True, slots=True)
class Logistic:
    """score = (x - mean) / scale @ coefficients + intercept."""

    mean: F64
    scale: F64
    coefficients: F64
    intercept: float

    def score(self, values: F64) -> F64:
        return np.asarray((values - self.mean) / self.scale @ self.coefficients + self.intercept, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Knots:
    """A rising function through (score, probability), linear between, flat outside."""

    score: F64
    probability: F64

    def at(self, scores: F64) -> F64:
        return np.interp(scores, self.score, self.probability)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A logistic model and the isotonic map from its scores to probabilities."""

    logistic: Logistic
    knots: Knots

    def probability(self, values: F64) -> F64:
        return self.knots.at(self.logistic.score(values))


def fit_logistic(values: F64, positive: Flags) -> Logistic:
    """Maximum likelihood with an L2 penalty on the standardised coefficients; the intercept is free.

    Both classes must be there. A feature that never varies gets the coefficient 0.
    """
    mean, spread = values.mean(axis=0), values.std(axis=0)
    scale = np.where(spread > 1e-12, spread, 1.0)
    standard = (values - mean) / scale
    sign = np.where(positive, 1.0, -1.0)

    def loss(weights: F64) -> tuple[float, F64]:
        margin = sign * (standard @ weights[:-1] + weights[-1])
        pull = -sign * expit(-margin)
        slope = np.append(standard.T @ pull + RIDGE * weights[:-1], pull.sum())
        return float(np.logaddexp(0.0, -margin).sum() + RIDGE / 2 * (weights[:-1] ** 2).sum()), slope

    found = minimize(
        loss, np.zeros(values.shape[1] + 1), jac=True, method="L-BFGS-B", options={"gtol": 1e-9, "ftol": 1e-14}
    )
    weights = np.round(found.x, 9)
    mean, scale = (np.asarray(np.round(found, 12), dtype=np.float64) for found in (mean, scale))
    return Logistic(mean, scale, weights[:-1], float(weights[-1]))


def fit_isotonic(scores: F64, positive: Flags) -> Knots:
    """Pool adjacent violators: the rising step function nearest the labels, one knot at either end of each step.

    Equal scores are averaged first. Steps are pulled towards one half as if one cluster of either kind stood in them
    (Laplace), so that no finite sample says 0 or 1; they still rise.
    """
    rounded = np.round(scores, 9)
    distinct, place, times = np.unique(rounded, return_inverse=True, return_counts=True)
    share = np.bincount(place, weights=positive.astype(np.float64)) / times
    steps = isotonic_regression(share, weights=times.astype(np.float64)).x
    starts = np.flatnonzero(np.append(True, np.diff(steps) > 1e-12))
    held = np.add.reduceat(times, starts)
    hits = np.add.reduceat(share * times, starts)
    calm = np.maximum.accumulate((hits + 1) / (held + 2))
    ends = np.append(starts[1:], distinct.size) - 1
    at = np.concatenate([distinct[starts], distinct[ends]])
    said = np.concatenate([calm, calm])
    order = np.unique(at, return_index=True)[1]
    return Knots(at[order], np.round(said[order], 9))


def folds(positive: Flags, campaigns: Sequence[str], seed: int) -> I64:
    """Per cluster the number of its fold: its campaign where there are two or more, else one of FOLDS.

    Clusters of no named campaign are dealt out evenly. Every fold leaves both classes to the others, or folds are drawn
    without regard to campaigns, each with its share of either class.
    """
    named = sorted({name for name in campaigns if name})
    if len(named) >= 2:
        fold = np.asarray([named.index(name) if name else -1 for name in campaigns], dtype=np.int64)
        fold = _dealt(fold, fold < 0, len(named), seed)
        if all(_has_both(positive[fold != number]) for number in range(len(named))):
            return fold
    fold = np.full(positive.size, -1, dtype=np.int64)
    many = int(np.clip(min(positive.sum(), (~positive).sum()), 2, FOLDS))
    for kind in (positive, ~positive):
        fold = _dealt(fold, kind, many, seed)
    return fold


def fit(values: F64, positive: Flags, campaigns: Sequence[str], seed: int) -> Fitted:
    """The logistic model of all clusters, and the isotonic map learnt from scores by models that had not seen them.

    Learnt from its own scores the map would believe them too much.
    """
    fold = folds(positive, campaigns, seed)
    held_out = np.empty(positive.size)
    for number in np.unique(fold):
        out = fold == number
        held_out[out] = fit_logistic(values[~out], positive[~out]).score(values[out])
    return Fitted(fit_logistic(values, positive), fit_isotonic(held_out, positive))


def held_out_probability(values: F64, positive: Flags, campaigns: Sequence[str], seed: int) -> F64:
    """Per cluster the probability by a whole fit (both steps) that saw nothing of its fold; NaN where that was too little."""
    fold = folds(positive, campaigns, seed)
    names, said = np.asarray(campaigns, dtype=object), np.full(positive.size, np.nan)
    for number in np.unique(fold):
        out = fold == number
        if min(positive[~out].sum(), (~positive[~out]).sum()) >= 2:
            said[out] = fit(values[~out], positive[~out], names[~out].tolist(), seed).probability(values[out])
    return said


def _dealt(fold: I64, those: Flags, many: int, seed: int) -> I64:
    dealt = fold.copy()
    order = np.random.default_rng(seed).permutation(np.flatnonzero(those))
    dealt[order] = np.arange(order.size) % many
    return dealt


def _has_both(positive: Flags) -> bool:
    return bool(positive.any() and not positive.all())
