"""Calibration: known probabilities come back, steps are the best rising ones, few labels are refused, files are checked."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.special import expit

from detectors import Settings, Tables, detect, load_settings, settings_from
from detectors.calibration.calibrate import Calibration, TooFewLabels, calibrate, labelled_clusters
from detectors.calibration.features import FEATURES, cluster_features
from detectors.calibration.figures import expected_calibration_error, measure
from detectors.calibration.fitting import FOLDS, fit, fit_isotonic, fit_logistic, folds, held_out_probability
from detectors.calibration.model import RiskModel, load_model
from detectors.risk import ALONE
from graph.errors import BadSetting
from graph.results import RunResult
from tests.detectors.worlds import actions_of, quick_and_slow_rings


def simulated(seed: int, many: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features, labels, and the probabilities that the labels were drawn with."""
    draw = np.random.default_rng(seed)
    values = draw.normal(3.0, 2.0, (many, 5))
    truth = expit((values - 3.0) @ np.array([1.0, -0.5, 0.3, 0.0, 0.0]) - 0.4)
    return values, draw.random(many) < truth, truth


@pytest.fixture(scope="module")
def run() -> RunResult:
    return detect(Tables(actions_of(quick_and_slow_rings()).lazy()), Settings(replays=0))


def labels_of(run: RunResult, campaigns: int) -> pl.DataFrame:
    """The quick rings are coordinated; every ring belongs to one of some campaigns."""
    number = pl.col("account_id").str.extract(r"-(\d+)$").cast(pl.Int64)
    said = pl.when(number % 2 == 1).then(pl.lit("coordinated")).otherwise(pl.lit("organic"))
    campaign = pl.format("campaign {}", number // 2 % campaigns)
    return run.frames["members"].select("account_id", label=said, campaign=campaign)


@pytest.fixture(scope="module")
def fitted(run: RunResult) -> Calibration:
    return calibrate([run.frames], labels_of(run, 3))


def test_known_probabilities_come_back_on_new_clusters():
    values, positive, _ = simulated(1, 2_000)
    model = fit(values, positive, [""] * positive.size, seed=0)
    fresh, so, truth = simulated(2, 4_000)
    said = model.probability(fresh)
    assert expected_calibration_error(so, said) < 0.04
    assert np.abs(said - truth).mean() < 0.04
    assert ((said - so) ** 2).mean() < 1.03 * ((truth - so) ** 2).mean()


def test_the_logistic_fit_is_where_the_penalised_likelihood_has_no_slope():
    values, positive, _ = simulated(3, 300)
    found = fit_logistic(values, positive)
    standard = (values - values.mean(axis=0)) / values.std(axis=0)
    apart = expit(found.score(values)) - positive
    assert standard.T @ apart + found.coefficients == pytest.approx(np.zeros(5), abs=1e-4)
    assert apart.sum() == pytest.approx(0.0, abs=1e-4)


def test_a_feature_that_never_varies_has_no_say():
    values, positive, _ = simulated(4, 100)
    values[:, 2] = 7.0
    assert fit_logistic(values, positive).coefficients[2] == 0.0


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=12))
def test_isotonic_steps_are_the_max_min_of_means_pulled_to_one_half(said: list[tuple[int, bool]]):
    """Robertson, Wright and Dykstra 1988: the best rising fit at x is max over a <= x of min over b >= x of mean(a..b)."""
    scores = np.array([float(score) for score, _ in said])
    positive = np.array([hit for _, hit in said])
    places = sorted(set(scores.tolist()))

    def mean(low: float, high: float) -> float:
        return float(positive[(scores >= low) & (scores <= high)].mean())

    step = {
        at: max(min(mean(low, high) for high in places if high >= at) for low in places if low <= at) for at in places
    }
    knots = fit_isotonic(scores, positive)
    calm: dict[float, float] = {}
    for level in sorted(set(np.round(list(step.values()), 9))):
        inside = np.array([round(step[score], 9) == level for score in scores])
        calm[level] = max([(positive[inside].sum() + 1) / (inside.sum() + 2), *calm.values()])
    for at in places:
        assert knots.at(np.array([at]))[0] == pytest.approx(calm[round(step[at], 9)], abs=1e-6)


@given(st.lists(st.tuples(st.floats(-5, 5), st.booleans()), min_size=1, max_size=40))
def test_isotonic_knots_rise_and_never_say_never(said: list[tuple[float, bool]]):
    knots = fit_isotonic(np.array([score for score, _ in said]), np.array([hit for _, hit in said]))
    assert (np.diff(knots.score) > 0).all()
    assert (np.diff(knots.probability) >= 0).all()
    assert knots.probability.min() > 0
    assert knots.probability.max() < 1


def test_brier_and_calibration_error_by_hand():
    so, said = np.array([True, False, True, True]), np.array([0.9, 0.2, 0.62, 0.68])
    told = measure(so, said)
    assert told.brier == pytest.approx((0.01 + 0.04 + 0.1444 + 0.1024) / 4)
    assert told.ece == pytest.approx((0.1 + 0.2 + 2 * abs(0.65 - 1.0)) / 4)
    assert told.auc == 1.0
    assert [(row.clusters, row.so) for row in told.reliability if row.clusters] == [(1, 0.0), (2, 1.0), (1, 1.0)]
    assert measure(so, np.array([1.0, 0.0, 1.0, 1.0])).ece == 0.0


def test_a_fold_is_a_campaign_and_clusters_of_none_are_dealt_out():
    positive = np.array([True, False] * 6)
    names = ["a", "a", "b", "b", "c", "c", *[""] * 6]
    fold = folds(positive, names, seed=0)
    assert fold[:6].tolist() == [0, 0, 1, 1, 2, 2]
    assert np.bincount(fold[6:]).tolist() == [2, 2, 2]


def test_one_campaign_alone_is_cut_into_folds_with_both_kinds():
    positive = np.array([True] * 10 + [False] * 20)
    fold = folds(positive, ["a"] * 30, seed=0)
    for number in range(FOLDS):
        assert positive[fold == number].sum() == 2
        assert (~positive[fold == number]).sum() == 4


def test_a_campaign_that_is_the_only_one_of_its_kind_cannot_be_a_fold():
    fold = folds(np.array([True] * 6 + [False] * 6), ["a"] * 6 + ["b"] * 6, seed=0)
    assert len(set(fold[:6].tolist())) > 1


def test_held_out_probabilities_do_not_depend_on_the_labels_of_their_own_campaign():
    values, positive, _ = simulated(5, 90)
    names = [f"c{number % 3}" for number in range(90)]
    own = np.array([name == "c1" for name in names])
    before = held_out_probability(values, positive, names, seed=0)
    after = held_out_probability(values, np.where(own, ~positive, positive), names, seed=0)
    assert (before[own] == after[own]).all()
    assert (before[~own] != after[~own]).any()


def test_a_model_is_fitted_to_the_clusters_of_a_run(run: RunResult, fitted: Calibration):
    model = fitted.model
    assert model.clusters >= 20
    assert model.campaigns == ("campaign 0", "campaign 1", "campaign 2")
    assert model.held_out.auc is not None
    assert model.held_out.auc > 0.9
    assert model.in_sample.brier <= model.held_out.brier + 0.02
    assert any("had not seen" in warning for warning in fitted.warnings)


def test_one_campaign_is_warned_of(run: RunResult):
    told = calibrate([run.frames], labels_of(run, 1))
    assert any("does not transfer" in warning for warning in told.warnings)


@pytest.mark.parametrize("digit", [4, 8])
def test_labels_that_the_figures_do_not_tell_apart_are_warned_of(run: RunResult, fitted: Calibration, digit: int):
    """Labels that follow a later binary digit of the ring's number have nothing to do with what the ring does.

    Not the second digit: that one is the campaign here, and labels that are the campaign leave nothing to hold out.
    """
    bit = pl.col("account_id").str.extract(r"-(\d+)$").cast(pl.Int64) // digit % 2
    random = labels_of(run, 2).with_columns(label=pl.when(bit == 1).then(pl.lit("coordinated")).otherwise(pl.lit("no")))
    told = calibrate([run.frames], random)
    assert any("do not use it" in warning for warning in told.warnings)
    assert not any("do not use it" in warning for warning in fitted.warnings)


def test_few_labels_are_refused_in_one_sentence(run: RunResult):
    few = labels_of(run, 1).filter(pl.col("account_id").str.contains("-0[0-5]$"))
    with pytest.raises(TooFewLabels, match="3 of them coordinated and 3 not; a fit needs 20"):
        calibrate([run.frames], few)
    one_kind = labels_of(run, 1).with_columns(label=pl.lit("coordinated"))
    with pytest.raises(TooFewLabels, match="and 0 not"):
        calibrate([run.frames], one_kind)


def test_clusters_of_two_equal_runs_count_once(run: RunResult):
    labels = labels_of(run, 2)
    assert labelled_clusters([run.frames, run.frames], labels).equals(labelled_clusters([run.frames], labels))


def test_the_order_of_labels_changes_nothing(run: RunResult, fitted: Calibration):
    shuffled = labels_of(run, 3).sample(fraction=1, shuffle=True, seed=4)
    assert calibrate([run.frames], shuffled).model == fitted.model


def test_features_are_finite_and_stand_for_what_they_name(run: RunResult):
    table = cluster_features(run.frames)
    assert table.columns == ["cluster_id", *FEATURES]
    assert np.isfinite(table.select(*FEATURES).to_numpy()).all()
    evidence = run.frames["evidence"]
    for row in table.iter_rows(named=True):
        own = evidence.filter(pl.col("cluster_id") == row["cluster_id"])
        assert row["within_60s"] == pytest.approx((own["gap_s"].abs() <= 60).mean())
        assert row["same_text"] == row["infrastructure"] == 0
        counts = own["object_id"].value_counts()["count"].to_numpy()
        assert row["concentration"] == pytest.approx(((counts / counts.sum()) ** 2).sum())
        assert row["camouflage"] == pytest.approx(0.0, abs=0.2)


def test_a_model_comes_back_from_its_file(fitted: Calibration, tmp_path: Path):
    file = tmp_path / "model.json"
    file.write_text(fitted.model.as_json(), "utf-8")
    assert load_model(file) == fitted.model
    assert load_model(file).model_id == fitted.model.model_id


def changed(model: RiskModel, **said: Any) -> str:
    return json.dumps(json.loads(model.as_json()) | said)


@pytest.mark.parametrize(
    "said",
    [
        {"knots": [[0.0, 0.5], [0.0, 0.6]]},
        {"knots": [[0.0, 0.5], [1.0, 0.4]]},
        {"knots": []},
        {"intercept": float("nan")},
        {"mean": [1.0]},
        {"features": ["stance"] * len(FEATURES)},
        {"features": ["density"] * len(FEATURES)},
        {"version": 2},
        {"kind": "something else"},
        {"more": 1},
        {"data_hash": "../../etc"},
    ],
)
def test_a_file_that_is_no_model_is_refused(fitted: Calibration, tmp_path: Path, said: dict[str, Any]):
    file = tmp_path / "model.json"
    file.write_text(changed(fitted.model, **said), "utf-8")
    with pytest.raises(BadSetting, match=r"model\.json is no risk model"):
        load_model(file)
    with pytest.raises(ValidationError):
        RiskModel.model_validate_json(file.read_bytes())


def test_settings_name_a_model_beside_them_and_keep_it_whole(fitted: Calibration, tmp_path: Path):
    (tmp_path / "model.json").write_text(fitted.model.as_json(), "utf-8")
    config = tmp_path / "settings.toml"
    config.write_text('risk_model = "model.json"\n', "utf-8")
    told = load_settings(config)
    assert told.risk_model == fitted.model
    assert settings_from(json.loads(json.dumps(told.parameters()))).risk_model == fitted.model
    assert "risk_model" not in Settings().parameters()
    with pytest.raises(BadSetting, match=r"gone\.json cannot be read"):
        config.write_text('risk_model = "gone.json"\n', "utf-8")
        load_settings(config)


def test_a_run_with_a_model_takes_its_risk_from_it_under_the_same_rules(run: RunResult, fitted: Calibration):
    model = fitted.model
    again = detect(Tables(actions_of(quick_and_slow_rings()).lazy()), Settings(risk_model=model, replays=0))
    table = cluster_features(run.frames)
    said = dict(zip(table["cluster_id"], model.probability(table), strict=True))
    families = dict(table.select("cluster_id", "families").iter_rows())
    clusters = again.frames["clusters"]
    for cluster_id, risk, tier in clusters.select("cluster_id", "risk", "tier").iter_rows():
        most = said[cluster_id] if families[cluster_id] >= 2 else min(said[cluster_id], ALONE)
        assert risk == pytest.approx(most, abs=1e-6) or risk in (0.3, 0.4)
        assert tier == "alert" or families[cluster_id] < 2 or risk < 0.6
    assert clusters["risk"].to_list() == sorted(clusters["risk"], reverse=True)
    tiers = again.frames["accounts"].drop_nulls("cluster_id").join(clusters, on="cluster_id")
    assert (tiers["tier"] == tiers["tier_right"]).all()
    assert again.record.run_id != run.record.run_id
    assert any(model.model_id in note for note in again.record.notes)
    quick = {row[0] for row in quick_and_slow_rings() if row[0].endswith(("01", "03", "05"))}
    risks = again.frames["members"].join(clusters, on="cluster_id").group_by(pl.col("account_id").is_in(sorted(quick)))
    by_kind = dict(risks.agg(pl.col("risk").mean()).iter_rows())
    assert by_kind[True] > by_kind[False]
