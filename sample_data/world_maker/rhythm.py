"""When things happen: the day of each time zone, and how long people take to react."""

from datetime import UTC, datetime, timedelta
from math import log
from random import Random

START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
DAYS = 14
SPAN = DAYS * 86_400  # seconds; every moment of the world lies in [0, SPAN)

# Share of a person's activity per local hour: a trough before dawn, a plateau from 8 to 22.
HOURS = (30, 18, 12, 9, 8, 12, 28, 55, 78, 86, 88, 90, 96, 92, 88, 86, 88, 92, 96, 100, 100, 94, 78, 52)
WEEKEND = 0.85  # of a working day


def awake(utc_offset_hours: float, at: int) -> float:
    """How likely a person of that time zone is at the screen, 0..1."""
    local = at + int(utc_offset_hours * 3600)
    weekend = WEEKEND if (local // 86_400) % 7 >= 5 else 1.0
    return weekend * HOURS[(local // 3600) % 24] / 100


def moment(rng: Random, utc_offset_hours: float) -> int:
    """A second at which a person of that time zone does something."""
    while True:
        at = rng.randrange(SPAN)
        if rng.random() < awake(utc_offset_hours, at):
            return at


def delay(rng: Random, median_seconds: float, sigma: float, least: int = 3) -> int:
    """A log-normal reaction time in seconds; people are not faster than `least`."""
    return max(least, round(rng.lognormvariate(log(median_seconds), sigma)))


def as_text(at: int) -> str:
    return (START + timedelta(seconds=at)).strftime("%Y-%m-%dT%H:%M:%SZ")
