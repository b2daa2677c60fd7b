"""Posting in the same five minutes: against being awake together, and against being awake for the same event."""

from itertools import combinations

import numpy as np
import pytest

from detectors.co_rhythm import co_rhythm_signals
from detectors.rhythm import rhythm_actions
from tests.detectors.test_rhythm import DAY, people, posts


def scheduled(seed: int, members: int, days: int = 14) -> dict[str, np.ndarray]:
    """Accounts that a queue posts for: the same random minutes each day, a few seconds apart, each takes part in most."""
    draw = np.random.default_rng(seed)
    moments = draw.integers(0, days, 60) * DAY + draw.uniform(7 * 3600, DAY, 60)
    return {f"queued{n}": (moments[draw.random(60) < 0.7] + draw.uniform(0, 90)).round(3) for n in range(members)}


def test_accounts_of_one_queue_stand_out():
    queue = scheduled(1, 6)
    found = co_rhythm_signals(
        rhythm_actions(posts(people(2, 150) | queue)), [list(queue), ["person000", "person001", "x"]]
    )
    assert found["cluster"].to_list() == [0, 1]
    assert found["p"][0] < 1e-20
    assert found["seen"][0] > 3 * found["expected"][0]
    assert found["p"][1] > 1e-3
    assert found["sentence"][0].startswith(
        "6 members with enough posts (6 in all) posted in the same five minutes as another"
    )


def test_being_awake_at_the_same_odd_hours_is_no_evidence():
    """Four people who post between three and five at night, when hardly anybody else does."""
    draw = np.random.default_rng(4)
    owls = {
        f"owl{n}": draw.integers(0, 14, 100) * DAY + draw.uniform(3 * 3600, 5 * 3600, 100).round(3) for n in range(4)
    }
    found = co_rhythm_signals(rhythm_actions(posts(people(3, 200) | owls)), [list(owls)])
    assert found["seen"][0] > 50
    assert found["p"][0] > 0.05


def test_an_event_that_people_were_awake_for_is_no_evidence():
    """In twenty weeks there is one debate; those who post all through it meet there, and its hour explains it."""
    told, draw = people(5, 300, days=140, a_day=1), np.random.default_rng(6)
    watching = list(told)[:12]
    for name in watching:
        told[name] = np.concatenate([told[name], 5 * DAY + 20 * 3600 + draw.uniform(0, 3600, 10).round(3)])
    groups = [watching[start : start + 4] for start in range(0, 12, 4)]
    found = co_rhythm_signals(rhythm_actions(posts(told)), groups)
    assert found["seen"].min() > 5
    assert found["p"].median() > 0.05


def test_random_groups_are_seldom_surprising():
    told, draw = people(7, 200), np.random.default_rng(8)
    groups = [draw.choice(list(told), 8, replace=False).tolist() for _ in range(200)]
    p = co_rhythm_signals(rhythm_actions(posts(told)), groups)["p"].to_numpy()
    assert (p <= 0.05).mean() <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)


def test_seen_counts_who_joined_another_and_expected_is_the_null_by_hand():
    """Three accounts, one block per hour of week and calendar alike, because all posts lie in one hour of one day."""
    spans = {"ana": [0, 1, 2, 3, 4, 5, 6, 7], "ben": [0, 1, 2, 3, 8, 9, 10, 11], "eve": [0, 4, 5, 6, 7, 8, 9, 10]}
    told = posts({name: [300.0 * place + 1 for place in places] for name, places in spans.items()})
    found = co_rhythm_signals(rhythm_actions(told), [["ana", "ben", "eve"], ["ana", "ben"]])
    popularity = [sum(place in places for places in spans.values()) for place in range(12)]
    pairs = sum(many * (many - 1) // 2 for many in popularity)
    rate = 2 * pairs / (24**2 - 3 * 8**2)
    each = [rate * len(spans[a]) * len(spans[b]) for a, b in combinations(spans, 2)]
    assert found["seen"].to_list() == [float(sum(max(many - 1, 0) for many in popularity)), 4.0]
    assert found["expected"].to_list() == pytest.approx([sum(each), each[0]])


def test_no_rhythm_gives_no_sign():
    assert co_rhythm_signals(rhythm_actions(posts({})), [["ana", "ben"]]).is_empty()
    assert co_rhythm_signals(rhythm_actions(posts(people(9, 3))), [["person000"], ["nobody", "noone"]]).is_empty()
