"""What the guards are told of the data around a cluster, on a world small enough to count by hand."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from detectors.guards.around import Around, Facts, look_around
from detectors.guards.asking import Clusters, views
from graph.schemas import ACCOUNT_SCHEMA, ACTION_SCHEMA, POST_SCHEMA

START = datetime(2024, 3, 1, tzinfo=UTC)
US = int(START.timestamp()) * 1_000_000
OBJECTS = pl.DataFrame(
    {"cluster": [0, 0, 1], "trace": ["text", "share", "text"], "object_id": ["t1", "s1", "t1"], "members": [2, 2, 2],
     "popularity": [5, 2, 5], "often": [1, 1, 1], "block": ["en", "idol", "en"], "at": [US, US, US]},
)  # fmt: skip
WHO = pl.DataFrame({"cluster": [0, 0, 1, 1], "account_id": ["ana", "ben", "cho", "dov"]})


def actions() -> pl.DataFrame:
    """t1: zoe first, then two members of each cluster; s1: ana and ben in the same second. Apps, and an address of ana and ben."""
    told = [
        ("zoe", "text", "t1", 0, "z1"),
        ("ana", "text", "t1", 10, "a1"),
        ("ben", "text", "t1", 20, "b1"),
        ("cho", "text", "t1", 30, "c1"),
        ("dov", "text", "t1", 7200, "d1"),
        ("ana", "share", "s1", 90_000, "a2"),
        ("ben", "share", "s1", 90_000, "b2"),
        ("ben", "text", "t2", 90_100, "b3"),
        ("ana", "client", "Web", 10, "a1"),
        ("ben", "client", "dlvr.it", 20, "b1"),
        ("ben", "client", "dlvr.it", 90_100, "b3"),
        ("ben", "client", "Web", 90_000, "b2"),
        ("zoe", "client", "Web", 0, "z1"),
        ("ana", "ip", "192.0.2.1", 10, "a1"),
        ("ben", "ip", "192.0.2.1", 20, "b1"),
        ("zoe", "ip", "192.0.2.1", 0, "z1"),
        ("zoe", "ip", "192.0.2.9", 0, "z1"),
    ]
    rows = [
        {"account_id": a, "trace": t, "object_id": o, "at": START + timedelta(seconds=s), "post_id": p}
        for a, t, o, s, p in told
    ]
    return pl.DataFrame(rows, schema={name: ACTION_SCHEMA[name] for name in rows[0]})


def posts() -> pl.DataFrame:
    told = [
        ("a1", "ana", "post", "good news via @site", "en", "t1"),
        ("a2", "ana", "share", "somebody else's words", "de", None),
        ("b1", "ben", "post", "good news", "en", "t1"),
        ("b3", "ben", "post", "other words of mine", "en", "t2"),
        ("z1", "zoe", "post", "good news", "en", "t1"),
    ]
    names = ("post_id", "account_id", "kind", "text", "lang", "fingerprint")
    rows = [dict(zip(names, row, strict=True)) | {"at": START, "shared_post_id": None} for row in told]
    rows[1] |= {"shared_post_id": "z1", "at": START + timedelta(seconds=90)}
    return pl.DataFrame(rows, schema={name: POST_SCHEMA[name] for name in rows[0]})


def accounts() -> pl.DataFrame:
    rows = [
        {"account_id": "ana", "created_at": START, "verified": False, "protection_tier": None},
        {"account_id": "ana", "created_at": START - timedelta(days=9), "verified": True, "protection_tier": "media"},
        {"account_id": "zoe", "created_at": START, "verified": True, "protection_tier": None},
    ]
    return pl.DataFrame(rows, schema={name: ACCOUNT_SCHEMA[name] for name in rows[0]})


def seen(shuffled: int = 0) -> Around:
    every = actions().sample(fraction=1, shuffle=True, seed=shuffled)
    tested = every.filter(pl.col("trace").is_in(["text", "share"]))
    acts = tested.join(WHO, on="account_id").join(
        OBJECTS.select("cluster", "trace", "object_id"), on=["cluster", "trace", "object_id"]
    )
    mixed = [frame.sample(fraction=1, shuffle=True, seed=shuffled) for frame in (posts(), accounts())]
    facts = Facts(tested, every.lazy(), mixed[0].lazy(), mixed[1].lazy())
    return look_around(facts, OBJECTS, acts.with_columns(pl.col("at").dt.timestamp("us")), WHO)


@pytest.fixture(scope="module")
def around() -> Around:
    return seen()


def test_first_is_the_first_of_everybody_and_outsiders_are_in_no_cluster(around: Around):
    assert around.objects.select("cluster", "object_id", "first_account", "outsiders").rows() == [
        (0, "s1", None, 0),  # two in one second: nobody was first
        (0, "t1", "zoe", 1),  # cho and dov are in another cluster, so they do not count as outside
        (1, "t1", "zoe", 1),
    ]


def test_lags_apps_and_endings_stand_beside_each_act(around: Around):
    told = around.acts.select("object_id", "account_id", "lag_s", "client", "button").sort("object_id", "account_id")
    assert told.rows() == [
        ("s1", "ana", 0.0, None, False),
        ("s1", "ben", 0.0, "Web", None),
        ("t1", "ana", 10.0, "Web", True),
        ("t1", "ben", 20.0, "dlvr.it", False),
        ("t1", "cho", 30.0, None, None),
        ("t1", "dov", 7200.0, None, None),
    ]


def test_members_are_told_with_profile_posts_and_days(around: Around):
    ana = around.members.row(by_predicate=pl.col("account_id") == "ana", named=True)
    first, last = US + 10_000_000, US + 90_000_000_000
    assert ana == {
        "cluster": 0, "account_id": "ana", "created_at": US - 9 * 86_400_000_000, "verified": True,
        "protection_tier": "media", "acts": 2, "posts": 2, "originals": 1, "texts": 1, "length": 19.0, "hours": 2, "days": 2,
        "first_at": first, "last_at": last, "lang": "de", "week": 0.0,
    }  # fmt: skip
    ben = around.members.row(by_predicate=pl.col("account_id") == "ben", named=True)
    assert (ben["acts"], ben["posts"], ben["originals"], ben["texts"], ben["lang"]) == (3, 2, 2, 2, "en")
    cho = around.members.row(by_predicate=pl.col("account_id") == "cho", named=True)
    assert (cho["acts"], cho["posts"], cho["lang"], cho["verified"]) == (1, 0, None, None)


def test_apps_are_counted_per_member_and_their_texts_over_everybody(around: Around):
    assert around.clients.rows() == [(0, "Web", "ana", 1), (0, "Web", "ben", 1), (0, "dlvr.it", "ben", 2)]
    assert around.app_texts == {"Web": 1.0, "dlvr.it": 0.5}


def test_addresses_are_those_of_members_with_everybody_on_them(around: Around):
    told = around.addresses.select("object_id", "account_id", "in_a_week", "accounts")
    assert told.rows() == [("192.0.2.1", "ana", 3, 3), ("192.0.2.1", "ben", 3, 3)]


def test_reactions_stand_beside_the_cluster_of_who_shared(around: Around):
    told = around.reactions.select("cluster", "account_id", "post_id", "original", "author", "after_s")
    assert told.rows() == [(0, "ana", "a2", "z1", "zoe", 90.0)]


def test_users_are_everybody_on_a_private_value_that_two_members_share(around: Around):
    assert around.users.select("cluster", "object_id", "account_id").rows() == [
        (0, "192.0.2.1", "ana"),
        (0, "192.0.2.1", "ben"),
        (0, "192.0.2.1", "zoe"),
    ]


def test_a_carrier_has_no_users_that_anything_could_rest_on():
    crowd = [(f"u{number}", "ip", "carrier", 0, f"p{number}") for number in range(60)]
    told = [
        ("ana", "text", "t1", 0, "a1"),
        *crowd,
        ("ana", "ip", "carrier", 0, "a1"),
        ("ben", "ip", "carrier", 0, "b1"),
    ]
    rows = pl.DataFrame(
        [{"account_id": a, "trace": t, "object_id": o, "at": START, "post_id": p} for a, t, o, s, p in told],
        schema={name: ACTION_SCHEMA[name] for name in ("account_id", "trace", "object_id", "at", "post_id")},
    )
    tested = rows.filter(pl.col("trace") == "text")
    acts = tested.join(WHO, on="account_id").with_columns(pl.col("at").dt.timestamp("us"))
    assert look_around(Facts(tested, rows.lazy()), OBJECTS, acts, WHO).users.is_empty()


def test_speakers_are_counted_over_everybody(around: Around):
    assert around.speakers == {"de": 1, "en": 3}


@pytest.mark.parametrize("seed", range(1, 5))
def test_the_order_of_rows_changes_nothing(around: Around, seed: int):
    other = seen(seed)
    for name in ("objects", "acts", "members", "clients", "addresses", "reactions", "users"):
        assert getattr(other, name).equals(getattr(around, name)), name
    assert (other.speakers, other.app_texts) == (around.speakers, around.app_texts)


def test_what_the_second_stage_explained_reaches_the_cluster_it_belongs_to(around: Around):
    signals = pl.DataFrame(
        schema={"cluster": pl.Int64, "name": pl.String, "family": pl.String}
        | dict.fromkeys(("value", "seen", "expected"), pl.Float64)
    )
    everyone = pl.Series(["ana", "ben", "cho", "dov", "zoe"])
    explained = pl.DataFrame({"cluster": [1], "explained_by_blocks": [0.9]})
    clusters = Clusters((np.array([0, 1]), np.array([2, 3])), everyone, explained)
    assert clusters.who.equals(WHO)
    first, second = views((), around, signals, clusters)
    assert (first.explained, second.explained) == (None, 0.9)
    assert (first.ids, second.ids) == ({"ana", "ben"}, {"cho", "dov"})
    assert (first.clients.height, second.clients.height) == (3, 0)


def test_without_posts_and_profiles_the_frames_are_whole():
    tested = actions().filter(pl.col("trace") == "text")
    acts = tested.join(WHO, on="account_id").with_columns(pl.col("at").dt.timestamp("us"))
    told = look_around(Facts(tested, tested.lazy()), OBJECTS, acts, WHO)
    assert told.members["posts"].to_list() == [0, 0, 0, 0]
    assert (told.clients.height, told.addresses.height, told.speakers, told.app_texts) == (0, 0, {}, {})
