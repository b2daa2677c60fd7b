"""What became of a member of a ring: when it was taken over, what changed, whether its owner stayed, whether it came back."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from detectors.coding import Flags
from detectors.significance import I64
from detectors.takeovers.habits import CODES, FEATURES
from detectors.takeovers.population import Observed
from detectors.takeovers.rings import Ring
from graph.schemas import TIME, FrameSchema

DAY_US = 86_400 * 1_000_000
# What is looked at after the takeover: the longest of the styles of intrusion (docs/generator.md).
AFTER_US = 14 * DAY_US
# Failed log-ins before, changes of access after (DATA.md: minutes to hours).
SPRAYED_US, CHANGED_US = 2 * DAY_US, 3 * DAY_US
HELD_BACK = 0.3  # the last part of the history, on which it is counted how much of what an account does is always new
CONTENT = ("domain", "mention", "topic", "lang", "kind", "hour")  # what an owner does, whatever device he does it from
# A password that is asked for anew or a session that is ended is somebody fighting for the account; a new address or phone is
# somebody settling in: an intruder, a buyer, the next employee.
FOUGHT = ("reset_requested", "reset_done", "session_revoked")
REKEYED = ("email_changed", "phone_changed", "mfa_changed")

VICTIM_SCHEMA: FrameSchema = {
    "ring": pl.Int64,
    "account": pl.Int64,
    "not_before": TIME,  # its last event before
    "at": TIME,  # the first with what ties the ring
    "events": pl.Int64,  # of the two weeks after
    "new_before": pl.Float64,  # share of what it does that was new, in the last part of its history
    "new_after": pl.Float64,  # and in the two weeks after
    "owner_stays": pl.Float64,  # share of the observed means and places after that are of before; null without any
    "failed": pl.Int64,  # log-ins within two days before
    "fought": pl.Int64,  # events of FOUGHT within three days after
    "rekeyed": pl.Int64,  # events of REKEYED within three days after
    "recovered_at": TIME,  # the first event after the last new means or place, when old ones alone are seen for a day; else null
    "dormant_days": pl.Float64,  # without an event before
    "age_days": pl.Float64,  # since the account was made, or first seen
}


def victims(observed: Observed, found: Sequence[Ring], sessions: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """VICTIM_SCHEMA, by ring and account. `sessions` (SESSION_SCHEMA) and `accounts` (ACCOUNT_SCHEMA) of at least the members."""
    starts = np.searchsorted(observed.account, np.arange(len(observed.account_ids) + 1))
    kind = observed.values["feature"].to_numpy()
    rows = []
    for number, ring in enumerate(found):
        for account, at in zip(ring.members.tolist(), ring.at.tolist(), strict=True):
            span = slice(starts[account], starts[account + 1])
            rows.append((number, account, *_one(observed.at[span], observed.value[span].astype(np.int64), kind, at)))
    told = pl.DataFrame(rows, schema=_ONE, orient="row").with_columns(
        account_id=observed.account_ids.gather([row[1] for row in rows]) if rows else pl.Series([], dtype=pl.String)
    )
    named = told.join(_access(told, sessions), on=["ring", "account"], how="left").join(
        accounts.select("account_id", "created_at").unique("account_id", keep="first", maintain_order=True),
        on="account_id",
        how="left",
    )
    age = (pl.col("at") - pl.min_horizontal("created_at", "first_seen")).dt.total_seconds() / 86_400
    whole = named.with_columns(pl.col("failed", "fought", "rekeyed").fill_null(0), age_days=age)
    return whole.select(pl.col(name).cast(dtype) for name, dtype in VICTIM_SCHEMA.items()).sort("ring", "account")


_ONE: FrameSchema = {
    "ring": pl.Int64,
    "account": pl.Int64,
    "first_seen": TIME,
    "not_before": TIME,
    "at": TIME,
    "events": pl.Int64,
    "new_before": pl.Float64,
    "new_after": pl.Float64,
    "owner_stays": pl.Float64,
    "recovered_at": TIME,
    "dormant_days": pl.Float64,
}


def _one(at: I64, value: I64, kind: I64, taken: int) -> tuple[object, ...]:
    feature = kind[value].astype(np.int64)
    earlier, later = at < taken, (at >= taken) & (at < taken + AFTER_US)
    before = at[earlier]
    content = np.isin(feature, [CODES[name] for name in CONTENT])
    access = np.isin(feature, [CODES[one.name] for one in FEATURES if one.cause in ("means", "place")])
    held = int(before[int(before.size * (1 - HELD_BACK))]) if before.size else taken
    after, old = value[access & later], np.unique(value[access & earlier])
    familiar = np.isin(after, old)
    return (
        int(at[0]),
        int(before[-1]) if before.size else int(at[0]),
        taken,
        int(np.unique(at[later]).size),
        _new(value[content & (at >= held) & earlier], value[content & (at < held)]),
        _new(value[content & later], value[content & earlier]),
        float(familiar.mean()) if after.size else None,
        _recovered(at[access & (at >= taken)], np.isin(value[access & (at >= taken)], old)),
        float((taken - before[-1]) / DAY_US) if before.size else 0.0,
    )


def _new(values: I64, known: I64) -> float | None:
    """The share that is not among those known; None of nothing."""
    return float(1 - np.isin(values, known).mean()) if values.size else None


def _recovered(at: I64, familiar: Flags) -> int | None:
    """The first event after the last foreign one, when the owner alone is seen for a day or more after it; None otherwise."""
    foreign = np.flatnonzero(~familiar)
    if not foreign.size or foreign[-1] + 1 >= at.size:
        return None
    back = at[at > at[foreign[-1]]]
    return int(back[0]) if back.size and back[-1] - at[foreign[-1]] >= DAY_US else None


def _access(told: pl.DataFrame, sessions: pl.DataFrame) -> pl.DataFrame:
    """ring, account, failed, fought, rekeyed."""
    near = told.select("ring", "account", "account_id", "at").join(
        sessions.select("account_id", "event", when="at"), on="account_id"
    )
    since = pl.col("when") - pl.col("at")
    failed = (pl.col("event") == "login_failed") & since.is_between(
        pl.duration(microseconds=-SPRAYED_US), pl.duration()
    )
    after = since.is_between(pl.duration(hours=-6), pl.duration(microseconds=CHANGED_US))
    fought, rekeyed = (pl.col("event").is_in(names) & after for names in (FOUGHT, REKEYED))
    return near.group_by("ring", "account").agg(failed=failed.sum(), fought=fought.sum(), rekeyed=rekeyed.sum())
