"""Twitter API objects, as the readers flatten them."""

from tests.ingest.formats.raw_tables import read, rows_of

V1 = [
    {"id": "20", "id_str": "20", "created_at": "Sun Mar 01 12:00:00 +0000 2026", "text": "Vote… https://t.co/x",
     "extended_tweet.full_text": "Vote today for the bridge at the river https://t.co/x", "lang": "en",
     "source": '<a href="http://twitter.com" rel="nofollow">Twitter Web Client</a>',
     "user.id_str": "1", "user.screen_name": "Ana", "user.name": "Ana A.", "user.followers_count": "7",
     "user.created_at": "Thu Aug 27 16:09:18 +0000 2009", "user.verified": "false",
     "entities.urls": '[{"url":"https://t.co/x","expanded_url":"https://ex.org/a?utm_source=t"}]',
     "entities.hashtags": '[{"text":"Now"}]', "entities.user_mentions": '[{"screen_name":"ben","id_str":"2","id":2}]'},
    {"id": "21", "id_str": "21", "created_at": "Sun Mar 01 12:00:30 +0000 2026", "text": "RT @Ana: Vote…",
     "user.id_str": "2", "user.screen_name": "ben", "retweeted_status.id_str": "20",
     "retweeted_status.user.id_str": "1", "retweeted_status.created_at": "Sun Mar 01 12:00:00 +0000 2026",
     "entities.user_mentions": '[{"screen_name":"Ana","id_str":"1","id":1}]'},
    {"id": "22", "id_str": "22", "created_at": "Sun Mar 01 12:02:00 +0000 2026", "text": "no", "user.id_str": "3",
     "user.screen_name": "eve", "in_reply_to_status_id_str": "20", "in_reply_to_user_id_str": "1",
     "entities.user_mentions": '[{"screen_name":"Ana","id_str":"1","id":1},{"screen_name":"kim","id_str":"4"}]'},
    {"id": "23", "id_str": "23", "created_at": "Sun Mar 01 12:03:00 +0000 2026", "text": "see", "user.id_str": "4",
     "user.screen_name": "kim", "quoted_status_id_str": "20", "quoted_status.user.id_str": "1"},
]  # fmt: skip


def test_statuses_of_version_1_1():
    got = read(V1)
    assert rows_of(got, "posts", "post_id", "account_id", "kind", "client", "shared_post_id", "reply_to_post_id") == [
        ("20", "1", "post", "Twitter Web Client", None, None),
        ("21", "2", "share", None, "20", None),
        ("22", "3", "reply", None, None, "20"),
        ("23", "4", "quote", None, "20", None),
    ]
    fingerprint = got.frames["posts"]["fingerprint"][0]
    assert rows_of(got, "actions", "account_id", "trace", "object_id", "block") == [
        ("1", "text", fingerprint, "en"),
        ("1", "url", "ex.org/a", "ex.org"),
        ("1", "domain", "ex.org", ""),
        ("1", "hashtag", "now", ""),
        ("1", "mention", "2", ""),
        ("1", "client", "Twitter Web Client", ""),
        ("2", "share", "20", "1"),
        ("2", "fast_share", "1", ""),
        ("3", "reply", "20", "1"),
        ("3", "reply_author", "1", ""),
        ("3", "mention", "1", ""),
        ("3", "mention", "4", ""),
    ]
    assert rows_of(got, "interactions", "account_id", "other_id", "kind") == [
        ("1", "2", "mention"),
        ("2", "1", "share"),
        ("3", "1", "reply"),
        ("3", "4", "mention"),
        ("4", "1", "quote"),
    ]
    assert rows_of(got, "accounts", "account_id", "platform", "handle", "display_name", "created_at", "followers")[0] == (
        "1", "twitter", "Ana", "Ana A.", "2009-08-27 16:09:18", 7,
    )  # fmt: skip


V2 = [
    {"id": "20", "author_id": "1", "created_at": "2026-03-01T12:00:00.000Z", "text": "look", "lang": "en",
     "edit_history_tweet_ids": '["20"]', "entities.urls": '[{"expanded_url":"https://t.co/y","unwound_url":"https://ex.org/a"}]',
     "entities.hashtags": '[{"tag":"Now"}]', "entities.mentions": '[{"username":"Ben","id":"2"}]'},
    {"id": "21", "author_id": "2", "created_at": "2026-03-01T12:00:30.000Z", "text": "RT @Ana: look",
     "referenced_tweets": '[{"type":"retweeted","id":"20"}]'},
    {"id": "22", "author_id": "3", "created_at": "2026-03-01T12:01:00.000Z", "text": "no", "in_reply_to_user_id": "1",
     "referenced_tweets": '[{"type":"replied_to","id":"20"},{"type":"quoted","id":"19"}]'},
]  # fmt: skip


def test_tweets_of_version_2():
    got = read(V2)
    assert rows_of(got, "posts", "post_id", "kind", "shared_post_id", "shared_account_id", "reply_to_post_id") == [
        ("20", "post", None, None, None),
        ("21", "share", "20", "@ana", None),
        ("22", "quote", "19", None, "20"),
    ]
    assert rows_of(got, "actions", "account_id", "trace", "object_id") == [
        ("1", "url", "ex.org/a"),
        ("1", "domain", "ex.org"),
        ("1", "hashtag", "now"),
        ("1", "mention", "2"),
        ("2", "share", "20"),
        ("3", "reply", "20"),
    ]


def test_the_time_of_a_shared_tweet_is_in_its_id():
    rows = [{"id": "9", "author_id": "2", "created_at": "2020-10-23T12:00:10Z", "text": "RT @x: y", "edit_history_tweet_ids": "[]",
             "referenced_tweets": f'[{{"type":"retweeted","id":"{(1603454400000 - 1288834974657) << 22}"}}]'}]  # fmt: skip
    got = read(rows)
    assert rows_of(got, "actions", "trace", "object_id") == [
        ("share", str((1603454400000 - 1288834974657) << 22)),
        ("fast_share", "@x"),
    ]
