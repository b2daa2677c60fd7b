"""The activity log (account_id, created_at, action, object, ...): what each action becomes."""

from graph.schemas import FACT_SCHEMAS
from ingest.chunks import ReadingOptions
from tests.ingest.formats.raw_tables import read, rows_of, table

LOG = """
account_id  account_name  post_id  created_at            action  object                                 text           client  ip
ana         Ana           p1       2026-03-01T12:00:00Z  post    https://www.ex.org/a?utm_source=x&b=1  look at this   web     51.15.0.1
ben         Ben           p2       2026-03-01T12:00:05Z  share   https://ex.org/a?b=1                   look at this   web     51.15.0.1
eve         Eve           p3       2026-03-01T12:00:09Z  reply   7001                                   no             ios     -
kim         Kim           p4       2026-03-01T12:01:00Z  like    7001                                   -              ios     -
"""


def test_each_action_gives_the_trace_that_says_most_about_it():
    got = read(table(LOG))
    assert rows_of(got, "actions", "account_id", "trace", "object_id", "block", "line") == [
        ("ana", "url", "ex.org/a?b=1", "ex.org", 2),
        ("ana", "domain", "ex.org", "", 2),
        ("ana", "client", "web", "", 2),
        ("ana", "ip", "51.15.0.1", "51.15.0.0/24", 2),
        ("ben", "share", "ex.org/a?b=1", "ex.org", 3),
        ("ben", "client", "web", "", 3),
        ("ben", "ip", "51.15.0.1", "51.15.0.0/24", 3),
        ("eve", "reply", "7001", "", 4),
        ("eve", "client", "ios", "", 4),
        ("kim", "like", "7001", "", 5),
    ]


def test_a_like_is_no_post():
    got = read(table(LOG))
    assert rows_of(got, "posts", "post_id", "kind", "shared_post_id", "reply_to_post_id") == [
        ("p1", "post", None, None),
        ("p2", "share", "ex.org/a?b=1", None),
        ("p3", "reply", None, "7001"),
    ]
    assert got.accepted.to_list() == [2, 3, 4, 5]
    assert got.claims.rows() == [(2, "p1", "ana"), (3, "p2", "ben"), (4, "p3", "eve"), (5, "p4", "kim")]


def test_the_name_of_an_account_is_kept_as_it_is():
    assert rows_of(read(table(LOG)), "accounts", "account_id", "display_name")[0] == ("ana", "Ana")


def test_a_post_without_an_id_is_named_by_its_row():
    rows = [dict(row, post_id=None) for row in table(LOG)]
    names = [name for (name,) in rows_of(read(rows), "posts", "post_id")]
    again = [name for (name,) in rows_of(read(list(reversed(rows))), "posts", "post_id")]
    assert all(name.startswith("row-") and len(name) == 20 for name in names)
    assert names == list(reversed(again))


def test_every_frame_has_the_columns_of_its_fact_table():
    for name, frame in read(table(LOG)).frames.items():
        assert dict(frame.schema) == {
            column: dtype for column, dtype in FACT_SCHEMAS[name].items() if column != "source"
        }


def test_a_record_is_set_aside_once_under_its_first_fault():
    rows = table("""
        account_id  post_id            created_at            action  object
        ana         p1                 yesterday             jump    o1
        -           p2                 yesterday             post    o1
        ben         8.01496E+17        2026-03-01T12:00:00Z  post    o1
        eve         p4                 2026-03-01T12:00:00Z  jump    o1
        kim         p5                 2026-03-01T12:00:00Z  post    o1
    """)
    got = read(rows)
    assert [(fault.line, fault.column, fault.reason) for fault in got.faults] == [
        (2, "created_at", "bad_timestamp"),
        (3, "account_id", "bad_id"),
        (4, "post_id", "id_precision_lost"),
        (5, "action", "unknown_action"),
    ]
    assert got.accepted.to_list() == [6]
    assert got.faults[0].original == b"bytes of 2"


def test_the_zone_of_times_without_one_is_the_persons_word():
    rows = table("""
        account_id  created_at           action  object
        ana         2026-03-01 12:00:00  post    o1
    """)
    assert rows_of(read(rows, ReadingOptions(timezone="Europe/Berlin")), "actions", "at") == [("2026-03-01 11:00:00",)]
