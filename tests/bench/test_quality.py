"""The bench of detection on worlds small enough to count by hand."""

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from detectors import Tables
from detectors.ranking import recall_at_fpr
from detectors.rivals import RIVALS
from graph.schemas import TEXT_SCHEMA
from tests.bench.quality.data_sets import Loaded, example, mixes
from tests.bench.quality.false_discoveries import SPANS, false_discoveries, swapped, without_coordination
from tests.bench.quality.figures import compared, flagged_by, measured, population
from tests.bench.quality.methods import OURS, with_texts_grouped
from tests.bench.quality.page import page
from tests.bench.quality_bench import below_naive, main, surroundings
from tests.detectors.worlds import START, actions_of, quiet_rows

YES, NO = True, False
ACTIONS = actions_of(
    [
        ("ana", "share", "p", 0.0),
        ("ben", "share", "p", 5.0),
        ("ben", "hashtag", "#t", 5.0),
        ("cat", "share", "q", 9.0),
    ]
)
LABELS = pl.DataFrame(
    {
        "account_id": ["ana", "ben", "cat", "dan"],
        "label": ["coordinated", "organic", "organic", "coordinated"],
        "archetype": ["tight", "", "", "slow"],
        "group": ["", "fans", "", ""],
    }
)
TABLE = compared(LABELS, ACTIONS, ("share",))
ANSWER = pl.DataFrame({"account_id": ["cat", "ana", "ben"], "score": [0.1, 0.9, 0.5], "flagged": [NO, YES, YES]})


def test_accounts_are_compared_in_one_order_with_their_activity_and_what_they_share():
    assert TABLE.ids.to_list() == ["ana", "ben", "cat", "dan"]
    assert TABLE.positive.tolist() == [YES, NO, NO, YES]
    assert TABLE.activity.tolist() == [1.0, 2.0, 1.0, 0.0]
    assert TABLE.shared.tolist() == [1, 1, 0, 0]


def test_the_ceiling_is_the_share_of_coordinated_accounts_that_share_anything():
    assert population(TABLE) == {"labelled": 4, "positive": 2, "ceilings": {"1": 0.5, "3": 0.0}}


def test_figures_are_those_of_the_labelled_accounts():
    """ana .9 and dan 0 against ben .5 and cat .1: two of four pairs are right. Flagged: ana and ben."""
    told = measured(TABLE, ANSWER, has_cut=True, resamples=10, seed=0)
    found = {name: figure["value"] for name, figure in told.items()}
    assert found == {
        "auc": 0.5,
        "average_precision": pytest.approx((1 + 2 / 4) / 2),
        "auc_equal_activity": pytest.approx(0.5),
        "recall_at_fpr_1e-3": 0.5,
        "precision": 0.5,
        "recall": 0.5,
        "f1": 0.5,
        "fpr_organic": 0.5,
    }
    assert all(figure["low"] <= figure["value"] <= figure["high"] for figure in told.values())


def test_a_ranking_without_a_cut_has_no_precision():
    told = measured(TABLE, ANSWER, has_cut=False, resamples=2, seed=0)
    assert set(told) == {"auc", "average_precision", "auc_equal_activity", "recall_at_fpr_1e-3"}


def test_flags_are_told_by_archetype_and_by_look_alike_group():
    assert flagged_by(TABLE, ANSWER, LABELS, "archetype") == {"slow": 0.0, "tight": 1.0}
    assert flagged_by(TABLE, ANSWER, LABELS, "group") == {"fans": 1.0}
    assert flagged_by(TABLE, ANSWER, LABELS.drop("group"), "group") == {}


def test_recall_at_a_low_rate_takes_equal_scores_together():
    """Of four negatives one may pass: the two at .5 come together, so the positive beside them is not reached."""
    positive = np.array([YES, NO, YES, NO, NO, YES, NO])
    score = np.array([0.9, 0.8, 0.7, 0.5, 0.5, 0.5, 0.1])
    assert recall_at_fpr(positive, score, 0.25) == pytest.approx(2 / 3)
    assert recall_at_fpr(positive, score, 0.75) == 1.0
    assert recall_at_fpr(positive, score, 0.0) == pytest.approx(1 / 3)
    assert recall_at_fpr(np.array([YES]), np.array([0.5]), 0.1) is None


def test_swapping_keeps_objects_times_and_everybodys_posts_in_each_hour():
    rows = actions_of(quiet_rows(3, accounts=60, acts=2_000, days=1))
    dealt = swapped(rows, seed=1)
    kept = ["trace", "object_id", "at", "post_id"]
    assert dealt.select(kept).equals(rows.select(kept))
    hourly = [
        frame.group_by("account_id", pl.col("at").dt.truncate("1h")).len().sort("at", "account_id").rows()
        for frame in (rows, dealt)
    ]
    assert hourly[0] == hourly[1]
    assert (dealt["account_id"] != rows["account_id"]).mean() > 0.8
    assert not dealt.equals(swapped(rows, seed=2))


def test_all_actions_of_one_post_go_to_one_account():
    rows = actions_of(quiet_rows(3, accounts=60, acts=500, days=1))
    twice = pl.concat([rows, rows.with_columns(trace=pl.lit("url"))])
    posts = swapped(twice, seed=1).group_by("post_id").agg(pl.col("account_id").n_unique())
    assert posts["account_id"].max() == 1


def test_swapping_over_everything_keeps_the_number_of_everybodys_posts():
    rows = actions_of(quiet_rows(3, accounts=60, acts=2_000, days=1))
    dealt = swapped(rows, seed=1, span=None)
    counts = [frame.group_by("account_id").len().sort("account_id").rows() for frame in (rows, dealt)]
    assert counts[0] == counts[1]
    first = pl.col("at") < pl.lit(START + timedelta(hours=1))
    assert set(dealt.filter(first)["account_id"]) != set(rows.filter(first)["account_id"])


def test_null_worlds_are_the_swapped_ones_and_the_organic_accounts():
    loaded = Loaded(Tables(ACTIONS.lazy()), LABELS)
    found = list(without_coordination(loaded, TABLE, [0, 1]))
    hourly, everything = (f"accounts swapped {name}" for name in SPANS)
    assert [kind for kind, _ in found] == [hourly, hourly, everything, everything, "organic accounts alone"]
    assert found[-1][1].actions.collect()["account_id"].to_list() == ["ben", "ben", "cat"]


def test_null_worlds_are_counted_at_each_level_and_told_together(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tests.bench.quality.false_discoveries.LEVELS", (0.01,))
    rows = false_discoveries("small", Loaded(Tables(ACTIONS.lazy()), LABELS), TABLE, [0], seed=0)
    assert [row["world"] for row in rows] == [*(f"accounts swapped {name}" for name in SPANS), "organic accounts alone"]
    assert [(row["q"], row["links"], row["review"]) for row in rows] == [(0.01, 0, 0)] * 3
    assert [row["accounts"] for row in rows] == [3, 3, 2]
    again = [{**row, "links": 4, "review": 2} for row in rows[:1]]
    text = page({**surroundings(), "seed": 0, "resamples": 0, "sets": [], "false_discoveries": [*rows, *again]})
    assert "| small | accounts swapped within the hour | 0.01 | 2 | 1 | 2.0 | 0.0 | 1.0 | 3 |" in text


def test_rivals_see_near_duplicate_texts_as_one_object():
    text = "the very same words about the very same thing, said by two people on one day"
    texts = pl.DataFrame({"fingerprint": ["f1", "f2"], "normal_text": [text, text + "s"]}, schema=dict(TEXT_SCHEMA))
    rows = actions_of([("ana", "text", "f1", 0.0), ("ben", "text", "f2", 1.0), ("cat", "share", "f2", 1.0)])
    grouped = with_texts_grouped(Tables(rows.lazy(), texts=texts.lazy())).sort("account_id")
    assert grouped["object_id"].to_list() == ["f1", "f1", "f2"]


def test_without_the_data_folder_there_are_no_mixes(tmp_path: Path):
    assert mixes(tmp_path) == []


def test_the_bar_is_the_naive_rule_on_both_figures():
    def told(precision: float, recall: float) -> dict[str, object]:
        return {"figures": {"precision": {"value": precision}, "recall": {"value": recall}}}

    naive = {"name": "naive", **told(0.5, 0.2)}
    assert not below_naive({"methods": [{"name": "Flockwatch, review", **told(0.6, 0.3)}, naive]})
    assert below_naive({"methods": [{"name": "Flockwatch, review", **told(0.9, 0.2)}, naive]})
    assert below_naive({"methods": [{"name": "Flockwatch, review", **told(0.4, 0.9)}, naive]})


def test_the_bench_writes_figures_and_a_page_of_every_method(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    outputs = ["--json", str(tmp_path / "figures.json"), "--page", str(tmp_path / "page.md")]
    options = ["--only", "example", "--worlds", "--resamples", "5", "--shuffles", "0", "--shared", str(tmp_path)]
    assert main([*options, *outputs]) == 0
    assert "mixes are not there" in capsys.readouterr().err
    told = json.loads((tmp_path / "figures.json").read_text("utf-8"))
    (example_set,) = told["sets"]
    assert [method["name"] for method in example_set["methods"]] == [*OURS, "naive", "posts count", *RIVALS]
    assert example_set["population"]["positive"] == 8
    text = (tmp_path / "page.md").read_text("utf-8")
    assert "| Flockwatch, review |" in text
    assert "## Where there is nothing to find" not in text


def test_asked_for_a_set_that_is_not_there_the_bench_says_so(tmp_path: Path):
    assert main(["--only", "nowhere", "--shared", str(tmp_path)]) == 2


def test_the_example_has_a_ring_of_eight(tmp_path: Path):
    loaded = example().load(tmp_path)
    assert loaded.labels.filter(pl.col("label") == "coordinated").height == 8
    assert loaded.tables.actions.collect()["account_id"].n_unique() == 408
