"""Accounts that are in a ring and in a coordinated cluster: who took them over acts with them, and their owners are not blamed."""

import polars as pl
import pytest

from detectors import Settings, detect
from detectors.ring_clusters import RingClusters, accounts_of_both, victims_of
from graph.results import RunResult
from graph.schemas import ACCOUNT_RESULT_SCHEMA, RUN_SCHEMAS, empty
from tests.detectors.ring_clusters.small_world import START, VICTIMS, Rows, post, tables, taken_at, town

QUICK = Settings(replays=0)


def pushed(accounts: tuple[str, ...], client: str, lang: str) -> Rows:
    """Twelve links of one site that all of them post within seconds, each time another one first: an operation."""
    times = [taken_at(8).replace(hour=20, minute=0, second=0) for _ in range(12)]
    return [
        post(
            account,
            at.replace(minute=4 * link, second=(number + link) % len(accounts)),
            client,
            f"https://push.example/{link}",
            lang,
        )
        for link, at in enumerate(times)
        for number, account in enumerate(accounts)
    ]


def with_pushes(accounts: tuple[str, ...], client: str, lang: str) -> RunResult:
    calm = town()
    wrote = calm.posts.collect().to_dicts() + pushed(accounts, client, lang)
    return detect(tables(wrote, calm.sessions.collect().to_dicts()), QUICK)


@pytest.fixture(scope="module")
def run() -> RunResult:
    return with_pushes(VICTIMS, "bulk", "en")


def test_accounts_that_were_taken_over_and_used_together_are_in_both_kinds(run: RunResult):
    kinds = run.frames["clusters"].select("kind", "size").sort("kind").rows()
    assert kinds == [("compromised", 8), ("coordinated", 8)]


def test_the_coordinated_cluster_of_victims_is_settled_and_points_at_the_ring(run: RunResult):
    ring, other = (
        run.frames["clusters"].filter(pl.col("kind") == kind).row(0, named=True)
        for kind in ("compromised", "coordinated")
    )
    (guard,) = run.frames["guards"].filter(pl.col("name") == "taken over").to_dicts()
    assert guard["cluster_id"] == other["cluster_id"] and ring["cluster_id"] in guard["sentence"]
    assert (other["tier"], other["risk"]) == ("review", 0.1)
    assert ring["tier"] == "alert" and ring["risk"] > other["risk"]


def test_a_victim_stands_under_its_ring_and_its_reasons_name_both(run: RunResult):
    ids = dict(run.frames["clusters"].select("kind", "cluster_id").iter_rows())
    rows = run.frames["accounts"].filter(pl.col("account_id").is_in(list(VICTIMS)))
    assert set(rows["kind"]) == {"compromised"} and set(rows["cluster_id"]) == {ids["compromised"]}
    for reasons in rows["reasons"]:
        assert reasons[0].startswith(f"Victim in {ids['compromised']}")
        assert any(ids["coordinated"] in reason and "nobody in it is flagged" in reason for reason in reasons[1:])


def test_an_operation_that_used_one_victim_is_not_excused():
    others = tuple(f"p{number:03d}" for number in range(1, 12) if number % 5)
    run = with_pushes((VICTIMS[0], *others), "app", "nb")
    operation = run.frames["clusters"].filter(pl.col("kind") == "coordinated").row(0, named=True)
    guards = run.frames["guards"].filter(
        (pl.col("cluster_id") == operation["cluster_id"]) & (pl.col("name") == "taken over")
    )
    assert guards["cap"].to_list() == [1.0]
    mine = run.frames["accounts"].filter(pl.col("account_id") == VICTIMS[0]).row(0, named=True)
    assert mine["kind"] == "compromised"
    assert any(operation["cluster_id"] in reason for reason in mine["reasons"])


def rings(kind: str, tier: str, cap: float = 1.0) -> RingClusters:
    """One ring T-1 of the accounts a and b."""
    rows = {
        "clusters": [
            {
                "cluster_id": "T-1",
                "kind": "compromised",
                "type": kind,
                "tier": tier,
                "title": "2 accounts, same new device",
            }
        ],
        "members": [{"cluster_id": "T-1", "account_id": name, "role": "changed", "score": 0.5} for name in "ab"],
        "guards": [{"cluster_id": "T-1", "name": "handed over", "cap": cap, "tag": "handed over"}],
        "takeovers": [{"cluster_id": "T-1", "account_id": name, "at": START} for name in "ab"],
    }
    frames = {
        name: pl.DataFrame([dict.fromkeys(RUN_SCHEMAS[name]) | row for row in told], schema=dict(RUN_SCHEMAS[name]))
        for name, told in rows.items()
    }
    return RingClusters(frames, {"T-1": kind})


def account(tier: str) -> pl.DataFrame:
    """The account a, in the coordinated cluster C-1 with that tier."""
    row = {
        "account_id": "a",
        "score": 0.9,
        "tier": tier,
        "cluster_id": "C-1",
        "kind": "coordinated",
        "reasons": ["Core in C-1."],
        "actions": 4,
    }
    return pl.DataFrame([row], schema=dict(ACCOUNT_RESULT_SCHEMA), orient="row")


@pytest.mark.parametrize(
    ("kind", "ring", "cluster", "wins"),
    [
        ("compromised", "review", "alert", True),  # a victim, whatever it was used for
        ("farm", "review", "review", True),
        ("farm", "review", "alert", False),  # bought accounts that act together are not excused
        ("undetermined", "review", "alert", False),
        ("undetermined", "review", "linked", True),
    ],
)
def test_who_wins_where_an_account_is_in_both(kind: str, ring: str, cluster: str, wins: bool):
    told = accounts_of_both(account(cluster), rings(kind, ring)).row(0, named=True)
    assert told["cluster_id"] == ("T-1" if wins else "C-1")
    assert told["kind"] == ("compromised" if wins else "coordinated")
    assert told["tier"] == (ring if wins else cluster)
    assert len(told["reasons"]) == 2


def test_who_was_handed_over_is_linked_and_stays_in_the_cluster_that_flags_it():
    managed = rings("managed", "review", cap=0.1)
    assert accounts_of_both(account("review"), managed)["cluster_id"].to_list() == ["C-1"]
    calm = account("none").with_columns(cluster_id=pl.lit(None, pl.String), kind=pl.lit(None, pl.String))
    told = accounts_of_both(calm, managed).row(0, named=True)
    assert (told["tier"], told["cluster_id"]) == ("linked", "T-1")
    assert told["score"] == pytest.approx(0.525)  # the middle of the shelf of settled clusters


def test_only_those_from_whom_an_account_was_taken_are_victims():
    assert victims_of(rings("compromised", "alert")) == {"a": "T-1", "b": "T-1"}
    assert victims_of(rings("farm", "alert")) == {}


def test_without_rings_every_account_stays_as_it_was():
    nothing = RingClusters(
        {name: empty(RUN_SCHEMAS[name]) for name in ("clusters", "members", "guards", "takeovers")}, {}
    )
    assert accounts_of_both(account("alert"), nothing).equals(account("alert"))
