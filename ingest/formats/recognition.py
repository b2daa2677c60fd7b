"""Recognition: which format a header belongs to; a header of none is refused with what was found and what to do."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import polars as pl

from graph.errors import BadExport, BadSetting
from graph.traces import TRACES
from ingest.canonical.layout import Profile
from ingest.canonical.unfolding import PAGE
from ingest.chunks import LINE, ReadingOptions
from ingest.formats.bare_tables import BARE, BARE_TABLES
from ingest.formats.bluesky import BLUESKY
from ingest.formats.canonical_tables import CANONICAL
from ingest.formats.format import Format
from ingest.formats.logins import LOGINS
from ingest.formats.mapping import Mapping, profile_of
from ingest.formats.mastodon import MASTODON
from ingest.formats.pages import page_column, unfold
from ingest.formats.profiles import PROFILES
from ingest.formats.reddit import REDDIT
from ingest.formats.sshd import LOGS
from ingest.formats.suggestion import looks_like_times
from ingest.formats.telegram import TELEGRAM
from ingest.formats.twitter_api import TWITTER_API
from ingest.formats.twitter_tables import TWITTER_TABLES

# The first format whose marks a header has is taken: the special ones stand before the general ones.
FORMATS: tuple[Format, ...] = (
    *TWITTER_API,
    *TWITTER_TABLES,
    *REDDIT,
    *BLUESKY,
    *MASTODON,
    *TELEGRAM,
    *LOGINS,
    *LOGS,
    *PROFILES,
    *BARE_TABLES,
    *CANONICAL,
)
_SHOWN = 20  # columns named in a refusal


def recognise(
    columns: Sequence[str],
    sample: pl.DataFrame,
    file_name: str,
    options: ReadingOptions,
    mapping: Mapping | None,
) -> Profile:
    """The profile of a file with these columns (trimmed, casefolded), or of the mapping.

    Raises BadExport naming the columns that are missing and those that were found; BadSetting for an unknown trace.
    """
    found = frozenset(columns)
    if column := page_column(columns, sample):
        unfold_pages = partial(unfold, column=column)
        inside = unfold_pages(sample.drop(LINE, strict=False).with_row_index(LINE)).frame
        records = [name for name in inside.columns if name not in (LINE, PAGE)]
        profile = recognise(records, inside, file_name, options, mapping)
        return replace(profile, unfold=unfold_pages)
    if mapping is not None:
        _refuse_missing([frozenset(names) for names in mapping.needed_sources()], columns, file_name, "the mapping")
        return profile_of(mapping)
    for known in FORMATS:
        if known.is_in(found):
            if missing := known.missing(found):
                _refuse_missing(missing, columns, file_name, f"the format '{known.profile.name}'")
            return _with_trace(known, options)
    timed = [name for name in columns if looks_like_times(name, sample)]
    clue = f" (times seem to be in {', '.join(timed)})" if timed else ""
    raise BadExport(
        f"{file_name}: no known format has these columns: {_listed(columns)}{clue}.",
        hint="write a mapping file once and pass it with --map; `flockwatch ingest --suggest-map FILE` drafts one.",
    )


def _with_trace(known: Format, options: ReadingOptions) -> Profile:
    if known is not BARE:
        return known.profile
    if options.trace not in TRACES:
        raise BadSetting(f"'{options.trace}' is not a trace.", hint=f"known traces: {', '.join(TRACES)}")
    return replace(known.profile, constants={"trace": options.trace})


def _refuse_missing(needs: Sequence[frozenset[str]], columns: Sequence[str], file_name: str, whose: str) -> None:
    missing = [" or ".join(sorted(need)) for need in needs if not need & frozenset(columns)]
    if missing:
        noun = "column" if len(missing) == 1 else "columns"
        raise BadExport(
            f"{file_name}: {whose} needs the {noun} {', '.join(missing)}; found: {_listed(columns)}.",
            hint="export it again with that column, or name other columns in a mapping file (--suggest-map drafts one).",
        )


def _listed(columns: Sequence[str]) -> str:
    shown = ", ".join(columns[:_SHOWN])
    return f"{shown} and {len(columns) - _SHOWN} more" if len(columns) > _SHOWN else shown or "none"
