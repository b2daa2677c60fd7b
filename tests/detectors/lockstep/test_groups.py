"""Blocks of follows and likes that stand for one ring are one group."""

import polars as pl

from detectors.lockstep import dense_blocks
from detectors.lockstep.frames import BLOCK_MEMBER_SCHEMA, BLOCK_OBJECT_SCHEMA, BLOCK_SCHEMA, Blocks
from detectors.lockstep.groups import lockstep_groups
from tests.detectors.lockstep.touch_worlds import crowd, ring


def blocks(*members: dict[str, int]) -> Blocks:
    """Blocks by their members and how many touches of each lie inside."""
    rows = [
        (number, name, inside, inside) for number, one in enumerate(members) for name, inside in sorted(one.items())
    ]
    table = pl.DataFrame(rows, schema=dict(BLOCK_MEMBER_SCHEMA), orient="row")
    empty = [pl.DataFrame(schema=dict(schema)) for schema in (BLOCK_SCHEMA, BLOCK_OBJECT_SCHEMA, BLOCK_MEMBER_SCHEMA)]
    return Blocks(empty[0], table, empty[1], empty[2])


def test_blocks_with_half_of_the_smaller_in_common_are_one_group():
    found = {"follow": blocks({"ana": 5, "ben": 5, "cat": 5, "dan": 5}), "like": blocks({"cat": 3, "dan": 3, "eve": 3})}
    told = lockstep_groups(found)
    assert told.members == [["ana", "ben", "cat", "dan", "eve"]]
    assert told.group_of == {"follow": {0: 0}, "like": {0: 0}}


def test_an_account_of_two_groups_goes_where_more_of_its_touches_lie():
    one, other = {"ana": 5, "ben": 5, "cat": 5, "dan": 2}, {"dan": 3, "eve": 3, "fay": 3, "gus": 3}
    told = lockstep_groups({"follow": blocks(one), "like": blocks(other)})
    assert told.members == [["ana", "ben", "cat"], ["dan", "eve", "fay", "gus"]]
    assert told.group_of == {"follow": {0: 0}, "like": {0: 1}}


def test_at_a_tie_the_account_stays_with_the_group_that_begins_first():
    one, other = {"ana": 5, "ben": 5, "dan": 3}, {"dan": 3, "eve": 3, "fay": 3}
    assert lockstep_groups({"follow": blocks(other), "like": blocks(one)}).members[0] == ["ana", "ben", "dan"]


def test_blocks_join_through_a_third_one():
    chain = [{"a": 1, "b": 1}, {"b": 1, "c": 1}, {"c": 1, "d": 1}]
    told = lockstep_groups({"follow": blocks(chain[0]), "like": blocks(chain[1]), "reply": blocks(chain[2])})
    assert told.members == [["a", "b", "c", "d"]]


def test_the_order_of_traces_changes_nothing():
    found = {"like": blocks({"x": 2, "y": 2}, {"p": 1, "q": 1}), "follow": blocks({"y": 1, "z": 1})}
    assert lockstep_groups(found) == lockstep_groups(dict(reversed(found.items())))


def test_without_blocks_there_are_no_groups():
    told = lockstep_groups({"follow": blocks(), "like": blocks()})
    assert (told.members, told.group_of) == ([], {"follow": {}, "like": {}})


def test_a_ring_that_follows_and_likes_is_one_group_of_its_accounts():
    world = crowd(1)
    follows, likes = pl.concat([world, ring(2, "r")]), pl.concat([crowd(5), ring(3, "r", objects=12)])
    told = lockstep_groups({"follow": dense_blocks(follows), "like": dense_blocks(likes)})
    assert told.members == [[f"r{m:02d}" for m in range(20)]]
