"""Sign-up bursts: the fullest span of a group against all accounts, with a p that holds under random groups."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from detectors.signup import signup_actions, signup_signals

START = datetime(2020, 1, 1, tzinfo=UTC)


def accounts(seconds: dict[str, float]) -> pl.DataFrame:
    rows = [(name, START + timedelta(seconds=second)) for name, second in seconds.items()]
    return pl.DataFrame(rows, schema={"account_id": pl.String, "created_at": pl.Datetime("us", "UTC")}, orient="row")


def a_crowd(seed: int, how_many: int = 2_000, days: int = 1_000) -> dict[str, float]:
    draw = np.random.default_rng(seed)
    return {f"user{n:04d}": float(at) for n, at in enumerate(draw.uniform(0, days * 86_400, how_many))}


def test_the_bin_is_the_object_and_the_day_its_block():
    told = signup_actions(accounts({"ben": 599.0, "ana": 600.0}))
    assert told.select("account_id", "trace", "object_id", "block", "post_id").rows() == [
        ("ana", "signup", "2020-01-01T00:10Z", "2020-01-01", None),
        ("ben", "signup", "2020-01-01T00:00Z", "2020-01-01", None),
    ]


def test_an_account_without_a_date_gives_nothing_and_one_told_twice_counts_once():
    told = pl.concat([accounts({"ana": 0.0}), accounts({"ana": 700.0}), accounts({"ben": 0.0})])
    told = told.with_columns(created_at=pl.when(pl.col("account_id") == "ana").then("created_at"))
    assert signup_actions(told)["object_id"].to_list() == ["2020-01-01T00:00Z"]


def test_a_batch_of_new_accounts_stands_out_and_says_when():
    batch = {f"new{n}": 86_400.0 * 500 + 40.0 * n for n in range(8)}
    crowd = a_crowd(1)
    found = signup_signals(
        accounts(crowd | batch), [[*batch, "user0000", "user0001"], [f"user{n:04d}" for n in range(10)]]
    )
    burst = found.row(0, named=True)
    assert (burst["seen"], burst["window_seconds"], burst["name"]) == (8.0, 600, "signup_burst")
    assert burst["p"] < 1e-9
    assert burst["sentence"].startswith(
        "8 of 10 members with a known creation (10 in all) were created within 10 min from 2021-05-15 00:00 UTC"
    )
    assert found["p"][1] > 0.01


def test_p_holds_for_random_groups_in_a_world_of_waves():
    """Half of all accounts came on twenty busy days; groups drawn at random are surprised no more often than p says."""
    draw = np.random.default_rng(2)
    days = np.concatenate([draw.integers(0, 400, 1_000), draw.choice(400, 20)[draw.integers(0, 20, 1_000)]])
    at = days * 86_400.0 + draw.uniform(0, 86_400, 2_000)
    crowd = {f"user{n:04d}": float(second) for n, second in enumerate(at)}
    names = np.array(list(crowd))
    groups = [draw.choice(names, 12, replace=False).tolist() for _ in range(400)]
    p = signup_signals(accounts(crowd), groups)["p"].to_numpy()
    for level in (0.05, 0.2):
        assert (p <= level).mean() <= level + 3 * np.sqrt(level * (1 - level) / 400)


def test_dates_cut_to_days_make_no_burst():
    crowd = {name: at // 86_400 * 86_400 for name, at in a_crowd(3, days=30).items()}
    day = [name for name, at in crowd.items() if at == 0.0]
    same, mixed = day[:6], list(crowd)[:6]
    found = signup_signals(accounts(crowd), [same, mixed])
    assert found["p"][0] < 1e-4  # six of one day among thirty days is a burst, whatever the hour
    assert found["p"][1] > 0.01


def test_fewer_than_three_known_creations_say_nothing():
    assert signup_signals(accounts({"ana": 0.0, "ben": 1.0, "eve": 9e6}), [["ana", "ben", "zoe"]]).is_empty()


def test_everybody_is_no_surprise():
    crowd = a_crowd(4, how_many=50)
    assert signup_signals(accounts(crowd), [list(crowd)])["p"][0] == pytest.approx(1.0)
