"""From runs and labels to a risk model, or a refusal where the labels are too few."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.calibration.features import FEATURES, cluster_features
from detectors.calibration.figures import measure
from detectors.calibration.fitting import Fitted, fit, held_out_probability
from detectors.calibration.model import RiskModel
from detectors.evaluate import CLUSTER_RIGHT, POSITIVE
from detectors.run_record import library_versions
from graph.errors import FlockwatchError
from graph.schemas import TAKEN_ROLES

# Simulated clusters of 13 features, 4 of them telling: fitted on 20, the risk of new clusters was nearer the truth than one
# rate for all in 92 % of worlds (Brier score .23 against .26, the best possible .15); on 10 in 80 % (docs/risk.md).
LEAST_CLUSTERS, LEAST_OF_A_KIND = 20, 5
FINE = 200  # clusters from which the expected calibration error fell to .05 there (.09 at 20)


class TooFewLabels(FlockwatchError):
    """There are not enough labelled clusters to fit a model."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The model and what has to be said of it."""

    model: RiskModel
    warnings: tuple[str, ...]


def calibrate(runs: Sequence[Mapping[str, pl.DataFrame]], labels: pl.DataFrame, *, seed: int = 0) -> Calibration:
    """Fit a risk model to the clusters of runs (frames of RUN_SCHEMAS) and labels of accounts.

    `labels`: account_id, label and, if known, campaign. A cluster counts as coordinated when at least four fifths of
    its labelled members are; without labelled members it is left out. Raises TooFewLabels.
    """
    table = labelled_clusters(runs, labels)
    positive = table["positive"].to_numpy()
    _refuse_too_few(int(positive.sum()), int((~positive).sum()))
    values = table.select(*FEATURES).to_numpy().astype(np.float64)
    campaigns = table["campaign"].to_list()
    fitted = fit(values, positive, campaigns, seed)
    held_out = held_out_probability(values, positive, campaigns, seed)
    named = tuple(sorted({name for name in campaigns if name}))
    model = _model(fitted, table, named, seed).model_copy(
        update={"in_sample": measure(positive, fitted.probability(values)), "held_out": measure(positive, held_out)}
    )
    return Calibration(model, tuple(_warnings(model)))


def labelled_clusters(runs: Sequence[Mapping[str, pl.DataFrame]], labels: pl.DataFrame) -> pl.DataFrame:
    """cluster_id, positive, campaign ('' for none) and FEATURES of every cluster with a labelled member, sorted.

    A cluster with the same members in several runs is taken once, from the first.
    """
    told = [_of_run(frames, labels) for frames in runs]
    return pl.concat(told).unique("cluster_id", keep="first", maintain_order=True).sort("cluster_id")


def _of_run(frames: Mapping[str, pl.DataFrame], labels: pl.DataFrame) -> pl.DataFrame:
    said = labels.select("account_id", "label", *([] if "campaign" not in labels.columns else ["campaign"]))
    if "campaign" not in said.columns:
        said = said.with_columns(campaign=pl.lit(None, pl.String))
    positive = pl.col("label").str.strip_chars().str.to_lowercase().is_in(list(POSITIVE))
    one_each = (
        said.drop_nulls("label").group_by("account_id").agg(positive.any().alias("hit"), pl.col("campaign").min())
    )
    # The model is of coordination: what makes a ring of accounts in other hands likely is another question.
    members = frames["members"].filter(~pl.col("role").is_in(list(TAKEN_ROLES)).fill_null(value=False))
    known = members.join(one_each, on="account_id", how="inner")
    campaign = pl.col("campaign").drop_nulls().sort().mode().min().fill_null("")
    judged = known.group_by("cluster_id").agg(positive=pl.col("hit").mean() >= CLUSTER_RIGHT, campaign=campaign)
    table = cluster_features(frames).join(judged, on="cluster_id", how="inner")
    return table.select("cluster_id", "positive", pl.col("campaign").fill_null(""), *FEATURES)


def _refuse_too_few(positive: int, negative: int) -> None:
    if positive + negative < LEAST_CLUSTERS or min(positive, negative) < LEAST_OF_A_KIND:
        raise TooFewLabels(
            f"{positive + negative} clusters have labelled members, {positive} of them coordinated and {negative} not; "
            f"a fit needs {LEAST_CLUSTERS} with at least {LEAST_OF_A_KIND} of either kind.",
            "Label members of more clusters, or give more runs; until then the risk is a noisy-or of families.",
        )


def _model(fitted: Fitted, table: pl.DataFrame, campaigns: tuple[str, ...], seed: int) -> RiskModel:
    logistic, knots = fitted.logistic, fitted.knots
    nothing = measure(np.empty(0, dtype=np.bool_), np.empty(0))
    return RiskModel(
        features=tuple(FEATURES),
        mean=tuple(logistic.mean.tolist()),
        scale=tuple(logistic.scale.tolist()),
        coefficients=tuple(logistic.coefficients.tolist()),
        intercept=logistic.intercept,
        knots=tuple(zip(knots.score.tolist(), knots.probability.tolist(), strict=True)),
        campaigns=campaigns,
        clusters=table.height,
        positive=int(table["positive"].sum()),
        data_hash=hashlib.sha256(json.dumps(table.rows(), ensure_ascii=False).encode()).hexdigest(),
        seed=seed,
        versions=library_versions(),
        in_sample=nothing,
        held_out=nothing,
    )


def _warnings(model: RiskModel) -> list[str]:
    told = []
    if len(model.campaigns) < 2:
        told.append(
            "All labels are of one campaign: the held-out figures are of other clusters of the same campaign, and a "
            "model fitted on one campaign does not transfer to another."
        )
    else:
        told.append(
            f"The held-out figures are of campaigns that the fit had not seen ({len(model.campaigns)} in turn); expect "
            "those, not the in-sample ones, on a new campaign."
        )
    rate = model.held_out.positive / max(model.held_out.clusters, 1)
    if model.held_out.brier >= rate * (1 - rate):
        told.append(
            f"On held-out clusters the model is no better (Brier score {model.held_out.brier:.2f}) than saying {rate:.2f} of "
            "every one: do not use it."
        )
    if model.clusters < FINE:
        told.append(
            f"{model.clusters} labelled clusters make coarse steps: read the risk as low, middle or high, not as a figure."
        )
    return told
