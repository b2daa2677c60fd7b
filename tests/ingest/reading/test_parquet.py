"""Parquet: every type becomes text without losing a digit, and a damaged file is refused."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from graph.errors import BadExport
from ingest.chunks import LINE, Chunk, ReadingOptions
from ingest.reading.open_table import open_table


def without_zone(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)


def read(tmp_path: Path, frame: pl.DataFrame, options: ReadingOptions | None = None) -> Chunk:
    frame.write_parquet(tmp_path / "t.parquet")
    (chunk,) = open_table(tmp_path / "t.parquet", options or ReadingOptions())[1].stream
    return chunk


def cells(tmp_path: Path, values: list[Any], kind: Any = None) -> list[str | None]:
    return read(tmp_path, pl.DataFrame({"Value ": pl.Series(values, dtype=kind)})).frame["value"].to_list()


@pytest.mark.parametrize(
    ("values", "kind", "texts"),
    [
        ([2**63 - 1, None], pl.Int64, ["9223372036854775807", None]),
        ([2**64 - 1], pl.UInt64, ["18446744073709551615"]),
        ([1700000000.0, 1.5, float("nan"), 2.0**60], pl.Float64, ["1700000000", "1.5", None, "1.152921504606847e+18"]),
        ([True, False], pl.Boolean, ["true", "false"]),
        (["", "x", None], pl.String, [None, "x", None]),
        (["a", "b"], pl.Categorical, ["a", "b"]),
        ([without_zone(2026, 1, 2, 3, 4, 5)], pl.Datetime("us"), ["2026-01-02T03:04:05Z"]),
        ([without_zone(2026, 1, 2, 3, 4, 5, 600)], pl.Datetime("us"), ["2026-01-02T03:04:05.000600Z"]),
        ([datetime(2026, 1, 2, 3, tzinfo=UTC)], pl.Datetime("ms", "Asia/Tokyo"), ["2026-01-02T03:00:00Z"]),
        ([date(2026, 1, 2)], pl.Date, ["2026-01-02"]),
        ([time(3, 4)], pl.Time, ["03:04:00"]),
        ([timedelta(seconds=2)], pl.Duration("us"), ["2000000"]),
        ([Decimal(10) ** 30], pl.Decimal(38, 0), ["1" + "0" * 30]),
        ([["a", 'b"'], [], None], pl.List(pl.String), ['["a","b\\""]', "[]", None]),
        ([None, None], pl.Null, [None, None]),
        ([b"abc"], pl.Binary, ["abc"]),
    ],
)
def test_a_value_becomes_the_text_a_person_would_write(tmp_path, values, kind, texts):
    assert cells(tmp_path, values, kind) == texts


def test_structs_are_flattened_and_lines_are_row_numbers(tmp_path):
    chunk = read(tmp_path, pl.DataFrame({"user": [{"id": 7, "tags": ["a"]}], "b": ["x"]}))
    assert chunk.frame.to_dicts() == [{"user.id": "7", "user.tags": '["a"]', "b": "x", LINE: 1}]
    assert chunk.original(1) == b'{"user":{"id":7,"tags":["a"]},"b":"x"}'


def test_a_float_column_is_marked_because_an_id_in_it_may_be_another_one(tmp_path):
    chunk = read(tmp_path, pl.DataFrame({"id": [1.0, None, 3.0], "n": [1, 2, 3]}))
    assert chunk.inexact == {"id": frozenset({1, 3})}


def test_bytes_that_are_no_text_and_long_cells_are_marked(tmp_path):
    chunk = read(
        tmp_path, pl.DataFrame({"a": [b"ok", b"\xff"], "b": ["short", "x" * 100]}), ReadingOptions(max_cell=50)
    )
    assert chunk.damaged == {"a": frozenset({2}), "b": frozenset({2})}
    assert chunk.frame["b"].str.len_bytes().to_list() == [5, 50]


def test_a_time_without_a_zone_stays_without_one_when_the_person_named_a_zone(tmp_path):
    frame = pl.DataFrame({"at": [without_zone(2026, 1, 2)]})
    assert read(tmp_path, frame, ReadingOptions(timezone="Europe/Berlin")).frame["at"].to_list() == [
        "2026-01-02T00:00:00"
    ]


def test_two_columns_of_one_name_refuse_the_file(tmp_path):
    with pytest.raises(BadExport, match="both named a"):
        read(tmp_path, pl.DataFrame({"a": [1], "A ": [2]}))


@pytest.mark.parametrize("keep", [4, 100, -8])
def test_a_cut_file_is_refused(tmp_path, keep):
    pl.DataFrame({"a": list(range(1000))}).write_parquet(tmp_path / "t.parquet")
    (tmp_path / "cut.parquet").write_bytes((tmp_path / "t.parquet").read_bytes()[:keep])
    with pytest.raises(BadExport, match="incomplete or damaged"):
        list(open_table(tmp_path / "cut.parquet", ReadingOptions())[1].stream)


def test_many_rows_come_in_slices_and_in_order(tmp_path):
    pl.DataFrame({"n": range(250_000)}).write_parquet(tmp_path / "t.parquet", row_group_size=70_000)
    chunks = list(open_table(tmp_path / "t.parquet", ReadingOptions())[1].stream)
    assert max(chunk.frame.height for chunk in chunks) <= 50_000
    rows = pl.concat([chunk.frame for chunk in chunks])
    assert rows[LINE].to_list() == list(range(1, 250_001))
    assert rows["n"].to_list() == [str(n) for n in range(250_000)]
