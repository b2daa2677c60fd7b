"""Cliques before an audience, and what must not pass for one: single bursts, crowds of others, nearly everybody."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from detectors.scan.acts import Company, acts_of_trace
from detectors.scan.choose import ALL_BUT, contracted, grown
from detectors.scan.core import core, crowds
from detectors.scan.evidence import evidence_of
from detectors.scan.search import groups_in, scan_of
from detectors.scan.usual import KINDS, Classes, Kind, Usual, level_of
from detectors.significance import I64
from tests.detectors.scan.test_core import crowd
from tests.detectors.worlds import Row, actions_of

PUSHES = 8


def clique_rows(seed: int, members: int = 80, part: float = 0.8, audience: int = 25, own: int = 6) -> list[Row]:
    """Each push is made by most of the clique within a minute, before an audience that is another one every time."""
    draw = np.random.default_rng(seed)
    rows: list[Row] = []
    for push in range(PUSHES):
        start = push * 70_000.0
        pushing = np.flatnonzero(draw.random(members) < part)
        rows += [(f"clique{one:03d}", "share", f"push{push}", start + float(draw.uniform(0, 50))) for one in pushing]
        rows += [
            (f"user{one:04d}", "share", f"push{push}", start + float(draw.uniform(0, 50)))
            for one in draw.choice(1_500, audience, replace=False)
        ]
    liked = draw.choice(3_000, (members, own))
    rows += [
        (f"clique{one:03d}", "share", f"p-{thing}", float(draw.uniform(0, 7 * 86_400)))
        for one in range(members)
        for thing in liked[one]
    ]
    return rows


def world(rows: list[Row], seconds: int = 60) -> tuple[list[str], Usual]:
    actions = actions_of(rows)
    everyone = actions["account_id"].unique().sort()
    return everyone.to_list(), Usual(Company(acts_of_trace(actions, "share", everyone), seconds * 1_000_000))


def ranks(names: list[str], prefix: str) -> I64:
    return np.array([rank for rank, name in enumerate(names) if name.startswith(prefix)], dtype=np.int64)


def found_in(rows: list[Row], seconds: int = 60) -> list[set[str]]:
    names, usual = world(rows, seconds)
    scan = scan_of([usual.acts], {"share": [seconds]}, smallest=4, least={"share": 3}, seed=0)
    return [{names[rank] for rank in one.members} for one in groups_in(scan) if one.evidence.net > 4]


@pytest.mark.parametrize("seed", range(1, 7))
def test_a_clique_before_an_audience_is_found_without_its_audience(seed: int):
    """Of the 200 of its audience about ten come to two pushes: one of those may pass for a member, no more."""
    (found,) = found_in(crowd() + clique_rows(seed))
    assert sum(not name.startswith("clique") for name in found) <= 1
    assert len(found) >= 70


@pytest.mark.parametrize("seed", [1, 2])
def test_the_core_of_crowds_holds_the_clique_that_the_core_of_rare_company_does_not(seed: int):
    rows = clique_rows(seed)
    names, usual = world(crowd() + rows)
    clique = ranks(names, "clique")
    assert core(usual.company, 3)[clique].mean() < 0.1
    held = crowds(usual.company, KINDS[1], 3)
    assert held[clique].mean() > 0.9
    came = Counter(who for who, _, thing, _ in rows if thing.startswith("push"))
    # Of the audience only those who came again, about ten of 200.
    assert all(came[names[rank]] > 1 for rank in np.flatnonzero(held))


def test_the_core_of_crowds_is_the_largest_set_with_two_acts_in_a_crowd_of_itself():
    names, usual = world(crowd() + clique_rows(3, members=12, audience=6))
    held = crowds(usual.company, KINDS[1])
    acts = usual.company.acts

    def stays(those: np.ndarray) -> np.ndarray:
        crowded = KINDS[1](usual.company.near(those), usual.company.others)
        return np.bincount(acts.account[crowded], minlength=len(names)) >= 2

    assert stays(held)[held].all()
    for one in np.flatnonzero(~held)[:50]:
        more = held.copy()
        more[one] = True
        assert not stays(more)[one]


@pytest.mark.parametrize("seed", range(5))
def test_one_burst_makes_no_group_however_many_take_part(seed: int):
    """Sixty accounts that pass on one thing within a minute, once: nobody recurs."""
    draw = np.random.default_rng(seed)
    burst = [(f"user{one:04d}", "share", "alarm", 9e4 + float(draw.uniform(0, 50))) for one in range(60)]
    names, usual = world(crowd() + burst)
    assert found_in(crowd() + burst) == []
    assert evidence_of(usual, np.searchsorted(names, [f"user{one:04d}" for one in range(60)])).net < 0


@settings(max_examples=40)
@given(st.lists(st.integers(0, 300), min_size=1, max_size=40), st.floats(0, 1))
def test_the_chance_of_a_crowd_is_that_of_the_binomial_or_more_for_every_count_of_a_level(
    others: list[int], share: float
):
    many = np.array(others)
    classes = Classes.made(np.zeros(many.size, dtype=np.int64), level_of(many), 1)
    for kind in KINDS:
        least = np.maximum(kind.least, np.ceil(kind.part * many))
        exact = binom.sf(least - 1, many, share)
        # A level is told by its smallest and largest counts; parity between them may add a little.
        assert (kind.chance(np.array([share]), classes)[0, classes.of] >= exact * 0.75 - 1e-12).all()


def test_half_of_those_near_and_five_of_them_are_a_crowd_of_the_group():
    kind = Kind(5, 0.5)
    assert kind(np.array([4, 5, 5, 6]), np.array([4, 10, 11, 30])).tolist() == [False, True, False, False]


def test_accounts_that_stand_aside_are_no_part_of_what_is_usual():
    """Half a ring, its other half once among the outsiders and once aside."""
    names, usual = world(crowd() + clique_rows(4, members=40, part=0.9, audience=4))
    clique = ranks(names, "clique")
    half, rest = clique[::2], clique[1::2]
    among, apart = evidence_of(usual, half), evidence_of(usual, half, rest)
    assert apart.net > among.net + 20
    assert (apart.expected < among.expected).all()
    assert apart.company.tolist() == among.company.tolist()  # who stands aside is nobody's company either


def test_weaker_members_who_are_left_out_do_not_make_the_company_of_the_others_usual():
    names, usual = world(crowd() + clique_rows(5, members=40, part=0.5, audience=10))
    found = contracted(usual, ranks(names, "clique"), 4)
    assert found is not None
    assert found.evidence.net > 4
    stands = evidence_of(usual, found.members, found.aside)
    assert found.evidence.net == stands.net


def test_a_group_takes_in_those_who_keep_company_with_it_and_nobody_else():
    names, usual = world(crowd() + clique_rows(6, members=12, part=0.9, audience=0, own=2))
    clique = ranks(names, "clique")
    start = contracted(usual, clique[:6], 4)
    assert start is not None
    whole = grown(start, 4)
    assert set(whole.members.tolist()) == set(clique.tolist())
    assert whole.evidence.net > start.evidence.net
    kept_out = grown(start, 4, taken=set(clique[6:].tolist()))
    assert set(kept_out.members.tolist()) <= set(clique[:6].tolist())


def test_nearly_everybody_is_no_group_for_nobody_is_left_to_compare_with():
    names, usual = world([*clique_rows(7, members=11, audience=0, own=2), ("hermit", "share", "own", 5.0)])
    everybody_else = ranks(names, "clique")
    assert everybody_else.size > ALL_BUT * len(names)
    assert contracted(usual, everybody_else, 4) is None


def test_no_more_may_stand_aside_than_are_left_to_say_what_is_usual():
    names, usual = world(crowd() + clique_rows(8, members=40))
    clique = ranks(names, "clique")
    others = np.setdiff1d(np.arange(len(names)), clique)
    found = contracted(usual, clique, 4, aside=others)
    assert found is not None
    assert found.aside.size <= others.size / 2


def test_pairs_that_are_no_links_for_want_of_budget_are_told(monkeypatch: pytest.MonkeyPatch):
    from detectors.scan import search

    _, usual = world(crowd(), 86_400)
    whole = search.core_links
    monkeypatch.setattr(search, "core_links", lambda *given: replace(whole(*given), met=10**6))
    told: list[tuple[str, int]] = []
    scan = scan_of([usual.acts], {"share": [86_400]}, smallest=4, least={"share": 3}, seed=0)
    groups_in(scan, dropped=lambda view, pairs: told.append((view.acts.trace, pairs)))
    ((trace, pairs),) = told
    assert trace == "share"
    assert pairs > 10**5
