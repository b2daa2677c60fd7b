"""Passwords guessed from one place: told from owners who mistype theirs, however many they are."""

from datetime import UTC, datetime, timedelta

import polars as pl

from detectors.stages import Funnel
from detectors.takeovers.habits import FEATURES
from detectors.takeovers.histories import Facts, histories
from detectors.takeovers.population import Names
from detectors.takeovers.stuffing import Stuffed, stuffed
from graph.schemas import ACTION_SCHEMA, POST_SCHEMA, SESSION_SCHEMA
from tests.bench.takeovers_bench import as_table

START = datetime(2026, 3, 1, tzinfo=UTC)
Row = tuple[str, datetime, str, str, bool]  # account, at, device, block, success


def habits(accounts: int = 300) -> list[Row]:
    """Each account logs in every day for 30 days, with its own device, from a block of thirty of one provider."""
    return [
        (f"a{n:03}", START + timedelta(days=day, minutes=n), f"own{n}", f"b{n % 30}", True)
        for n in range(accounts)
        for day in range(30)
    ]


def told(rows: list[Row]) -> tuple[Names, Stuffed]:
    sessions = pl.DataFrame(rows, schema=["account_id", "at", "device", "ip_block", "success"], orient="row")
    event = pl.when("success").then(pl.lit("login")).otherwise(pl.lit("login_failed"))
    table = as_table(sessions.with_columns(event=event, asn=pl.lit("65000")), SESSION_SCHEMA)
    nothing = [pl.LazyFrame(schema=dict(schema)) for schema in (POST_SCHEMA, ACTION_SCHEMA)]
    read = histories(Facts(nothing[0], table, nothing[1]), Funnel())
    return read.names, stuffed(read.names, table, read.taken)


def values(names: Names, found: Stuffed) -> set[tuple[str, str]]:
    rows = [names.values.row(value) for value in found.value.tolist()]
    return {(FEATURES[feature].name, value) for feature, value in rows}


def sprayed(first: int, last: int, entered: int, device: str, block: str) -> list[Row]:
    """A failed log-in at each of the accounts, a minute apart, and a successful one at the first `entered` of them."""
    at = [START + timedelta(days=25, minutes=n) for n in range(first, last)]
    tried = [(f"a{n:03}", when, device, block, False) for n, when in zip(range(first, last), at, strict=True)]
    return tried + [
        (account, when + timedelta(seconds=30), device, block, True) for account, when, *_ in tried[:entered]
    ]


def test_a_device_that_tries_many_and_enters_some_is_told_with_its_network():
    names, found = told(habits() + sprayed(0, 60, 8, "theirs", "rented"))
    assert values(names, found) == {("device", "theirs"), ("network", "rented")}
    assert found.tried.tolist() == [52, 52]
    assert (found.p < 1e-9).all()


def test_people_of_a_company_who_mistype_at_its_new_gateway_are_none():
    """Sixty come from a new block, twenty of them with a wrong password first; all get in."""
    came = [row for n in range(60) for row in sprayed(n, n + 1, 1, f"own{n}", "gateway")]
    names, found = told(habits() + [row for number, row in enumerate(came) if row[4] or number % 3 == 0])
    assert values(names, found) == set()


def test_guesses_that_enter_fewer_than_three_accounts_make_no_ring():
    names, found = told(habits() + sprayed(0, 60, 2, "theirs", "rented"))
    assert values(names, found) == set()


def test_failures_that_are_as_usual_for_the_provider_are_no_sign():
    """Every block of the provider sees five accounts of others fail in vain, and lets three newcomers in."""
    noise = [row for b in range(30) for row in sprayed(9 * b + 1, 9 * b + 9, 3, f"odd{b}", f"b{b}")]
    blocks = [(a, at, f"own{a}", block, success) for a, at, _, block, success in noise]
    names, found = told(habits() + blocks)
    networks = [p for value, p in zip(found.value, found.p, strict=True) if names.values.row(int(value))[0] == 4]
    assert all(p > 0.01 for p in networks)
