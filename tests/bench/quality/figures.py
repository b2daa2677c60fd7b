"""The figures of one method on one data set, each with its bootstrap interval."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from detectors import ranking
from detectors.baselines import shared_objects
from detectors.evaluate import POSITIVE
from detectors.ranking import Flags
from detectors.significance import F64, I64

LOW_RATE = 1e-3  # of the organic accounts (DETECTORS 5)


@dataclass(frozen=True, slots=True)
class Compared:
    """One entry per labelled account, sorted by id; an account that a method never saw has score 0 and no flag."""

    ids: pl.Series
    positive: Flags
    activity: F64  # different actions of any trace, as in ACCOUNT_RESULT
    shared: I64  # objects that somebody else acted on too

    def answer(self, accounts: pl.DataFrame) -> tuple[F64, Flags]:
        """Score and flag in the order of `ids`."""
        known = pl.DataFrame({"account_id": self.ids})
        told = known.join(accounts, on="account_id", how="left", maintain_order="left")
        return told["score"].fill_null(0.0).to_numpy(), told["flagged"].fill_null(False).to_numpy()


Figure = Callable[[Flags, F64, Flags, F64], float | None]

FIGURES: Mapping[str, Figure] = {
    "auc": lambda y, score, _, __: ranking.auc(y, score),
    "average_precision": lambda y, score, _, __: ranking.average_precision(y, score),
    "auc_equal_activity": lambda y, score, _, activity: ranking.matched_auc(y, score, activity),
    "recall_at_fpr_1e-3": lambda y, score, _, __: ranking.recall_at_fpr(y, score, LOW_RATE),
    "precision": lambda y, _, flagged, __: ranking.precision(y, flagged),
    "recall": lambda y, _, flagged, __: ranking.recall(y, flagged),
    "f1": lambda y, _, flagged, __: ranking.f1(y, flagged),
    "fpr_organic": lambda y, _, flagged, __: ranking.false_positive_rate(y, flagged),
}
AT_A_CUT = frozenset({"precision", "recall", "f1", "fpr_organic"})


def compared(labels: pl.DataFrame, actions: pl.DataFrame, traces: Collection[str]) -> Compared:
    """The labelled accounts with their activity, and what they share on `traces`; labels as detectors.evaluate reads them."""
    positive = pl.col("label").str.strip_chars().str.to_lowercase().is_in(list(POSITIVE))
    known = labels.drop_nulls(["account_id", "label"]).group_by("account_id").agg(positive.any().alias("positive"))
    acts = actions.select("account_id", "trace", "object_id", "at", "post_id").unique()
    active = acts.group_by("account_id").agg(pl.len().alias("activity"))
    shared = shared_objects(actions.filter(pl.col("trace").is_in(traces)))
    table = known.join(active, on="account_id", how="left").join(shared, on="account_id", how="left")
    table = table.sort("account_id").with_columns(pl.col("activity", "shared").fill_null(0))
    return Compared(
        table["account_id"],
        table["positive"].to_numpy(),
        table["activity"].cast(pl.Float64).to_numpy(),
        table["shared"].to_numpy(),
    )


def population(table: Compared) -> dict[str, Any]:
    """How many accounts, and the ceilings: coordinated accounts that share one, three objects with anybody at all."""
    return {
        "labelled": int(table.positive.size),
        "positive": int(table.positive.sum()),
        "ceilings": {str(n): ranking.recall(table.positive, table.shared >= n) for n in (1, 3)},
    }


def measured(
    table: Compared, accounts: pl.DataFrame, *, has_cut: bool, resamples: int, seed: int
) -> dict[str, dict[str, Any]]:
    """Per figure its value and the middle 95 % over bootstrap samples of the accounts, the same samples for every method."""
    y, (score, flagged), activity = table.positive, table.answer(accounts), table.activity
    told = {}
    for name, figure in FIGURES.items():
        if name in AT_A_CUT and not has_cut:
            continue

        def on(i: np.ndarray[Any, np.dtype[np.intp]], figure: Figure = figure) -> float | None:
            return figure(y[i], score[i], flagged[i], activity[i])

        between = ranking.interval(on, y.size, resamples=resamples, seed=seed) or (None, None)
        told[name] = {"value": on(np.arange(y.size)), "low": between[0], "high": between[1]}
    return told


def flagged_by(table: Compared, accounts: pl.DataFrame, labels: pl.DataFrame, column: str) -> dict[str, float]:
    """Share of the accounts of each archetype, or of each organic look-alike group, that are flagged; by name.

    Nothing where the labels have no such column; accounts with an empty entry are left out.
    """
    if column not in labels.columns:
        return {}
    _, flagged = table.answer(accounts)
    said = pl.DataFrame({"account_id": table.ids, "flagged": flagged})
    named = said.join(labels.filter(pl.col(column) != "").select("account_id", column), on="account_id")
    rates = named.group_by(column).agg(pl.col("flagged").mean()).sort(column)
    return dict(rates.iter_rows())
