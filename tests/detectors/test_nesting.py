"""Nesting and the multiplex view: what a coarser look joins, a finer look divides, and one layer per trace agrees on."""

import numpy as np
import polars as pl
import pytest

from detectors.agreement import partition
from detectors.link_groups import link_groups
from detectors.multiplex import agreement, multiplex_groups
from detectors.nesting import nesting
from tests.detectors.link_tables import clique, links_of

EVERYONE = pl.Series([f"u{number:02d}" for number in range(20)])


def nested(links: pl.DataFrame, groups: list[np.ndarray]) -> pl.DataFrame:
    names = [f"C-{number}" for number in range(len(groups))]
    return nesting(links, groups, names, EVERYONE, resolution=0.5, smallest=4, seed=0)


def test_two_cliques_joined_by_one_link_are_one_coarser_group():
    links = links_of([*clique(range(5)), *clique(range(5, 10)), (4, 5, 10.0)])
    groups = link_groups(links, resolution=0.5, smallest=4, seed=0)
    assert [group.tolist() for group in groups] == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]
    coarser = nested(links, groups).filter(pl.col("relation") == "coarser")
    assert coarser["cluster"].to_list() == [0, 1]
    assert coarser["clusters"].to_list() == [["C-0", "C-1"], ["C-0", "C-1"]]
    assert coarser["size"].to_list() == [10, 10]
    assert coarser["shared"].to_list() == [5, 5]
    assert coarser["resolution"].to_list() == pytest.approx([0.1, 0.1])
    assert coarser["group_id"].n_unique() == 1


def test_a_cluster_of_two_halves_holds_two_finer_groups():
    bridges = [(left, right, 1.5) for left in range(5) for right in range(5, 10)]
    links = links_of([*clique(range(5), 40.0), *clique(range(5, 10), 40.0), *bridges])
    groups = link_groups(links, resolution=0.5, smallest=4, seed=0)
    assert [group.size for group in groups] == [10]
    finer = nested(links, groups).filter((pl.col("relation") == "finer") & (pl.col("resolution") == 2.0))
    assert sorted(finer["size"].to_list()) == [5, 5]
    assert finer["shared"].to_list() == [5, 5]


def test_a_clique_holds_itself_at_every_finer_look():
    links = links_of(clique(range(6), 30.0))
    table = nested(links, link_groups(links, resolution=0.5, smallest=4, seed=0))
    assert table.select("relation", "size", "shared").rows() == [("coarser", 6, 6), ("finer", 6, 6), ("finer", 6, 6)]


def agree(links: pl.DataFrame, groups: list[np.ndarray]) -> tuple[list[float], float]:
    clusters = partition(groups, len(EVERYONE))
    found, rand = agreement(links, clusters, groups, resolution=0.5, smallest=4, seed=0)
    return found.tolist(), rand


def test_traces_that_show_the_same_group_agree_wholly():
    links = pl.concat([links_of(clique(range(5)), "share"), links_of(clique(range(5), 20.0), "url")])
    assert agree(links, link_groups(links, resolution=0.5, smallest=4, seed=0)) == ([1.0], 1.0)


def test_one_trace_alone_says_nothing_of_agreement():
    links = links_of(clique(range(5)))
    found, rand = agree(links, link_groups(links, resolution=0.5, smallest=4, seed=0))
    assert np.isnan([*found, rand]).all()


def test_a_loud_trace_does_not_drown_a_quiet_one():
    """Ten times weaker by p, the shares still show their two halves; at raw weights only the loud links would count."""
    halves = links_of([*clique(range(5), 2.0), *clique(range(5, 10), 2.0)], "share")
    loud = [(left, right, 48.0) for left, right in zip(range(5), range(5, 10), strict=True)]
    others = links_of([*loud, *clique(range(10, 16), 49.0)], "url")
    raw = link_groups(pl.concat([halves, others]), resolution=8.0, smallest=4, seed=0)
    layered = multiplex_groups(pl.concat([halves, others]), resolution=8.0, smallest=4, seed=0)
    assert [0, 1, 2, 3, 4] not in [group.tolist() for group in raw]
    assert [0, 1, 2, 3, 4] in [group.tolist() for group in layered]


def test_no_links_give_no_groups():
    assert multiplex_groups(links_of([]), resolution=0.5, smallest=4, seed=0) == []
