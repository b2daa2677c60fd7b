"""Pages: records that hold a list of posts."""

import json

from tests.ingest.formats.raw_tables import read, rows_of

V2_PAGE = {
    "data": json.dumps([
        {"id": "21", "author_id": "2", "created_at": "2026-03-01T12:00:30Z", "text": "RT @Ana: look",
         "referenced_tweets": [{"type": "retweeted", "id": "20"}], "public_metrics": {"retweet_count": 1}},
        {"id": "23", "author_id": 5120000000000000001, "created_at": "2026-03-01T12:00:40Z", "text": "well"},
        {"id": "24", "author_id": "3", "created_at": "soon", "text": "well"},
    ]),
    "includes.users": json.dumps([{"id": "2", "username": "ben", "public_metrics": {"followers_count": 9}}]),
    "includes.tweets": json.dumps([{"id": "20", "author_id": "1", "created_at": "2026-03-01T12:00:00Z", "text": "look"}]),
    "meta.result_count": "3",
}  # fmt: skip


def test_a_page_of_version_2_gives_its_tweets_with_what_it_says_about_authors():
    got = read([V2_PAGE])
    assert rows_of(got, "posts", "line", "post_id", "account_id", "shared_account_id") == [
        (2, "21", "2", "1"),
        (2, "23", "5120000000000000001", None),
    ]
    assert rows_of(got, "actions", "trace", "object_id", "block") == [("share", "20", "1"), ("fast_share", "1", "")]
    assert rows_of(got, "accounts", "account_id", "handle", "followers") == [("2", "ben", 9)]


def test_a_bad_record_inside_is_left_out_with_a_warning_and_the_page_is_kept():
    got = read([V2_PAGE])
    assert got.accepted.to_list() == [2]
    assert [(w.line, w.reason) for w in got.warnings] == [(2, "bad_timestamp")]
    assert got.claims.rows() == [(2, "21", "2"), (2, "23", "5120000000000000001")]


def test_a_page_without_a_sound_record_is_at_fault():
    page = {
        "data": json.dumps([{"id": "1", "author_id": "1", "created_at": "soon", "text": "x", "conversation_id": "1"}])
    }
    got = read([V2_PAGE, page, {"data": '[{"id": "1", "auth'}])
    assert [(fault.line, fault.reason) for fault in got.faults] == [(3, "bad_timestamp"), (4, "bad_json")]
    assert got.accepted.to_list() == [2]


def test_a_stream_of_version_2_holds_one_tweet_per_page():
    page = {"data.id": "21", "data.author_id": "2", "data.created_at": "2026-03-01T12:00:30Z", "data.text": "hi",
            "data.edit_history_tweet_ids": '["21"]', "includes.users": '[{"id":"2","username":"ben"}]'}  # fmt: skip
    got = read([page])
    assert rows_of(got, "posts", "post_id", "account_id", "text") == [("21", "2", "hi")]
    assert rows_of(got, "accounts", "account_id", "handle") == [("2", "ben")]


def test_a_telegram_export_holds_its_messages_in_a_list():
    page = {"name": "Talk", "type": "private_group", "id": "77", "messages": json.dumps([
        {"id": 1, "type": "message", "date": "2026-03-01T13:00:00", "date_unixtime": "1772366400", "from": "Ana",
         "from_id": "user1", "text": ["look ", {"type": "link", "text": "https://ex.org/a"}]},
        {"id": 2, "type": "service", "date": "2026-03-01T13:00:01", "actor": "Ben", "action": "join_group"},
    ])}  # fmt: skip
    got = read([page])
    assert rows_of(got, "posts", "post_id", "text", "urls") == [("user1/1", "look https://ex.org/a", ["ex.org/a"])]
    assert (got.accepted.to_list(), got.faults, got.warnings) == ([2], (), ())
