"""Telegram messages."""

from tests.ingest.formats.raw_tables import read, rows_of

MESSAGES = [
    {"id": "1", "type": "service", "date": "2026-03-01T13:00:00", "date_unixtime": "1772366400", "actor": "Ana", "text": None},
    {"id": "2", "type": "message", "date": "2026-03-01T13:00:01", "date_unixtime": "1772366401", "from": "Ana",
     "from_id": "user1", "text": '["see ",{"type":"link","text":"https://ex.org/a"}," #Now"]'},
    {"id": "3", "type": "message", "date": "2026-03-01T13:00:02", "date_unixtime": "1772366402", "from": "Ben",
     "from_id": "user2", "forwarded_from": "News", "text": "the river is over the bridge since this morning"},
    {"id": "4", "type": "message", "date": "2026-03-01T13:00:03", "date_unixtime": "1772366403", "from": "Eve",
     "from_id": "user3", "reply_to_message_id": "3", "text": "no"},
]  # fmt: skip


def test_messages_of_an_export():
    got = read(MESSAGES)
    assert rows_of(got, "posts", "post_id", "account_id", "at", "kind", "text", "urls", "hashtags") == [
        ("user1/2", "user1", "2026-03-01 12:00:01", "post", "see https://ex.org/a #Now", ["ex.org/a"], ["now"]),
        ("user2/3", "user2", "2026-03-01 12:00:02", "share", "the river is over the bridge since this morning", [], []),
        ("user3/4", "user3", "2026-03-01 12:00:03", "reply", "no", [], []),
    ]


def test_a_forwarded_message_shares_its_text():
    got = read(MESSAGES)
    fingerprint = got.frames["posts"]["fingerprint"][1]
    assert rows_of(got, "actions", "account_id", "trace", "object_id")[3:] == [
        ("user2", "share", f"text:{fingerprint}"),
        ("user3", "reply", "3"),
    ]


def test_a_service_message_is_accepted_and_says_nothing():
    got = read(MESSAGES)
    assert got.accepted.to_list() == [2, 3, 4, 5]
    assert got.faults == ()


def test_channel_messages_are_counted_per_channel():
    rows = [
        {
            "sender_id": "-1001",
            "channel": "News",
            "message_id": "7",
            "date": "2024-12-04T09:00:28+00:00",
            "text": "one",
        },
        {
            "sender_id": "-1002",
            "channel": "Talk",
            "message_id": "7",
            "date": "2024-12-04T09:00:29+00:00",
            "text": "two",
        },
    ]
    got = read(rows)
    assert rows_of(got, "posts", "post_id", "account_id") == [("-1001/7", "-1001"), ("-1002/7", "-1002")]
    assert rows_of(got, "accounts", "account_id", "display_name", "platform") == [
        ("-1001", "News", "telegram"),
        ("-1002", "Talk", "telegram"),
    ]
