"""Log-ins in the logs of sshd: lines of syslog, of rsyslog and journald, and journald's JSON.

Which lines count (docs/formats.md): what sshd says at the end of each attempt ("Accepted", "Failed"), so that an attempt
counts once whatever else is said about it; and what PAM says where it writes under its own name (`sshd(pam_unix)`, until
2006), because sshd's own lines are elsewhere then.
"""

import polars as pl

from ingest.canonical.layout import SKIP, Profile
from ingest.formats.format import Format, one_of
from ingest.formats.raw_columns import mark_true, with_raw

_SSHD = ("sshd", "sshd-session", "sshd-auth")  # one program until OpenSSH 9.7
_PAM = ("sshd(pam_unix)",)
_PASSWORDS = ("passwd", "chpasswd", "usermod")
_RAW = (
    "logged_at",
    "host",
    "program",
    "pid",
    "message",
    "__realtime_timestamp",
    "_hostname",
    "syslog_identifier",
    "_pid",
)

_REPEATED = r"^message repeated (\d{1,9}) times: \[ ?(.*)\]$"  # rsyslog
_ACCEPTED = (
    r"^Accepted (?P<method>\S+) for (?P<user>\S+) from (?P<ip>\S+) port \d+(?: ssh\d?)?(?:: \S+ (?P<key>\S+).*)?$"
)
# Whoever knocks chooses the name, which may look like the rest of the line: the last "from" is sshd's own.
_FAILED = r"^Failed (?P<method>\S+) for (?:invalid user |illegal user )?(?P<user>.*) from (?P<ip>\S+) port \d+(?: ssh\d?)?(?:: .*)?$"
_PAM_FAILED = (
    r"^(?:(?P<more>\d{1,9}) more )?authentication failures?; .*?rhost=(?P<ip>\S*)(?:\s+user=(?P<user>\S+))?\s*$"
)
_PAM_OPENED = r"^session opened for user (?P<user>[^\s(]+)"
_CHANGED = r"password changed for (?P<user>\S+)$"

_STYLES = (
    ("accepted", _SSHD, _ACCEPTED),
    ("failed", _SSHD, _FAILED),
    ("refused", _PAM, _PAM_FAILED),
    ("opened", _PAM, _PAM_OPENED),
    ("changed", _PASSWORDS, _CHANGED),
)


def _derive(frame: pl.DataFrame) -> pl.DataFrame:
    """The log-in that a line tells of; SKIP where it tells of none."""
    frame = with_raw(frame, _RAW).with_columns(
        pl.coalesce("host", "_hostname").alias("host"), pl.coalesce("program", "syslog_identifier").alias("program")
    )
    said = pl.col("message").str.strip_chars()
    repeated = said.str.extract(_REPEATED, 1)
    frame = frame.with_columns(
        pl.coalesce(said.str.extract(_REPEATED, 2), said).alias("said"), repeated.alias("log_repeats")
    )
    frame = frame.with_columns(_groups(name, programs, style) for name, programs, style in _STYLES)
    accepted, failed, refused, opened, changed = (pl.col(name).struct for name, _, _ in _STYLES)
    user = pl.coalesce(each.field("user") for each in (accepted, failed, refused, opened, changed)).replace("", None)
    event = (
        pl.when(accepted.field("user").is_not_null() | opened.field("user").is_not_null())
        .then(pl.lit("login"))
        # "none" is how a client asks which methods there are; nothing was guessed.
        .when(failed.field("user").is_not_null() & (failed.field("method") != "none"))
        .then(pl.lit("login_failed"))
        .when(refused.field("user").is_not_null())
        .then(pl.lit("login_failed"))
        .when(changed.field("user").is_not_null())
        .then(pl.lit("reset_done"))
    )
    method = pl.coalesce(accepted.field("method"), failed.field("method"))
    return frame.with_columns(
        event.alias("log_event"),
        pl.concat_str(user, pl.lit("@"), "host").alias("log_account"),
        pl.coalesce(each.field("ip") for each in (accepted, failed, refused)).replace("", None).alias("log_ip"),
        pl.concat_str(pl.lit("ssh "), method).alias("log_client"),
        accepted.field("key").alias("log_key"),
        pl.coalesce("log_repeats", refused.field("more")).alias("log_repeats"),
        mark_true(event.is_null() | user.is_null()).alias(SKIP),
    )


def _groups(name: str, programs: tuple[str, ...], style: str) -> pl.Expr:
    return pl.when(pl.col("program").is_in(programs)).then(pl.col("said")).str.extract_groups(style).alias(name)


SSHD = Format(
    Profile(
        "sshd log",
        "sessions",
        {
            "account_id": ("log_account",),
            "at": ("logged_at", "__realtime_timestamp"),
            "event": ("log_event",),
            "ip": ("log_ip",),
            "device": ("log_key",),
            "client": ("log_client",),
            "repeats": ("log_repeats",),
        },
        required=("account_id", "at", "event"),
        derive=_derive,
        derived={"log_account": ("message", "host")},
        reads=frozenset(_RAW),
        passes_over=True,
    ),
    marks=(one_of("message"), one_of("logged_at", "__realtime_timestamp"), one_of("program", "syslog_identifier")),
    needs=(one_of("host", "_hostname"),),
    title="log lines of sshd: syslog, rsyslog, journald (text and JSON)",
)

LOGS = (SSHD,)
