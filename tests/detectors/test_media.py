"""Near-copies of pictures against the obvious way: every hash compared with every leader, bit by bit."""

import random
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.media import NearPictures, near_pictures, one_object_per_picture
from detectors.stages import Funnel
from graph.errors import BadSetting
from graph.schemas import ACTION_SCHEMA
from tests.detectors.worlds import actions_of

RADIUS = {16: 7, 64: 31}


def differing(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def is_hash(name: str) -> bool:
    return len(name) in RADIUS and set(name.lower()) <= set("0123456789abcdef") and not name.isdigit()


def leaders_by_hand(uses: dict[str, int]) -> dict[str, str]:
    leaders: list[str] = []
    follows = {}
    for name in sorted(uses, key=lambda name: (-uses[name], name)):
        near = [
            leader
            for leader in leaders
            if is_hash(name) and len(leader) == len(name) and differing(leader, name) <= RADIUS[len(name)]
        ]
        if near:
            follows[name] = near[0]
        elif is_hash(name):
            leaders.append(name)
    return follows


def found_in(uses: dict[str, int], how: NearPictures | None = None) -> dict[str, str]:
    frame = pl.DataFrame(
        {"hash": list(uses), "uses": list(uses.values())}, schema={"hash": pl.String, "uses": pl.Int64}
    )
    return dict(near_pictures(frame, how or NearPictures(), funnel=Funnel()).leader_of.iter_rows())


def copies(seed: int, digits: int, originals: int = 30, each: int = 8) -> dict[str, int]:
    """Random hashes and copies of them with 0 to 1.5 radii of bits flipped, so that chains and misses are among them."""
    draw = random.Random(seed)
    uses = {}
    for _ in range(originals):
        original = draw.getrandbits(4 * digits)
        for _ in range(each):
            flipped = original
            for bit in draw.sample(range(4 * digits), draw.randint(0, RADIUS[digits] * 3 // 2)):
                flipped ^= 1 << bit
            uses[f"{flipped:0{digits}x}"] = draw.randint(1, 5)
    return uses


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("digits", [16, 64])
def test_every_hash_joins_the_leader_that_brute_force_finds(seed: int, digits: int):
    uses = copies(seed, digits)
    expected = leaders_by_hand(uses)
    assert len(expected) > 50
    assert found_in(uses) == expected


@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=10))
def test_two_hashes_are_one_picture_up_to_seven_bits_wherever_they_lie(original: int, bits: set[int]):
    copy = original
    for bit in bits:
        copy ^= 1 << bit
    uses = {f"{original:016x}": 2, f"{copy:016x}": 1}
    assert found_in(uses) == leaders_by_hand(uses)


def test_more_pictures_than_a_chunk_holds_give_the_same_leaders(monkeypatch: pytest.MonkeyPatch):
    uses = copies(11, 16)
    monkeypatch.setattr("detectors.media._PICTURES_PER_CHUNK", 7)
    assert found_in(uses) == leaders_by_hand(uses)


def test_hashes_of_other_kinds_are_equal_to_themselves_only():
    uses = {
        "00000000000000ff": 5,
        "00000000000000FE": 4,  # one bit away, in capitals
        "00000000000000f": 3,  # a digit short
        "1000000000000001": 3,  # digits only: a number of the platform
        "1000000000000002": 3,
        "00000000000000fg": 3,
        "00" * 24 + "ff" * 8: 3,
    }
    assert found_in(uses) == {"00000000000000FE": "00000000000000ff"}


def test_pictures_do_not_chain():
    a, b, c = "ffff000000000000", "ffff00000000001f", "ffff0000000003ff"
    assert (differing(a, b), differing(b, c), differing(a, c)) == (5, 5, 10)
    assert found_in({a: 9, b: 5, c: 1}) == {b: a}


def test_a_full_bucket_is_told():
    hashes = [f"{'f' * 12}{number:04x}" for number in range(30)]
    frame = pl.DataFrame({"hash": hashes, "uses": [1] * 30})
    assert near_pictures(frame, NearPictures(bucket=5), funnel=Funnel()).left_out > 0
    assert near_pictures(frame, NearPictures(), funnel=Funnel()).left_out == 0


def test_a_radius_that_cannot_be_searched_exactly_is_refused():
    with pytest.raises(BadSetting, match="8 of 64 bits"):
        NearPictures(bits_of_64=8)


def test_the_near_copy_stands_under_its_leader_and_the_block_is_the_earliest_uploader():
    actions = actions_of(
        [
            ("ben", "media", "ffff000000000000", 50),
            ("ana", "media", "ffff000000000000", 70),
            ("eve", "media", "ffff00000000001f", 10),
            ("kim", "media", "video-7", 10),
            ("kim", "share", "ffff00000000001f", 10),
        ]
    )
    for rows in (actions, actions.reverse()):
        got = one_object_per_picture(rows, funnel=Funnel())
        told = got.sort("trace", "account_id").select("account_id", "object_id", "block").rows()
        assert told == [
            ("ana", "ffff000000000000", "eve"),
            ("ben", "ffff000000000000", "eve"),
            ("eve", "ffff000000000000", "eve"),
            ("kim", "video-7", "kim"),
            ("kim", "ffff00000000001f", "ffff00000000001f"),
        ]


def test_what_was_left_out_is_noted_in_the_run():
    funnel = Funnel()
    rows = [(f"user{number}", "media", f"{'f' * 12}{number:04x}", float(number)) for number in range(30)]
    one_object_per_picture(actions_of(rows), NearPictures(bucket=5), funnel=funnel)
    assert "comparisons of pictures were left out" in funnel.notes[0]


def test_without_pictures_nothing_changes():
    start = datetime(2024, 3, 1, tzinfo=UTC) + timedelta(hours=1)
    nothing = pl.DataFrame(schema=dict(ACTION_SCHEMA))
    assert one_object_per_picture(nothing, funnel=Funnel()).equals(nothing)
    shares = actions_of([("ana", "share", "p1", 3.0)]).with_columns(at=pl.lit(start))
    assert one_object_per_picture(shares, funnel=Funnel()).equals(shares)
