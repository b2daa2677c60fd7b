"""What every graph store says of runs: clusters of an account, around it, and a cluster with its ties."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.answers import ClusterMember, CoordinatedTie, Membership, NearCluster
from graph.errors import BadSetting, NothingThere
from graph.store import GraphStore
from graph.workspace import open_workspace
from tests.graph.small_runs import save_small_run
from tests.graph.small_worlds import BuildStore, act

FIRST = {
    "c1": {"a": "seeder", "b": "core", "c": "core", "t": "target"},
    "c2": {"d": "core", "e": "core"},
}
SECOND = {"c1": {"a": "core", "x": "bystander", "y": "core"}, "c3": {"b": "core", "c": "core", "e": "core"}}


@pytest.fixture
def runs(build_store: BuildStore, tmp_path: Path) -> Iterator[GraphStore]:
    """Two runs over ten accounts: a ring that parts, a target and a bystander beside it."""
    tables = {"actions": [act(name, "p") for name in "abcdefgtxy"]}
    with build_store(tmp_path / "w", tables) as store:
        workspace = open_workspace(tmp_path / "w")
        for run_id, clusters in (("r1", FIRST), ("r2", SECOND)):
            store.write_run(save_small_run(workspace, run_id, clusters, tiers={"c2": "none"}))
        yield store


def test_memberships_list_the_newest_run_first_and_keep_every_role(runs: GraphStore):
    assert runs.memberships("a").clusters == (
        Membership("r2", "c1", "coordinated", 0.9, "core", 0.95),
        Membership("r1", "c1", "coordinated", 0.9, "seeder", 0.95),
    )
    (target,) = runs.memberships("t").clusters
    assert (target.run_id, target.cluster_id, target.role) == ("r1", "c1", "target")
    assert runs.memberships("a", limit=1).left_out == ("Left out: 1 cluster of older runs or of lower risk.",)
    assert runs.memberships("nobody").clusters == ()


def test_clusters_around_an_account_hold_those_of_its_coordinated_neighbours_over_the_runs(runs: GraphStore):
    around = runs.clusters_around("a")
    assert around.neighbours == 3  # b and c in r1, y in r2
    assert around.clusters == (
        NearCluster("r2", "c1", "coordinated", "alert", 0.9, 2, "core", 1),
        NearCluster("r2", "c3", "coordinated", "alert", 0.8, 3, None, 2),
        NearCluster("r1", "c1", "coordinated", "alert", 0.9, 3, "seeder", 2),
    )
    cut = runs.clusters_around("a", limit=2)
    assert cut.clusters == around.clusters[:2]
    assert cut.left_out == ("Left out: 1 cluster of older runs or of lower risk.",)


def test_a_target_has_no_ties_and_is_nobodys_neighbour(runs: GraphStore):
    around = runs.clusters_around("t")
    assert (around.neighbours, [(c.cluster_id, c.role, c.neighbours) for c in around.clusters]) == (
        0,
        [("c1", "target", 0)],
    )
    assert runs.clusters_around("f").clusters == ()
    with pytest.raises(NothingThere):
        runs.clusters_around("nobody")


def test_links_of_a_cluster_that_is_not_flagged_are_no_ties(runs: GraphStore):
    assert runs.clusters_around("d").neighbours == 0
    assert runs.cluster_graph("c2", "r1").ties == ()


def test_a_cluster_shows_members_targets_apart_and_ties_with_their_evidence(runs: GraphStore):
    ring = runs.cluster_graph("c1", "r1")
    assert (ring.run_id, ring.cluster_id, ring.tier, ring.size, ring.title) == ("r1", "c1", "alert", 3, "3 accounts")
    assert ring.members == (
        ClusterMember("a", "seeder", 0.95, 0),
        ClusterMember("b", "core", 0.8875, 1),
        ClusterMember("c", "core", 0.825, 2),
    )
    assert ring.apart == (ClusterMember("t", "target", 0.7625, 3),)
    figures = (0.25, 1e-9, 1e-7, 0.5, 2.5, 0.75)
    assert ring.ties[0] == CoordinatedTie("b", "c", "share", 60, 6, *figures)
    assert [(t.left, t.right, t.trace, t.n) for t in ring.ties] == [
        ("b", "c", "share", 6),
        ("b", "c", "url", 6),
        ("a", "c", "share", 5),
        ("a", "c", "url", 5),
        ("a", "b", "share", 4),
        ("a", "b", "url", 4),
    ]
    assert ring.left_out == ()


def test_the_newest_run_is_asked_when_none_is_named(runs: GraphStore):
    assert [m.account_id for m in runs.cluster_graph("c1").members] == ["a", "y"]
    assert [m.account_id for m in runs.cluster_graph("c1").apart] == ["x"]


def test_limits_of_a_cluster_say_what_they_cut(runs: GraphStore):
    cut = runs.cluster_graph("c1", "r1", limit_members=2, limit_ties=1)
    assert [m.account_id for m in cut.members] == ["a", "b"]
    assert [(t.left, t.right, t.trace) for t in cut.ties] == [("a", "b", "share")]
    assert cut.left_out == (
        "Left out: 1 member with a lower score.",
        "Left out: 1 tie among the members shown, with fewer objects in common.",
    )
    with pytest.raises(BadSetting):
        runs.cluster_graph("c1", limit_members=0)


@pytest.mark.parametrize(("cluster", "run"), [("c2", "r2"), ("nope", None), ("c1", "r9"), ("' OR 1=1", None)])
def test_a_cluster_or_a_run_that_is_not_there_is_said(runs: GraphStore, cluster: str, run: str | None):
    with pytest.raises(NothingThere):
        runs.cluster_graph(cluster, run)


def test_the_same_run_again_changes_nothing_but_makes_it_the_newest(runs: GraphStore, tmp_path: Path):
    before = runs.clusters_around("a"), runs.cluster_graph("c1", "r1")
    again = save_small_run(open_workspace(tmp_path / "w"), "r1", FIRST, tiers={"c2": "none"})
    runs.write_run(again)
    assert runs.cluster_graph("c1", "r1") == before[1]
    assert [c.run_id for c in runs.clusters_around("a").clusters] == ["r1", "r2", "r2"]


def test_a_run_with_new_content_takes_the_place_of_the_old_one(runs: GraphStore, tmp_path: Path):
    workspace = open_workspace(tmp_path / "w")
    runs.write_run(save_small_run(workspace, "r1", {"c1": {"a": "core", "g": "core"}}, n=9))
    assert [m.account_id for m in runs.cluster_graph("c1", "r1").members] == ["a", "g"]
    assert [t.n for t in runs.cluster_graph("c1", "r1").ties] == [9, 9]
    assert runs.memberships("t").clusters == ()
    with pytest.raises(NothingThere):
        runs.cluster_graph("c2", "r1")
    runs.write_run(save_small_run(workspace, "r1", FIRST, tiers={"c2": "none"}))
    assert len(runs.cluster_graph("c1", "r1").ties) == 6
