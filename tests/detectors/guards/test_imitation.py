"""A whole run with real fans and rings that imitate them cheaply: only the fans go unflagged, and nothing disappears."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from detectors import Settings, Tables, detect
from detectors.guards.found import SETTLED
from graph.results import RunResult
from graph.schemas import ACCOUNT_SCHEMA, ACTION_SCHEMA, POST_SCHEMA

START = datetime(2024, 6, 3, tzinfo=UTC)
MANY, POSTS = 12, 24
GROUPS = ("fans", "clock", "bought", "young", "timers")
CROWD = 600


def lags(group: str, draw: np.random.Generator) -> np.ndarray:
    """Seconds from the idol's post to each member's share."""
    if group == "clock":
        return np.exp(8 + draw.normal(0, 1, (1, POSTS))) + draw.uniform(0, 40, (MANY, POSTS))
    if group == "timers":
        return 60.0 + 25 * np.arange(MANY)[:, None] + draw.uniform(0, 5, (MANY, POSTS))
    return np.exp(5 + draw.normal(0, 0.4, (MANY, 1)) + draw.normal(0, 1.1, (MANY, POSTS)))


def created(group: str, draw: np.random.Generator) -> list[datetime]:
    """People join over ten years; four of the bought accounts in one week; the young ones within a year."""
    days = draw.uniform(100, 3_600, MANY)
    if group == "bought":
        days[:4] = 500 + draw.uniform(0, 6, 4)
    if group == "young":
        days = draw.uniform(100, 300, MANY)
    return [START - timedelta(days=float(day)) for day in days]


def shares(who: str, post: str, author: str, at: datetime) -> dict[str, object]:
    name = f"{who} {post}"
    return {
        "post_id": name,
        "account_id": who,
        "at": at,
        "kind": "share",
        "shared_post_id": post,
        "shared_account_id": author,
    }


def group_rows(group: str, draw: np.random.Generator) -> list[dict[str, object]]:
    """The idol's posts over twelve days and the shares of most of them by each member."""
    idol, rows = f"{group} idol", []
    born = np.sort(draw.uniform(0, 12 * 86_400, POSTS))
    after, takes = lags(group, draw), draw.random((MANY, POSTS)) < 0.7
    for number, second in enumerate(born.tolist()):
        at, post = START + timedelta(seconds=second), f"{group} post {number}"
        rows.append({"post_id": post, "account_id": idol, "at": at, "kind": "post"})
        rows += [
            shares(f"{group}{member:02d}", post, idol, at + timedelta(seconds=float(after[member, number])))
            for member in np.flatnonzero(takes[:, number]).tolist()
        ]
    return rows


def crowd_rows(draw: np.random.Generator) -> list[dict[str, object]]:
    """Six hundred accounts that share what they come across: forty authors, any time."""
    at = draw.uniform(0, 13 * 86_400, 6 * CROWD)
    which = draw.integers(0, 800, 6 * CROWD)
    return [
        shares(f"u{number % CROWD}", f"post {item}", f"author {item % 40}", START + timedelta(seconds=float(second)))
        for number, (item, second) in enumerate(zip(which.tolist(), at.tolist(), strict=True))
    ]


def frame(rows: Sequence[dict[str, object]], schema: dict[str, pl.DataType]) -> pl.LazyFrame:
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema).lazy()


@pytest.fixture(scope="module")
def result() -> RunResult:
    draw = np.random.default_rng(7)
    posts = [row for group in GROUPS for row in group_rows(group, draw)] + crowd_rows(draw)
    acts = [
        {**row, "trace": "share", "object_id": row["shared_post_id"], "block": row["shared_account_id"]}
        for row in posts
        if row["kind"] == "share"
    ]
    accounts = [
        {"account_id": f"{group}{number:02d}", "created_at": at}
        for group in GROUPS
        for number, at in enumerate(created(group, draw))
    ]
    accounts += [
        {"account_id": f"u{number}", "created_at": START - timedelta(days=float(day))}
        for number, day in enumerate(draw.uniform(1, 3_600, CROWD).tolist())
    ]
    tables = Tables(
        frame(acts, dict(ACTION_SCHEMA)),
        frame(posts, dict(POST_SCHEMA)),
        accounts=frame(accounts, dict(ACCOUNT_SCHEMA)),
    )
    return detect(tables, Settings(replays=0))


def tiers(result: RunResult, group: str) -> set[str]:
    accounts = result.frames["accounts"].filter(pl.col("account_id").str.contains(rf"^{group}\d\d$"))
    assert accounts.height == MANY
    return set(accounts["tier"])


def test_fans_are_in_a_cluster_of_the_run_and_none_of_them_is_flagged(result: RunResult):
    assert tiers(result, "fans") == {"linked"}
    accounts = result.frames["accounts"].filter(pl.col("account_id").str.contains(r"^fans\d\d$"))
    (cluster,) = accounts["cluster_id"].unique()
    row = result.frames["clusters"].row(by_predicate=pl.col("cluster_id") == cluster, named=True)
    assert (row["tier"], row["risk"], row["size"]) == ("review", SETTLED, MANY)
    said = "That is explained (“fan or amplifier circle”), so nobody in it is flagged."
    assert accounts["reasons"].list.first().str.contains(said, literal=True).all()
    members = result.frames["members"].filter(pl.col("cluster_id") == cluster)
    assert set(members["account_id"]) >= set(accounts["account_id"])


@pytest.mark.parametrize("ring", ["clock", "bought", "young", "timers"])
def test_a_ring_around_an_idol_that_lacks_one_mark_of_fans_stays_flagged(result: RunResult, ring: str):
    """It comes by its own clock, was bought in one lot, is of one year, or runs on timers."""
    members = result.frames["members"].filter(pl.col("account_id").str.contains(rf"^{ring}\d\d$"))
    assert members.height == MANY
    # The fastest timer is always first: it leads and never follows, so it is listed apart.
    apart = members.filter(pl.col("role") == "target")["account_id"].to_list()
    assert apart == (["timers00"] if ring == "timers" else [])
    inside = result.frames["accounts"].filter(pl.col("account_id").is_in(members["account_id"].implode()))
    flagged = inside.filter(~pl.col("account_id").is_in(apart))
    assert set(flagged["tier"]) <= {"alert", "review"}
