"""What every graph store answers: the same small town, the same sentences about what was left out."""

import pytest

from graph.answers import Interaction, SharedObject, Span
from graph.errors import BadSetting, NothingThere
from graph.store import GraphStore
from tests.graph.small_worlds import act, at, meet


def test_the_summary_counts_everything_and_says_what_stayed_outside(store: GraphStore):
    said = store.summary()
    assert (said.accounts, said.listed_accounts) == (7, 4)  # ana ben eve zoe two1 two2 @twin
    assert (said.objects, said.lone_objects, said.touches) == (3, 2, 7)
    assert (said.interactions, said.self_interactions) == (5, 1)
    assert (said.handles_resolved, said.handles_open) == (1, 1)
    assert (said.first_at, said.last_at) == (at(0), at(25))
    assert [(t.trace, t.objects, t.lone_objects, t.touches) for t in said.traces] == [
        ("like", 0, 1, 0),
        ("share", 2, 1, 5),
        ("url", 1, 0, 2),
    ]
    assert [(k.kind, k.ties, k.times) for k in said.kinds] == [
        ("mention", 2, 2),
        ("quote", 1, 1),
        ("reply", 1, 2),
        ("share", 1, 1),
    ]
    assert said.left_out == (
        "Left out: 2 objects that only one account acted on; they join nothing.",
        "Left out: 1 times an account interacted with itself.",
    )


def test_an_account_carries_what_the_facts_know_of_it(store: GraphStore):
    ana = store.account("ana")
    assert (ana.handle, ana.platform, ana.created_at, ana.listed) == ("Ana_A", "x", at(-9), True)
    assert (ana.actions, ana.shared_objects, ana.lone_objects) == (5, 2, 2)
    eve = store.account("eve")
    assert (eve.handle, eve.listed, eve.actions) == (None, False, 2)
    assert [a.account_id for a in store.accounts(["zoe", "nobody", "ana"])] == ["ana", "zoe"]


def test_a_handle_of_one_account_is_that_account_and_one_of_two_stays_open(store: GraphStore):
    near_ben = store.neighbourhood("ben", kinds=["mention"])
    assert [n.account.account_id for n in near_ben.accounts] == ["ben", "@twin", "ana"]
    assert not store.account("@twin").listed


def test_the_neighbourhood_lists_the_strongest_first_and_both_directions(store: GraphStore):
    near = store.neighbourhood("ana")
    assert [(n.account.account_id, n.hops, n.strength) for n in near.accounts] == [
        ("ana", 0, 0),
        ("ben", 1, 3),
        ("eve", 1, 1),
    ]
    assert near.interactions == (
        Interaction("ana", "ben", "reply", 2, at(1), at(5)),
        Interaction("ben", "ana", "mention", 1, at(8), at(8)),
        Interaction("eve", "ana", "share", 1, at(3), at(3)),
    )
    assert near.left_out == ()


def test_two_hops_reach_the_neighbours_of_neighbours(store: GraphStore):
    near = store.neighbourhood("ana", hops=2)
    assert [(n.account.account_id, n.hops) for n in near.accounts] == [
        ("ana", 0),
        ("ben", 1),
        ("eve", 1),
        ("@twin", 2),
        ("zoe", 2),
    ]


def test_a_limit_says_what_it_cut(store: GraphStore):
    near = store.neighbourhood("ana", hops=2, limit_nodes=1, limit_interactions=1)
    assert [n.account.account_id for n in near.accounts] == ["ana", "ben"]
    assert near.left_out == (
        "Left out: 1 neighbour with fewer interactions.",
        "Left out: 1 neighbour with fewer interactions, 2 hops away.",
        "Left out: 1 tie among those shown, with fewer interactions.",
    )


def test_shared_objects_come_rarest_first_with_both_times(store: GraphStore):
    shared = store.shared_objects("ben", "ana")
    assert shared.total == 2
    assert [(s.object.object_id, s.object.accounts) for s in shared.objects] == [("p2", 2), ("p1", 3)]
    assert (shared.objects[1].left, shared.objects[1].right) == (Span(1, at(3), at(3)), Span(2, at(0), at(7)))
    cut = store.shared_objects("ana", "ben", limit=1)
    assert (cut.total, len(cut.objects)) == (2, 1)
    assert cut.left_out == ("Left out: 1 shared object that more accounts acted on.",)


def test_the_same_post_shared_and_liked_is_two_objects(store: GraphStore):
    assert store.accounts_of("share", "p1").object.accounts == 3
    with pytest.raises(NothingThere):
        store.accounts_of("like", "p1")  # one account alone


def test_accounts_of_an_object_come_in_the_order_of_their_first_act(store: GraphStore):
    behind = store.accounts_of("share", "p1")
    assert [(a.account.account_id, a.span.n, a.span.first_at) for a in behind.accounts] == [
        ("ana", 2, at(0)),
        ("ben", 1, at(3)),
        ("eve", 1, at(9)),
    ]
    assert store.accounts_of("share", "p1", limit=1).left_out == ("Left out: 2 accounts that acted on it later.",)


def test_top_objects_of_a_set_tell_inside_from_outside(store: GraphStore):
    top = store.top_objects(["ana", "ben", "nobody"])
    assert [(t.object.object_id, t.inside, t.outside) for t in top.objects] == [
        ("p2", 2, 0),
        ("p1", 2, 1),
        ("https://ex.org/a", 1, 1),
    ]
    assert top.left_out == (
        "Left out: 2 objects that one account alone acted on.",
        "Left out: 1 account unknown to the graph.",
    )


def test_co_actors_are_those_on_the_same_objects(store: GraphStore):
    assert [(c.account.account_id, c.shared) for c in store.co_actors("ben").accounts] == [("ana", 2), ("eve", 2)]
    few = store.co_actors("ben", popular=2)
    assert [(c.account.account_id, c.shared) for c in few.accounts] == [("ana", 1), ("eve", 1)]
    assert few.left_out == ("Left out: 1 object that more than 2 accounts acted on.",)


def test_a_path_names_the_interactions_and_the_shared_objects_of_each_step(store: GraphStore):
    way = store.shortest_path("zoe", "ben")
    assert [(s.left, s.right) for s in way.steps] == [("zoe", "eve"), ("eve", "ben")]
    assert way.steps[0].interactions == (Interaction("zoe", "eve", "quote", 1, at(4), at(4)),)
    assert way.steps[0].shared is None
    shared = way.steps[1].shared
    assert isinstance(shared, SharedObject)
    assert (shared.object.object_id, shared.left.first_at, shared.right.first_at) == ("https://ex.org/a", at(2), at(4))
    assert way.steps[1].shared_total == 2


def test_a_path_can_be_asked_over_one_kind_of_tie_only(store: GraphStore):
    assert [s.right for s in store.shortest_path("eve", "ben", over=["interactions"]).steps] == ["ana", "ben"]
    none = store.shortest_path("zoe", "ben", over=["objects"])
    assert (none.found, none.steps) == (False, ())
    assert store.shortest_path("zoe", "ben", max_hops=1).left_out == (
        "Left out: ways longer than 1 steps, if there are any.",
    )
    assert store.shortest_path("ana", "ana").found


def test_searching_finds_ids_handles_and_objects_by_how_they_start(store: GraphStore):
    assert [a.account_id for a in store.find("an").accounts] == ["ana"]
    assert [a.account_id for a in store.find("@TWI").accounts] == ["two1", "two2", "@twin"]
    assert [a.account_id for a in store.find("@twin").accounts] == ["@twin", "two1", "two2"]
    assert [o.object_id for o in store.find("ex.org/").objects] == ["https://ex.org/a"]
    assert [o.object_id for o in store.find("p").objects] == ["p1", "p2"]
    cut = store.find("p", limit=1)
    assert cut.left_out == ("Left out: 1 object starting like this that fewer accounts acted on.",)
    assert store.find("nobody at all").accounts == ()
    assert store.find("").accounts == ()


@pytest.mark.parametrize("strange", ["nobody", "", "a\0na", "ana\0", "\ud800", "' OR 1=1 --", "%", "_na", "ANA"])
def test_an_account_that_is_not_there_is_said_so_and_never_mistaken(store: GraphStore, strange: str):
    with pytest.raises(NothingThere):
        store.account(strange)
    assert store.accounts([strange]) == ()
    store.find(strange)
    with pytest.raises(NothingThere):
        store.accounts_of("share", strange)


def test_a_limit_below_one_has_no_meaning(store: GraphStore):
    with pytest.raises(BadSetting):
        store.find("a", limit=0)
    with pytest.raises(BadSetting):
        store.neighbourhood("ana", hops=3)
    with pytest.raises(BadSetting):
        store.shortest_path("ana", "ben", over=["magic"])
    for steps in (0, 5):
        with pytest.raises(BadSetting, match="1 to 4 steps"):
            store.shortest_path("ana", "ben", max_hops=steps)


def test_names_that_look_like_queries_are_only_names(build_store, tmp_path):
    evil = "x'); DROP TABLE accounts; --"
    tables = {"actions": [act(evil, 'o"\\{}'), act("b", 'o"\\{}')], "interactions": [meet(evil, "b", "reply")]}
    with build_store(tmp_path / "w", tables) as store:
        assert store.account(evil).shared_objects == 1
        assert [a.account.account_id for a in store.accounts_of("share", 'o"\\{}').accounts] == ["b", evil]
        assert store.find("x')").accounts[0].account_id == evil
        assert store.summary().accounts == 2


def test_names_of_any_length_and_alphabet_are_kept_whole_and_sorted_by_character(build_store, tmp_path):
    # U+FFFD comes before U+1F600 by character and after it by UTF-16 unit; an index refuses values over some 8 kB.
    long, longer = "x" * 9_000, "x" * 9_000 + "y"
    smiles = "\U0001f600" * 300
    names = [long, longer, "\ufffd", "\U0001f600", smiles, "Zürich", "łódź"]
    tables = {"actions": [act(n, f"{o}-{p}") for n in names for o in ("\ufffd", "\U0001f600", long) for p in "ab"]}
    with build_store(tmp_path / "w", tables) as store:
        objects = [f"{o}-{p}" for o in (long, "\ufffd", "\U0001f600") for p in "ab"]
        assert [o.object.object_id for o in store.shared_objects(long, "łódź").objects] == objects
        assert [a.account_id for a in store.accounts(names)] == sorted(names)
        assert [a.account.account_id for a in store.accounts_of("share", f"{long}-b").accounts] == sorted(names)
        assert [a.account_id for a in store.find(long).accounts] == [long, longer]
        assert [a.account_id for a in store.find("\U0001f600" * 2).accounts] == [smiles]
        assert store.account(longer).shared_objects == 6


def test_an_empty_workspace_gives_an_empty_graph(build_store, tmp_path):
    with build_store(tmp_path / "w", {}) as store:
        said = store.summary()
        assert (said.accounts, said.objects, said.interactions, said.first_at) == (0, 0, 0, None)
        assert store.find("a").accounts == ()
        assert store.top_objects(["a"]).total == 0
