"""Selection: the canonical fields of a chunk as text columns, with what the reader found damaged, per field."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from ingest.canonical.layout import IDENTITIES, NO_REFERENCE, REFERENCES, SKIP, Profile
from ingest.chunks import LINE, Chunk

_WORDS = ("kind", "trace", "event")


@dataclass(frozen=True, slots=True)
class Records:
    """`frame`: LINE and one text column per canonical field of the profile. `sources`: the source columns present, per field.

    `damaged`, `inexact`: canonical field -> lines whose winning cell is so marked.
    """

    frame: pl.DataFrame
    sources: Mapping[str, tuple[str, ...]]
    damaged: Mapping[str, frozenset[int]]
    inexact: Mapping[str, frozenset[int]]

    def has(self, name: str) -> bool:
        return name in self.frame.columns

    def column_of(self, name: str) -> str:
        """The header's name of a field, for messages."""
        return (self.sources.get(name) or (name,))[0]


def select_records(chunk: Chunk, frame: pl.DataFrame, profile: Profile) -> Records:
    """`frame` is the chunk's, after `derive`; a source column that this stretch lacks counts as empty."""
    if profile.nothing:
        frame = frame.with_columns(pl.col(pl.String).replace(list(profile.nothing), [None] * len(profile.nothing)))
    sources = dict(profile.fields) | dict(profile.joined)
    present = {name: tuple(c for c in columns if c in frame.columns) for name, columns in sources.items()}
    chosen = [_cells(name, columns, profile).alias(name) for name, columns in present.items()]
    chosen += [pl.lit(value).alias(name) for name, value in profile.constants.items() if name not in present]
    if SKIP in frame.columns:
        chosen.append(pl.col(SKIP))
    return Records(
        frame.select(pl.col(LINE), *chosen),
        {name: _as_in_header(present[name] or sources[name], profile) for name in present},
        _marked(frame, present, profile, chunk.damaged),
        _marked(frame, present, profile, chunk.inexact),
    )


def without_skipped(records: Records) -> tuple[Records, pl.Series]:
    """The records of activity, and the lines of those that are none."""
    if SKIP not in records.frame.columns:
        return records, pl.Series(LINE, [], dtype=pl.Int64)
    skipped = (pl.col(SKIP) == "true").fill_null(False)
    lines = records.frame.filter(skipped)[LINE]
    return replace(records, frame=records.frame.filter(~skipped).drop(SKIP)), lines


def _cells(name: str, columns: tuple[str, ...], profile: Profile) -> pl.Expr:
    cells: pl.Expr = pl.lit(None, pl.String)
    if name in profile.joined:
        cells = pl.concat_str(columns, separator="/") if len(columns) == len(profile.joined[name]) else cells
    elif columns:
        cells = pl.coalesce(columns)
    if name in profile.constants:
        cells = cells.fill_null(profile.constants[name])
    if name in _WORDS and profile.words:
        cells = cells.replace(profile.words)
    if name in REFERENCES:
        cells = pl.when(~cells.is_in(NO_REFERENCE)).then(cells)
    return cells


def _marked(
    frame: pl.DataFrame,
    present: Mapping[str, tuple[str, ...]],
    profile: Profile,
    marks: Mapping[str, frozenset[int]],
) -> dict[str, frozenset[int]]:
    if not marks:
        return {}
    found: dict[str, frozenset[int]] = {}
    for name in IDENTITIES:
        lines: set[int] = set()
        for place, column in enumerate(present.get(name, ())):
            marked_lines = _lines_of(column, profile, marks)
            if not marked_lines:
                continue
            earlier = () if name in profile.joined else present[name][:place]
            wins = pl.all_horizontal(pl.col(other).is_null() for other in earlier) if earlier else pl.lit(True)
            marked = frame.filter(pl.col(LINE).is_in(marked_lines) & wins)
            lines.update(marked[LINE].to_list())
        if lines:
            found[name] = frozenset(lines)
    return found


def _lines_of(column: str, profile: Profile, marks: Mapping[str, frozenset[int]]) -> list[int]:
    sources = profile.derived.get(column, (column,))
    return sorted({line for source in sources for line in marks.get(source, ())})


def _as_in_header(columns: tuple[str, ...], profile: Profile) -> tuple[str, ...]:
    return tuple(profile.derived[column][0] if column in profile.derived else column for column in columns)
