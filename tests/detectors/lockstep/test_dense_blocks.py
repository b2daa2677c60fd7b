"""Dense blocks: planted rings are found under camouflage, crowds and shuffles give nothing."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from detectors.lockstep import Lockstep, dense_blocks
from detectors.lockstep.chance import log10_overlap_tail
from detectors.lockstep.frames import BLOCK_MEMBER_SCHEMA, BLOCK_OBJECT_SCHEMA, BLOCK_SCHEMA, Blocks
from detectors.lockstep.shuffle import dealt_anew
from detectors.lockstep.signals import lockstep_signals
from detectors.lockstep.touch_graph import named_touches
from detectors.scan.signals import NUMBERED_SIGNAL
from graph.errors import BadSetting
from tests.detectors.lockstep.touch_worlds import camouflage, crowd, ring

CROWD = crowd(1)
RING = {f"r{m:02d}" for m in range(20)}


def members(found: Blocks, block: int = 0) -> set[str]:
    return set(found.members.filter(pl.col("block") == block)["account_id"])


def shuffled(actions: pl.DataFrame, seed: int) -> pl.DataFrame:
    touched = named_touches(actions, 5.0)
    anew = dealt_anew(touched.graph, seed)
    return pl.DataFrame(
        {"account_id": touched.account_ids.gather(anew.account), "object_id": touched.object_ids.gather(anew.object)}
    )


@pytest.mark.parametrize("padding", [0, 30, 100])
def test_a_ring_of_twenty_is_found_whole_whatever_popular_things_it_also_touched(padding: int):
    world = pl.concat([CROWD, ring(2, "r"), camouflage(3, "r", CROWD, each=padding)])
    found = dense_blocks(world)
    assert found.blocks.height == 1
    assert members(found) == RING
    assert set(found.objects["object_id"]) == {f"r-o{o:02d}" for o in range(15)}


def test_camouflage_leaves_the_score_of_the_ring_as_it_was():
    """Padding adds touches to other objects only: neither the ring's touches nor the popularity of its objects change."""
    plain = dense_blocks(pl.concat([CROWD, ring(2, "r")]))
    padded = dense_blocks(pl.concat([CROWD, ring(2, "r"), camouflage(3, "r", CROWD, each=100)]))
    assert padded.blocks["score"].to_list() == plain.blocks["score"].to_list()


def test_two_rings_are_two_blocks_without_common_accounts():
    world = pl.concat([CROWD, ring(2, "r"), ring(4, "s", 8, 12), camouflage(3, "r", CROWD)])
    found = dense_blocks(world)
    assert [members(found, 0), members(found, 1)] == [RING, {f"s{m:02d}" for m in range(8)}]
    assert found.blocks["accounts"].to_list() == [20, 8]


def test_six_accounts_are_found_among_rare_objects_where_the_crowd_as_a_whole_is_denser():
    world = pl.concat([CROWD, ring(4, "s", 6, 8)])
    assert members(dense_blocks(world)) == {f"s{m:02d}" for m in range(6)}
    assert dense_blocks(world, Lockstep(popularities=())).blocks.is_empty()


@pytest.mark.parametrize("seed", range(10))
def test_a_crowd_with_heavy_tails_gives_nothing(seed: int):
    assert dense_blocks(crowd(seed, accounts=400, objects=200, touches=8_000)).blocks.is_empty()


@pytest.mark.parametrize("seed", range(10))
def test_the_same_world_with_a_ring_gives_nothing_once_its_touches_are_dealt_anew(seed: int):
    world = pl.concat([CROWD, ring(2, "r"), ring(4, "s", 8, 12), camouflage(3, "r", CROWD)])
    assert dense_blocks(shuffled(world, seed)).blocks.is_empty()


def test_where_the_bound_lets_everything_pass_the_shuffles_still_hold_the_crowd_back():
    loose = Lockstep(p=1.0, most_blocks=1)
    assert dense_blocks(CROWD, loose).blocks.is_empty()
    assert members(dense_blocks(pl.concat([CROWD, ring(2, "r")]), loose)) == RING


def test_dealing_anew_keeps_all_degrees_and_repeats_no_touch():
    graph = named_touches(CROWD, 5.0).graph
    anew = dealt_anew(graph, seed=7)
    assert anew.degree().tolist() == graph.degree().tolist()
    assert anew.popularity().tolist() == graph.popularity().tolist()
    assert len(set(zip(anew.account.tolist(), anew.object.tolist(), strict=True))) == graph.account.size
    assert (anew.object != graph.object).mean() > 0.9


def test_what_cannot_be_dealt_anew_keeps_its_degrees():
    """Every account touched every object: there is one such graph."""
    full = pl.DataFrame(
        [(f"a{a}", f"o{o}") for a in range(4) for o in range(3)], schema=["account_id", "object_id"], orient="row"
    )
    graph = named_touches(full, 5.0).graph
    assert dealt_anew(graph, 1).popularity().tolist() == [4, 4, 4]


def test_row_order_and_repeated_rows_change_no_byte():
    world = pl.concat([CROWD, ring(2, "r"), ring(4, "s", 8, 12)])
    other = pl.concat([world, world.head(500)]).sample(fraction=1.0, shuffle=True, seed=3)
    one, two = dense_blocks(world, seed=5), dense_blocks(other, seed=5)
    assert one.blocks.equals(two.blocks)
    assert one.members.equals(two.members)
    assert one.objects.equals(two.objects)
    assert one.linked.equals(two.linked)
    assert one.members["account_id"].to_list() == one.members.sort("block", "account_id")["account_id"].to_list()


def test_a_block_says_how_much_of_each_member_and_object_lies_inside():
    """Six accounts on six objects of their own, one of them with two touches more; 2,000 pairs of accounts besides."""
    rows = [(f"m{a}", f"o{o}") for a in range(6) for o in range(6)] + [("m0", "p0000"), ("m0", "p0001")]
    rows += [(f"u{n:04d}{side}", f"p{n:04d}") for n in range(2_000) for side in "ab"]
    found = dense_blocks(pl.DataFrame(rows, schema=["account_id", "object_id"], orient="row"))
    assert found.members.rows() == [(0, "m0", 6, 8), *((0, f"m{a}", 6, 6) for a in range(1, 6))]
    assert found.objects.rows() == [(0, f"o{o}", 6, 6) for o in range(6)]
    row = found.blocks.row(0, named=True)
    assert (row["accounts"], row["objects"], row["touches"]) == (6, 6, 36)
    assert row["expected"] == pytest.approx((6 * 6 + 2) * (6 * 6) / (36 + 2 + 4_000))
    assert row["score"] == pytest.approx(36 / np.log(6 + 5) / 12, abs=1e-5)
    assert row["shuffle_p"] == 1 / 20


def touching(name: str, ring_objects: int, others: int) -> pl.DataFrame:
    """An account with some objects of the ring and some of the crowd."""
    rows = [(name, f"r-o{o:02d}") for o in range(ring_objects)] + [(name, f"thing{o:05d}") for o in range(others)]
    return pl.DataFrame(rows, schema=["account_id", "object_id"], orient="row")


def test_an_account_with_a_few_of_the_rings_objects_is_linked_and_no_member():
    """Six objects of the ring among ten are more than chance explains, two are not enough, six among 600 may be chance."""
    world = pl.concat([CROWD, ring(2, "r"), touching("near", 6, 4), touching("two", 2, 0), touching("busy", 6, 594)])
    found = dense_blocks(world)
    assert members(found) == RING
    assert found.linked.rows() == [(0, "near", 6, 10)]


def test_no_member_of_a_block_is_linked_to_another_one():
    rings = [ring(2, "r"), ring(4, "s", 8, 12)]
    fan = pl.DataFrame(
        [(f"s0{m}", f"r-o{o:02d}") for m in range(3) for o in range(6)], schema=CROWD.schema, orient="row"
    )
    found = dense_blocks(pl.concat([CROWD, *rings, fan]))
    assert not set(found.linked["account_id"]) & set(found.members["account_id"])
    assert members(found, 1) == {f"s{m:02d}" for m in range(8)}


def test_nothing_to_look_at_gives_empty_tables():
    nothing = dense_blocks(pl.DataFrame(schema={"account_id": pl.String, "object_id": pl.String}))
    assert nothing.blocks.schema == dict(BLOCK_SCHEMA)
    assert nothing.members.schema == dict(BLOCK_MEMBER_SCHEMA)
    assert nothing.objects.schema == dict(BLOCK_OBJECT_SCHEMA)
    assert nothing.linked.schema == dict(BLOCK_MEMBER_SCHEMA)
    assert lockstep_signals(nothing, "follow").schema == dict(NUMBERED_SIGNAL)


def test_rows_without_ids_are_refused():
    with pytest.raises(BadSetting, match="1 actions lack"):
        dense_blocks(pl.DataFrame({"account_id": ["a", None], "object_id": ["o", "o"]}))


@given(
    st.integers(2, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n), st.integers(1, n), st.integers(1, n)))
)
def test_the_bound_lies_above_the_exact_tail(deal: tuple[int, int, int, int]):
    """`drawn` of `touches` cards, `marked` of them marked: the chance of `seen` marked ones is hypergeometric."""
    touches, drawn, marked, seen = deal
    seen = min(seen, drawn, marked)
    exact = hypergeom.sf(seen - 1, touches, marked, drawn)
    bound = log10_overlap_tail(np.array([float(seen)]), np.array([float(drawn)]), float(marked), float(touches))[0]
    assert 10**bound >= exact * (1 - 1e-9)


def test_a_block_is_one_sign_with_a_sentence():
    found = dense_blocks(pl.concat([CROWD, ring(2, "r")]))
    row = lockstep_signals(found, "follow", {0: 7}).row(0, named=True)
    assert (row["cluster"], row["name"], row["family"], row["value"]) == (7, "follow_lockstep", "lockstep", 1.0)
    assert (row["seen"], row["window_seconds"]) == (270.0, None)
    assert row["low"] <= row["expected"] <= row["high"] < row["seen"]
    assert row["sentence"] == (
        "These 20 accounts followed the same 15 accounts: 270 of 300 possible times (90\u202f%). Accounts as active as "
        "these, on accounts as popular, would do so about 6 times. By chance: less than 1 in a million."
    )


def test_blocks_without_a_cluster_say_nothing():
    assert lockstep_signals(dense_blocks(pl.concat([CROWD, ring(2, "r")])), "follow", {}).is_empty()
