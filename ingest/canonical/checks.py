"""The checks of a record beyond its identities: its time, and the word that says what was done."""

import polars as pl

from ingest.canonical.faults import finding, first_findings
from ingest.canonical.identities import identity_findings
from ingest.canonical.kinds import KIND_WORDS, POST_KINDS, with_kinds
from ingest.canonical.layout import Profile
from ingest.canonical.plain_actions import with_traces
from ingest.canonical.records import Records
from ingest.canonical.sessions import MOST_REPEATS, too_many, with_events
from ingest.canonical.snowflakes import snowflake_times
from ingest.canonical.times import TimeRules, parse_times

_ACTED = (*POST_KINDS, "like", "follow")


def findings_of(records: Records, profile: Profile, rules: TimeRules) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The records with `at` and the words for what was done read, and one finding per record at fault."""
    found = identity_findings(records, profile)
    frame, late = _with_times(records, profile, rules)
    frame, odd = _with_words(records, frame, profile)
    return frame, first_findings([*found, *late, *odd])


def _with_times(records: Records, profile: Profile, rules: TimeRules) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    if records.has("at_id"):
        return _with_id_times(records)
    if not records.has("at"):
        return records.frame, []
    column = records.column_of("at")
    read = records.frame.with_columns(parse_times(records.frame["at"], rules))
    sentence = pl.coalesce(pl.format(column + " {}", "problem"), pl.lit(f"{column} is empty"))
    failed = pl.col("at").is_null() & (pl.col("problem").is_not_null() | pl.lit("at" in profile.required))
    return read.drop("problem"), [finding(read.filter(failed), column, "bad_timestamp", sentence)]


def _with_id_times(records: Records) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    column = records.column_of("at_id")
    read = records.frame.with_columns(snowflake_times(records.frame["at_id"]))
    sentence = pl.format("{} {} is no Twitter id that carries a time", pl.lit(column), pl.col("at_id").fill_null(""))
    return read, [finding(read.filter(pl.col("at").is_null()), column, "bad_timestamp", sentence)]


def _with_words(records: Records, frame: pl.DataFrame, profile: Profile) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    if profile.kind == "posts":
        settled = with_kinds(frame)
        known = _ACTED if "object_id" in frame.columns else POST_KINDS
        unknown = ~pl.col("settled").is_in(known)
        if "kind" in profile.required:
            unknown |= pl.col("kind").is_null()
        said = frame if "kind" in frame.columns else frame.with_columns(pl.lit(None, pl.String).alias("kind"))
        words = sorted(word for word, kind in KIND_WORDS.items() if kind in known)
        odd = said.with_columns(settled["kind"].alias("settled")).filter(unknown)
        return settled, [_unknown(records, odd, "kind", words)]
    if profile.kind == "actions" and records.has("trace"):
        settled = with_traces(frame)
        return settled, [_unknown(records, frame.filter(settled["trace"].is_null()), "trace", [])]
    if profile.kind == "sessions":
        settled = with_events(frame)
        odd = _unknown(records, frame.filter(settled["event"].is_null()), "event", [])
        sentence = f"one line cannot stand for more than {MOST_REPEATS} events"
        return settled, [odd, finding(too_many(frame), "", "bad_line", sentence)]
    return frame, []


def _unknown(records: Records, rows: pl.DataFrame, name: str, known: list[str]) -> pl.DataFrame:
    column = records.column_of(name)
    hint = f"; known are {', '.join(known)}" if known else ""
    said = pl.col(name).str.slice(0, 60)
    sentence = pl.coalesce(
        pl.format("{} '{}' is not a known word{}", pl.lit(column), said, pl.lit(hint)), pl.lit(f"{column} is empty")
    )
    return finding(rows, column, "unknown_action", sentence)
