"""Access: the logins of ordinary life, their mistakes, resets and changes, and the background noise of guessed passwords."""

import numpy as np
import polars as pl

from detectors.worlds.drafts import I64, Flags, together
from detectors.worlds.rhythm import DAY, SECOND, START
from detectors.worlds.takeovers.countries import COUNTRIES, Networks
from detectors.worlds.takeovers.holders import Changes, Holders
from detectors.worlds.takeovers.machines import MODELS, STRANGE, VERSIONS, computers
from detectors.worlds.takeovers.seen import SESSION_DRAFT, Seen, habitual_times, seen_with

MISTYPED = 0.06  # of the logins follow one to three failed ones of the owner: an assumption
GUESSED = 0.4  # failed logins by strangers per account and year: an assumption; DATA.md has takeovers alone
# Per account and year; assumptions, see docs/generator.md.
YEARLY = {"reset": 0.5, "email_changed": 0.08, "phone_changed": 0.15, "mfa_changed": 0.2, "session_revoked": 0.2}
RESETS_DONE = 0.8


def sessions(count: int, **columns: object) -> pl.DataFrame:
    """`count` rows of SESSION_DRAFT; scalars are repeated, columns not named are null."""
    made = []
    for name, kind in SESSION_DRAFT.items():
        value = columns.get(name)
        if value is None or isinstance(value, str | int | bool):
            made.append(pl.repeat(value, count, dtype=kind, eager=True).alias(name))
        else:
            series = value if isinstance(value, pl.Series) else pl.Series(name, np.asarray(value))
            made.append(series.alias(name).cast(kind))
    return pl.DataFrame(made)


def session_rows(
    holders: Holders, who: I64, at: I64, seen: Seen, event: str | pl.Series, success: bool = True
) -> pl.DataFrame:
    return sessions(
        who.size, account=holders.number[who], at=at, event=event, ip=seen.ip, asn=seen.asn, country=seen.country,
        device=seen.device, agent=seen.agent, client=seen.client, success=success,
    )  # fmt: skip


def ordinary_access(
    holders: Holders, changes: Changes, networks: Networks, days: float, draw: np.random.Generator
) -> pl.DataFrame:
    """SESSION_DRAFT of all accounts in `days`."""
    who = np.repeat(np.arange(len(holders)), holders.logins)
    at = habitual_times(holders, changes, who, draw)
    who, at = who[at >= 0], at[at >= 0]
    seen = seen_with(holders, changes, networks, who, at, draw)
    logins = session_rows(holders, who, at, seen, "login")
    parts = [logins, _mistyped(logins, draw), _guessed(holders, networks, days, draw)]
    parts += [_yearly(holders, changes, networks, days, event, draw) for event in YEARLY]
    return together(parts, SESSION_DRAFT)


def _mistyped(logins: pl.DataFrame, draw: np.random.Generator) -> pl.DataFrame:
    """Up to three failed logins in the minutes before, with the same device from the same place."""
    row = np.flatnonzero(draw.random(logins.height) < MISTYPED)
    row = np.repeat(row, draw.integers(1, 4, row.size))
    failed = logins[row]
    before = pl.Series(draw.integers(4 * SECOND, 90 * SECOND, row.size))
    return failed.with_columns(at=failed["at"] - before, event=pl.lit("login_failed"), success=pl.lit(value=False))


def _guessed(holders: Holders, networks: Networks, days: float, draw: np.random.Generator) -> pl.DataFrame:
    """Strangers anywhere who try a password and fail."""
    who = holders.number[draw.random(len(holders)) < GUESSED * days / 365]
    country = draw.integers(0, len(COUNTRIES), who.size)
    asn, ip = networks.fixed(country, draw)
    agent = np.where(draw.random(who.size) < 0.5, computers(who.size, draw), draw.integers(STRANGE, MODELS, who.size))
    return sessions(
        who.size, account=who, at=START + (draw.random(who.size) * days * DAY).astype(np.int64), event="login_failed",
        ip=ip, asn=asn, country=country, agent=agent * VERSIONS,
        client="web", success=False,
    )  # fmt: skip


def _yearly(
    holders: Holders, changes: Changes, networks: Networks, days: float, event: str, draw: np.random.Generator
) -> pl.DataFrame:
    who = np.flatnonzero(draw.random(len(holders)) < YEARLY[event] * days / 365)
    at = habitual_times(holders, changes, who, draw)
    who, at = who[at >= 0], at[at >= 0]
    rows = session_rows(holders, who, at, seen_with(holders, changes, networks, who, at, draw), event)
    return followed(rows, draw.random(who.size) < RESETS_DONE, draw) if event == "reset" else rows


def followed(requests: pl.DataFrame, done: Flags, draw: np.random.Generator) -> pl.DataFrame:
    """Requests of a reset, with the reset and the login some minutes later where it is `done`."""
    asked = requests.with_columns(event=pl.lit("reset_requested"))
    finished = asked.filter(pl.Series(done))
    waited = pl.Series(draw.integers(40 * SECOND, 900 * SECOND, finished.height))
    reset = finished.with_columns(at=finished["at"] + waited, event=pl.lit("reset_done"))
    login = reset.with_columns(at=pl.col("at") + 5 * SECOND, event=pl.lit("login"))
    return pl.concat([asked, reset, login])


def strange_agents(kind: I64) -> I64:
    """The agents of intruders' machines, by number."""
    return (STRANGE + kind % (MODELS - STRANGE)) * VERSIONS
