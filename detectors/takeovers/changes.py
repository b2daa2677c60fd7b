"""Before and after, habit by habit: what a member of a ring usually did, what was new after the takeover, and a sentence for each."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from detectors.sentences import count, percent
from detectors.significance import F64, I64
from detectors.takeovers.aftermath import AFTER_US
from detectors.takeovers.habits import CODES
from detectors.takeovers.population import HOUR, Observed
from detectors.takeovers.rings import Ring
from detectors.takeovers.surprises import HALF_LIFE_US
from graph.schemas import TEXTS_LIST, FrameSchema

SHOWN_USUAL, SHOWN_NEW = 3, 5  # values of a habit that a panel has room for, the commonest first
MOST_HOURS = 0.95  # of what an account does: the shortest span of hours that holds it is told as its day
# The habits of a panel, in its order. A text is always new, and how a text ends says nothing to a reader.
TOLD = ("device", "client", "country", "asn", "network", "domain", "mention", "topic", "lang", "kind", "hour")

CHANGE_SCHEMA: FrameSchema = {
    "ring": pl.Int64,
    "account": pl.Int64,
    "feature": pl.String,
    "usual": TEXTS_LIST,  # the commonest values before, at most SHOWN_USUAL
    "usual_shares": pl.List(pl.Float64),  # of what was observed before; a month ago counts half
    "after": TEXTS_LIST,  # values of the two weeks after that the account never had before, at most SHOWN_NEW
    "after_shares": pl.List(pl.Float64),  # of what was observed in those two weeks
    "before": pl.Int64,  # observations before
    "since": pl.Int64,  # observations in the two weeks after
    "sentence": pl.String,
}
_SAID = {  # feature -> how the usual is told, how the new is told
    "device": ("used the device", "the device"),
    "client": ("used", "the app"),
    "country": ("came from", "the country"),
    "asn": ("came through the provider", "the provider"),
    "network": ("came from the addresses", "the addresses"),
    "domain": ("linked to", "links to"),
    "mention": ("mentioned", "mentions of"),
    "topic": ("used the tag", "the tag"),
    "lang": ("wrote in", "the language"),
    "kind": ("made posts of the kind", "posts of the kind"),
}


def changes(observed: Observed, found: Sequence[Ring]) -> pl.DataFrame:
    """CHANGE_SCHEMA, by ring, account and habit in the order of TOLD: a row where the habit was seen before and after."""
    if not found:
        return pl.DataFrame(schema=dict(CHANGE_SCHEMA))
    starts = np.searchsorted(observed.account, np.arange(len(observed.account_ids) + 1))
    kinds = observed.values["feature"].to_numpy().astype(np.int64)
    clock = observed.values["value"].cast(pl.Int64, strict=False).fill_null(0).to_numpy()
    rows: list[tuple[object, ...]] = []
    for number, ring in enumerate(found):
        for account, taken in zip(ring.members.tolist(), ring.at.tolist(), strict=True):
            span = slice(starts[account], starts[account + 1])
            at, value = observed.at[span], observed.value[span].astype(np.int64)
            for name in TOLD:
                own = kinds[value] == CODES[name]
                told = _one(observed, name, at[own], value[own], taken, clock)
                rows += [(number, account, name, *told)] if told else []
    return pl.DataFrame(rows, schema=dict(CHANGE_SCHEMA), orient="row")


def _one(observed: Observed, name: str, at: I64, value: I64, taken: int, clock: I64) -> tuple[object, ...] | None:
    """The columns of CHANGE_SCHEMA from `usual` on; `clock`: the hour that each value stands for, where it is one."""
    before, after = at < taken, (at >= taken) & (at < taken + AFTER_US)
    if not before.any() or not after.any():
        return None
    weight = np.exp2((at[before] - taken) / HALF_LIFE_US)
    usual = _shares(observed, value[before], weight)
    fresh = after & ~np.isin(value, value[before])
    later = _shares(observed, value[fresh], np.full(int(fresh.sum()), 1.0), float(after.sum()))
    if CODES[name] == HOUR:
        said = _hours(clock[value[before]], weight, clock[value[after]])
    else:
        said = _sentence(name, usual, later)
    usual, later = usual[:SHOWN_USUAL], later[:SHOWN_NEW]
    return (
        [one for one, _ in usual],
        [share for _, share in usual],
        [one for one, _ in later],
        [share for _, share in later],
        int(before.sum()),
        int(after.sum()),
        said,
    )


def _shares(observed: Observed, value: I64, weight: F64, whole: float | None = None) -> list[tuple[str, float]]:
    """Values with their shares, the commonest first, ties by name."""
    codes, place = np.unique(value, return_inverse=True)
    sums = np.bincount(place, weight, minlength=codes.size)
    whole = float(weight.sum()) if whole is None else whole
    named = observed.values["value"].gather(codes).to_list()
    found = [
        (name, round(float(part) / max(whole, 1e-300), 6)) for name, part in zip(named, sums.tolist(), strict=True)
    ]
    return sorted(found, key=lambda one: (-one[1], one[0]))


def _sentence(name: str, usual: Sequence[tuple[str, float]], later: Sequence[tuple[str, float]]) -> str:
    did, thing = _SAID[name]
    habit = f"until then it {did} {usual[0][0]} {percent(usual[0][1])} of the time"
    if not later:
        return f"Nothing new: {habit}."
    more = f" and {count(len(later) - 1)} more" if len(later) > 1 else ""
    return (
        f"Never seen before: {thing} {later[0][0]}{more} ({percent(sum(share for _, share in later))} after); {habit}."
    )


def _hours(before: I64, weight: F64, after: I64) -> str:
    """Its day: the shortest span of hours on the clock with MOST_HOURS of what it did, and how much fell outside it after."""
    shares = np.bincount(before, weight, minlength=24) / max(float(weight.sum()), 1e-300)
    first, hours = _shortest(shares)
    outside = float(((after - first) % 24 >= hours).mean())
    inside = percent(float(np.roll(shares, -first)[:hours].sum()))
    if hours == 24:
        return "It was there at all hours of the day until then."
    return (
        f"{inside} of what it did fell between {first} and {(first + hours) % 24 or 24} h (UTC) until then; "
        f"{percent(outside)} fell outside after."
    )


def _shortest(shares: F64) -> tuple[int, int]:
    """First hour and number of hours of the shortest span around the clock that holds MOST_HOURS; the earliest of several."""
    twice = np.append(0.0, np.cumsum(np.concatenate([shares, shares])))
    for hours in range(1, 24):
        held = twice[hours : hours + 24] - twice[:24]
        if held.max() >= MOST_HOURS - 1e-12:
            return int(held.argmax()), hours
    return 0, 24
