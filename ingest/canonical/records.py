"""Selection: the canonical fields of a chunk as text columns, with what the reader found damaged, per field."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from ingest.canonical.layout import IDENTITIES, Profile
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
    present = {
        name: tuple(column for column in columns if column in frame.columns) for name, columns in profile.fields.items()
    }
    chosen: list[pl.Expr] = [pl.col(LINE)]
    for name, columns in present.items():
        cells: pl.Expr = pl.coalesce(columns) if columns else pl.lit(None, pl.String)
        if name in profile.constants:
            cells = cells.fill_null(profile.constants[name])
        if name in _WORDS and profile.words:
            cells = cells.replace(profile.words)
        chosen.append(cells.alias(name))
    chosen += [pl.lit(value).alias(name) for name, value in profile.constants.items() if name not in present]
    return Records(
        frame.select(chosen),
        {name: present[name] or profile.fields[name] for name in present},
        _marked(frame, present, chunk.damaged),
        _marked(frame, present, chunk.inexact),
    )


def _marked(
    frame: pl.DataFrame, present: Mapping[str, tuple[str, ...]], marks: Mapping[str, frozenset[int]]
) -> dict[str, frozenset[int]]:
    if not marks:
        return {}
    found: dict[str, frozenset[int]] = {}
    for name in IDENTITIES:
        lines: set[int] = set()
        for place, column in enumerate(present.get(name, ())):
            if column not in marks:
                continue
            earlier = present[name][:place]
            wins = pl.all_horizontal(pl.col(other).is_null() for other in earlier) if earlier else pl.lit(True)
            marked = frame.filter(pl.col(LINE).is_in(sorted(marks[column])) & wins)
            lines.update(marked[LINE].to_list())
        if lines:
            found[name] = frozenset(lines)
    return found
