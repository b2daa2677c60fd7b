"""Rotating pools: few of many push each object, never the same few; pair tests are blind to it, company is not."""

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors import Settings, Tables, detect
from detectors.scan.acts import Company, acts_of_trace
from detectors.scan.core import core, few
from graph.results import RunResult
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


@pytest.fixture(scope="module")
def pool_world() -> RunResult:
    return detect(Tables(actions_of(crowd() + pool_rows(2)).lazy()), Settings())


def test_a_rotating_pool_is_found_though_hardly_any_pair_is_surprising(pool_world: RunResult):
    surprising = pool_world.frames["edges"].filter(pl.col("q") < 1)
    assert surprising.select("left", "right").n_unique() < 10  # of 4,950 pairs of the pool
    found = pool_world.frames["members"]["account_id"]
    assert found.str.starts_with("pool").all()
    assert found.len() >= 90
    assert pool_world.frames["clusters"]["tier"].to_list() == ["alert"]
    assert "by turns rather than always the same few" in pool_world.frames["clusters"]["sentence"][0]


def test_the_members_of_a_pool_score_above_one_half_and_all_others_below(pool_world: RunResult):
    accounts = pool_world.frames["accounts"]
    found = accounts.filter(pl.col("tier") == "alert")["score"].min()
    assert found >= 0.5 > accounts.filter(pl.col("tier") == "none")["score"].max()  # type: ignore[operator]


acts = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.just("share"), st.sampled_from("uvwxyz"), st.integers(0, 300).map(float)),
    min_size=1,
    max_size=40,
)


def first_acts(rows: list[Row]) -> dict[tuple[str, str], float]:
    first: dict[tuple[str, str], float] = {}
    for account, _, item, at in sorted(rows, key=lambda row: row[3]):
        first.setdefault((account, item), at)
    return first


def company_by_hand(rows: list[Row], account: str, those: set[str], seconds: int) -> list[str]:
    """The objects on which one of `those`, not the account itself, acted within the window of its first act."""
    first = first_acts(rows)
    return [
        item
        for (who, item), at in first.items()
        if who == account
        and any(o in those and o != who and i == item and abs(t - at) <= seconds for (o, i), t in first.items())
    ]


@settings(max_examples=150)
@given(acts, st.sets(st.sampled_from("abcdef")), st.integers(1, 200))
def test_company_is_what_counting_by_hand_gives(rows: list[Row], those: set[str], seconds: int):
    names, company = company_of(rows, seconds)
    flags = np.array([name in those for name in names])
    weight = np.ones(company.acts.account.size)
    assert company.by(flags, weight).tolist() == [len(company_by_hand(rows, n, those, seconds)) for n in names]


@settings(max_examples=150)
@given(acts, st.integers(1, 200))
def test_the_core_is_the_largest_set_that_keeps_company_with_itself(rows: list[Row], seconds: int):
    names, company = company_of(rows, seconds)
    crowds = {item: len({who for who, i in first_acts(rows) if i == item}) for _, _, item, _ in rows}

    def stays(account: str, those: set[str]) -> bool:
        joint = company_by_hand(rows, account, those, seconds)
        return sum(float(few(np.array([crowds[item]]))[0]) for item in joint) >= 2

    subsets = itertools.chain.from_iterable(itertools.combinations(names, n) for n in range(len(names) + 1))
    stable = [set(subset) for subset in subsets if all(stays(one, set(subset)) for one in subset)]
    largest = max(stable, key=len)
    assert {name for name, stay in zip(names, core(company), strict=True) if stay} == largest


@pytest.mark.parametrize("seed", range(20, 26))
def test_a_quiet_world_has_no_group(seed: int):
    """At the level that the bound asks for; replays can only raise it."""
    result = detect(Tables(actions_of(quiet_rows(seed)).lazy()), Settings(replays=0))
    assert result.frames["clusters"].is_empty()
