"""Posting rhythm: spans as objects, clocks and people told apart, rounded times and all."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from scipy.stats import hypergeom

from detectors.automation import automation_signals
from detectors.hypergeometric import hypergeometric_band, hypergeometric_tail
from detectors.rhythm import RHYTHM, rayleigh_p, rhythm_actions, rhythms
from detectors.time_resolution import resolution_seconds

START = datetime(2024, 3, 4, tzinfo=UTC)  # a Monday
DAY = 86_400.0


def posts(times: dict[str, "np.ndarray | list[float]"]) -> pl.DataFrame:
    """account_id, at (seconds after START), post_id."""
    rows = [
        (account, START + timedelta(microseconds=round(second * 1e6)), f"{account}-{number}")
        for account, seconds in times.items()
        for number, second in enumerate(seconds)
    ]
    schema = {"account_id": pl.String, "at": pl.Datetime("us", "UTC"), "post_id": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def people(seed: int, how_many: int, days: int = 14, a_day: float = 8) -> dict[str, np.ndarray]:
    """Posts at any second between seven in the morning and midnight, some in sittings of several."""
    draw = np.random.default_rng(seed)
    told = {}
    for number in range(how_many):
        sittings = draw.poisson(a_day * days / 2)
        opens = draw.integers(0, days, sittings) * DAY + draw.uniform(7 * 3600, DAY, sittings)
        told[f"person{number:03d}"] = np.concatenate([opens, opens + draw.exponential(120, sittings)]).round(3)
    return told


def clock(seed: int, period: float, times: int, jitter: float, offset: float = 17.0) -> np.ndarray:
    return offset + period * np.arange(times) + np.random.default_rng(seed).normal(0, jitter, times)


def row_of(frame: pl.DataFrame, account: str) -> dict:
    return frame.row(by_predicate=pl.col("account_id") == account, named=True)


@pytest.mark.parametrize("period", [60, 300, 600, 900, 1800, 3600])
def test_a_clock_is_found_at_its_own_period(period: int):
    told = row_of(rhythms(posts(people(1, 20) | {"bot": clock(2, period, 60, 2.0)})), "bot")
    assert told["period_seconds"] == period
    assert told["p"] < 1e-9
    assert told["concentration"] > 0.9
    assert told["clockwork"]


def test_people_are_no_clocks():
    found = rhythms(posts(people(3, 400)))
    assert found.height == 400
    assert found["clockwork"].sum() <= 2


def test_whole_minutes_are_no_clock_when_all_times_were_rounded():
    rounded = {name: np.floor(at / 60) * 60 for name, at in people(4, 100).items()}
    found = rhythms(posts(rounded))
    assert resolution_seconds(posts(rounded)["at"]) == 60
    assert 60 not in found["period_seconds"].to_list()
    assert found["clockwork"].sum() <= 1


def test_whole_minutes_of_one_account_are_no_clock_beside_exact_times():
    told = people(5, 100)
    told["person000"] = np.floor(told["person000"] / 60) * 60
    found = row_of(rhythms(posts(told)), "person000")
    assert found["period_seconds"] != 60
    assert not found["clockwork"]


def test_a_clock_is_still_found_after_rounding_to_minutes():
    told = people(6, 50) | {"bot": clock(7, 1800, 60, 5.0, offset=420.0)}
    rounded = {name: np.floor(at / 60) * 60 for name, at in told.items()}
    assert row_of(rhythms(posts(rounded)), "bot")["clockwork"]


def test_dates_without_a_time_of_day_are_no_clock():
    days = {f"person{n}": DAY * np.arange(40) for n in range(5)}
    found = rhythms(posts(days))
    assert found["clockwork"].sum() == 0
    assert found["p"].null_count() == 5
    assert found["burstiness"].null_count() == 5


def test_one_long_sitting_is_no_clock():
    told = people(8, 20) | {"chatty": 1000 + np.sort(np.random.default_rng(9).uniform(0, 400, 60)).round(3)}
    found = row_of(rhythms(posts(told)), "chatty")
    assert not found["clockwork"]


def test_gaps_too_even_for_people_are_clockwork_without_a_phase():
    """A bot that waits 95 to 125 minutes, day and night."""
    gaps = np.random.default_rng(10).uniform(95 * 60, 125 * 60, 80)
    found = row_of(rhythms(posts(people(11, 10) | {"bot": np.cumsum(gaps).round(3)})), "bot")
    assert found["burstiness"] < -0.3
    assert found["clockwork"]


def test_once_a_day_at_about_noon_is_human():
    noons = 12 * 3600 + DAY * np.arange(40) + np.random.default_rng(12).normal(0, 2400, 40).round(3)
    found = row_of(rhythms(posts(people(13, 10) | {"daily": noons})), "daily")
    assert found["burstiness"] < -0.3
    assert found["daily_p"] < 1e-3
    assert not found["clockwork"]


def test_the_p_of_the_phase_is_that_of_even_phases_or_larger():
    """200,000 draws of 30 phases, spread evenly around the clock."""
    draw = np.random.default_rng(14)
    phases = np.exp(2j * np.pi * draw.random((200_000, 30)))
    p = rayleigh_p(np.full(200_000, 30), np.abs(phases.mean(axis=1)))
    for level in (0.1, 0.01, 0.001):
        assert (p <= level).mean() <= level * 1.05 + 3e-5
        assert (p <= level).mean() >= level * 0.8


def test_p_falls_with_concentration_and_never_turns_negative():
    p = rayleigh_p(np.full(1001, 50), np.linspace(0, 1, 1001))
    assert (np.diff(p) <= 0).all()
    assert p[0] == 1
    assert 0 < p[-1] < 1e-20


def test_few_posts_are_not_judged():
    assert rhythms(posts({"ana": [60.0 * n for n in range(19)]})).is_empty()
    assert rhythms(posts({})).schema == pl.Schema(dict(RHYTHM))


def test_the_order_of_rows_changes_nothing():
    told = posts(people(15, 30) | {"bot": clock(16, 600, 40, 1.0)})
    assert rhythms(told).equals(rhythms(told.sample(fraction=1, shuffle=True, seed=1)))
    assert rhythm_actions(told).equals(rhythm_actions(told.sample(fraction=1, shuffle=True, seed=1)))


def test_spans_of_five_minutes_are_objects_and_the_hour_of_the_week_their_block():
    eight = [3600.0, 3610.0, 3899.0, 3900.0, 3 * DAY, 3 * DAY + 1, 4 * DAY, 4 * DAY + 300]
    told = rhythm_actions(posts({"ana": eight, "ben": eight[:7]}))
    assert told.select("account_id", "object_id", "block", "post_id").rows() == [
        ("ana", "2024-03-04T01:00Z", "Mon 01", "ana-0"),
        ("ana", "2024-03-04T01:05Z", "Mon 01", "ana-3"),
        ("ana", "2024-03-07T00:00Z", "Thu 00", "ana-4"),
        ("ana", "2024-03-08T00:00Z", "Fri 00", "ana-6"),
        ("ana", "2024-03-08T00:05Z", "Fri 00", "ana-7"),
    ]
    assert set(told["trace"]) == {"rhythm"}


def test_times_coarser_than_a_span_give_no_rhythm():
    assert rhythm_actions(posts({"ana": 3600.0 * np.arange(20)})).is_empty()
    assert not rhythm_actions(posts({"ana": 300.0 * np.arange(20)})).is_empty()


@pytest.mark.parametrize(
    ("step", "expected"), [(1, 1), (60, 60), (300, 300), (1800, 1800), (3600, 3600), (86_400, 86_400)]
)
def test_the_resolution_of_times_is_read_from_them(step: int, expected: int):
    times = np.random.default_rng(17).integers(0, 10**6, 500) * step + (0 if step > 1 else 0.25)
    assert resolution_seconds(posts({"ana": times})["at"]) == expected


def test_a_few_odd_seconds_do_not_hide_the_rounding():
    times = 60.0 * np.arange(1000)
    times[:5] += 7
    assert resolution_seconds(posts({"ana": times})["at"]) == 60
    times[:50] += 7
    assert resolution_seconds(posts({"ana": times})["at"]) == 1


def test_a_cluster_of_clocks_stands_out_against_the_data():
    bots = {f"bot{n}": clock(n, 900, 40, 1.0) for n in range(6)}
    names = people(18, 100)
    found = automation_signals(
        rhythms(posts(names | bots)), [[*bots, "person000"], ["person001", "person002"], ["nobody"]]
    )
    assert found["cluster"].to_list() == [0, 1]
    first = found.row(0, named=True)
    assert (first["seen"], first["family"]) == (6.0, "automation")
    assert first["p"] < 1e-6
    assert first["sentence"].startswith("6 of 7 members with enough posts to tell (7 in all) post like a clock")
    assert found["p"][1] == pytest.approx(1.0)


def test_where_everybody_is_a_clock_a_cluster_of_clocks_says_nothing():
    bots = {f"bot{n:02d}": clock(n, 900, 40, 1.0) for n in range(20)}
    assert automation_signals(rhythms(posts(bots)), [list(bots)[:5]])["p"][0] == pytest.approx(1.0)


@pytest.mark.parametrize(("drawn", "marked", "total"), [(7, 6, 106), (5, 0, 20), (20, 20, 20), (12, 50, 60), (1, 3, 9)])
def test_the_draw_is_that_of_scipy(drawn: int, marked: int, total: int):
    law = hypergeom(total, marked, drawn)
    for seen in range(drawn + 1):
        assert hypergeometric_tail(seen, drawn, marked, total) == pytest.approx(
            max(law.sf(seen - 1), 1e-300), abs=1e-12
        )
    assert hypergeometric_band(drawn, marked, total) == (law.ppf(0.025), law.ppf(0.975))
