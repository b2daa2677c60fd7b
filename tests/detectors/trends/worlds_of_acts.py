"""Made-up acts for trends: tags with a rhythm of day and week, and rises planted into them with known makers."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.trends import Acts, Who

START = 1_704_067_200_000_000  # Monday 1 January 2024, 00:00 UTC
HOUR = 3_600_000_000
FLAGGED = tuple(f"ring{n:03d}" for n in range(60))


@dataclass(frozen=True)
class Planted:
    """A rise of `acts` in [hour, hour + hours) of one tag; `made` of them by the ring, the others by the public."""

    tag: str
    hour: int
    hours: int
    acts: int
    made: float
    site: str = "rise.example"


def quiet_acts(
    seed: int, days: int = 28, tags: int = 12, mean: float = 12.0, alpha: float = 0.1, drift: float = 0.003
) -> list[tuple[str, str, str, int]]:
    """(account, tag, site, at): overdispersed counts with a wave of the day, a weekend and a slowly wandering level."""
    draw = np.random.default_rng(seed)
    hours = np.arange(days * 24)
    rows: list[tuple[str, str, str, int]] = []
    for number in range(tags):
        wave = 0.8 * np.cos(2 * np.pi * (hours - 14 - draw.normal(0, 2)) / 24) + 0.2 * (hours // 24 % 7 < 5)
        level = mean * np.exp(draw.normal(0, 0.8)) * np.exp(np.cumsum(draw.normal(0, drift, hours.size)))
        due = level * np.exp(wave)
        counts = draw.poisson(due * draw.gamma(1 / alpha, alpha, hours.size) if alpha else due)
        when = START + np.repeat(hours, counts) * HOUR + draw.integers(HOUR, size=counts.sum())
        who_acts, where = draw.integers(2_000, size=when.size), draw.integers(20, size=when.size)
        rows += [
            (f"user{account:04d}", f"tag{number}", f"s{site}.example", int(at))
            for account, site, at in zip(who_acts, where, when, strict=True)
        ]
    return rows


def planted_acts(seed: int, rise: Planted) -> list[tuple[str, str, str, int]]:
    draw = np.random.default_rng(seed)
    made = round(rise.acts * rise.made)
    people = [str(draw.choice(FLAGGED)) for _ in range(made)]
    people += [f"user{draw.integers(2_000):04d}" for _ in range(rise.acts - made)]
    return [(who, rise.tag, rise.site, at(draw, rise.hour + draw.integers(rise.hours))) for who in people]


def at(draw: np.random.Generator, hour: int) -> int:
    return START + int(hour) * HOUR + int(draw.integers(HOUR))


def as_acts(rows: list[tuple[str, str, str, int]]) -> Acts:
    frame = pl.DataFrame(
        rows, schema={"account_id": pl.String, "tag": pl.String, "site": pl.String, "at": pl.Int64}, orient="row"
    )
    acts = frame.sort("at", "account_id", "tag", "site").with_row_index("act")
    marks = [
        acts.select("act", dimension=pl.lit("hashtag"), value="tag"),
        acts.select("act", dimension=pl.lit("domain"), value="site"),
    ]
    return Acts(acts.select("act", "account_id", "at"), pl.concat(marks).sort("dimension", "value", "act"))


def who() -> Who:
    created = pl.DataFrame(schema={"account_id": pl.String, "created_at": pl.Int64})
    return Who(frozenset(FLAGGED), created)
