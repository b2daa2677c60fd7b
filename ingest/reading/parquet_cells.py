"""Typed columns as text: whole numbers digit for digit, times in ISO 8601, lists as JSON, structs flattened with dots."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from graph.errors import BadExport
from ingest.chunks import ReadingOptions
from ingest.reading.cells import CellReader

_EXACT = 2.0**53  # from here on a float no longer holds every whole number


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column (or a field of a struct) and how it becomes text."""

    name: str
    source: pl.Expr
    kind: pl.DataType
    zone: str  # what to write behind a time without a zone

    @property
    def is_inexact(self) -> bool:
        """A float may have lost digits of an id before the file was written."""
        return self.kind.is_float()

    def text(self, frame: pl.DataFrame, name: str, lines: pl.Series, cells: CellReader) -> pl.Series:
        value = frame.select(self.source.alias(name)).to_series()
        if self.kind == pl.Binary:
            pairs = zip(value.to_list(), lines.to_list(), strict=True)
            texts = [None if cell is None else cells.bytes_text(name, cell, line) for cell, line in pairs]
            return pl.Series(name, texts, dtype=pl.String)
        return value.to_frame().select(self._expression(pl.col(name)).alias(name)).to_series()

    def _expression(self, value: pl.Expr) -> pl.Expr:
        if self.kind.is_float():
            whole = (value == value.round(0)) & (value.abs() < _EXACT)
            digits = pl.when(whole).then(value).cast(pl.Int64, strict=False).cast(pl.String)
            return pl.when(value.is_not_nan()).then(pl.coalesce(digits, value.cast(pl.String)))
        if isinstance(self.kind, pl.Datetime):
            utc = value.dt.convert_time_zone("UTC") if self.kind.time_zone else value
            # Written without a fraction when there is none, as a person would.
            plain, exact = utc.dt.strftime("%Y-%m-%dT%H:%M:%S"), utc.dt.strftime("%Y-%m-%dT%H:%M:%S%.6f")
            text = pl.when(utc.dt.nanosecond() == 0).then(plain).otherwise(exact)
            return text + pl.lit("Z" if self.kind.time_zone else self.zone)
        if isinstance(self.kind, pl.Duration):
            return value.dt.total_microseconds().cast(pl.String)
        if isinstance(self.kind, pl.List | pl.Array):
            text = pl.struct(value.alias("v")).struct.json_encode().str.strip_prefix('{"v":').str.strip_suffix("}")
            return pl.when(value.is_not_null()).then(text)
        return value.cast(pl.String)


def text_columns(schema: pl.Schema, name: str, options: ReadingOptions) -> list[TextColumn]:
    """The columns of the file in order, structs replaced by their fields; raises BadExport for a type without text."""
    zone = "Z" if options.timezone == "UTC" else ""  # other zones are told by whoever reads the time
    columns = []
    for column, kind in schema.items():
        for field, source, inner in _fields(column, pl.col(column), kind):
            if inner == pl.Object:
                raise BadExport(
                    f"{name}: column {column} is of a type without text ({inner}).", "Leave it out of the export."
                )
            columns.append(TextColumn(field, source, inner, zone))
    return columns


def _fields(name: str, source: pl.Expr, kind: pl.DataType) -> Iterator[tuple[str, pl.Expr, pl.DataType]]:
    if not isinstance(kind, pl.Struct):
        yield name, source, kind
        return
    for field in kind.fields:
        inner = field.dtype if isinstance(field.dtype, pl.DataType) else field.dtype()
        yield from _fields(f"{name}.{field.name}", source.struct.field(field.name), inner)
