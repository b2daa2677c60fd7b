"""Times: every style that exports use is one instant, and what can be read two ways is not guessed."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.canonical.times import EARLIEST, TimeRules, parse_times

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATEST = datetime(2027, 1, 1, tzinfo=UTC)


def read(cell: str, **rules: object) -> tuple[datetime | None, str | None]:
    got = parse_times(pl.Series([cell]), TimeRules(latest=LATEST, **rules))  # type: ignore[arg-type]
    return got["at"][0], got["problem"][0]


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-01T12:00:00Z",
        "2026-03-01T14:00:00+02:00",
        "2026-03-01T05:00:00-0700",
        "2026-03-01 05:00:00 -0700",
        "2026-03-01 12:00:00+00:00",
        "2026-03-01 12:00:00+00",
        "2026-03-01 12:00:00 UTC",
        "2026-03-01 12:00:00 +0000 UTC",
        "2026-03-01 12:00:00.000000",
        "2026-03-01 12:00",
        "2026-03-01T12:00Z",
        " 2026-03-01T12:00:00Z ",
        "1772366400",
        "1772366400.0",
        "1772366400000",
        "1772366400000000",
        "Sun Mar 01 12:00:00 +0000 2026",
        "Sun, 01 Mar 2026 12:00:00 +0000",
        "Sun, 01 Mar 2026 12:00:00 GMT",
        "2026/03/01 12:00:00",
        "2026/3/1 12:00",
    ],
)
def test_one_instant_in_many_spellings(cell: str):
    assert read(cell) == (NOON, None)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("01/02/2026 03:04", "01/02/2026 03:04 could be January or February; pass --dayfirst or --monthfirst"),
        ("yesterday", "'yesterday' is not a time"),
        ("2026-02-30T10:00:00Z", "'2026-02-30T10:00:00Z' is not a time"),
        ("0000-00-00T00:00:00Z", "'0000-00-00T00:00:00Z' is not a time"),
        ("Mon Mar 01 12:00:00 +0000 2026", "'Mon Mar 01 12:00:00 +0000 2026' is not a time"),  # it was a Sunday
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z is in the future"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z is before 2004"),
        ("1772366400000000000", "'1772366400000000000' is not a time"),  # might be a post id as well
        ("31-11-2016 18:40", "'31-11-2016 18:40' is not a time"),
        ("2020-10-23", "2020-10-23 has no time of day; a mapping file may allow whole days"),
    ],
)
def test_what_has_no_clear_reading_is_said(cell: str, problem: str):
    assert read(cell) == (None, problem)


def test_day_and_month_are_told_apart_when_only_one_reading_is_possible():
    assert read("13/02/2026 03:04")[0] == read("02/13/2026 3:04 AM")[0] == datetime(2026, 2, 13, 3, 4, tzinfo=UTC)
    assert read("05/05/2026 15:04")[0] == read("5/5/2026 3:04 PM")[0] == datetime(2026, 5, 5, 15, 4, tzinfo=UTC)


def test_the_day_order_decides_the_rest():
    assert read("01/02/2026 12:00", day_order="day")[0] == datetime(2026, 2, 1, 12, tzinfo=UTC)
    assert read("01/02/2026 12:00", day_order="month")[0] == datetime(2026, 1, 2, 12, tzinfo=UTC)


def test_a_time_without_a_zone_is_in_the_given_zone():
    assert read("2026-03-01 13:00:00", timezone="Europe/Berlin")[0] == NOON
    assert read("2026-03-01T12:00:00Z", timezone="Europe/Berlin")[0] == NOON


def test_an_hour_that_the_clocks_skip_or_repeat_has_no_one_reading():
    for cell in ("2026-03-29 02:30:00", "2026-10-25 02:30:00"):
        assert read(cell, timezone="Europe/Berlin") == (
            None,
            f"{cell} has no one reading where the clocks change in Europe/Berlin",
        )


def test_whole_days_are_midnight_where_they_are_allowed():
    assert read("2020-10-23", whole_days=True)[0] == datetime(2020, 10, 23, tzinfo=UTC)


def test_an_empty_cell_is_no_time_and_no_problem():
    got = parse_times(pl.Series([None], dtype=pl.String), TimeRules(latest=LATEST))
    assert got.rows() == [(None, None)]


moments = st.datetimes(EARLIEST.replace(tzinfo=None), LATEST.replace(tzinfo=None) - timedelta(days=1))


@settings(deadline=None)
@given(st.lists(moments, min_size=1, max_size=8))
def test_every_moment_survives_being_written_and_read(written: list[datetime]):
    cells = pl.Series([moment.isoformat(timespec="microseconds") for moment in written])
    read_back = parse_times(cells, TimeRules(latest=LATEST))["at"].to_list()
    assert read_back == [moment.replace(tzinfo=UTC) for moment in written]


@settings(deadline=None)
@given(moments, st.sampled_from([1, 10**3, 10**6]))
def test_epochs_of_all_units_are_the_same_instant(moment: datetime, unit: int):
    seconds = int(moment.replace(tzinfo=UTC).timestamp())
    assert read(str(seconds * unit))[0] == datetime.fromtimestamp(seconds, UTC)


@settings(deadline=None)
@given(st.lists(st.text(max_size=30), max_size=8))
def test_any_text_is_read_or_said_to_be_no_time(cells: list[str]):
    got = parse_times(pl.Series(cells, dtype=pl.String), TimeRules(latest=LATEST))
    assert got.height == len(cells)
    assert (got["at"].is_null() == got["problem"].is_not_null()).all()
