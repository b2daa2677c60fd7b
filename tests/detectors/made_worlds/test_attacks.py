"""The security world: a ring of thirty, and what each attack of SECURITY.md section 5 does to it."""

from itertools import combinations

import polars as pl
import pytest

from detectors.worlds import ATTACKS
from detectors.worlds.seams import TEXTS_IN_LIST

EVENTS = 60_000


@pytest.fixture(scope="module", params=ATTACKS)
def attacked(request, world):
    return request.param, world("security", events=EVENTS, attack=request.param)


def ring(made) -> list[str]:
    return made.labels.filter(pl.col("label") == "coordinated")["account_id"].sort().to_list()


def pushed(made) -> pl.DataFrame:
    """Per link that the ring alone posts: who, and from the first to the last in seconds."""
    linked = made.posts.explode("urls").drop_nulls("urls")
    mine = linked.with_columns(ours=pl.col("account_id").is_in(ring(made)))
    told = mine.group_by("urls").agg(
        pl.col("ours").all(),
        pl.col("account_id").unique().sort(),
        at=pl.col("created_at").max() - pl.col("created_at").min(),
    )
    return told.filter("ours").with_columns(pl.col("at").dt.total_microseconds() / 1e6)


def test_the_ring_has_thirty_members_whatever_the_attack(attacked):
    _, made = attacked
    assert len(ring(made)) == 30
    assert made.campaigns[0]["attack"] == attacked[0]


def test_every_attack_stands_before_the_same_background(attacked, world):
    _, made = attacked
    quiet = world("organic", events=EVENTS)
    assert quiet.posts.join(made.posts, on="post_id", how="anti").is_empty()


def test_without_attack_two_thirds_post_each_link_within_a_minute(world):
    links = pushed(world("security", events=EVENTS))
    assert links["at"].max() <= 60
    assert links["account_id"].list.len().mean() == pytest.approx(20, abs=2)


def test_padding_adds_100_to_300_popular_posts_to_each_member(world):
    plain, padded = (world("security", events=EVENTS, attack=name) for name in ("none", "padding"))
    counts = [
        made.posts.filter(pl.col("account_id").is_in(ring(made)) & (pl.col("kind") == "share"))
        .group_by("account_id").len().sort("account_id")["len"]
        for made in (plain, padded)
    ]  # fmt: skip
    # What falls behind the end of the world is lost, at most a quarter.
    assert counts[1].min() >= 75
    assert counts[1].mean() > 140 + counts[0].mean()
    shares = padded.posts.filter(pl.col("kind") == "share")
    popular = shares.group_by("shared_post_id").len("sharers")
    theirs = shares.filter(pl.col("account_id").is_in(ring(padded))).join(popular, on="shared_post_id")
    assert theirs["sharers"].median() > popular["sharers"].quantile(0.8)


@pytest.mark.parametrize(("attack", "least", "most"), [("jitter_10min", 400, 660), ("jitter_2h", 5_000, 7_260)])
def test_jitter_spreads_a_link_over_its_span(world, attack, least, most):
    links = pushed(world("security", events=EVENTS, attack=attack))
    assert links["at"].max() <= most
    assert links["at"].median() >= least


def test_five_cells_never_meet_on_a_link_but_share_tool_addresses_and_texts(world):
    made = world("security", events=EVENTS, attack="five_cells")
    met = {pair for who in pushed(made)["account_id"].to_list() for pair in combinations(who, 2)}
    friends: dict[str, set[str]] = {name: {name} for name in ring(made)}
    for left, right in met:
        friends[left].add(right)
        friends[right].add(left)
    assert sorted(len(one) for one in friends.values()) == [6] * 30
    posts = made.posts.filter(pl.col("account_id").is_in(ring(made)) & pl.col("urls").list.len().gt(0))
    assert set(posts["client"]) == {"herald"}
    ips = made.actions.filter(pl.col("account_id").is_in(ring(made)) & (pl.col("trace") == "ip"))
    assert ips["object_id"].n_unique() == 3
    assert ips.group_by("object_id").agg(pl.col("account_id").n_unique())["account_id"].min() > 18
    texts = made.posts.filter(pl.col("account_id").is_in(ring(made))).drop_nulls("text")
    common = texts.group_by("text").agg(pl.col("account_id").n_unique()).filter(pl.col("account_id") >= 10)
    assert 6 <= common.height <= TEXTS_IN_LIST


def test_framing_copies_links_of_twenty_innocents_seconds_after_them(world):
    made = world("security", events=EVENTS, attack="framing")
    targets = made.labels.filter(pl.col("role") == "target")
    assert targets.height == 20
    assert set(targets["label"]) == {"organic"}
    linked = made.posts.explode("urls").drop_nulls("urls").select("account_id", "urls", "created_at")
    victims = linked.filter(pl.col("account_id").is_in(targets["account_id"].implode()))
    copies = linked.filter(pl.col("account_id").is_in(ring(made)))
    both = victims.join(copies, on="urls", suffix="_ring").with_columns(
        wait=(pl.col("created_at_ring") - pl.col("created_at")).dt.total_microseconds() / 1e6
    )
    soon = both.filter(pl.col("wait").is_between(0, 60))
    assert soon["wait"].min() >= 3
    framed = soon.group_by("account_id").agg(pl.col("urls").n_unique(), pl.col("account_id_ring").n_unique())
    assert framed.height == 20
    assert framed["urls"].min() >= 3
    assert framed["account_id_ring"].min() > 15
