"""How much likelier each event is from a stranger than from the owner of the account, by the account's own history."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.coding import Flags
from detectors.significance import F64, I64
from detectors.takeovers.habits import CAUSES, FEATURES
from detectors.takeovers.population import HOUR, Observed, Population
from detectors.time_windows import starts_of

HALF_LIFE_US = 30 * 86_400 * 1_000_000  # of what an account did (DETECTORS section 3)
PRIOR = 5.0  # observations that the population lends to each account (DETECTORS section 3, alpha)
SETTLED = 20  # events from which an account has habits (DETECTORS section 3)
SETTLED_US = 14 * 86_400 * 1_000_000  # and the time they must span (DETECTORS section 3)
# What an event counts at most and at least: an owner beside the intruder must not hide him (decision 0010).
MOST, LEAST = 6.0, -1.0
# An hour speaks for its neighbours (DETECTORS section 3: smoothed +-1 h).
_NEAR_HOURS = ((-1, 0.25), (0, 0.5), (1, 0.25))


@dataclass(frozen=True)
class Surprises:
    """Of the events of some accounts, sorted by (account, at): `parts`, the log of stranger over owner, events x CAUSES;
    of the observations in their order: the `event` of each, and which are `new` to a settled account.
    """

    account: I64
    at: I64
    parts: F64
    event: I64
    new: Flags
    settled: Flags  # per event: the account has habits

    def ratio(self, without: str | None = None) -> F64:
        """Per event the clipped sum of its parts, of all causes or of all but one; 0 while the account has no habits yet."""
        whole = self.parts[:, [cause != without for cause in CAUSES]].sum(axis=1)
        return np.where(self.settled, np.clip(whole, LEAST, MOST), 0.0)


def surprises(observed: Observed, population: Population) -> Surprises:
    """A stranger draws from the population; an owner repeats what he did (less so the longer ago), or does something
    new as often as this account ever did (Good-Turing: the share of values seen once, with the population as prior).
    """
    account, at, value = observed.account.astype(np.int64), observed.at, observed.value.astype(np.int64)
    feature = observed.feature
    opens = starts_of(account, at)
    event = np.cumsum(opens) - 1
    heads = np.flatnonzero(opens)
    weight = _growing(account, at)
    held, group = account * (int(value.max(initial=0)) + 1) + value, account * len(FEATURES) + feature
    own, seen = _before(held, weight), _before(held, np.ones(account.size))
    total, number = _before(group, weight), _before(group, np.ones(account.size))
    lone = _before(group, _lone(seen))
    hour = feature == HOUR
    own[hour] = _hours(
        account[hour],
        at[hour],
        observed.values["value"].cast(int, strict=False).fill_null(0).to_numpy()[value[hour]],
        weight[hour],
    )
    now = np.maximum(weight, 1e-300)
    own, total = own / now, total / now
    share = population.share[value]
    usual = (lone + PRIOR * population.novelty[feature]) / (number + PRIOR)
    new = (seen == 0) & ~hour
    owner = np.where(new, usual * share, (1 - usual) * own / np.maximum(total, 1e-12))
    owner = np.where(hour, (own + PRIOR * share) / (total + PRIOR), owner)
    told = np.log(share / np.maximum(owner, 1e-12))
    told[number == 0] = 0.0
    settled = _settled(account[heads], at[heads])
    parts = _per_event(event, feature, told, new, heads.size)
    return Surprises(account[heads], at[heads], parts, event, (seen == 0) & settled[event] & (number > 0), settled)


def _growing(account: I64, at: I64) -> F64:
    """2 ** (time since the account's first event / HALF_LIFE): sums of these, divided by today's, are halved sums."""
    starts = np.flatnonzero(starts_of(account))
    since = at - np.repeat(at[starts], np.diff(np.append(starts, account.size)))
    return np.asarray(np.exp2(np.minimum(since / HALF_LIFE_US, 900.0)))  # 74 years; a double ends at 2 ** 1023


def _before(group: I64, weight: F64) -> F64:
    """Per row, the weights of the earlier rows of its group; rows stand in the order of time."""
    # One sum per group: in a sum over all of them a small group would drown in the digits of a large one.
    earlier = pl.col("weight").cum_sum().shift(1).over("group").fill_null(0.0)
    return pl.DataFrame({"group": group, "weight": weight}).select(earlier).to_series().to_numpy(writable=True)


def _lone(seen: F64) -> F64:
    """1 where a value is met first, -1 where it is met again for the first time: their sum counts the values met once."""
    return np.where(seen == 0, 1.0, np.where(seen == 1, -1.0, 0.0))


def _hours(account: I64, at: I64, hour: I64, weight: F64) -> F64:
    """The decayed weight of the account's earlier acts within an hour of this one on the clock."""
    sums = np.zeros(account.size)
    for step, part in _NEAR_HOURS:
        asked = (hour + step) % 24
        groups = np.concatenate([account * 24 + hour, account * 24 + asked])
        weights = np.concatenate([weight * part, np.zeros(account.size)])
        times = np.concatenate([at, at])
        asking = np.concatenate([np.ones(account.size, dtype=np.int64), np.zeros(account.size, dtype=np.int64)])
        order = np.lexsort((asking, times))  # a question of a moment comes before what happens at it
        found = np.empty(groups.size)
        found[order] = _before(groups[order], weights[order])
        sums += found[account.size :]
    return sums


def _per_event(event: I64, feature: I64, told: F64, new: Flags, events: int) -> F64:
    """Events x CAUSES, weighted. Several values of one feature in one event count as their mean; of the features of one
    cause the first that is there counts, of those of a place the widest that is new, else the narrowest.
    """
    cell, size = event * len(FEATURES) + feature, events * len(FEATURES)
    number = np.bincount(cell, minlength=size).reshape(events, len(FEATURES))
    mean = np.bincount(cell, told, minlength=size).reshape(events, len(FEATURES)) / np.maximum(number, 1)
    fresh = np.bincount(cell, new, minlength=size).reshape(events, len(FEATURES)) > 0
    parts = np.zeros((events, len(CAUSES)))
    for column, cause in enumerate(CAUSES):
        codes = [code for code, one in enumerate(FEATURES) if one.cause == cause]
        there = number[:, codes] > 0
        if cause == "place":
            chosen = np.where(fresh[:, codes].any(axis=1), fresh[:, codes].argmax(axis=1), _last(there))
        else:
            chosen = there.argmax(axis=1)
        weights = np.array([FEATURES[code].weight for code in codes])
        parts[:, column] = mean[:, codes][np.arange(events), chosen] * weights[chosen]
    return parts


def _last(there: Flags) -> I64:
    return np.asarray(there.shape[1] - 1 - there[:, ::-1].argmax(axis=1), dtype=np.int64)


def _settled(account: I64, at: I64) -> Flags:
    starts = np.flatnonzero(starts_of(account))
    size = np.diff(np.append(starts, account.size))
    place = np.arange(account.size) - np.repeat(starts, size)
    return (place >= SETTLED) & (at - np.repeat(at[starts], size) >= SETTLED_US)
