"""Groups left out before they are scored: none of which anything could have come, and most of those that meet on what all act on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.scan import search
from detectors.scan.choose import contracted
from detectors.scan.screen import possible, promising
from detectors.scan.search import Scan, groups_in, scan_of
from detectors.scan.usual import Usual
from detectors.significance import I64
from tests.detectors.scan.test_core import crowd, pool_rows
from tests.detectors.scan.test_crowds import clique_rows, world
from tests.detectors.worlds import quiet_rows

SMALLEST = 4


def parts_of(usual: Usual, seed: int, many: int) -> list[I64]:
    """All accounts dealt into `many` groups of ranks that lie together, so that pools and cliques are cut now and then."""
    draw = np.random.default_rng(seed)
    cuts = np.sort(draw.choice(np.arange(1, usual.acts.accounts), many - 1, replace=False))
    return [np.asarray(part, dtype=np.int64) for part in np.split(np.arange(usual.acts.accounts), cuts)]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**16), many=st.integers(2, 60), kind=st.sampled_from(["pool", "clique", "quiet"]))
def test_nothing_comes_of_a_group_that_is_left_out(seed: int, many: int, kind: str):
    rows = {
        "pool": lambda: crowd() + pool_rows(seed % 7),
        "clique": lambda: crowd() + clique_rows(seed % 5),
        "quiet": lambda: quiet_rows(seed % 3, accounts=300, objects=60, acts=4_000),
    }[kind]()
    _, usual = world(rows, 3600 if kind == "quiet" else 60)
    groups = parts_of(usual, seed, many)
    kept = promising(usual, groups, SMALLEST)
    left_out = [group for group in groups if not any(group is one for one in kept)]
    assert [contracted(usual, group, SMALLEST) for group in left_out] == [None] * len(left_out)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**16))
def test_no_candidate_holds_an_account_that_cannot_be_in_one(seed: int):
    names, usual = world(crowd() + pool_rows(seed % 7), 60)
    stay = np.random.default_rng(seed).random(len(names)) < 0.8
    able = possible(usual, stay, SMALLEST)
    assert not (able & ~stay).any()
    one = contracted(usual, np.flatnonzero(stay), SMALLEST)
    assert one is None or able[one.members].all()


def test_a_pool_is_kept_and_people_who_meet_on_what_thousands_share_are_not():
    names, usual = world(crowd() + pool_rows(2), 60)
    pool = np.array([rank for rank, name in enumerate(names) if name.startswith("pool")])
    others = np.setdiff1d(np.arange(len(names)), pool)
    groups = [pool, *np.array_split(others, others.size // 10)]
    kept = promising(usual, groups, SMALLEST)
    assert any(group is pool for group in kept)
    assert len(kept) < len(groups) / 10


def test_no_group_is_no_group():
    _, usual = world(crowd(), 60)
    assert promising(usual, [], SMALLEST) == []


@pytest.mark.parametrize("rows", [crowd() + pool_rows(1), crowd() + clique_rows(1)], ids=["pool", "clique"])
def test_a_search_finds_the_same_with_and_without(rows: list, monkeypatch: pytest.MonkeyPatch):
    def searched() -> list[tuple[list[int], float]]:
        scan: Scan = scan_of([world(rows)[1].acts], {"share": [60]}, smallest=SMALLEST, least={"share": 3}, seed=0)
        return [(one.members.tolist(), one.evidence.net) for one in groups_in(scan)]

    screened = searched()

    def all_of_them(_: Usual, groups: list[I64], smallest: int) -> list[I64]:
        return [one for one in groups if one.size >= smallest]

    monkeypatch.setattr(search, "promising", all_of_them)
    assert screened
    assert searched() == screened
