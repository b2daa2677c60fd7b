"""Sessions: what happened to the access of an account, and the addresses and devices seen in it."""

from collections.abc import Mapping

import polars as pl

from graph.schemas import SESSION_SCHEMA
from ingest.canonical.addresses import NOBODY, block_of, shared_network_of
from ingest.canonical.free_text import truth
from ingest.canonical.network_numbers import network_number
from ingest.canonical.networks import Networks
from ingest.canonical.post_actions import action_rows
from ingest.canonical.user_agents import FAMILIES, with_families
from ingest.chunks import LINE

EVENT_WORDS: Mapping[str, str] = {
    "login": "login", "login_ok": "login", "login_success": "login", "logged_in": "login", "signin": "login",
    "sign_in": "login", "login_failed": "login_failed", "login_failure": "login_failed", "failed_login": "login_failed",
    "reset_requested": "reset_requested", "password_reset_requested": "reset_requested", "reset_done": "reset_done",
    "password_reset": "reset_done", "password_changed": "reset_done", "email_changed": "email_changed",
    "phone_changed": "phone_changed", "mfa_changed": "mfa_changed", "2fa_changed": "mfa_changed",
    "session_revoked": "session_revoked", "logout": "session_revoked",
}  # fmt: skip

# A line of a log may stand for several failures, all of one connection, which sshd ends after MaxAuthTries (6; sshd_config(5)).
MOST_REPEATS = 50
_ENTITIES = ("ip", "asn", "country", "device", "user_agent", "client")
_MADE = ("ip_network", "ip_block", *FAMILIES)


def with_events(frame: pl.DataFrame) -> pl.DataFrame:
    """`event` as a word of SESSION_SCHEMA (null where it is unknown); a login that did not succeed is a failed login."""
    if "success" not in frame.columns:
        frame = frame.with_columns(pl.lit(None, pl.String).alias("success"))
    word = pl.col("event").str.strip_chars().str.to_lowercase().str.replace_all(r"[\s-]+", "_")
    event = word.replace_strict(EVENT_WORDS, default=None, return_dtype=pl.String)
    failed = (event == "login") & ~truth("success").fill_null(True)
    frame = frame.with_columns(pl.when(failed).then(pl.lit("login_failed")).otherwise(event).alias("event"))
    won = pl.when(pl.col("event") == "login_failed").then(False).when(pl.col("event") == "login").then(True)
    return frame.with_columns(pl.coalesce(truth("success"), won).alias("success"))


def too_many(frame: pl.DataFrame) -> pl.DataFrame:
    """Records that say they stand for more events than one line can."""
    times = pl.col("repeats").cast(pl.Int64, strict=False)
    return frame.filter(times > MOST_REPEATS) if "repeats" in frame.columns else frame.clear()


def session_rows(accepted: pl.DataFrame, networks: Networks | None = None) -> pl.DataFrame:
    """SESSION_SCHEMA without source; a record that stands for several equal events gives as many rows.

    `networks` gives asn and country where the export does not and the address may tie accounts.
    """
    columns = [name for name in SESSION_SCHEMA if name != "source"]
    given = [name for name in columns if name not in _MADE]
    frame = accepted.with_columns(pl.col(LINE).alias("line"))
    frame = frame.with_columns(pl.lit(None, pl.String).alias(name) for name in given if name not in frame.columns)
    frame = frame.with_columns(_known(name).alias(name) for name in _ENTITIES)
    frame = frame.with_columns(
        network_number("asn").alias("asn"),
        pl.when(pl.col("country").str.len_chars() == 2)
        .then(_capitals("country"))
        .otherwise("country")
        .alias("country"),
        shared_network_of("ip").alias("ip_network"),
        block_of("ip").alias("ip_block"),
    )
    if networks is not None:
        frame = networks.fill(frame)
    if "repeats" in frame.columns:
        times = pl.col("repeats").cast(pl.Int64, strict=False).fill_null(1)
        frame = frame.select(pl.all().repeat_by(times).explode())
    return with_families(frame).select(columns)


def session_actions(sessions: pl.DataFrame) -> pl.DataFrame:
    """Addresses (block: their network) and devices of what succeeded: a failed attempt says nothing about the account's owner.

    Addresses that are nobody's own (private, shared by a carrier, ...) give no action: they would tie strangers together.
    """
    rows = sessions.filter(pl.col("success").fill_null(True)).with_columns(pl.lit(None, pl.String).alias("post_id"))
    addresses = action_rows(rows, "ip", "ip_network", pl.coalesce("asn", "ip_block"))
    return pl.concat([addresses, action_rows(rows, "device", "device")]).sort("line", maintain_order=True)


def _known(name: str) -> pl.Expr:
    """A cell, null where it is a word for nothing: accounts that share "unknown" share nothing."""
    return pl.when(~pl.col(name).str.strip_chars().str.to_lowercase().is_in(NOBODY)).then(name)


def _capitals(name: str) -> pl.Expr:
    return pl.col(name).str.to_uppercase()
