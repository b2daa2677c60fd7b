"""One specification per trace that ingest fills: a few records in, the actions of that trace out."""

import polars as pl
import pytest

from graph.traces import TRACES
from ingest.canonical.normal_text import normal_texts
from tests.ingest.formats.raw_tables import read, rows_of, table

NOON = "2026-03-01T12:00:00Z"
LONG = "Bridges over the old river must stay open for everyone"

# trace -> (records, (account, object, block) of its actions)
SPECIFICATIONS: dict[str, tuple[str, list[tuple[str, str, str]]]] = {
    "share": (
        f"""
        account_id  post_id  at      kind   shared_post_id  shared_account_id  urls
        ana         p1       {NOON}  share  p0              zoe                https://ex.org/a
        ben         p2       {NOON}  post   p0              zoe                https://ex.org/a
        """,
        [("ana", "p0", "zoe")],
    ),
    "fast_share": (
        """
        account_id  post_id  at                    kind   shared_post_id  shared_account_id  shared_at
        ana         p1       2026-03-01T12:01:00Z  share  p0              zoe                2026-03-01T12:00:00Z
        ben         p2       2026-03-01T12:01:01Z  share  p0              zoe                2026-03-01T12:00:00Z
        eve         p3       2026-03-01T12:00:01Z  share  p0              zoe                -
        """,
        [("ana", "zoe", "")],
    ),
    "url": (
        f"""
        account_id  post_id  at      kind   urls
        ana         p1       {NOON}  post   https://www.ex.org/a?utm_source=x
        ben         p2       {NOON}  share  https://www.ex.org/a
        """,
        [("ana", "ex.org/a", "ex.org")],
    ),
    "domain": (
        f"""
        account_id  post_id  at      kind  urls
        ana         p1       {NOON}  post  ["https://news.ex.co.uk/a","https://ex.co.uk/b"]
        ben         p2       {NOON}  post  https://t.co/x
        """,
        [("ana", "ex.co.uk", "")],
    ),
    "hashtag": (
        f"""
        account_id  post_id  at      kind  text
        ana         p1       {NOON}  post  look #Now #now #Then
        """,
        [("ana", "now", ""), ("ana", "then", "")],
    ),
    "hashtag_sequence": (
        f"""
        account_id  post_id  at      kind  text
        ana         p1       {NOON}  post  #One and #Two and #Three
        ben         p2       {NOON}  post  #One and #Two
        eve         p3       {NOON}  post  #Three #Two #One
        """,
        [("ana", "one two three", "one"), ("eve", "three two one", "three")],
    ),
    "mention": (
        f"""
        account_id  post_id  at      kind   text
        ana         p1       {NOON}  post   @Ben look
        ben         p2       {NOON}  share  RT @ana: @ben look
        """,
        [("ana", "@ben", "")],
    ),
    "reply": (
        f"""
        account_id  post_id  at      kind   reply_to_post_id  reply_to_account_id
        ana         p1       {NOON}  reply  p0                zoe
        ben         p2       {NOON}  reply  -                 zoe
        """,
        [("ana", "p0", "zoe")],
    ),
    "reply_author": (
        f"""
        account_id  post_id  at      kind   reply_to_post_id  reply_to_account_id
        ana         p1       {NOON}  reply  p0                zoe
        ben         p2       {NOON}  reply  -                 zoe
        zoe         p3       {NOON}  reply  p0                zoe
        eve         p4       {NOON}  quote  p0                zoe
        """,
        [("ana", "zoe", ""), ("ben", "zoe", "")],
    ),
    "text": (
        f"""
        account_id  post_id  at      kind   lang  text
        ana         p1       {NOON}  post   en    {LONG}! https://ex.org/1
        ben         p2       {NOON}  post   en    good morning
        eve         p3       {NOON}  share  en    {LONG}
        """,
        [("ana", normal_texts(pl.Series([LONG]))["fingerprint"][0], "en")],
    ),
    "media": (
        f"""
        account_id  post_id  at      kind   media
        ana         p1       {NOON}  post   ["00ff00ff00ff00f1","video-7"]
        ben         p2       {NOON}  share  ["00ff00ff00ff00f1"]
        """,
        [("ana", "00ff00ff00ff00f1", ""), ("ana", "video-7", "")],
    ),
    "follow": (
        f"""
        follower_id  followed_id  created_at
        ana          zoe          {NOON}
        """,
        [("ana", "zoe", "")],
    ),
    "like": (
        f"""
        account_id  created_at  action  object
        ana         {NOON}      like    p0
        ben         {NOON}      like    https://www.ex.org/a
        eve         {NOON}      follow  zoe
        """,
        [("ana", "p0", ""), ("ben", "ex.org/a", "ex.org")],
    ),
    "client": (
        f"""
        account_id  post_id  at      kind   client            shared_post_id
        ana         p1       {NOON}  post   Flock Poster 2    -
        ben         p2       {NOON}  share  Flock Poster 2    p0
        """,
        [("ana", "Flock Poster 2", ""), ("ben", "Flock Poster 2", "")],
    ),
    "ip": (
        f"""
        account_id  at      event         ip                            asn
        ana         {NOON}  login         51.15.2.7                     3320
        ben         {NOON}  login         ::ffff:51.15.2.7              -
        eve         {NOON}  login         2a01:4f8::1:2:3:4             -
        kim         {NOON}  login         2A01:04F8:0:0:1:2:3:5         -
        lee         {NOON}  login_failed  51.15.2.7                     3320
        """,
        [
            ("ana", "51.15.2.7", "3320"),
            ("ben", "51.15.2.7", "51.15.2.0/24"),
            ("eve", "2a01:4f8::/64", "2a01:4f8::/48"),
            ("kim", "2a01:4f8::/64", "2a01:4f8::/48"),
        ],
    ),
    "device": (
        f"""
        account_id  at      event         device
        ana         {NOON}  login         d1
        ben         {NOON}  login_failed  d1
        """,
        [("ana", "d1", "")],
    ),
    "payment": (
        f"""
        ad_id  account_id  at      landing_url         payment_fingerprint
        a1     ana         {NOON}  https://ex.org/buy  card9
        a2     ben         {NOON}  https://ex.org/buy  -
        """,
        [("ana", "card9", "")],
    ),
    "landing_page": (
        f"""
        ad_id  account_id  at      landing_url                      payment_fingerprint
        a1     ana         {NOON}  https://www.ex.org/buy?gclid=1   card9
        a2     ben         {NOON}  -                                card9
        """,
        [("ana", "ex.org/buy", "ex.org")],
    ),
}


@pytest.mark.parametrize("trace", SPECIFICATIONS)
def test_the_records_give_these_actions_of_the_trace(trace: str):
    records, expected = SPECIFICATIONS[trace]
    got = read(table(records))
    assert got.faults == ()
    rows = rows_of(got, "actions", "trace", "account_id", "object_id", "block")
    assert [row[1:] for row in rows if row[0] == trace] == expected


def test_every_trace_that_ingest_fills_is_specified():
    filled = {name for name, trace in TRACES.items() if trace.extractor.startswith("ingest.")}
    assert filled == set(SPECIFICATIONS)


@pytest.mark.parametrize(
    ("written", "object_id", "block"),
    [
        ("51.15.2.7", "51.15.2.7", "51.15.2.0/24"),
        (" 2A01:4F8:1:2:3:4:5:6 ", "2a01:4f8:1:2::/64", "2a01:4f8:1::/48"),
        ("2a01:4f8::", "2a01:4f8::/64", "2a01:4f8::/48"),
        ("2a01:4f8:1:2::/64", "2a01:4f8:1:2::/64", ""),
        ("300.1.2.3", "300.1.2.3", ""),
        ("NAT-Gateway", "nat-gateway", ""),
    ],
)
def test_addresses_have_one_spelling_and_know_their_network(written: str, object_id: str, block: str):
    got = read([{"account_id": "ana", "at": NOON, "event": "login", "ip": written}])
    assert rows_of(got, "actions", "object_id", "block") == [(object_id, block)]
