"""Signs apart from what members share: rhythm and reply swarms stand on other acts than company does."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from detectors import Settings, Tables, detect
from detectors.co_rhythm import apart_from, co_rhythm_signals
from detectors.common_acts import common_acts
from detectors.rhythm import rhythm_actions
from detectors.swarm_signs import swarm_signals
from graph.schemas import POST_SCHEMA
from tests.detectors.test_reply_swarms import quiet_replies
from tests.detectors.worlds import START, Row, actions_of, quiet_rows, ring_rows

HOUR = 3600.0
RING = [f"ring{number:02d}" for number in range(8)]


def posts_of(actions: pl.DataFrame, own: list[tuple[str, float]]) -> pl.DataFrame:
    """The posts behind `actions`, and `own` posts (account, seconds after START) on which nothing is shared."""
    told = [(row["account_id"], row["at"], row["post_id"]) for row in actions.iter_rows(named=True)]
    told += [(who, START + timedelta(seconds=at), f"own-{number}") for number, (who, at) in enumerate(own)]
    known = pl.DataFrame(told, schema=["account_id", "at", "post_id"], orient="row")
    return known.select(
        known[name].cast(kind) if name in known.columns else pl.lit(None, kind).alias(name)
        for name, kind in POST_SCHEMA.items()
    )


def lives(seed: int, accounts: list[str], each: int = 40, days: int = 7) -> list[tuple[str, float]]:
    draw = np.random.default_rng(seed)
    return [(who, float(at)) for who in accounts for at in draw.uniform(0, days * 86_400, each)]


def queue(seed: int, accounts: list[str], moments: int = 40, days: int = 7) -> list[tuple[str, float]]:
    """Posts of each account's own, which one queue sends off at the same moments."""
    draw = np.random.default_rng(seed)
    when = draw.uniform(0, days * 86_400, moments)
    return [(who, float(at + draw.uniform(0, 90))) for who in accounts for at in when if draw.random() < 0.7]


def signs(rows: list[Row], own: list[tuple[str, float]]) -> dict[str, dict]:
    """The signals of the ring's cluster, by name; whoever is in the crowd posts 40 times besides."""
    actions = actions_of(rows)
    crowd = sorted({row[0] for row in rows} - set(RING))
    posts = posts_of(actions, own + lives(5, crowd))
    frames = detect(Tables(actions.lazy(), posts.lazy()), Settings(replays=0)).frames
    ours = frames["members"].filter(pl.col("account_id") == RING[0])["cluster_id"]
    told = frames["signals"].filter(pl.col("cluster_id").is_in(ours.implode()))
    return {row["name"]: row for row in told.iter_rows(named=True)}


def test_members_whose_other_posts_leave_one_queue_share_a_rhythm_too():
    told = signs(quiet_rows(1) + ring_rows(2), queue(3, RING))
    assert told["rhythm_together"]["p"] < 1e-6
    assert told["rhythm_together"]["seen"] > 3 * told["rhythm_together"]["expected"]
    assert told["rhythm_together"]["family"] == "automation"


def test_sharing_at_the_same_moment_is_no_common_rhythm_as_well():
    """What made the cluster is left out with its hours; the rest of what the ring posts is at any time."""
    told = signs(quiet_rows(1) + ring_rows(2), lives(4, RING))
    assert "share_company" in told
    assert told["rhythm_together"]["p"] > 0.01


def test_posts_around_a_common_act_are_left_out_by_whole_hours():
    at = [START + timedelta(hours=10, minutes=59)]
    common = pl.DataFrame({"account_id": ["ana"], "at": at})
    hours = [8, 9, 10, 11, 12]
    said = pl.DataFrame(
        [(who, START + timedelta(hours=hour, minutes=30)) for who in ("ana", "ben") for hour in hours],
        schema=["account_id", "at"],
        orient="row",
    )
    left = apart_from(said, common)
    kept = {who: sorted(one.hour for one in rows["at"]) for (who,), rows in left.group_by("account_id")}
    assert kept == {"ana": [8, 12], "ben": hours}


def test_acts_are_common_where_two_of_one_cluster_did_them_and_means_never_are():
    actions = actions_of(
        [
            ("ana", "share", "p1", 0.0),
            ("ben", "share", "p1", 9e5),
            ("ana", "share", "p2", 1.0),
            ("zoe", "share", "p2", 2.0),
            ("ana", "ip", "i1", 3.0),
            ("ben", "ip", "i1", 4.0),
        ]
    )
    who = pl.DataFrame({"cluster": [0, 0, 1], "account_id": ["ana", "ben", "zoe"]})
    told = common_acts(actions, who).sort("account_id")
    assert told.select("account_id", "post_id").rows() == [("ana", "post-000000"), ("ben", "post-000001")]


def swarm(who: list[str], target: str = "author05", at: float = 5 * 86_400, every: float = 40.0) -> list[Row]:
    return [(one, "reply_author", target, at + every * place) for place, one in enumerate(who)]


BOTS = [f"bot{number:02d}" for number in range(60)]


def test_members_who_answer_one_author_in_one_swarm_stand_out_though_their_ring_came_apart():
    """The forty bots of the other group are no outsiders who make it usual."""
    told = swarm_signals(actions_of(quiet_replies(1) + swarm(BOTS)), [BOTS[:20], BOTS[20:]])
    assert told.select("cluster", "seen", "family", "window_seconds").rows() == [
        (0, 20.0, "lockstep", 3600),
        (1, 40.0, "lockstep", 3600),
    ]
    assert told["p"].max() < 1e-6
    assert told["sentence"][0].startswith(
        "20 of 20 members answered one author (author05) within 60 min from 2024-03-06 00:00 UTC, in a swarm of 60 accounts."
    )


def test_people_drawn_into_a_swarm_by_chance_do_not():
    """Two hundred accounts of the crowd come; groups are drawn from all who answer anybody that day."""
    draw, rows = np.random.default_rng(7), quiet_replies(2)
    crowd = sorted({who for who, _, _, at in rows if 5 * 86_400 <= at < 6 * 86_400})
    came = draw.choice(crowd, min(200, len(crowd) // 2), replace=False).tolist()
    groups = [draw.choice(crowd, 12, replace=False).tolist() for _ in range(200)]
    told = swarm_signals(actions_of(rows + swarm(came, every=10.0)), groups)
    assert told.height > 100
    assert (told["p"] <= 0.05).sum() <= 10


def test_an_author_s_regular_answerers_are_no_ring_in_its_swarm():
    """Eighty regulars answer on one day or so; when all come at once, twelve of them are what the others lead one to expect."""
    draw = np.random.default_rng(8)
    regulars = [f"regular{number:02d}" for number in range(80)]
    habit = [
        (who, "reply_author", "author05", float(day * 86_400 + draw.uniform(0, 86_400)))
        for who in regulars
        for day in range(10)
        if draw.random() < 0.1
    ]
    told = swarm_signals(actions_of(quiet_replies(3) + habit + swarm(regulars)), [regulars[:12]])
    assert told["seen"].to_list() == [12.0]
    assert told["p"][0] > 0.05


def test_answers_with_a_content_in_common_speak_as_content_alone():
    """The ring answers in a swarm of sixty. Where its answers are the posts by which it shares, they are not told again."""
    actions = actions_of(quiet_rows(1) + ring_rows(2))
    at = 5.5 * 86_400
    crowd = actions_of(quiet_replies(4) + swarm(BOTS, "journalist", at)).with_columns(
        pl.format("r-{}", "post_id").alias("post_id")
    )
    ring = actions_of(swarm(RING, "journalist", at)).with_columns(pl.format("s-{}", "post_id").alias("post_id"))
    shared = actions.filter(pl.col("account_id").is_in(RING)).group_by("account_id").agg(pl.col("post_id").first())
    same = ring.drop("post_id").join(shared, on="account_id").select(ring.columns)

    def names(replies: pl.DataFrame) -> list[str]:
        everything = pl.concat([actions, crowd, replies]).lazy()
        return detect(Tables(everything), Settings(replays=0)).frames["signals"]["name"].to_list()

    assert "reply_author_swarm" in names(ring)
    assert "reply_author_swarm" not in names(same)


def test_the_order_of_rows_changes_nothing():
    actions = actions_of(quiet_replies(1) + swarm(BOTS))
    told = swarm_signals(actions, [BOTS[:20], BOTS[20:]])
    assert told.equals(swarm_signals(actions.sample(fraction=1, shuffle=True, seed=3), [BOTS[19::-1], BOTS[:19:-1]]))
    posts = posts_of(actions, queue(3, RING))
    common = pl.DataFrame({"account_id": RING[:1], "at": [START + timedelta(hours=5)]})
    mixed = posts.sample(fraction=1, shuffle=True, seed=4)
    one, other = (rhythm_actions(apart_from(each, common)) for each in (posts, mixed))
    assert co_rhythm_signals(one, [RING]).equals(co_rhythm_signals(other, [RING[::-1]]))


def test_nobody_answering_anybody_gives_no_sign():
    assert swarm_signals(actions_of([]), [RING]).is_empty()


@pytest.mark.parametrize("few", [1, 2])
def test_two_members_in_a_swarm_are_no_sign(few: int):
    rows = quiet_replies(1) + swarm(BOTS)
    assert swarm_signals(actions_of(rows), [[*BOTS[:few], "user0001"]]).is_empty()
