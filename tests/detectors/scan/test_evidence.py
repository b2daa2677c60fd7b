"""The evidence for a group: counts as by hand, never too confident where nobody coordinates, blind to what a group did itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from detectors.scan.acts import Acts, Company, acts_of_trace
from detectors.scan.everybody import surprise_of_company
from detectors.scan.evidence import _bounds, evidence_of, log10_choices
from detectors.scan.usual import LADDER, TILTS, Usual, count_of, level_of
from tests.detectors.scan.test_core import crowd, pool_rows
from tests.detectors.worlds import Row, actions_of, quiet_rows


def usual_of(rows: list[Row], seconds: int = 3600) -> tuple[list[str], Usual]:
    actions = actions_of(rows)
    everyone = actions["account_id"].unique().sort()
    return everyone.to_list(), Usual(Company(acts_of_trace(actions, "share", everyone), seconds * 1_000_000))


def test_company_within_a_group_is_what_counting_by_hand_gives():
    rows = quiet_rows(3, accounts=60, objects=40, acts=900)
    names, usual = usual_of(rows)
    members = np.arange(0, 60, 7)
    first: dict[tuple[str, str], float] = {}
    for who, _, item, at in sorted(rows, key=lambda row: row[3]):
        first.setdefault((who, item), at)
    inside = {names[one] for one in members}
    by_hand = [
        sum(
            any(o in inside and o != names[one] and i == item and abs(t - at) <= 3600 for (o, i), t in first.items())
            for (who, item), at in first.items()
            if who == names[one]
        )
        for one in members
    ]
    assert evidence_of(usual, members).company.tolist() == by_hand


def shuffled(acts: Acts, seed: int) -> Acts:
    """The same places, dealt to random accounts: the null of the test itself, but for what an account does twice."""
    draw = np.random.default_rng(seed)
    return Acts(acts.trace, draw.permutation(acts.account), acts.object, acts.at, acts.block, acts.tongue)


def test_p_of_random_groups_is_conservative_where_nobody_coordinates():
    """Of p-values of groups picked blindly at most the nominal share is small: members and groups, 3 sizes, 20 worlds."""
    _, usual = usual_of(quiet_rows(1, accounts=1_000, objects=500, acts=12_000))
    member, group = [], []
    for seed in range(20):
        world = Usual(Company(shuffled(usual.acts, seed), 3_600_000_000))
        draw = np.random.default_rng(seed)
        for size in (10, 40, 160):
            members = np.sort(draw.choice(usual.acts.accounts, size, replace=False))
            told = evidence_of(world, members)
            member += told.member.tolist()
            group.append(told.group)
    for surprise, told_for in ((np.array(member), "members"), (np.array(group), "groups")):
        for level in (0.1, 0.01, 0.001):
            seen = int((surprise >= -np.log10(level)).sum())
            assert binom.sf(seen - 1, surprise.size, level) > 1e-4, (told_for, level, seen)


def test_a_pool_has_more_evidence_than_any_choice_of_accounts_explains_and_a_random_group_has_not():
    names, usual = usual_of(crowd() + pool_rows(2), 60)
    pool = np.array([rank for rank, name in enumerate(names) if name.startswith("pool")])
    anybody = np.sort(np.random.default_rng(0).choice(len(names), pool.size, replace=False))
    assert evidence_of(usual, pool).net > 100
    assert evidence_of(usual, anybody).net < 0


def test_what_a_group_does_itself_does_not_make_its_company_usual():
    """Leave-cluster-out: twice as many acts of the group on its own objects leave what outsiders expect as it was."""
    once, twice = (usual_of(crowd() + pool_rows(2, objects=objects), 60) for objects in (160, 320))
    chances = []
    for names, usual in (once, twice):
        pool = np.array([rank for rank, name in enumerate(names) if name.startswith("pool")])
        told = evidence_of(usual, pool)
        chances.append(told.expected.sum() / told.acts.sum())
    assert chances[1] < 2.2 * chances[0]  # the group's share of all acts doubles; its own company would add 80 points


def test_fans_are_explained_by_other_fans_and_an_operation_that_owns_its_block_is_not():
    """Everybody who shares one author meets on the author's posts; where outsiders do so too, nothing is left to explain."""
    draw = np.random.default_rng(5)
    fans: list[Row] = [
        (f"fan{one:03d}", "share", f"star-{post}", float(post * 9_000 + draw.uniform(0, 600)))
        for post in range(60)
        for one in draw.choice(300, 120, replace=False)
    ]
    sham: list[Row] = [
        (f"sham{one:02d}", "share", f"sham-{post}", float(post * 9_000 + draw.uniform(0, 600)))
        for post in range(60)
        for one in draw.choice(12, 8, replace=False)
    ]
    names, usual = usual_of(crowd() + fans + sham, 600)
    some_fans = np.array([rank for rank, name in enumerate(names) if name in {f"fan{n:03d}" for n in range(12)}])
    owners = np.array([rank for rank, name in enumerate(names) if name.startswith("sham")])
    assert evidence_of(usual, some_fans).net < 0
    assert evidence_of(usual, owners).net > 50


@given(st.lists(st.integers(0, 10**6), min_size=1))
def test_levels_never_round_a_count_down(counts: list[int]):
    given_counts = np.array(counts)
    kept = count_of(level_of(given_counts))
    assert (kept >= given_counts * (1 - 1e-9)).all()
    assert (kept <= np.maximum(given_counts, 1) * 1.4143).all()


@settings(max_examples=50)
@given(st.integers(1, 40), st.integers(0, 40))
def test_choices_are_counted_as_pascal_does(many: int, few: int):
    from math import comb, log10

    if few <= many:
        assert log10_choices(many, few) == pytest.approx(log10(comb(many, few)), abs=1e-6)


def test_an_account_that_meets_nobody_is_not_surprising():
    names, usual = usual_of([*crowd(), ("hermit", "share", "own-1", 5.0), ("hermit", "share", "own-2", 900.0)])
    assert surprise_of_company(usual)[names.index("hermit")] == 0.0


@settings(max_examples=100)
@given(st.integers(0, 10**6))
def test_the_tilt_found_from_a_few_is_the_best_of_all(seed: int):
    """Sums from nothing to far beyond what is usual, so that the best tilt lies anywhere, both ends included."""
    draw = np.random.default_rng(seed)
    sums, contexts, levels = 12, 7, 9
    acts = draw.integers(0, 30, (sums, contexts)).astype(np.float64)
    mass = draw.dirichlet(np.ones(levels + 1), contexts)[:, :levels] * draw.uniform(1e-4, 1, (contexts, 1))
    weight = np.minimum(1.0, LADDER[0] / count_of(np.arange(1, levels + 1)))
    lift = np.expm1(TILTS[None, :] * weight[:, None])
    got = acts.sum(axis=1) * draw.choice([0.0, 1e-3, 0.01, 0.1, 0.5, 1.0], sums)
    every = TILTS * got[:, None] - acts @ np.log1p(mass @ lift)
    assert _bounds(got, acts, mass, lift) == pytest.approx(every.max(axis=1))
