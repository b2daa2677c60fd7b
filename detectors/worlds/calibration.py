"""The calibration gate: is a world as uneven as real collections, and is it as hard for a simple rule as real mixes are?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from detectors.baselines import naive_accounts
from detectors.worlds.references import NAIVE_ON_MIXES, REFERENCES
from detectors.worlds.shape import POINTS, Shape, distance, shape_of
from detectors.worlds.trace_rows import trace_rows

MEASURES = (*POINTS, "hours")
# How far above the best of the real mixes the naive rule may come. The 95 % interval of its F1 on the smallest mix
# (276 coordinated accounts) is about +-.06 wide, and two worlds of one preset differ by up to .1.
MARGIN = 0.1


@dataclass(frozen=True, slots=True)
class Fit:
    """One measure of a world beside the nearest real collection."""

    measure: str
    nearest: str
    distance: float  # 0 .. 1; the effect size
    allowed: float
    p: float  # asymptotic two-sample Kolmogorov-Smirnov; tiny for any large world, so it decides nothing

    @property
    def fits(self) -> bool:
        return self.distance <= self.allowed


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was measured, and one sentence per reason why the world should not be used."""

    shape: Shape
    fits: tuple[Fit, ...]
    naive_precision: float | None  # None where nothing was flagged
    naive_recall: float | None  # None where nobody is coordinated
    naive_fpr_organic: float
    refusals: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """As plain values, for truth.json."""
        return {
            "passed": not self.refusals,
            "refusals": list(self.refusals),
            "naive": {
                "precision": self.naive_precision,
                "recall": self.naive_recall,
                "fpr_organic": self.naive_fpr_organic,
            },
            "fits": [
                {"measure": one.measure, "nearest": one.nearest, "distance": round(one.distance, 4),
                 "allowed": round(one.allowed, 4), "p": one.p}
                for one in self.fits
            ],
            "shape": {**{name: list(values) for name, values in self.shape.at.items()}, "hours": list(self.shape.hours)},
        }  # fmt: skip


def calibrate(posts: pl.DataFrame, labels: pl.DataFrame) -> Calibration:
    """Judge a world from its canonical posts and its labels (account_id, label)."""
    organic = labels.filter(pl.col("label") == "organic").select("account_id")
    shape = world_shape(posts.join(organic, on="account_id", how="semi"))
    fits = tuple(fits_of(shape))
    precision, recall, fpr = naive_figures(posts, labels)
    refusals = [_unlike(fit) for fit in fits if not fit.fits]
    if easy := too_easy(precision, recall):
        refusals.append(easy)
    return Calibration(shape, fits, precision, recall, fpr, tuple(refusals))


def world_shape(posts: pl.DataFrame) -> Shape:
    """The shape of a canonical posts table: objects are shared posts, activity is all posts."""
    shares = posts.filter(pl.col("kind") == "share")
    return shape_of(
        shares.select("account_id", pl.col("shared_post_id").alias("object_id"), pl.col("created_at").alias("at")),
        posts.select("account_id", pl.col("created_at").alias("at")),
    )


def fits_of(shape: Shape) -> Iterator[Fit]:
    """The nearest real collection for each measure, and how far away it is."""
    for measure in MEASURES:
        apart = {name: told[measure] for name, real in REFERENCES.items() if measure in (told := distance(shape, real))}
        nearest = min(apart, key=lambda name: (apart[name], name))
        rows, real_rows = shape.values[measure], REFERENCES[nearest].values[measure]
        effective = rows * real_rows / (rows + real_rows)
        p = float(stats.kstwobign.sf(apart[nearest] * np.sqrt(effective)))
        yield Fit(measure, nearest, apart[nearest], allowed_distance(measure), p)


def allowed_distance(measure: str) -> float:
    """How far a world may be from the nearest real collection: as far as the most unlike of them is from its nearest other.

    Real collections differ from one another by far more than chance, so "equal" would refuse every one of them. With this
    rule each of them, judged by the others, would pass.
    """
    nearest: list[float] = []
    for name, real in REFERENCES.items():
        others = [distance(real, other) for key, other in REFERENCES.items() if key != name]
        known = [one[measure] for one in others if measure in one]
        nearest += [min(known)] if known else []
    return max(nearest)


def naive_figures(posts: pl.DataFrame, labels: pl.DataFrame) -> tuple[float | None, float | None, float]:
    """Precision, recall and organic false positives of the naive rule on the four default traces."""
    found = naive_accounts(trace_rows(posts)).filter("flagged").select("account_id", pl.lit(True).alias("flagged"))
    judged = labels.join(found, on="account_id", how="left").with_columns(pl.col("flagged").fill_null(False))
    positive, flagged = judged["label"] == "coordinated", judged["flagged"]
    hits, organic = int((positive & flagged).sum()), int((~positive).sum())
    return (
        hits / int(flagged.sum()) if flagged.any() else None,
        hits / int(positive.sum()) if positive.any() else None,
        int((flagged & ~positive).sum()) / organic if organic else 0.0,
    )


def too_easy(precision: float | None, recall: float | None) -> str:
    """Why the naive rule does too well, or "".

    It may be as good as on the real mix where it is best, plus MARGIN: in F1, and in precision where its recall is more
    than the least it reaches on a real mix.
    """
    if not precision or not recall:
        return ""
    most_f1 = max(_f1(*figures) for figures in NAIVE_ON_MIXES.values()) + MARGIN
    most_precision = max(real for real, _ in NAIVE_ON_MIXES.values()) + MARGIN
    least_recall = min(real for _, real in NAIVE_ON_MIXES.values())
    if _f1(precision, recall) <= most_f1 and (precision <= most_precision or recall <= least_recall):
        return ""
    return (
        f"The naive rule reaches precision {precision:.2f} and recall {recall:.2f} here, and at most "
        f"{most_precision - MARGIN:.2f} or {max(real for _, real in NAIVE_ON_MIXES.values()):.2f} on real mixes: "
        "this world is too easy to prove anything."
    )


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall)


def _unlike(fit: Fit) -> str:
    return (
        f"In {fit.measure} this world is {fit.distance:.2f} away from {fit.nearest}, the most similar real collection; "
        f"real collections are at most {fit.allowed:.2f} away from their most similar."
    )
