"""Free text: cleaned and told, never held against the record."""

from tests.ingest.formats.raw_tables import read, rows_of, table

ROW = {"account_id": "ana", "created_at": "2026-03-01T12:00:00Z", "action": "post", "object": "o1"}


def test_control_characters_are_taken_out_and_told():
    got = read([ROW | {"text": "a\x00b\x1b[2J", "account_name": "An\x7fa"}])
    assert rows_of(got, "posts", "text") == [("ab[2J",)]
    assert rows_of(got, "accounts", "display_name") == [("Ana",)]
    assert sorted((w.line, w.column, w.reason, w.original) for w in got.warnings) == [
        (2, "account_name", "control_character", b"bytes of 2"),
        (2, "text", "control_character", b"bytes of 2"),
    ]


def test_line_breaks_tabs_and_invisible_letters_of_names_stay():
    got = read([ROW | {"text": "a\tb\r\nc", "account_name": "ad\u200bmin\u202e"}])
    assert rows_of(got, "posts", "text") == [("a\tb\r\nc",)]
    assert rows_of(got, "accounts", "display_name") == [("ad\u200bmin\u202e",)]
    assert got.warnings == ()


def test_a_record_set_aside_is_not_warned_about():
    got = read([ROW | {"text": "a\x00b", "created_at": "soon"}])
    assert (len(got.faults), got.warnings) == (1, ())


def test_numbers_that_are_none_are_unknown_and_told_once_per_column():
    rows = table("""
        account_id  handle  followers  following
        ana         a       7.0        12
        ben         b       many       NA
        eve         c       lots       nan
        kim         d       1e3        inf
    """)
    got = read(rows)
    assert rows_of(got, "accounts", "followers", "following") == [(7, 12), (None, None), (None, None), (None, None)]
    assert [(w.column, w.reason, w.message) for w in got.warnings] == [
        ("followers", "unknown_number", "followers: 2 cells are no numbers and count as unknown"),
        ("following", "unknown_number", "following: 1 cell is no number and counts as unknown"),
    ]
