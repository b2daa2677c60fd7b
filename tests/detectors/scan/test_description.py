"""A group is described by the objects its members have in common, and the description is what it costs to have picked it."""

from math import comb, log10

import numpy as np
import pytest

from detectors.scan.acts import Acts
from detectors.scan.description import cover


def acts_of(*objects: tuple[int, ...], accounts: int) -> Acts:
    """Who acts on object 0, 1, ...; sorted as acts are."""
    pairs = [(who, thing) for thing, those in enumerate(objects) for who in sorted(those)]
    account, thing = (np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))
    at = np.arange(account.size, dtype=np.int64)
    return Acts("share", account, thing, at, np.full(account.size, -1), np.full(accounts, -1))


def described(acts: Acts, members: tuple[int, ...]) -> tuple[list[tuple[int, int]], float]:
    mine = np.flatnonzero(np.isin(acts.account, members))
    found = cover(acts, mine, np.searchsorted(np.array(members), acts.account[mine]), len(members))
    told = mine[found.told]
    return list(zip(acts.account[told].tolist(), acts.object[told].tolist(), strict=True)), found.cost


def test_ten_of_the_twelve_on_one_object_cost_that_choice_and_not_the_choice_among_all():
    acts = acts_of(tuple(range(12)), (0, 20), (1, 21), accounts=1_000)
    told, cost = described(acts, tuple(range(10)))
    assert told == [(who, 0) for who in range(10)]
    assert cost == pytest.approx(log10(3) + log10(comb(12, 10)) + 2 * log10(10))
    assert cost < log10(comb(1_000, 10)) / 2


def test_members_who_have_only_what_half_of_all_have_are_named_one_by_one():
    half = tuple(range(500))
    acts = acts_of(half, (*half, 600), (*half, 601), accounts=1_000)
    told, cost = described(acts, (600, 601))
    assert told == []
    assert cost == pytest.approx(log10(comb(1_000, 2)) + 2 * log10(2))


def test_a_member_is_told_by_one_act_though_it_has_more_in_common():
    half, other = tuple(range(6)), tuple(range(4, 10))
    told, _ = described(acts_of(half, other, accounts=10_000), tuple(range(10)))
    assert sorted(who for who, _ in told) == list(range(10))
    assert {thing for _, thing in told} == {0, 1}
