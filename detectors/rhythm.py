"""Posting rhythm: five-minute spans as objects, and whether the posts of an account fall on the beat of a clock."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from detectors.coding import I64, codes_of
from detectors.significance import F64, SMALLEST_P
from detectors.time_resolution import own_resolutions, resolution_seconds
from graph.schemas import FrameSchema

BIN_SECONDS = 300  # DETECTORS 2.1
LEAST_POSTS_OF_A_BIN_TRACE = 8  # Pacheco et al. 2021, synchronised posting
PERIODS = (60, 300, 600, 900, 1800, 3600, 86_400)  # seconds (DETECTORS 2.1)
LEAST_SITTINGS = 20  # DETECTORS 2.1: fewer phases say nothing
EVEN = -0.3  # burstiness below which gaps are too even for people (DETECTORS 2.1) ...
# ... who sleep: four posts a day at meal times have -.27, while once a day at about noon is even and human.
LONGEST_EVEN_GAP = 6 * 3600
# A period that counts as a clock is at most an hour: people post at their hours of the day, every day.
LONGEST_BEAT = 3600
CLOCKWORK_P = 1e-3  # per account, after Bonferroni over periods: among 1,000 people one looks like a clock
# A period is tested when it holds at least so many steps of the time's resolution: the phases of two steps only are
# a coin, for which the formula below is too small; from three on its mean direction is as under even phases.
LEAST_STEPS = 3

RHYTHM: FrameSchema = {
    "account_id": pl.String,
    "posts": pl.Int64,
    "sittings": pl.Int64,  # posts that were counted at the period told
    "period_seconds": pl.Int64,  # the beat with the smallest p; null when none could be tested
    "concentration": pl.Float64,  # length R of the mean phase, 0..1
    "p": pl.Float64,  # Bonferroni over the periods tested
    "burstiness": pl.Float64,  # (sd - mean) / (sd + mean) of the gaps, -1 a clock, 0 chance, 1 bursts; null when it cannot be told
    "daily_p": pl.Float64,  # the same test at 24 h, never a sign of a clock
    "clockwork": pl.Boolean,
}


def rhythm_actions(posts: pl.DataFrame) -> pl.DataFrame:
    """Actions of the trace `rhythm` (account_id, trace, object_id, at, post_id, block) from posts (account_id, at, post_id).

    One per account and five-minute span, at its first post there; the object is the span's start, the block its hour of
    the week (UTC). Only accounts with at least 8 posts; none at all when times are coarser than the span. Sorted.
    """
    said = posts.select("account_id", pl.col("at").cast(pl.Datetime("us", "UTC")), "post_id").drop_nulls(
        ["account_id", "at"]
    )
    said = said.unique().filter(pl.len().over("account_id") >= LEAST_POSTS_OF_A_BIN_TRACE)
    if resolution_seconds(said["at"]) > BIN_SECONDS:
        said = said.clear()
    span = pl.col("at").dt.truncate(f"{BIN_SECONDS}s")
    first = said.with_columns(span=span).sort("account_id", "at", "post_id", nulls_last=True)
    return first.unique(["account_id", "span"], keep="first", maintain_order=True).select(
        "account_id",
        pl.lit("rhythm").alias("trace"),
        pl.col("span").dt.strftime("%Y-%m-%dT%H:%MZ").alias("object_id"),
        "at",
        "post_id",
        pl.col("at").dt.strftime("%a %H").alias("block"),
    )


def rhythms(posts: pl.DataFrame, periods: Sequence[int] = PERIODS) -> pl.DataFrame:
    """RHYTHM, one row per account with at least 20 posts, sorted. Takes account_id and at; a moment counts once.

    Rayleigh's test on the phase at each period; of periods with the same p the longest is told. Posts less than half a
    period after the one before are one sitting and count once: twenty posts of one quarter of an hour share their phase
    at an hour without any clock. Periods shorter than three steps of the time's resolution are not tested (minutes that
    were rounded fall on whole minutes). Source: DETECTORS 2.1; Goh and Barabasi 2008 for burstiness.
    """
    said = posts.select("account_id", pl.col("at").cast(pl.Datetime("us", "UTC"))).drop_nulls().unique()
    said = said.filter(pl.len().over("account_id") >= LEAST_SITTINGS).sort("account_id", "at")
    if said.is_empty():
        return pl.DataFrame(schema=dict(RHYTHM))
    account, names = codes_of(said["account_id"])
    at = said["at"].to_physical().to_numpy()
    coarse = resolution_seconds(posts["at"])
    step = np.maximum(own_resolutions(account.astype(np.int64), at, len(names)), coarse)
    tested = [_at_period(account.astype(np.int64), at, seconds, step) for seconds in periods]
    return _told(names, account.astype(np.int64), at, step, tuple(periods), tested)


def rayleigh_p(sittings: F64 | I64, concentration: F64) -> F64:
    """P(R >= `concentration`) for so many phases that are even around the clock: exp(-z)(1 + (2z - z^2)/4n), z = nR^2.

    The correction is kept above a half: past that the series no longer holds, and the true tail is smaller still.
    """
    n = np.maximum(np.asarray(sittings, dtype=np.float64), 1)
    z = n * concentration**2
    tail = np.exp(-z) * np.maximum(1 + (2 * z - z**2) / (4 * n), 0.5)
    return np.asarray(np.clip(tail, SMALLEST_P, 1.0), dtype=np.float64)


def _at_period(account: I64, at: I64, seconds: int, step: F64) -> tuple[I64, F64, F64]:
    """Per account: sittings, concentration of their phases, p (nan where the period cannot be tested)."""
    period = seconds * 1_000_000
    opens = np.ones(at.size, dtype=np.bool_)
    opens[1:] = (account[1:] != account[:-1]) | (2 * np.diff(at) >= period)
    phase = 2 * np.pi * (at[opens] % period) / period
    who, many = account[opens], step.size
    sittings = np.bincount(who, minlength=many)
    across = np.bincount(who, weights=np.cos(phase), minlength=many)
    along = np.bincount(who, weights=np.sin(phase), minlength=many)
    concentration = np.hypot(across, along) / np.maximum(sittings, 1)
    p = rayleigh_p(sittings, concentration)
    p[(sittings < LEAST_SITTINGS) | (seconds < LEAST_STEPS * step)] = np.nan
    return sittings, concentration, p


def _told(
    names: pl.Series, account: I64, at: I64, step: F64, periods: tuple[int, ...], tested: list[tuple[I64, F64, F64]]
) -> pl.DataFrame:
    counted = np.stack([sittings for sittings, _, _ in tested])
    lengths = np.stack([concentration for _, concentration, _ in tested])
    p = np.stack([one for _, _, one in tested])
    tests = np.maximum((~np.isnan(p)).sum(axis=0), 1)
    adjusted = np.minimum(p * tests, 1.0)
    beats = np.array([seconds <= LONGEST_BEAT for seconds in periods])
    open_beats = np.where(np.isnan(adjusted) | ~beats[:, None], np.inf, adjusted)
    # Of equal p the longest: a post every five minutes falls on one phase of the minute too.
    best = len(periods) - 1 - open_beats[::-1].argmin(axis=0)
    place = np.arange(len(names))
    known = np.isfinite(open_beats[best, place])
    days = np.where(np.isnan(adjusted) | beats[:, None], np.inf, adjusted).min(axis=0)
    burstiness, mean_gap = _burstiness(account, at, step)
    frame = pl.DataFrame(
        {
            "account_id": names,
            "posts": np.bincount(account, minlength=len(names)),
            "sittings": counted[best, place],
            "period_seconds": np.asarray(periods)[best],
            "concentration": lengths[best, place],
            "p": open_beats[best, place],
            "burstiness": burstiness,
            "mean_gap": mean_gap,
            "daily_p": np.where(np.isfinite(days), days, np.nan),
            "known": known,
        }
    )
    unknown = [pl.when("known").then(name).alias(name) for name in ("sittings", "period_seconds", "concentration", "p")]
    frame = frame.with_columns(*unknown, pl.col("burstiness", "daily_p").fill_nan(None))
    on_the_beat = (pl.col("p") <= CLOCKWORK_P).fill_null(False)
    even = ((pl.col("burstiness") < EVEN) & (pl.col("mean_gap") <= LONGEST_EVEN_GAP)).fill_null(False)
    frame = frame.with_columns(clockwork=on_the_beat | even)
    return frame.select(pl.col(name).cast(kind) for name, kind in RHYTHM.items())


def _burstiness(account: I64, at: I64, step: F64) -> tuple[F64, F64]:
    """(sd - mean) / (sd + mean) of the gaps of each account, and their mean in seconds.

    nan with fewer than 19 gaps, and where the mean gap is below three steps of the resolution: dates that were cut to days
    lie exactly a day apart. From three steps on, random gaps in whole steps keep it above -.1.
    """
    many = step.size
    same = account[1:] == account[:-1]
    who, gap = account[1:][same], np.diff(at)[same] / 1e6
    count = np.bincount(who, minlength=many)
    mean = np.bincount(who, weights=gap, minlength=many) / np.maximum(count, 1)
    spread = np.sqrt(np.bincount(who, weights=(gap - mean[who]) ** 2, minlength=many) / np.maximum(count, 1))
    with np.errstate(invalid="ignore"):
        value = (spread - mean) / (spread + mean)
    value[(count < LEAST_SITTINGS - 1) | (mean < LEAST_STEPS * step)] = np.nan
    return np.asarray(value, dtype=np.float64), np.asarray(mean, dtype=np.float64)
