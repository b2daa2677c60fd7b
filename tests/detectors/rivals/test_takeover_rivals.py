"""COMPA and EvilCohort: what each finds by its own rule, and what it lets pass."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from detectors.rivals.compa import Compa, joined
from detectors.rivals.evilcohort import EvilCohort
from graph.schemas import ACTION_SCHEMA, POST_SCHEMA, SESSION_SCHEMA
from tests.bench.takeovers_bench import as_table

START = datetime(2026, 3, 2, tzinfo=UTC)
EVIL = {f"a{n}" for n in range(4)}


def posts(foreign: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Twenty accounts post daily at noon from the app; on day 40 four say the same, from another client at night or as ever."""
    rows = [
        (f"a{n}", START + timedelta(days=day, hours=12, minutes=n), "app", "en", f"own {n} {day}")
        for n in range(20)
        for day in range(40)
    ]
    when = START + timedelta(days=40, hours=3 if foreign else 12)
    rows += [
        (name, when + timedelta(minutes=n), "tool" if foreign else "app", "en", "buy this")
        for n, name in enumerate(sorted(EVIL))
    ]
    frame = pl.DataFrame(rows, schema=["account_id", "at", "client", "lang", "text"], orient="row")
    frame = frame.with_columns(post_id=pl.format("p{}", pl.int_range(pl.len())))
    actions = frame.select("account_id", "at", "post_id", trace=pl.lit("text"), object_id=pl.col("text"))
    return as_table(frame, POST_SCHEMA).collect(), as_table(actions, ACTION_SCHEMA).collect()


def test_compa_finds_accounts_that_say_the_same_against_their_habits():
    told = Compa().rings(*posts(foreign=True))
    assert set(told["account_id"]) == EVIL
    assert told["ring"].n_unique() == 1


def test_compa_lets_pass_who_says_the_same_as_ever():
    assert Compa().rings(*posts(foreign=False)).is_empty()


def test_compas_score_is_one_for_the_new_none_for_the_usual_and_one_less_its_share_for_the_rare():
    client = [*["app"] * 11, "web", "app", "web", "tool"]
    frame = pl.DataFrame(
        {"client": client, "account_id": "a", "at": [START + timedelta(hours=24 * n) for n in range(len(client))]}
    ).with_columns(post_id=pl.format("p{}", pl.int_range(pl.len())))
    only = Compa(weights={"client": 1.0})
    nothing = pl.DataFrame(schema=dict(ACTION_SCHEMA))
    scores = only._scores(as_table(frame, POST_SCHEMA).collect(), nothing)["score"].to_list()
    assert scores[:10] == [None] * 10
    assert scores[10:] == pytest.approx([0.0, 1.0, 0.0, 1 - 1 / 13, 1.0])


def sessions(rows: list[tuple[str, str, str]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["account_id", "ip", "event"], orient="row")
    return as_table(frame.with_columns(at=pl.lit(START), success=pl.col("event") == "login"), SESSION_SCHEMA).collect()


def test_evil_cohort_finds_accounts_that_share_as_many_addresses_as_asked():
    rows = [(name, f"10.0.0.{ip}", "login") for name in sorted(EVIL) for ip in range(3)]
    rows += [(f"b{n}", "10.0.0.1", "login") for n in range(6)]  # one address of a carrier is not enough
    assert set(EvilCohort(addresses=3).rings(sessions(rows))["account_id"]) == EVIL
    assert EvilCohort(addresses=4).rings(sessions(rows)).is_empty()


def test_evil_cohort_does_not_count_failed_logins_nor_crowded_addresses():
    failed = [(name, f"10.0.0.{ip}", "login_failed") for name in sorted(EVIL) for ip in range(3)]
    assert EvilCohort().rings(sessions(failed)).is_empty()
    crowd = [(f"c{n}", f"10.0.1.{ip}", "login") for n in range(6) for ip in range(3)]
    assert EvilCohort(crowded=5).rings(sessions(crowd)).is_empty()


def test_groups_with_a_common_account_are_one_ring_and_two_accounts_are_none():
    groups = pl.DataFrame({"account_id": [["x", "y"], ["y", "z"], ["p", "q"]]})
    assert joined(groups).rows() == [(0, "x"), (0, "y"), (0, "z")]
