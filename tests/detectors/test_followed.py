"""Being followed by a group: the counts and chances against a plain re-count, and p-values that hold where nobody copies."""

import math
from collections import defaultdict

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.followed import LENT, LIKELY, VIRAL, Order
from detectors.scan.acts import Company, acts_of_trace
from detectors.scan.usual import Usual, level_of
from detectors.significance import I64, poisson_tail
from detectors.standing import chance_of_leading
from tests.detectors.framing import framing_world
from tests.detectors.worlds import Row, actions_of

MINUTE = 60


def view(rows: list[Row], everyone: list[str], seconds: int = MINUTE, tongue: I64 | None = None) -> Usual:
    acts = acts_of_trace(actions_of(rows), "url", pl.Series(everyone), tongue)
    return Usual(Company(acts, seconds * 1_000_000))


def asked(order: Order, members: I64, least: int = 1) -> dict[int, tuple[int, float, float]]:
    """account -> seen, expected, p."""
    nobody = np.zeros(order.usual.acts.accounts, dtype=np.bool_)
    told = order.met(members, least, nobody).select("account", "seen", "expected", "p")
    return {who: (seen, expected, p) for who, seen, expected, p in told.iter_rows()}


@pytest.mark.parametrize("seconds", [60, 3600])
@pytest.mark.parametrize("later", [True, False])
def test_where_nobody_copies_a_small_p_is_no_more_common_than_it_says(later: bool, seconds: int):
    """Heavy-tailed activity and popularity, days and nights, two weeks in two hours; the group is thirty accounts."""
    found, accounts = [], 0
    for seed in range(4):
        crowd = [row for row in framing_world(seed, accounts=1_500, framed=0).rows if row[0].startswith("user")]
        rows: list[Row] = [(who, trace, item, at / 200) for who, trace, item, at in crowd]
        everyone = sorted({row[0] for row in rows})
        usual = view(rows, everyone, seconds)
        able = np.flatnonzero(usual.acts.degree >= 5)
        members = np.sort(np.random.default_rng(seed).choice(able, 30, replace=False))
        found += [p for _, _, p in asked(Order(usual, later=later), members).values()]
        accounts += len(everyone) - 30
    assert len(found) > 300
    for level in (0.001, 0.01, 0.05):
        assert sum(p <= level for p in found) <= level * accounts


def test_who_is_first_on_what_a_crowd_passes_on_is_not_followed_by_one_group():
    """Ana is first on twenty links; of the forty who post each of them within the minute two or three are of the group."""
    draw = np.random.default_rng(1)
    crowd = [f"z{number:03d}" for number in range(400)]
    rows: list[Row] = []
    for number in range(60):
        first = "ana" if number < 20 else crowd[int(draw.integers(400))]
        rows.append((first, "url", f"x{number}", 9_000.0 * number))
        some = draw.choice(400, 40, replace=False)
        rows += [(crowd[who], "url", f"x{number}", 9_000.0 * number + draw.uniform(1, 50)) for who in some]
    everyone = sorted({row[0] for row in rows})
    members = np.array([everyone.index(name) for name in crowd[:25]])
    seen, expected, p = asked(Order(view(rows, everyone), later=True), members)[everyone.index("ana")]
    assert seen > 12
    assert expected == pytest.approx(seen, rel=0.25)
    assert p > 0.05


def test_a_link_that_more_than_two_hundred_outsiders_posted_is_left_out():
    names = [f"z{number:03d}" for number in range(VIRAL + 1)]
    quiet: list[Row] = [(name, "url", f"own-{name}", 5_000.0) for name in names]
    rows: list[Row] = [("ana", "url", "x", 0.0), ("m", "url", "x", 5.0)]
    for others, told in ((VIRAL - 1, {1}), (VIRAL, set())):
        more: list[Row] = [(name, "url", "x", 100.0 + place) for place, name in enumerate(names[:others])]
        everyone = sorted({row[0] for row in rows + quiet + more})
        order = Order(view(rows + quiet + more, everyone), later=True)
        assert {seen for seen, _, _ in asked(order, np.array([everyone.index("m")])).values()} == told


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 4), st.integers(0, 200), st.integers(0, 1)), min_size=2, max_size=60
    ),
    st.booleans(),
)
def test_counts_and_chances_are_those_of_a_plain_recount(acts: list[tuple[int, int, int, int]], later: bool):
    """The spell is the day here: a fourth number of 1 puts an act a day later."""
    names = [f"a{number}" for number in range(10)]
    rows: list[Row] = [(names[who], "url", f"x{item}", at + 86_400.0 * day) for who, item, at, day in acts]
    tongue = np.arange(10, dtype=np.int64) % 3 - 1
    usual = view(rows, names, tongue=tongue)
    members = np.array([0, 4, 7])
    assert asked(Order(usual, later=later), members) == {
        who: (seen, pytest.approx(expected), pytest.approx(p))
        for who, (seen, expected, p) in _recount(usual, set(members.tolist()), later).items()
    }


def _recount(usual: Usual, members: set[int], later: bool) -> dict[int, tuple[int, float, float]]:
    acts = usual.acts
    rows = list(zip(acts.account.tolist(), acts.object.tolist(), acts.at.tolist(), strict=True))
    sign = 1 if later else -1
    spans = [
        [
            (moment, who)
            for who, thing, moment in rows
            if thing == item and 0 < sign * (moment - at) <= MINUTE * 1_000_000
        ]
        for _, item, at in rows
    ]
    near = [[who for _, who in those] for those in spans]
    earliest = [[who for moment, who in those if moment == min(those)[0]] for those in spans]
    hit = [any(who in members for who in those) for those in (near if later else earliest)]
    level = [int(level_of(np.array([sum(who not in members for who in those)]))[0]) for those in near]
    lent = [min(1.0, LENT / sum(who == other for other, _, _ in rows)) for who, _, _ in rows]
    told = {}
    for one in range(acts.accounts):
        others = [i for i, row in enumerate(rows) if row[0] not in members | {one}]
        own = [i for i, row in enumerate(rows) if row[0] == one]
        if one in members or not any(hit[i] for i in own):
            continue
        everybody = [i for i, row in enumerate(rows) if row[0] not in members]
        mass, met = defaultdict(float), defaultdict(float)
        for i in everybody:
            mass[level[i]] += lent[i]
            met[level[i]] += lent[i] * hit[i]
        chances = []
        for i in own:
            alike = [j for j in others if level[j] == level[i]]
            rate = (1 + sum(lent[j] * hit[j] for j in alike)) / (1 + sum(lent[j] for j in alike))
            ratio = 1.0
            for stratum in (usual.spell, usual.tongue):
                here = [j for j in others if stratum[j] == stratum[i]]
                expected = sum(lent[j] * met[level[j]] / mass[level[j]] for j in here)
                ratio = max(ratio, (1 + sum(lent[j] * hit[j] for j in here)) / (1 + expected))
            chances.append(min(1.0, rate * ratio))
        seen = sum(hit[i] for i in own)
        told[one] = (seen, sum(chances), _tail(seen, chances))
    return told


def _tail(seen: int, chances: list[float]) -> float:
    """The exact chance; the Poisson bound where that alone says that nothing is to be told."""
    if seen <= sum(chances) + 1:
        return 1.0
    bound = float(poisson_tail(np.array([seen]), np.array([sum(chances)]))[0])
    return bound if bound > LIKELY else chance_of_leading(seen, np.sort(chances))


def test_what_the_bound_alone_settles_is_told_by_the_bound():
    """Found by the recount below on another seed: two of two acts, each met one time in three."""
    acts = [(0, 0, 62, 0), (0, 2, 1, 1), (1, 0, 0, 0), (2, 0, 61, 0), (2, 2, 0, 1), (3, 0, 0, 0)]
    names = [f"a{number}" for number in range(10)]
    rows: list[Row] = [(names[who], "url", f"x{item}", at + 86_400.0 * day) for who, item, at, day in acts]
    usual = view(rows, names, tongue=np.arange(10, dtype=np.int64) % 3 - 1)
    seen, expected, p = asked(Order(usual, later=True), np.array([0, 4, 7]))[2]
    assert (seen, expected, p) == (2, pytest.approx(2 / 3), pytest.approx(1 - math.exp(-2 / 3) * (5 / 3)))
