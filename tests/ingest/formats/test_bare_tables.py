"""Bare tables: account, object, time, perhaps the post."""

import pytest

from graph.errors import BadSetting
from ingest.chunks import ReadingOptions
from tests.ingest.formats.raw_tables import read, rows_of, table

TABLE = """
object_id  account_id  content_id  timestamp_share
o1         ana         c1          1623881091.0
https://www.ex.org/a?utm_source=x  ben  c2  1623881092
"""


def test_rows_are_actions_of_the_share_trace():
    got = read(table(TABLE))
    assert rows_of(got, "actions", "account_id", "trace", "object_id", "at", "post_id") == [
        ("ana", "share", "o1", "2021-06-16 22:04:51", "c1"),
        ("ben", "share", "https://www.ex.org/a?utm_source=x", "2021-06-16 22:04:52", "c2"),
    ]
    assert got.claims.rows() == [(2, "c1", "ana"), (3, "c2", "ben")]


def test_the_trace_may_be_named():
    got = read(table(TABLE), ReadingOptions(trace="url"))
    assert rows_of(got, "actions", "trace", "object_id", "block") == [("url", "o1", ""), ("url", "ex.org/a", "ex.org")]


def test_an_unknown_trace_is_refused():
    with pytest.raises(BadSetting, match="'wink' is not a trace"):
        read(table(TABLE), ReadingOptions(trace="wink"))


def test_the_messages_of_the_coordination_network_toolkit_are_posts():
    rows = table("""
        message_id  user_id  username  repost_id  reply_id  message           timestamp   urls
        m1          ana      Ana       -          -         look at this      1623881091  https://ex.org/a https://ex.org/b
        m2          ben      Ben       m1         -         RT: look at this  1623881092  https://ex.org/a
        m3          eve      Eve       -          m1        no                1623881093  -
    """)
    got = read(rows)
    assert rows_of(got, "actions", "account_id", "trace", "object_id") == [
        ("ana", "url", "ex.org/a"),
        ("ana", "url", "ex.org/b"),
        ("ana", "domain", "ex.org"),
        ("ben", "share", "m1"),
        ("eve", "reply", "m1"),
    ]
