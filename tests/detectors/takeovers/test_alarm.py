"""The alarm of an account: against a slow reading, and how often it goes where nobody was taken over."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.takeovers.alarm import LOW, MONTH_US, Excursions, Level, alarms, all_excursions, excursions, level
from detectors.takeovers.breaks import heights
from detectors.takeovers.surprises import Surprises
from tests.detectors.takeovers.test_surprises import ratios

Steps = list[tuple[int, float]]
STEPS = st.lists(st.tuples(st.integers(0, 3), st.floats(-1, 6)), max_size=60)


def walked(steps: Steps) -> Surprises:
    """Events an hour apart, sorted by account, the first of each account before it had habits."""
    rows = sorted(steps, key=lambda step: step[0])
    settled = [n > 0 and rows[n - 1][0] == rows[n][0] for n in range(len(rows))]
    found = ratios([(one, ratio, known) for (one, ratio), known in zip(rows, settled, strict=True)])
    return replace(found, at=np.arange(len(rows)) * 3_600_000_000)


@given(STEPS, st.floats(0.1, 9))
def test_an_alarm_goes_where_the_sum_first_passes_the_level_and_began_where_it_last_was_nothing(
    steps: Steps, above: float
):
    found = walked(steps)
    slow: dict[int, tuple[int, int]] = {}
    calm = 0
    for at, account, height in zip(found.at.tolist(), found.account.tolist(), heights(found).tolist(), strict=True):
        calm = at if height == 0 else calm
        if height > above and account not in slow:
            slow[account] = (calm, at)
    told = alarms(found, Level(above, 1.0, 0))
    rows = zip(*(told[name].to_physical().to_list() for name in told.columns), strict=True)
    assert {account: (before, at) for account, before, at in rows} == slow


@given(STEPS)
def test_an_excursion_is_from_nothing_to_nothing(steps: Steps):
    found = walked(steps)
    slow: list[tuple[int, float]] = []
    inside, last = False, -1
    for account, height in zip(found.account.tolist(), heights(found).tolist(), strict=True):
        inside = inside and account == last and height > 0
        if not inside and height > 0:
            slow.append((account, height))
        elif inside:
            slow[-1] = (account, max(slow[-1][1], height))
        inside, last = height > 0, account
    told = excursions(found)
    assert sorted(zip(told.account.tolist(), told.peak.tolist(), strict=True)) == sorted(
        one for one in slow if one[1] > LOW
    )


def calm_accounts(count: int, months: float, peaks: list[float]) -> Excursions:
    number = np.arange(count)
    return Excursions(number[: len(peaks)], np.array(peaks), number, np.full(count, months))


def test_the_level_lets_one_alarm_in_a_thousand_months_pass():
    seen = calm_accounts(1_000, 3.5, [9.0, 8.0, 7.0, 6.0, 5.0])
    told = level(seen, np.empty(0, np.int64))
    assert told == Level(6.0, 3_500.0, 3)


def test_accounts_of_rings_do_not_raise_the_level():
    seen = calm_accounts(1_000, 3.5, [90.0, 80.0, 70.0, 6.0, 5.0])
    told = level(seen, np.array([0, 1, 2]))
    assert told is not None
    assert (told.height, told.alarms) == (LOW, 2)


def test_too_few_months_set_no_level_and_give_no_alarm():
    assert level(calm_accounts(100, 3.5, [9.0]), np.empty(0, np.int64)) is None
    assert alarms(walked([(0, 6.0)] * 30), None).is_empty()


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_parts_of_the_accounts_make_the_whole(parts: int):
    found = walked([(one, float(one + n % 3)) for one in range(6) for n in range(12)])
    pieces = []
    for part in range(parts):
        mine = found.account % parts == part
        rows = {name: getattr(found, name)[mine] for name in ("account", "at", "parts", "settled")}
        pieces.append(excursions(replace(found, **rows)))
    whole, joined = all_excursions([excursions(found)]), all_excursions(pieces)
    for name in ("account", "peak", "settled", "months"):
        assert getattr(joined, name).tolist() == getattr(whole, name).tolist()
    assert whole.months.tolist() == [pytest.approx(10 * 3_600_000_000 / MONTH_US)] * 6
