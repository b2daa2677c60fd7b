"""Whose acts a rise is made of: flagged, new and long silent accounts or the others, and how much of it looks manufactured."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from detectors.trends.cause import Rise

CLASSES = ("flagged", "new", "silent", "organic")
_DAY = 86_400_000_000
NEW_DAYS = 30  # DETECTORS 6: created within 30 days before the rise
SILENT_DAYS = 30  # the same span, for accounts that had not acted in it
LEAST_HISTORY = 7  # days of data before a rise without which nobody can be called silent
CONTROLS = 28  # earlier spans of the same length at the same time of day
USUAL = 0.95  # newcomers are strange beyond what 95 in 100 like rises bring
LEAST_RISES = round(1 / (1 - USUAL))  # that percentile of fewer is just the largest of them
ALIKE_FACTOR = 4.0  # a control rise has between a quarter and four times the excess
DRAWS = 999
F64 = npt.NDArray[np.float64]

RISES, NOTHING = "other rises", "nothing"


@dataclass(frozen=True, slots=True)
class Who:
    """What is known of accounts: `flagged` ids of a run; `created`: account_id, created_at (microseconds, may be null)."""

    flagged: frozenset[str]
    created: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Split:
    """Acts per account of each class in one span: `counts[class]` in the order of account ids."""

    counts: tuple[F64, ...]

    @property
    def sums(self) -> F64:
        return np.array([part.sum() for part in self.counts])

    @property
    def newcomers(self) -> float:
        """Share of new and silent accounts in the acts of those not flagged; nan when nobody unflagged acted."""
        _, new, silent, organic = self.sums
        total = new + silent + organic
        return float((new + silent) / total) if total else float("nan")


@dataclass(frozen=True, slots=True)
class Attribution:
    """Shares of the excess: `flagged` to `organic` sum to 1; `manufactured` with a 95 % interval; what it was compared with."""

    flagged: float
    new: float
    silent: float
    organic: float
    manufactured: float
    low: float
    high: float
    compared_with: str
    controls: int
    silent_known: bool  # false: the data begins too short before
    new_known: bool  # false: no account says when it was created


def split(series: pl.DataFrame, everything: pl.DataFrame, since: int, until: int, who: Who, data_from: int) -> Split:
    """The acts of `series` (ACT_SCHEMA) in [since, until) by class, as of `since`. Flagged comes before new, new before silent.

    Silent: no act of any kind (`everything`) in the 30 days before; not told when the data begins less than a week before.
    """
    inside = series.filter((pl.col("at") >= since) & (pl.col("at") < until)).group_by("account_id").len("n")
    earlier = everything.filter((pl.col("at") >= since - SILENT_DAYS * _DAY) & (pl.col("at") < since))
    heard = set(earlier["account_id"].unique()) if since - data_from >= LEAST_HISTORY * _DAY else None
    young = who.created.filter(pl.col("created_at") >= since - NEW_DAYS * _DAY)
    new = set(young["account_id"])
    counts: dict[str, list[int]] = {name: [] for name in CLASSES}
    for account, n in inside.sort("account_id").iter_rows():
        counts[_class_of(account, who.flagged, new, heard)].append(n)
    return Split(tuple(np.array(counts[name], dtype=np.float64) for name in CLASSES))


def control_spans(rise: Rise, data_from: int, busy: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Up to CONTROLS spans before the rise, whole days earlier, of its length, that overlap none of `busy` (other rises)."""
    length = rise.until - rise.since
    step = max(_DAY, -(-length // _DAY) * _DAY)
    spans = [(rise.since - n * step, rise.since - n * step + length) for n in range(1, 4 * CONTROLS)]
    quiet = [
        (since, until)
        for since, until in spans
        if since >= data_from and not any(a < until and since < b for a, b in busy)
    ]
    return quiet[:CONTROLS]


def attribute(
    rise: Rise,
    alpha: float,
    here: Split,
    quiet: Sequence[Split],
    rises: Sequence[Split],
    seed: int,
    silent_known: bool,
    new_known: bool = True,
) -> Attribution:
    """Who the excess comes from, and the share that looks manufactured.

    A class's own expectation is the expected count times its share in the quiet spans before. Manufactured = the excess of
    flagged accounts + new and silent accounts beyond what the excess of the others brings with it in like rises, as a share.
    News brings newcomers too, more in one rise and fewer in another, so only what exceeds USUAL of `rises` (other rises of
    like size) counts; with fewer than LEAST_RISES of them no newcomer counts. The interval: accounts, controls and the expected
    count drawn anew DRAWS times, 2.5 % cut at either end; it knows sampling, not a wrong flag.
    """
    told = np.array([one.newcomers for one in rises])
    usual = told[np.isfinite(told)] if len(rises) >= LEAST_RISES else np.array([])
    before = np.array([one.sums for one in quiet]).reshape(-1, len(CLASSES))
    excess = _excess(here.sums, rise.expected, before)
    value = _manufactured(excess, _most_usual(usual))
    low, high = _interval(rise, alpha, here, before, usual, seed)
    shares = excess / max(excess.sum(), 1e-9)
    flagged, new, silent, organic = (round(float(share), 6) for share in shares)
    made, least, most = (round(x, 6) for x in (value, min(low, value), max(high, value)))
    compared = RISES if usual.size else NOTHING
    return Attribution(flagged, new, silent, organic, made, least, most, compared, usual.size, silent_known, new_known)


def _class_of(account: str, flagged: frozenset[str], new: set[str], heard: set[str] | None) -> str:
    if account in flagged:
        return "flagged"
    if account in new:
        return "new"
    return "silent" if heard is not None and account not in heard else "organic"


def _excess(seen: F64, expected: float, before: F64) -> F64:
    """Per class; without any act in the controls, what was expected is the others'."""
    total = before.sum()
    shares = before.sum(axis=0) / total if total else np.array([0.0, 0.0, 0.0, 1.0])
    return np.asarray(seen - expected * shares, dtype=np.float64)


def _manufactured(excess: F64, usual: float) -> float:
    flagged, new, silent, organic = excess
    brought = max(organic, 0.0) * usual / (1 - usual) if usual < 1 else np.inf  # all of them may be newcomers
    surplus = max(0.0, new + silent - brought)
    total = float(excess.sum())
    return float(np.clip((max(flagged, 0.0) + surplus) / total, 0, 1)) if total > 0 else 0.0


def _most_usual(usual: F64) -> float:
    """The share of newcomers that is still usual; 1, so that none is strange, when there is nothing to compare with."""
    return float(np.quantile(usual, USUAL, method="higher")) if usual.size else 1.0


def _interval(rise: Rise, alpha: float, here: Split, before: F64, usual: F64, seed: int) -> tuple[float, float]:
    random = np.random.default_rng(seed)
    seen = np.stack([_resampled(part, random) for part in here.counts], axis=1)
    # What would have come anyway is itself a draw: a gamma of the forecast's dispersion, then a Poisson.
    shape = 1 / max(alpha, 1e-6)
    expected = random.poisson(random.gamma(shape, rise.expected / shape, DRAWS))
    drawn = np.empty(DRAWS)
    for n in range(DRAWS):
        again = before[random.integers(0, len(before), len(before))] if len(before) else before
        rate = _most_usual(random.choice(usual, usual.size) if usual.size else usual)
        drawn[n] = _manufactured(_excess(seen[n], float(expected[n]), again), rate)
    return float(np.quantile(drawn, 0.025)), float(np.quantile(drawn, 0.975))


def _resampled(counts: F64, random: np.random.Generator) -> F64:
    """Sums of acts when each account is drawn Poisson(1) times: accounts, not acts, are the independent draws."""
    if not counts.size:
        return np.zeros(DRAWS)
    return np.array([random.poisson(1.0, counts.size) @ counts for _ in range(DRAWS)], dtype=np.float64)
