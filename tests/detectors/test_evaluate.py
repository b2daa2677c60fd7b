"""Figures against labels, each beside a case counted by hand."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors import evaluate
from detectors.baselines import naive_accounts, posts_count, shared_objects
from detectors.ranking import auc, average_precision, f1, interval, matched_auc, precision, recall
from graph.errors import BadExport
from graph.schemas import ACCOUNT_RESULT_SCHEMA
from tests.detectors.worlds import actions_of

YES, NO = True, False


def results(rows: list[tuple[str, float, str, int]]) -> pl.DataFrame:
    """ACCOUNT_RESULT rows from account, score, tier, actions."""
    return pl.DataFrame(
        [
            {
                "account_id": name,
                "score": score,
                "tier": tier,
                "cluster_id": None,
                "kind": None,
                "reasons": [],
                "actions": n,
            }
            for name, score, tier, n in rows
        ],
        schema=dict(ACCOUNT_RESULT_SCHEMA),
    )


def labels(said: dict[str, str]) -> pl.DataFrame:
    return pl.DataFrame({"account_id": list(said), "label": list(said.values())})


RUN = results([("a", 0.9, "alert", 9), ("b", 0.8, "review", 9), ("c", 0.8, "none", 2), ("d", 0.1, "none", 2)])
TRUTH = labels({"a": "coordinated", "b": "organic", "c": "1", "d": "0", "e": "true"})


def test_precision_and_recall_at_both_cuts():
    told = evaluate(RUN, TRUTH, resamples=5)
    assert told["at"]["alert"] == {"flagged": 1, "precision": 1.0, "recall": 1 / 3, "f1": 0.5, "fpr_organic": 0.0}
    assert told["at"]["review"] == {"flagged": 2, "precision": 0.5, "recall": 1 / 3, "f1": 0.4, "fpr_organic": 0.5}
    assert (told["precision"], told["recall"], told["f1"]) == (0.5, 1 / 3, 0.4)


def test_a_labelled_account_that_never_acted_counts_as_score_zero():
    """Of the six pairs of positive (a .9, c .8, e 0) and negative (b .8, d .1): a wins two, c draws and wins, e none."""
    told = evaluate(RUN, TRUTH, resamples=5)
    assert told["auc"] == pytest.approx((2 + 1.5 + 0) / 6)
    assert (told["labelled"], told["positive"], told["without_label"]) == (5, 3, 0)


def test_average_precision_takes_ties_together():
    """a at 1/1; b and c together at 2/3; e last at 3/5."""
    assert evaluate(RUN, TRUTH, resamples=5)["average_precision"] == pytest.approx((1 + 2 / 3 + 3 / 5) / 3)


def test_without_labels_of_both_kinds_there_is_no_curve():
    told = evaluate(RUN, labels({"b": "organic"}), resamples=5)
    assert (told["auc"], told["average_precision"], told["recall"]) == (None, None, None)
    assert told["without_label"] == 3


def test_labels_without_their_columns_are_refused():
    with pytest.raises(BadExport, match="label"):
        evaluate(RUN, pl.DataFrame({"account_id": ["a"]}))
    with pytest.raises(BadExport, match="empty"):
        evaluate(RUN, labels({}).cast(pl.String))


def test_clusters_are_judged_by_the_share_of_labelled_members():
    members = pl.DataFrame({"cluster_id": ["x", "x", "x", "y", "y"], "account_id": ["a", "c", "z", "b", "a"]})
    told = evaluate(RUN, TRUTH, members=members, resamples=5)["clusters"]
    assert (told["count"], told["right"], told["median_size"]) == (2, 1, 2.5)
    assert told["each"][0] == {"cluster_id": "x", "size": 3, "share": 1.0}


def test_the_baselines_stand_beside_the_run():
    rows = [
        ("a", "share", "p-1", 0.0),
        ("c", "share", "p-1", 10.0),
        ("a", "share", "p-2", 500.0),
        ("c", "share", "p-2", 520.0),
    ]
    told = evaluate(RUN, TRUTH, actions=actions_of([*rows, ("b", "share", "p-9", 0.0)]), resamples=5)
    assert told["baselines"]["naive"]["precision"] == 1.0
    assert told["baselines"]["naive"]["recall"] == pytest.approx(2 / 3)
    assert told["ceiling"] == {"share_1_or_more": pytest.approx(2 / 3), "share_3_or_more": 0.0}
    assert told["recall_of_sharers"] == 0.5


def test_the_naive_rule_asks_for_two_objects_within_a_minute():
    rows = [
        ("a", "share", "p-1", 0.0),
        ("b", "share", "p-1", 60.0),
        ("a", "share", "p-2", 500.0),
        ("b", "share", "p-2", 560.0),
        ("c", "share", "p-1", 30.0),
        ("c", "share", "p-2", 900.0),
    ]
    found = naive_accounts(actions_of(rows))
    assert dict(found.select("account_id", "flagged").iter_rows()) == {"a": YES, "b": YES, "c": NO}


def test_posts_and_shared_objects_are_counted():
    rows = [
        ("a", "share", "p-1", 0.0),
        ("a", "share", "p-1", 9.0),
        ("a", "share", "p-2", 9.0),
        ("b", "share", "p-1", 9.0),
    ]
    actions = actions_of(rows)
    assert dict(posts_count(actions).iter_rows()) == {"a": 3.0, "b": 1.0}
    assert dict(shared_objects(actions).iter_rows()) == {"a": 1, "b": 1}


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=40))
def test_the_area_is_the_share_of_pairs_in_the_right_order(said: list[tuple[bool, int]]):
    positive, score = np.array([p for p, _ in said]), np.array([float(s) for _, s in said])
    won = [float(p > n) + 0.5 * float(p == n) for p in score[positive] for n in score[~positive]]
    assert auc(positive, score) == (pytest.approx(float(np.mean(won))) if won else None)


@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_average_precision_without_ties_is_the_mean_precision_at_each_hit(said: list[bool]):
    positive, score = np.array(said), -np.arange(len(said), dtype=np.float64)
    at_hits = [sum(said[: place + 1]) / (place + 1) for place, hit in enumerate(said) if hit]
    assert average_precision(positive, score) == (pytest.approx(float(np.mean(at_hits))) if at_hits else None)


def test_activity_alone_gives_one_half_inside_bins_of_equal_activity():
    positive = np.array([YES, YES, NO, NO, YES, NO])
    activity = np.array([64.0, 64.0, 64.0, 1.0, 1.0, 1.0])
    assert auc(positive, activity) > 0.5  # type: ignore[operator]
    assert matched_auc(positive, activity, activity) == 0.5


def test_rates_of_nothing_are_unknown():
    nobody = np.zeros(3, dtype=bool)
    assert precision(nobody, nobody) is None
    assert recall(nobody, nobody) is None
    assert f1(nobody, nobody) is None


def test_intervals_are_the_same_for_the_same_seed_and_hold_the_figure():
    positive = np.arange(200) % 4 == 0
    score = positive + np.random.default_rng(1).normal(0, 1, 200)
    first, second = (interval(lambda i: auc(positive[i], score[i]), 200, resamples=100, seed=3) for _ in range(2))
    assert first == second
    assert first is not None
    assert first[0] < auc(positive, score) < first[1]  # type: ignore[operator]


def found(rows: list[tuple[str, str, str | None]]) -> pl.DataFrame:
    """ACCOUNT_RESULT rows from account, tier, kind."""
    return results([(name, 0.5, tier, 5) for name, tier, _ in rows]).with_columns(
        kind=pl.Series([kind for _, _, kind in rows])
    )


BOTH = found(
    [
        ("v1", "alert", "compromised"),
        ("v2", "review", "coordinated"),  # a victim that is accused
        ("c1", "alert", "coordinated"),
        ("c2", "alert", "compromised"),  # an account of an operation told as a victim
        ("f1", "review", "compromised"),  # bought for an operation
        ("o1", "none", None),
        ("o2", "linked", "compromised"),  # handed over: not flagged
    ]
)
TYPED = pl.DataFrame(
    {
        "account_id": ["v1", "v2", "c1", "c2", "f1", "o1", "o2"],
        "label": ["compromised", "compromised", "coordinated", "coordinated", "coordinated", "organic", "organic"],
        "type": ["compromised", "compromised", "owner_run", "owner_run", "farm", "", None],
    }
)


def test_a_victim_that_was_found_is_no_false_flag():
    told = evaluate(BOTH, TYPED, resamples=2)
    assert told["precision"] == 1.0
    assert told["fpr_organic"] == 0.0
    assert told["recall"] == 1.0


def test_each_kind_is_counted_by_itself_and_an_accused_victim_is_told():
    kinds = evaluate(BOTH, TYPED, resamples=2)["kinds"]
    assert kinds["compromised"] == {
        "positive": 3,
        "flagged": 3,
        "precision": 2 / 3,
        "recall": 2 / 3,
        "f1": pytest.approx(2 / 3),
        "fpr": 1 / 4,
    }
    assert kinds["coordinated"]["flagged"] == 2
    assert kinds["coordinated"]["precision"] == 1 / 2
    assert kinds["coordinated"]["recall"] == 1 / 3
    assert kinds["victims_accused"] == 1


def test_rings_are_asked_for_their_type_by_the_commonest_label():
    members = pl.DataFrame(
        {
            "cluster_id": ["T-1", "T-1", "T-2", "T-2", "C-1"],
            "account_id": ["v1", "v2", "f1", "o1", "c1"],
            "role": ["victim", "victim", "changed", "changed", "core"],
        }
    )
    clusters = pl.DataFrame(
        {
            "cluster_id": ["T-1", "T-2", "C-1"],
            "kind": ["compromised", "compromised", "coordinated"],
            "type": ["compromised", "undetermined", None],
        }
    )
    told = evaluate(BOTH, TYPED, members=members, clusters=clusters, resamples=2)
    confused = {"compromised": {"compromised": 1}, "farm": {"undetermined": 1}}
    assert told["types"] == {"rings": 2, "right": 1, "accuracy": 0.5, "confused": confused}
    assert "types" not in evaluate(BOTH, TYPED.drop("type"), members=members, clusters=clusters, resamples=2)
