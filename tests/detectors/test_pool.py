"""Rotating pools: few of many push each object, never the same few; pair tests are blind to it, company is not."""

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from detectors import Settings, Tables, detect
from detectors.company import Company, acts_of_trace
from detectors.pool import company_tail, peel, usual_rate
from detectors.pool_signals import log10_choices
from detectors.significance import hoeffding_tail, log10_hoeffding_tail
from tests.detectors.worlds import Row, actions_of, quiet_rows


def pool_rows(
    seed: int, members: int = 100, objects: int = 160, each: int = 4, own: int = 2, days: int = 7
) -> list[Row]:
    """Every object is pushed by `each` of the members within a minute; each member also does `own` things alone."""
    draw = np.random.default_rng(seed)
    rows: list[Row] = []
    for number in range(objects):
        start = float(draw.uniform(0, days * 86_400 - 3600))
        pushing = draw.choice(members, each, replace=False)
        rows += [(f"pool{one:03d}", "share", f"q{number}-x", start + float(draw.uniform(0, 50))) for one in pushing]
    for member, number in itertools.product(range(members), range(own)):
        rows.append((f"pool{member:03d}", "share", f"own{member}-{number}", float(draw.uniform(0, days * 86_400))))
    return rows


def crowd() -> list[Row]:
    return quiet_rows(1, accounts=1_500, objects=3_000, acts=9_000)


def company_of(rows: list[Row], seconds: int) -> tuple[list[str], Company]:
    actions = actions_of(rows)
    everyone = actions["account_id"].unique().sort()
    return everyone.to_list(), Company(acts_of_trace(actions, "share", everyone), seconds * 1_000_000)


def test_a_rotating_pool_is_found_though_hardly_any_pair_is_surprising():
    result = detect(Tables(actions_of(crowd() + pool_rows(2)).lazy()), Settings())
    surprising = result.frames["edges"].filter(pl.col("q") < 1)
    assert surprising.select("left", "right").n_unique() < 10  # of 4,950 pairs of the pool
    found = result.frames["members"]["account_id"]
    assert found.str.starts_with("pool").all()
    assert found.len() >= 75
    assert result.frames["signals"]["name"].to_list() == ["share_company"]
    assert result.frames["clusters"]["tier"].to_list() == ["review"]
    assert "by turns rather than always the same few" in result.frames["clusters"]["sentence"][0]


def test_the_members_of_a_pool_score_above_one_half_and_all_others_below():
    accounts = detect(Tables(actions_of(crowd() + pool_rows(2)).lazy()), Settings()).frames["accounts"]
    found = accounts.filter(pl.col("tier") == "review")["score"].min()
    assert found >= 0.5 > accounts.filter(pl.col("tier") == "none")["score"].max()  # type: ignore[operator]


@pytest.mark.parametrize("seed", range(20, 30))
def test_a_quiet_world_has_no_pool(seed: int):
    _, company = company_of(quiet_rows(seed), 3600)
    eligible = company.acts.acts_of >= 3
    assert not peel(company, eligible, 0.01, int(eligible.sum())).stay.any()


def by_hand(rows: list[Row], those: set[str], seconds: int) -> dict[str, float]:
    """Objects of each account on which one of `those`, not itself, acted within the window."""
    return {
        account: float(
            len(
                {
                    item
                    for who, _, item, at in rows
                    if who == account
                    for other, _, same, then in rows
                    if other in those and other != who and same == item and abs(then - at) <= seconds
                }
            )
        )
        for account in sorted({row[0] for row in rows})
    }


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.sampled_from(["o-1", "o-2", "o-3"]), st.integers(0, 300)),
        min_size=1,
        max_size=30,
    ),
    st.sets(st.sampled_from("abcdef")),
)
def test_company_is_that_of_the_obvious_count(said: list[tuple[str, str, int]], those: set[str]):
    rows: list[Row] = [(account, "share", item, float(at)) for account, item, at in said]
    names, company = company_of(rows, 60)
    found = company.by(np.array([name in those for name in names]))
    assert dict(zip(names, found.tolist(), strict=True)) == by_hand(rows, those, 60)


def test_company_on_a_popular_object_counts_in_part():
    rows: list[Row] = [(f"user{n:02d}", "share", "viral-1", float(n)) for n in range(30)]
    _, company = company_of(rows, 60)
    assert company.by(np.ones(30, dtype=bool)).tolist() == pytest.approx([0.5] * 30)


def test_who_stays_has_company_by_who_stays():
    names, company = company_of(crowd() + pool_rows(2), 60)
    eligible = company.acts.acts_of >= 3
    found = peel(company, eligible, 0.01, int(eligible.sum()))
    assert {name[:4] for name, stays in zip(names, found.stay, strict=True) if stays} == {"pool"}
    assert (company.by(found.stay)[found.stay] > 0).all()


def test_the_tail_is_that_of_the_binomial():
    found = company_tail(np.array([0.0, 3.0, 5.0]), np.array([10.0, 10.0, 5.0]), 0.2)
    assert found == pytest.approx([1.0, binom.sf(2, 10, 0.2), binom.sf(4, 5, 0.2)])


def test_an_account_lends_two_acts_to_the_usual_rate():
    """One account with 100 acts, all with company, and eight with one act each, none: 2 of 10, not 100 of 108."""
    acts, company = np.array([100.0] + [1.0] * 8), np.array([100.0] + [0.0] * 8)
    assert usual_rate(company, acts) == pytest.approx(0.2)


def test_the_number_of_choices_is_counted_in_decades():
    assert 10 ** log10_choices(52, 5) == pytest.approx(2_598_960)


def test_the_bound_on_tails_goes_on_where_doubles_end():
    assert log10_hoeffding_tail(1000, 1000, 0.1) == pytest.approx(-1000)
    assert hoeffding_tail(1000, 1000, 0.1) > 0
