"""The stores against the slow and obvious: networkx and plain loops on random small worlds."""

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.answering import near as near_account
from graph.store import GraphStore
from tests.graph.small_worlds import BuildStore, Tables, act, meet

names = st.sampled_from("abcdefgh")
acts = st.lists(st.tuples(names, st.sampled_from(["o1", "o2", "o3", "o4", "o5"]), st.integers(0, 99)), max_size=30)
meets = st.lists(
    st.tuples(names, names, st.sampled_from(["reply", "mention", "share"]), st.integers(0, 99)), max_size=25
)
WAYS = (("interactions", "objects"), ("interactions",), ("objects",))
world = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def tables_of(acted: list, met: list) -> Tables:
    return {"actions": [act(*row) for row in acted], "interactions": [meet(*row) for row in met]}


def strengths(met: list) -> dict[str, Counter[str]]:
    """account -> other -> number of interactions, both ways."""
    tied: dict[str, Counter[str]] = defaultdict(Counter)
    for one, other, _, _ in met:
        if one != other:
            tied[one][other] += 1
            tied[other][one] += 1
    return tied


def accounts_on(acted: list) -> dict[str, set[str]]:
    on: dict[str, set[str]] = defaultdict(set)
    for account, object_id, _ in acted:
        on[object_id].add(account)
    return on


def expected_neighbourhood(met: list, centre: str, hops: int, limit: int) -> list[tuple[str, int, int]]:
    tied = strengths(met)
    shown, frontier = [(centre, 0, 0)], [centre]
    for hop in range(1, hops + 1):
        known = {name for name, _, _ in shown}
        ring: Counter[str] = Counter()
        for name in frontier:
            ring.update({other: n for other, n in tied[name].items() if other not in known})
        kept = sorted(ring.items(), key=lambda item: (-item[1], item[0]))[: max(limit + 1 - len(shown), 0)]
        shown += [(other, hop, n) for other, n in kept]
        frontier = [other for other, _ in kept]
    return shown


def whole_graph(acted: list, met: list, popular: int) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(a for a, *_ in acted)
    for one, other, *_ in met:
        graph.add_nodes_from([one, other])
        if one != other:
            graph.add_edge(one, other)
    for on in accounts_on(acted).values():
        if len(on) <= popular:
            graph.add_edges_from((a, b) for a in on for b in on if a < b)
    return graph


@contextmanager
def built(build_store: BuildStore, acted: list, met: list) -> Iterator[GraphStore]:
    with tempfile.TemporaryDirectory() as folder, build_store(Path(folder) / "world", tables_of(acted, met)) as store:
        yield store


@world
@given(acted=acts, met=meets, hops=st.sampled_from([1, 2]), limit=st.integers(1, 9), by_pair=st.booleans())
def test_neighbourhoods_equal_the_loop_over_all_interactions(build_store, acted, met, hops, limit, by_pair):
    with built(build_store, acted, met) as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(near_account, "_TIES_PER_PAIR", 0 if by_pair else 25)
        for centre in {name for one, other, *_ in met for name in (one, other)}:
            near = store.neighbourhood(centre, hops, limit)
            shown = [(n.account.account_id, n.hops, n.strength) for n in near.accounts]
            assert shown == expected_neighbourhood(met, centre, hops, limit)
            inside = {name for name, _, _ in shown}
            times = Counter((s, t, k) for s, t, k, _ in met if s != t and s in inside and t in inside)
            assert {(i.source, i.target, i.kind): i.n for i in near.interactions} == times
            if hops == 1:
                cut = len(strengths(met)[centre]) - (len(shown) - 1)
                assert (f"Left out: {cut:,} neighbour" in " ".join(near.left_out)) == (cut > 0)


@world
@given(acted=acts, met=meets, popular=st.integers(2, 8), max_hops=st.integers(1, 4), over=st.sampled_from(WAYS))
def test_a_path_is_the_first_of_the_shortest_that_networkx_finds_and_every_step_is_real(
    build_store, acted, met, popular, max_hops, over
):
    on = accounts_on(acted)
    graph = whole_graph(acted if "objects" in over else [], met if "interactions" in over else [], popular)
    graph.add_nodes_from([*(a for a, *_ in acted), *(name for one, other, *_ in met for name in (one, other))])
    with built(build_store, acted, met) as store:
        for left in graph:
            for right in graph:
                way = store.shortest_path(left, right, max_hops, over, popular)
                first = min(nx.all_shortest_paths(graph, left, right)) if nx.has_path(graph, left, right) else []
                assert way.found == (0 < len(first) <= max_hops + 1)
                assert [step.right for step in way.steps] == (first[1:] if way.found else [])
                near = {left, right} if left != right else set()
                if max_hops > 2 and not 0 < len(first) <= 3:
                    near |= {*graph[left], *graph[right]}
                avoided = (
                    sum(len(who) > popular and bool(who & near) for who in on.values()) if "objects" in over else 0
                )
                assert (f"Left out: {avoided:,} object" in " ".join(way.left_out)) == (avoided > 0)
                for step in way.steps:
                    assert bool(step.interactions) == (
                        "interactions" in over and step.right in strengths(met)[step.left]
                    )
                    shared = sum({step.left, step.right} <= who for who in on.values())
                    assert step.shared_total == (shared if "objects" in over else 0)


@world
@given(acted=acts)
def test_objects_equal_the_loop_over_all_actions(build_store, acted):
    on = accounts_on(acted)
    everyone = sorted({a for a, *_ in acted})
    with built(build_store, acted, []) as store:
        assert store.summary().objects == sum(len(who) >= 2 for who in on.values())
        assert store.summary().lone_objects == sum(len(who) == 1 for who in on.values())
        for left in everyone:
            account = store.account(left)
            assert account.actions == sum(a == left for a, *_ in acted)
            assert account.lone_objects == sum(who == {left} for who in on.values())
            co_actors = Counter(b for who in on.values() if left in who for b in who if b != left)
            assert {c.account.account_id: c.shared for c in store.co_actors(left).accounts} == co_actors
            for right in everyone:
                shared = store.shared_objects(left, right)
                both = {o for o, who in on.items() if {left, right} <= who} if left != right else set()
                assert {s.object.object_id for s in shared.objects} == both
                for s in shared.objects:
                    times = sorted(t for a, o, t in acted if a == right and o == s.object.object_id)
                    assert s.right.n == len(times)
                    assert s.right.first_at is not None
                    assert s.right.first_at.timestamp() % 100 == act("", "", times[0])["at"].timestamp() % 100
        top = store.top_objects(everyone[:3])
        assert {t.object.object_id: (t.inside, t.outside) for t in top.objects} == {
            o: (len(who & set(everyone[:3])), len(who - set(everyone[:3])))
            for o, who in on.items()
            if len(who) >= 2 and who & set(everyone[:3])
        }


@world
@given(acted=acts, met=meets, data=st.data())
def test_the_order_of_the_rows_changes_no_answer(build_store, acted, met, data):
    shuffled = data.draw(st.permutations(acted)), data.draw(st.permutations(met))
    with built(build_store, acted, met) as one, built(build_store, *shuffled) as other:
        assert one.summary() == other.summary()
        for name in {a for a, *_ in acted} | {n for row in met for n in row[:2]}:
            assert one.account(name) == other.account(name)
            assert one.neighbourhood(name, 2, 3) == other.neighbourhood(name, 2, 3)
            assert one.co_actors(name, 3) == other.co_actors(name, 3)
            for end in "abc":
                if one.accounts([end]):
                    assert one.shortest_path(name, end) == other.shortest_path(name, end)
                    assert one.shared_objects(name, end, 2) == other.shared_objects(name, end, 2)
