"""The attack bench counts who is found, accused and shown, and says which targets are missed."""

import polars as pl
import pytest
from scipy.stats import binomtest

from tests.bench.attacks_bench import counts
from tests.bench.quality.attack_page import missed, summed, wilson


def test_a_framed_account_counts_as_shown_and_as_accused_by_where_it_stands():
    labels = pl.DataFrame(
        [
            ("r1", "coordinated", "member", ""),
            ("r2", "coordinated", "member", ""),
            ("t1", "organic", "target", "framed"),
            ("t2", "organic", "target", "framed"),
            ("o1", "organic", "", ""),
            ("w1", "organic", "member", "news_wire"),
        ],
        schema=["account_id", "label", "role", "group"],
        orient="row",
    )
    accounts = pl.DataFrame(
        {"account_id": ["r1", "r2", "t1", "t2", "w1"], "tier": ["alert", "linked", "linked", "review", "review"]}
    )
    members = pl.DataFrame({"account_id": ["r1", "t1", "t2"], "role": ["core", "target", "core"]})
    found = counts(labels, accounts, members)
    assert (found["ring"], found["ring_review"], found["ring_alert"]) == (2, 1, 1)
    assert (found["framed"], found["framed_review"], found["framed_shown"]) == (2, 1, 1)
    assert (found["organic"], found["organic_review"], found["ungrouped_review"]) == (2, 1, 0)
    assert found["look_alikes_review"] == {"news_wire": 1}


def world(attack: str, found: int, **more: int) -> dict[str, object]:
    return {"attack": attack, "seed": 1, "ring": 30, "ring_review": found, "framed": 0, **more}


@pytest.mark.parametrize(
    ("attack", "enough", "short"), [("none", 27, 26), ("jitter_10min", 24, 23), ("five_cells", 18, 17)]
)
def test_a_target_is_missed_below_its_share_and_not_at_it(attack: str, enough: int, short: int):
    assert missed(summed([world(attack, enough)])) == []
    assert len(missed(summed([world(attack, short)]))) == 1


def test_innocents_in_rings_and_innocents_not_shown_are_both_missed_targets():
    framing = world("framing", 30) | {"framed": 20, "framed_review": 1, "framed_shown": 17}
    assert len(missed(summed([framing]))) == 2
    assert missed(summed([framing | {"framed_review": 0, "framed_shown": 18}])) == []


@pytest.mark.parametrize(("hits", "trials"), [(0, 30), (7, 30), (150, 150), (1, 14_000)])
def test_intervals_are_wilsons(hits: int, trials: int):
    told = binomtest(hits, trials).proportion_ci(0.95, method="wilson")
    assert wilson(hits, trials) == pytest.approx((told.low, told.high), abs=1e-4)
