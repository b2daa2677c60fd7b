"""Rhythm: when people act. Waking hours in the account's own time zone, and cascades that excite themselves."""

import numpy as np

from detectors.worlds.drafts import F64, I64

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 3600 * SECOND
DAY = 24 * HOUR
START = 1_717_372_800 * SECOND  # Monday 3 June 2024, 00:00 UTC: any Monday would do

# Share of acts per local hour relative to the busiest: Twitter, Facebook and Instagram accounts of the German
# election set (mix_injected2016, background, 20,927 shares, UTC+2); within rounding of its published histogram.
WAKING = np.array(
    [0.17, 0.14, 0.10, 0.10, 0.21, 0.37, 0.54, 0.73, 0.80, 0.81, 0.96, 1.0,
     0.94, 0.94, 0.96, 0.81, 0.77, 0.74, 0.64, 0.66, 0.66, 0.49, 0.39, 0.27]
)  # fmt: skip

# Reaction delays are log-normal: half within the median, a factor e^sigma wide. Chosen by `calibration.py` so that the
# gaps between sharers fall between those of coortweet_russian and of mix_injected2016 (docs/generator.md).
MEDIAN_DELAY_SECONDS = 2400.0
SIGMA_DELAY = 2.3
EXCITED = 0.75  # share of reactions that follow another reaction rather than the original


def delays(
    count: int, draw: np.random.Generator, median: float = MEDIAN_DELAY_SECONDS, sigma: float = SIGMA_DELAY
) -> I64:
    """Log-normal delays in microseconds; `median` in seconds, at most 20 days."""
    seconds = np.exp(draw.normal(np.log(median), sigma, count))
    return (np.minimum(seconds, 20 * 86_400.0) * SECOND).astype(np.int64)


def cascade_times(born: I64, sizes: I64, draw: np.random.Generator, scale: F64 | None = None) -> I64:
    """Times of `sizes[i]` reactions to the thing born at `born[i]`, one cascade after the other, not sorted.

    A reaction follows the original or, with probability EXCITED, a reaction before it (a branching process with
    log-normal delays). `scale` stretches each cascade's delays.
    """
    total = int(sizes.sum())
    first = np.cumsum(sizes) - sizes
    place = np.arange(total) - np.repeat(first, sizes)
    follows = (draw.random(total) < EXCITED) & (place > 0)
    parent = np.where(follows, np.repeat(first, sizes) + (draw.random(total) * place).astype(np.int64), -1)
    waited = delays(total, draw)
    if scale is not None:
        waited = (waited * np.repeat(scale, sizes)).astype(np.int64)
    # Sum the delays along the way to the original, doubling the step: log2(depth) rounds.
    while (parent >= 0).any():
        has = np.flatnonzero(parent >= 0)
        waited[has], parent[has] = waited[has] + waited[parent[has]], parent[parent[has]]
    return np.repeat(born, sizes) + waited


def awake(at: I64, zone: F64, draw: np.random.Generator) -> I64:
    """Times moved later until the account's local hour is one it acts in; `zone` in hours east of UTC."""
    moved = at.copy()
    asleep = np.arange(at.size)
    for _ in range(24):  # each round moves a sleeper by about an hour and a half: a day and a half is enough
        local = ((moved[asleep] / HOUR + zone[asleep]) % 24).astype(np.int64)
        asleep = asleep[draw.random(asleep.size) > WAKING[local]]
        if not asleep.size:
            break
        moved[asleep] += (draw.uniform(0.5, 2.5, asleep.size) * HOUR).astype(np.int64)
    return moved


def any_times(zone: F64, days: float, draw: np.random.Generator) -> I64:
    """One waking moment per entry of `zone`, uniform over the world's days."""
    return awake(START + (draw.random(zone.size) * days * DAY).astype(np.int64), zone, draw)
