"""The canonical tables as files: no mapping needed."""

from tests.ingest.formats.raw_tables import read, rows_of, table

WORDS = "vote today for the bridge at the river"


def test_posts():
    rows = [
        {"account_id": "ana", "post_id": "p1", "created_at": "2026-03-01T12:00:00Z", "text": f"{WORDS} #Now", "client": "web",
         "is_retweet": "false", "hashtags": '["#Now"]', "urls": '["https://ex.org/a?utm_source=x"]', "mentions": '["@Ben"]'},
        {"account_id": "ben", "post_id": "p2", "created_at": "2026-03-01 12:00:01", "text": f"{WORDS} #Now", "client": None,
         "is_retweet": "true", "hashtags": '["#Now"]', "urls": '["https://ex.org/a"]', "mentions": "[]"},
    ]  # fmt: skip
    got = read(rows)
    assert rows_of(got, "posts", "post_id", "kind", "at", "urls", "hashtags", "mentions") == [
        ("p1", "post", "2026-03-01 12:00:00", ["ex.org/a"], ["now"], ["@ben"]),
        ("p2", "share", "2026-03-01 12:00:01", ["ex.org/a"], ["now"], []),
    ]
    fingerprint = got.frames["posts"]["fingerprint"][0]
    assert rows_of(got, "actions", "account_id", "trace", "object_id", "block") == [
        ("ana", "text", fingerprint, ""),
        ("ana", "url", "ex.org/a", "ex.org"),
        ("ana", "domain", "ex.org", ""),
        ("ana", "hashtag", "now", ""),
        ("ana", "mention", "@ben", ""),
        ("ana", "client", "web", ""),
        ("ben", "share", f"text:{fingerprint}", ""),
    ]
    assert got.frames["texts"].rows() == [(fingerprint, f"{WORDS} now")]


def test_a_posts_table_may_say_everything_itself():
    rows = table("""
        account_id  post_id  at                    kind   shared_post_id  shared_account_id  reply_to_post_id  reply_to_account_id
        ana         p1       2026-03-01T12:00:00Z  share  p0              zoe                -                 -
        ben         p2       2026-03-01T12:00:00Z  quote  p0              zoe                -                 -
        eve         p3       2026-03-01T12:00:00Z  reply  -               -                  p0                zoe
        kim         p4       2026-03-01T12:00:00Z  poke   -               -                  -                 -
    """)
    got = read(rows)
    assert rows_of(got, "actions", "account_id", "trace", "object_id", "block") == [
        ("ana", "share", "p0", "zoe"),
        ("eve", "reply", "p0", "zoe"),
        ("eve", "reply_author", "zoe", ""),
    ]
    assert rows_of(got, "interactions", "account_id", "other_id", "kind") == [
        ("ana", "zoe", "share"),
        ("ben", "zoe", "quote"),
        ("eve", "zoe", "reply"),
    ]
    assert [(fault.line, fault.column, fault.reason) for fault in got.faults] == [(5, "kind", "unknown_action")]


def test_actions():
    rows = table("""
        account_id  trace    object_id                 at                    post_id  block
        ana         url      https://www.ex.org/a?b#c  2026-03-01T12:00:00Z  p1       -
        ben         hashtag  #Now                      2026-03-01T12:00:00Z  -        -
        eve         like     0042                      2026-03-01T12:00:00Z  -        zoe
        kim         wink     0042                      2026-03-01T12:00:00Z  -        -
    """)
    got = read(rows)
    assert rows_of(got, "actions", "account_id", "trace", "object_id", "post_id", "block") == [
        ("ana", "url", "ex.org/a?b", "p1", "ex.org"),
        ("ben", "hashtag", "now", None, ""),
        ("eve", "like", "0042", None, "zoe"),
    ]
    assert [(fault.line, fault.reason) for fault in got.faults] == [(5, "unknown_action")]


def test_accounts():
    rows = table("""
        account_id  handle  display_name  created_at            followers  verified
        001         @ana    Ana           2019-05-01T00:00:00Z  1,234      true
        002         ben     Ben           -                     many       0
    """)
    got = read(rows)
    assert rows_of(got, "accounts", "account_id", "handle", "display_name", "created_at", "followers", "verified") == [
        ("001", "ana", "Ana", "2019-05-01 00:00:00", 1234, True),
        ("002", "ben", "Ben", None, None, False),
    ]
    assert [(warning.column, warning.reason) for warning in got.warnings] == [("followers", "unknown_number")]


def test_sessions():
    rows = table("""
        account_id  at                    event           ip                     asn  device  success
        ana         2026-03-01T12:00:00Z  login           51.15.0.1              77   d1      true
        ben         2026-03-01T12:00:01Z  login           51.15.0.1              77   d1      false
        eve         2026-03-01T12:00:02Z  password reset  2a01:4f8:1:2:3:4:5:6   -    -       -
        kim         2026-03-01T12:00:03Z  dance           51.15.0.1              -    -       -
    """)
    got = read(rows)
    assert rows_of(got, "sessions", "account_id", "event", "ip", "asn", "success") == [
        ("ana", "login", "51.15.0.1", "77", True),
        ("ben", "login_failed", "51.15.0.1", "77", False),
        ("eve", "reset_done", "2a01:4f8:1:2:3:4:5:6", None, None),
    ]
    assert rows_of(got, "actions", "account_id", "trace", "object_id", "block") == [
        ("ana", "ip", "51.15.0.1", "77"),
        ("ana", "device", "d1", ""),
        ("eve", "ip", "2a01:4f8:1:2::/64", "2a01:4f8:1::/48"),
    ]
    assert [fault.reason for fault in got.faults] == ["unknown_action"]


def test_ads():
    rows = table("""
        ad_id  account_id  at                    landing_url                    payment_fingerprint  spend  currency
        a1     ana         2026-03-01T12:00:00Z  https://www.ex.org/buy?gclid=1  card9               12.50  EUR
    """)
    got = read(rows)
    assert rows_of(got, "ads", "ad_id", "account_id", "landing_url", "spend") == [("a1", "ana", "ex.org/buy", 12.5)]
    assert rows_of(got, "actions", "trace", "object_id", "post_id", "block") == [
        ("landing_page", "ex.org/buy", "a1", "ex.org"),
        ("payment", "card9", "a1", ""),
    ]


def test_follows():
    rows = table("""
        follower_id  followed_id  created_at
        ana          zoe          2026-03-01T12:00:00Z
    """)
    got = read(rows)
    assert rows_of(got, "actions", "account_id", "trace", "object_id") == [("ana", "follow", "zoe")]
    assert rows_of(got, "interactions", "account_id", "other_id", "kind") == [("ana", "zoe", "follow")]
