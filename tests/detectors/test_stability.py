"""Stability: what comes out again is solid, what stands on one object is not to be escalated, counts are those of the rows."""

import itertools

import numpy as np
import polars as pl
import pytest

from detectors import Settings, Tables, detect
from detectors.link_acts import LinkActs, kept_objects, thinned, without_top_objects
from detectors.link_groups import link_groups
from detectors.significance import poisson_tail
from detectors.stability import (
    BOOTSTRAPS,
    LEVELS,
    SEEDS,
    action_stability,
    affordable,
    badge,
    design,
    link_stability,
)
from graph.results import RunResult
from tests.detectors.scan.test_core import crowd, pool_rows
from tests.detectors.worlds import Row, actions_of, quiet_rows, ring_rows


def run(rows: list[Row]) -> RunResult:
    return detect(Tables(actions_of(rows).lazy()), Settings(replays=0))


def links_on(shared: dict[tuple[int, int], list[int]], expected: float = 0.001) -> tuple[pl.DataFrame, LinkActs]:
    """Links of one trace and window, and their acts, from the objects that each pair shares."""
    pairs = sorted(shared)
    n = np.array([len(shared[pair]) for pair in pairs])
    links = pl.DataFrame(
        {
            "left": [pair[0] for pair in pairs],
            "right": [pair[1] for pair in pairs],
            "trace": "share",
            "window_seconds": 60,
            "n": n,
            "expected": expected,
            "p": poisson_tail(n, np.full(len(pairs), expected)),
        }
    )
    link = np.repeat(np.arange(len(pairs)), n)
    objects = np.array([thing for pair in pairs for thing in shared[pair]])
    many = int(objects.max()) + 1
    return links, LinkActs(link, objects, np.zeros(many, dtype=np.int64), np.zeros(len(pairs), dtype=np.int64))


def regroup(links: pl.DataFrame, resolution: float, seed: int) -> list[np.ndarray]:
    return link_groups(links, resolution=resolution, smallest=4, seed=seed)


def everyone_shares(accounts: int, objects: int) -> dict[tuple[int, int], list[int]]:
    return {pair: list(range(objects)) for pair in itertools.combinations(range(accounts), 2)}


def stability_of(shared: dict[tuple[int, int], list[int]], groups: list[list[int]], accounts: int = 10):
    links, acts = links_on(shared)
    members = [np.array(group) for group in groups]
    return link_stability(links, acts, members, accounts, regroup, tests=1_000, min_shared=3, resolution=0.5, seed=0)


def test_a_planted_dense_ring_is_solid_and_so_are_its_members():
    frames = run(quiet_rows(1) + ring_rows(2, objects=20)).frames
    assert frames["clusters"]["badge"].to_list() == ["solid"]
    assert frames["clusters"]["stability"][0] > 0.95
    assert frames["members"]["stability"].min() > 0.9


def test_a_ring_that_stands_on_three_objects_is_not_to_be_escalated():
    frames = run(quiet_rows(1) + ring_rows(2, members=10, objects=3)).frames
    assert frames["clusters"].height == 1
    assert frames["clusters"]["badge"].to_list() == ["do not escalate"]


def test_a_clique_on_many_objects_comes_out_again_in_every_variant():
    found = stability_of(everyone_shares(6, 15), [[0, 1, 2, 3, 4, 5]])
    assert found.clusters.tolist() == [1.0]
    assert found.members[:6].tolist() == [1.0] * 6
    assert np.isnan(found.members[6:]).all()


def test_a_member_on_a_bare_link_stays_less_often_than_its_core():
    shared = everyone_shares(6, 15) | {(one, 6): [0, 1, 2] for one in range(6)}
    found = stability_of(shared, [[0, 1, 2, 3, 4, 5, 6]])
    assert found.members[0] == 1.0
    assert found.members[6] < 0.7
    assert 6 / 7 < found.clusters[0] < 1


def test_without_the_object_that_joins_most_the_counts_are_those_of_the_rest():
    shared = {(0, 1): [0, 1, 2, 3], (0, 2): [0, 1, 4, 5], (1, 2): [0, 6, 7, 8], (5, 6): [0, 1, 2, 3]}
    links, acts = links_on(shared)
    left = without_top_objects(links, acts, np.array([0, 0, 0, -1]), min_shared=3)
    assert left.select("left", "right", "n").rows() == [(0, 1, 3), (0, 2, 3), (1, 2, 3)]
    assert left["p"].to_numpy() == pytest.approx(poisson_tail(np.full(3, 3), np.full(3, 0.001)))


def test_each_cluster_loses_its_own_top_object():
    shared = {(0, 1): [0, 1, 2, 3], (2, 3): [4, 5, 6, 7]}
    links, acts = links_on(shared)
    assert without_top_objects(links, acts, np.array([0, 1]), min_shared=3)["n"].to_list() == [3, 3]


def test_a_cluster_that_one_object_holds_together_is_lost_without_it():
    own = {pair: [0, 2 * i + 1, 2 * i + 2] for i, pair in enumerate(itertools.combinations(range(5), 2))}
    links, acts = links_on(own)
    assert without_top_objects(links, acts, np.zeros(links.height, dtype=np.int64), min_shared=3).is_empty()
    assert badge(0.8, without_top=0.0) == "do not escalate"


def test_thinned_counts_are_those_of_the_kept_objects_and_the_expectation_shrinks_alike():
    shared = {(0, 1): [0, 1, 2, 3, 4], (0, 2): [3, 4, 5, 6, 7], (1, 2): [8, 9, 0, 1]}
    links, acts = links_on(shared, expected=0.2)
    kept = np.array([True, True, True, True, False, True, True, True, False, True])
    left = thinned(links, acts, kept, min_shared=1)
    for row in left.iter_rows(named=True):
        seen = sum(kept[thing] for thing in shared[row["left"], row["right"]])
        assert row["n"] == seen
        assert row["expected"] == pytest.approx(0.2 * 8 / 10)
        assert row["p"] == pytest.approx(float(poisson_tail(np.array([seen]), np.array([0.16]))[0]))


def test_links_below_the_least_number_of_shared_objects_fall_away():
    links, acts = links_on({(0, 1): [0, 1, 2], (0, 2): [3, 4, 5, 6]})
    kept = np.ones(7, dtype=np.bool_)
    kept[0] = False
    assert thinned(links, acts, kept, min_shared=3).select("left", "right").rows() == [(0, 2)]


def test_four_fifths_of_the_objects_are_kept_and_another_four_fifths_with_another_seed():
    _, acts = links_on({(0, 1): list(range(50))})
    one, other = kept_objects(acts, 0.8, seed=1), kept_objects(acts, 0.8, seed=2)
    assert one.sum() == other.sum() == 40
    assert (one != other).any()
    assert (one == kept_objects(acts, 0.8, seed=1)).all()


def test_every_level_meets_every_resolution_equally_often_in_different_variants():
    told = design(0.5)
    assert len(told) == len(set(told)) == 36
    crossed = [(one.q, one.resolution) for one in told]
    assert {crossed.count(two) for two in itertools.product(LEVELS, (0.25, 0.5, 1.0))} == {4}
    assert {one.seed for one in told} == set(range(SEEDS))
    assert {one.bootstrap for one in told} == set(range(BOOTSTRAPS))


def test_many_links_are_tried_less_often_and_never_fewer_than_nine_times():
    assert (affordable(0), affordable(100_000), affordable(1_000_000), affordable(10**9)) == (36, 36, 18, 9)


@pytest.mark.parametrize(
    ("stability", "without_top", "said"),
    [
        (0.75, 1.0, "solid"),
        (0.749, 1.0, "fragile"),
        (0.5, 0.5, "fragile"),
        (0.499, 1.0, "do not escalate"),
        (0.9, 0.49, "do not escalate"),
        (0.9, float("nan"), "solid"),
        (float("nan"), float("nan"), None),
    ],
)
def test_the_badge_follows_from_the_figures(stability: float, without_top: float, said: str | None):
    assert badge(stability, without_top) == said


def test_any_detector_can_be_asked_again_on_some_of_the_objects():
    actions = actions_of([(f"u{a}", "share", f"p-{o}", 10.0 * o) for a in range(4) for o in range(10)])
    asked: list[int] = []

    def find(part: pl.DataFrame) -> list[np.ndarray]:
        asked.append(part["object_id"].n_unique())
        has_first = "p-0" in part["object_id"].to_list()
        return [np.array([0, 1, 2, 3]) if has_first else np.array([0, 1])]

    found = action_stability(find, actions, [np.array([0, 1, 2, 3])], 4, draws=20, seed=3)
    assert asked == [8] * 20
    assert found.members[0] == found.members[1] == 1.0
    assert 0 < found.members[2] == found.members[3] < 1
    assert found.clusters[0] == pytest.approx(0.5 + found.members[2] / 2)


def test_a_rotating_pool_has_a_stability_too():
    frames = run(crowd() + pool_rows(2, objects=320)).frames
    assert frames["clusters"]["badge"].to_list() == ["solid"]
    assert frames["members"]["stability"].is_between(0, 1).all()
    assert frames["clusters"]["stability"][0] == pytest.approx(frames["members"]["stability"].mean(), abs=1e-6)
    assert frames["clusters"]["tightness"].to_list() == [None]
    assert frames["nesting"].is_empty()


def test_the_order_of_links_and_groups_changes_nothing():
    shared = everyone_shares(6, 15) | {(one, 6): [0, 1, 2] for one in range(6)}
    links, acts = links_on(shared)
    group = [np.arange(7)]

    def stable(order: np.ndarray) -> list[float]:
        place = np.argsort(order)
        moved = LinkActs(place[acts.link], acts.object, acts.trace_of, acts.trace_of_link[order])
        told = link_stability(
            links[order], moved, group, 10, regroup, tests=1_000, min_shared=3, resolution=0.5, seed=0
        )
        return [*told.clusters, *told.members[:7]]

    forward = np.arange(links.height)
    assert stable(forward) == stable(forward[::-1].copy())
