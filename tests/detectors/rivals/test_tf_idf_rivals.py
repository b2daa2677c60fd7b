"""Pacheco, Nizzoli and Luceri against figures worked out by hand and against slow, obvious versions."""

from collections import Counter
from itertools import combinations
from math import log, sqrt

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.rivals import Luceri, Nizzoli, Pacheco
from detectors.rivals.luceri import eigenvector_centrality
from detectors.rivals.nizzoli import disparity, in_groups
from detectors.rivals.tf_idf import CROWD, Frequency, tf_idf_pairs
from tests.detectors.worlds import actions_of

Touches = list[tuple[str, str]]
touches = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("123456")), min_size=1, max_size=30)


def acted(rows: Touches) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["account_id", "object_id"], orient="row")


def cosines(rows: Touches, frequency: Frequency) -> dict[tuple[str, str], float]:
    """The oracle: dictionaries and sums."""
    counts = Counter(rows)
    accounts = sorted({account for account, _ in rows})
    holders = Counter(thing for _, thing in set(rows))
    idf = {thing: log((1 + len(accounts)) / (1 + df)) + 1 for thing, df in holders.items()}
    vectors: dict[str, dict[str, float]] = {account: {} for account in accounts}
    for (account, thing), n in counts.items():
        vectors[account][thing] = {"count": n, "log": 1 + log(n), "once": 1}[frequency] * idf[thing]
    length = {account: sqrt(sum(x * x for x in vector.values())) for account, vector in vectors.items()}
    found = {}
    for left, right in combinations(accounts, 2):
        dot = sum(x * vectors[right].get(thing, 0.0) for thing, x in vectors[left].items())
        if dot > 0:
            found[left, right] = dot / length[left] / length[right]
    return found


@given(touches, st.sampled_from(["count", "log", "once"]))
def test_cosines_are_those_of_plain_dictionaries(rows: Touches, frequency: Frequency):
    pairs = tf_idf_pairs(acted(rows), frequency=frequency)
    found = {(left, right): similarity for left, right, similarity, _ in pairs.iter_rows()}
    wanted = cosines(rows, frequency)
    assert found.keys() == wanted.keys()
    assert all(found[pair] == pytest.approx(wanted[pair]) for pair in wanted)


def test_objects_of_too_few_accounts_and_of_crowds_are_left_out():
    rows = [("a", "rare"), ("b", "rare"), *((f"c{n}", "crowd") for n in range(CROWD + 1))]
    assert tf_idf_pairs(acted(rows)).select("left", "right").rows() == [("a", "b")]
    assert tf_idf_pairs(acted(rows), min_accounts=3).is_empty()


def test_pacheco_leaves_out_accounts_with_fewer_than_ten_actions():
    ten = [("ana", "share", f"p-{n}", float(n)) for n in range(10)]
    nine = [("ben", "share", f"p-{n}", float(n)) for n in range(9)]
    said = Pacheco().accounts(actions_of([*ten, *nine, *(("eve", *row[1:]) for row in ten)]))
    assert said.rows() == [("ana", pytest.approx(1.0), True), ("ben", 0.0, False), ("eve", pytest.approx(1.0), True)]


def test_pacheco_keeps_the_top_half_per_cent_whether_anything_happened_or_not():
    """200 accounts share ten of forty posts at random; the likest pair of each 200 is flagged all the same."""
    draw = np.random.default_rng(3)
    rows = [(f"u{a:03d}", "share", f"p-{o}", 0.0) for a in range(200) for o in draw.choice(40, 10, replace=False)]
    actions = actions_of(rows)
    pairs = tf_idf_pairs(actions, min_accounts=3, frequency="log")
    kept = pairs.filter(pl.col("similarity") >= pairs["similarity"].quantile(0.995, interpolation="linear"))
    said = Pacheco().accounts(actions).filter("flagged")["account_id"].to_list()
    assert said == sorted(set(kept["left"]) | set(kept["right"]))
    assert len(said) > 20


def test_disparity_is_that_of_the_end_that_minds_more():
    """A star: the hub's edges weigh 8, 1, 1; each leaf has one edge, whose alpha is 1."""
    alpha = disparity(np.array([0, 0, 0]), np.array([1, 2, 3]), np.array([8.0, 1.0, 1.0]), 4)
    assert alpha.tolist() == pytest.approx([0.2**2, 0.9**2, 0.9**2])


def test_groups_count_their_accounts():
    flags = in_groups(np.array([0, 1, 4]), np.array([1, 2, 5]), 7, smallest=3)
    assert flags.tolist() == [True, True, True, False, False, False, False]


def test_nizzoli_looks_at_the_busiest_hundredth_alone():
    """Of 300 accounts three are busiest and share all; two others share as much, with fewer actions."""
    rows = [(f"busy{a}", "share", f"p-{o}", 0.0) for a in range(3) for o in range(20)]
    rows += [(f"less{a}", "share", f"p-{o}", 0.0) for a in range(2) for o in range(19)]
    rows += [(f"one{a:03d}", "share", f"q-{a}", 0.0) for a in range(295)]
    said = Nizzoli(alpha=1.1).accounts(actions_of(rows))  # every edge passes: three equal accounts have no backbone
    assert said.filter("flagged")["account_id"].to_list() == ["busy0", "busy1", "busy2"]
    assert said.filter("flagged")["score"].to_list() == [1.0, 1.0, 1.0]


def test_nizzoli_gives_the_share_of_thresholds_survived():
    """Weights .5 and 1 between two pairs: the lighter pair is gone at every threshold above the lowest."""
    survived = Nizzoli()._survived(np.array([0, 2]), np.array([1, 3]), np.array([0.5, 1.0]), 5)
    assert survived.tolist() == [1, 1, 101, 101, 0]


@given(st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda pair: pair[0] < pair[1]), min_size=1))
def test_centrality_is_that_of_networkx(edges: set[tuple[int, int]]):
    """On the largest component alone, where the leading eigenvector is one."""
    graph = nx.Graph(edges)
    graph = nx.convert_node_labels_to_integers(
        graph.subgraph(max(nx.connected_components(graph), key=len)), ordering="sorted"
    )
    wanted = nx.eigenvector_centrality(graph, max_iter=10_000, tol=1e-9)
    ends = np.array(list(graph.edges)).T
    found = eigenvector_centrality([ends[0], ends[1]], graph.number_of_nodes())
    assert found.tolist() == pytest.approx([wanted[node] for node in range(len(found))], abs=1e-4)


def test_luceri_unites_the_networks_of_the_traces_and_drops_what_is_not_central():
    """Five accounts share a post, the fifth also a link with a sixth; a pair apart has next to no centrality."""
    rows = [(f"core{a}", "share", "p-1", 0.0) for a in range(5)]
    rows += [("core4", "url", "l-1", 0.0), ("linked", "url", "l-1", 0.0)]
    rows += [("apart0", "share", "p-2", 0.0), ("apart1", "share", "p-2", 0.0)]
    said = Luceri(min_shares=1).accounts(actions_of(rows))
    assert said.filter("flagged")["account_id"].to_list() == [*(f"core{a}" for a in range(5)), "linked"]
    assert said.filter(pl.col("account_id").str.starts_with("apart"))["score"].max() == pytest.approx(0.0, abs=1e-6)


def test_luceri_asks_for_twenty_shares_and_for_no_number_of_links():
    rows = [(f"few{a}", "share", f"p-{n}", 0.0) for a in range(3) for n in range(19)]
    assert not Luceri().accounts(actions_of(rows))["flagged"].any()
    enough = [*rows, *((f"few{a}", "share", "p-19", 0.0) for a in range(3))]
    assert Luceri().accounts(actions_of(enough))["flagged"].all()
    links = [(f"few{a}", "url", "l-1", 0.0) for a in range(3)]
    assert Luceri().accounts(actions_of(links))["flagged"].all()


def test_luceri_counts_a_quick_share_of_one_author_from_the_second_on():
    once = [(f"fan{a}", "fast_share", "author-1", 0.0) for a in range(3)]
    assert not Luceri().accounts(actions_of(once))["flagged"].any()
    again = [*once, *((name, trace, author, 60.0) for name, trace, author, _ in once)]
    assert Luceri().accounts(actions_of(again))["flagged"].all()
