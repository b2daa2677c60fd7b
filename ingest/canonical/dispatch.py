"""One stretch of records becomes canonical facts: checks first, then the tables of the profile's kind."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from graph.schemas import FACT_SCHEMAS
from ingest.canonical.checks import findings_of
from ingest.canonical.faults import faults_of
from ingest.canonical.free_text import clean_texts, control_warnings, dirty_columns
from ingest.canonical.layout import IDENTITIES, Profile
from ingest.canonical.records import select_records, without_skipped
from ingest.canonical.tables import tables_of
from ingest.canonical.times import TimeRules
from ingest.canonical.unfolding import PAGE, inner_chunk, on_pages, page_faults
from ingest.canonical.unknown_cells import cells_told
from ingest.chunks import LINE, Chunk, Fault, ReadingOptions
from ingest.network_tables import load_networks
from ingest.reading.row_hash import row_hash

# Fields that are no free text: identities, lists and times are kept or read, never cleaned.
_READ_NOT_CLEANED = {LINE, *IDENTITIES, "at", "urls", "hashtags", "mentions", "media", "deleted_at", "shared_at"}


@dataclass(frozen=True, slots=True)
class Canonical:
    """What one chunk gave. Every row of the chunk's frame is in `accepted`, has exactly one fault, or is one of `passed_over`.

    `frames`: fact table -> rows with `line`, without `source`, in the columns of FACT_SCHEMAS ("texts": without either).
    `accepted`: LINE of the accepted records, ascending. `claims`: line, post_id, account_id of accepted records that
    carry a post id of the export's own.
    """

    frames: Mapping[str, pl.DataFrame]
    accepted: pl.Series
    claims: pl.DataFrame
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    passed_over: int = 0


def canonicalise(chunk: Chunk, profile: Profile, options: ReadingOptions) -> Canonical:
    """The chunk's records as facts; faults follow the order identity, time, action (the reader told the earlier kinds)."""
    if profile.unfold is None:
        return _canonical_records(chunk, profile, options)
    unfolded = profile.unfold(chunk.frame)
    inside = _canonical_records(inner_chunk(unfolded, chunk), profile, options)
    faults, left_out = page_faults(inside.faults, inside.accepted, unfolded, chunk)
    pages = chunk.frame[LINE]
    places = dict(unfolded.frame.select(LINE, PAGE).iter_rows())
    return Canonical(
        {name: on_pages(frame, unfolded) for name, frame in inside.frames.items()},
        pages.filter(~pages.is_in([fault.line for fault in faults])).sort().rename("line"),
        on_pages(inside.claims, unfolded),
        tuple(faults),
        (*left_out, *(replace(warning, line=places[warning.line]) for warning in inside.warnings)),
    )


def _canonical_records(chunk: Chunk, profile: Profile, options: ReadingOptions) -> Canonical:
    whole = chunk.frame.rechunk()
    raw = whole if profile.derive is None else profile.derive(whole).rechunk()
    records = select_records(chunk, raw, profile)
    rules = time_rules(profile, options)
    records, skipped = without_skipped(records)
    checked, findings = findings_of(records, profile, rules)
    sound = checked.join(findings.select(LINE), on=LINE, how="anti", maintain_order="left").sort(LINE).rechunk()
    texts = [name for name, dtype in sound.schema.items() if dtype == pl.String and name not in _READ_NOT_CLEANED]
    dirty = dirty_columns(sound, texts)
    warnings = control_warnings(records, sound, dirty, chunk.original) + cells_told(records, sound, chunk.original)
    claims = _claims(sound)
    accepted = _named(clean_texts(sound, dirty), chunk.frame, profile)
    networks = load_networks(options.networks) if options.networks else None
    return Canonical(
        {name: _as_fact(name, frame) for name, frame in tables_of(accepted, profile, rules, networks).items()},
        (sound[LINE] if profile.passes_over else pl.concat([sound[LINE], skipped])).sort().rename("line"),
        claims,
        faults_of(findings, chunk.original),
        tuple(warnings),
        skipped.len() if profile.passes_over else 0,
    )


def time_rules(profile: Profile, options: ReadingOptions) -> TimeRules:
    """What the person says wins over what the format declares."""
    zone = options.timezone if options.timezone != "UTC" else (profile.timezone or "UTC")
    return TimeRules(options.day_order or profile.day_order, zone, profile.whole_days)


def _claims(sound: pl.DataFrame) -> pl.DataFrame:
    schema = {"line": pl.Int64, "post_id": pl.String, "account_id": pl.String}
    if "post_id" not in sound.columns:
        return pl.DataFrame(schema=schema)
    return sound.filter(pl.col("post_id").is_not_null()).select(pl.col(LINE).alias("line"), "post_id", "account_id")


def _named(accepted: pl.DataFrame, raw: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Posts and ads without an id of their own are named by a hash over their whole row: the same row, the same name."""
    own = profile.own_id
    if profile.kind not in ("posts", "ads"):
        return accepted
    if own not in accepted.columns:
        accepted = accepted.with_columns(pl.lit(None, pl.String).alias(own))
    nameless = raw.join(accepted.filter(pl.col(own).is_null()).select(LINE), on=LINE, how="semi", maintain_order="left")
    if not nameless.height:
        return accepted
    names = nameless.select(LINE).with_columns(("row-" + row_hash(nameless).str.slice(0, 16)).alias("row_name"))
    joined = accepted.join(names, on=LINE, how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce(own, "row_name").alias(own)).drop("row_name")


def _as_fact(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of the fact table in their order and types, without `source`."""
    schema = {column: dtype for column, dtype in FACT_SCHEMAS[name].items() if column != "source"}
    return frame.select(pl.col(column).cast(dtype) for column, dtype in schema.items())
