"""Identities: opaque text; what was damaged on the way is set aside, and nothing else."""

import polars as pl
import pytest

from ingest.chunks import LINE, Chunk, ReadingOptions
from ingest.formats import canonicalise, recognise

COLUMNS = ["account_id", "object_id", "timestamp"]


def told(account: str | None, **marks: frozenset[int]) -> list[tuple[str, str]]:
    frame = pl.DataFrame(
        {LINE: [2], "account_id": [account], "object_id": ["o1"], "timestamp": ["1772366400"]},
        schema={LINE: pl.Int64} | dict.fromkeys(COLUMNS, pl.String),
    )
    chunk = Chunk(frame, lambda _: b"", **{name: {"account_id": lines} for name, lines in marks.items()})  # type: ignore[arg-type]
    options = ReadingOptions()
    got = canonicalise(chunk, recognise(COLUMNS, frame, "f", options, None), options)
    assert got.accepted.len() + len(got.faults) == 1
    return [(fault.reason, fault.message) for fault in got.faults]


@pytest.mark.parametrize(
    "account", ["007", "7", "7.", "1e5", "12E17", "NA", "null", " x ", "0", "-1", "=cmd", "１２３", "<b>", "a b"]
)
def test_any_other_spelling_is_an_id(account: str):
    assert told(account) == []


@pytest.mark.parametrize(
    ("account", "reason", "message"),
    [
        ("1.23E+17", "id_precision_lost", "line 2: account_id 1.23E+17 lost its last digits in a spreadsheet or a float; export again with ids as text"),
        ("1,23E+17", "id_precision_lost", "line 2: account_id 1,23E+17 lost its last digits in a spreadsheet or a float; export again with ids as text"),
        ("51\x0010006", "bad_id", "line 2: account_id holds an invisible character U+0000"),
        ("51\u200b6", "bad_id", "line 2: account_id holds an invisible character U+200B"),
        ("51\u20286", "bad_id", "line 2: account_id holds an invisible character U+2028"),
        ("51\U000e00416", "bad_id", "line 2: account_id holds an invisible character U+E0041"),
        (None, "bad_id", "line 2: account_id is empty"),
        ("   ", "bad_id", "line 2: account_id is empty"),
    ],
)  # fmt: skip
def test_damage_is_named(account: str | None, reason: str, message: str):
    assert told(account) == [(reason, message)]


def test_what_the_reader_found_damaged_is_fatal_in_an_id():
    assert [reason for reason, _ in told("51\ufffd6", damaged=frozenset({2}))] == ["encoding"]
    assert [reason for reason, _ in told("5120000000000000001.5", inexact=frozenset({2}))] == ["id_precision_lost"]
    assert told("a", damaged=frozenset({3})) == []


def test_a_message_holds_no_character_that_moves_a_terminal():
    frame = pl.DataFrame({LINE: [2], "account_id": ["a"], "object_id": ["o"], "timestamp": ["\x1b[2J\u202esoon"]})
    options = ReadingOptions()
    (fault,) = canonicalise(Chunk(frame, lambda _: b""), recognise(COLUMNS, frame, "f", options, None), options).faults
    assert fault.message == "line 2: timestamp '\ufffd[2J\ufffdsoon' is not a time"
