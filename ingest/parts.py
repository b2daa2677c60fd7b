"""Part files: rows of each fact table gathered and written as Parquet, the same rows as the same bytes."""

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from graph.schemas import FACT_SCHEMAS

PART_ROWS = 250_000  # rows held back per table before a part is written: some 50 MB of posts


@dataclass(frozen=True, slots=True)
class StagedPart:
    """A part in the staging folder; `file` is the name it has under the facts folder too."""

    table: str
    file: str
    rows: int


@dataclass(slots=True)
class PartWriter:
    """Writes `TABLE/SOURCE-NUMBER.parquet` under `folder`; every row gets the source, the hash of its file."""

    folder: Path
    source: str
    parts: list[StagedPart] = field(default_factory=list)
    _waiting: dict[str, list[pl.DataFrame]] = field(default_factory=dict)

    def add(self, table: str, frame: pl.DataFrame) -> None:
        if not frame.height:
            return
        waiting = self._waiting.setdefault(table, [])
        waiting.append(frame)
        if sum(each.height for each in waiting) >= PART_ROWS:
            self._write(table)

    def close(self) -> tuple[StagedPart, ...]:
        """Write what waits; all parts, by table."""
        for table in sorted(self._waiting):
            self._write(table)
        return tuple(sorted(self.parts, key=lambda part: part.file))

    def _write(self, table: str) -> None:
        frames = self._waiting.pop(table, [])
        if not frames:
            return
        schema = FACT_SCHEMAS[table]
        frame = pl.concat(frames)
        if "source" in schema:
            frame = frame.with_columns(source=pl.lit(self.source))
        else:
            frame = frame.unique(maintain_order=True)  # texts: one row per text of this part
        number = sum(part.table == table for part in self.parts)
        file = f"{table}/{self.source[:20]}-{number:04d}.parquet"
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.select(pl.col(name).cast(kind) for name, kind in schema.items()).write_parquet(path)
        self.parts.append(StagedPart(table, file, frame.height))
