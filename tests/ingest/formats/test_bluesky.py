"""Bluesky: posts as shown, and the event stream."""

from tests.ingest.formats.raw_tables import read, rows_of

FACETS = (
    '[{"features":[{"$type":"app.bsky.richtext.facet#link","uri":"https://ex.org/a"}]},'
    '{"features":[{"$type":"app.bsky.richtext.facet#tag","tag":"Now"}]},'
    '{"features":[{"$type":"app.bsky.richtext.facet#mention","did":"did:plc:ben"}]}]'
)


def test_posts_as_the_api_shows_them():
    rows = [
        {"uri": "at://did:plc:ana/app.bsky.feed.post/1", "author.did": "did:plc:ana", "author.handle": "ana.ex.org",
         "author.displayname": "Ana", "record.text": "see ex.org/a #Now @ben", "record.createdat": "2026-03-01T11:00:00.000Z",
         "indexedat": "2026-03-01T12:00:00.000Z", "record.langs": '["en"]', "record.facets": FACETS},
        {"uri": "at://did:plc:eve/app.bsky.feed.post/2", "author.did": "did:plc:eve", "record.text": "no",
         "indexedat": "2026-03-01T12:00:01.000Z", "record.reply.parent.uri": "at://did:plc:ana/app.bsky.feed.post/1"},
        {"uri": "at://did:plc:kim/app.bsky.feed.post/3", "author.did": "did:plc:kim", "record.text": "look",
         "indexedat": "2026-03-01T12:00:02.000Z", "record.embed.record.uri": "at://did:plc:ana/app.bsky.feed.post/1"},
    ]  # fmt: skip
    got = read(rows)
    assert rows_of(got, "posts", "account_id", "at", "kind", "lang", "urls", "hashtags", "mentions") == [
        ("did:plc:ana", "2026-03-01 12:00:00", "post", "en", ["ex.org/a"], ["now"], ["did:plc:ben"]),
        ("did:plc:eve", "2026-03-01 12:00:01", "reply", None, [], [], []),
        ("did:plc:kim", "2026-03-01 12:00:02", "quote", None, [], [], []),
    ]
    assert rows_of(got, "accounts", "account_id", "handle", "platform") == [("did:plc:ana", "ana.ex.org", "bluesky")]


def test_the_event_stream_holds_posts_reposts_likes_and_follows():
    target = "at://did:plc:ana/app.bsky.feed.post/1"
    rows = [
        {"did": "did:plc:ben", "time_us": "1772366400000000", "kind": "commit", "commit.operation": "create",
         "commit.collection": "app.bsky.feed.post", "commit.rkey": "r1", "commit.record.text": "no",
         "commit.record.reply.parent.uri": target},
        {"did": "did:plc:ben", "time_us": "1772366401000000", "kind": "commit", "commit.operation": "create",
         "commit.collection": "app.bsky.feed.repost", "commit.rkey": "r2", "commit.record.subject.uri": target},
        {"did": "did:plc:ben", "time_us": "1772366402000000", "kind": "commit", "commit.operation": "create",
         "commit.collection": "app.bsky.feed.like", "commit.rkey": "r3", "commit.record.subject.uri": target},
        {"did": "did:plc:ben", "time_us": "1772366403000000", "kind": "commit", "commit.operation": "create",
         "commit.collection": "app.bsky.graph.follow", "commit.rkey": "r4", "commit.record.subject": "did:plc:ana"},
        {"did": "did:plc:ben", "time_us": "1772366404000000", "kind": "commit", "commit.operation": "delete",
         "commit.collection": "app.bsky.feed.like", "commit.rkey": "r3"},
        {"did": "did:plc:ben", "time_us": "1772366405000000", "kind": "identity"},
    ]  # fmt: skip
    got = read(rows)
    assert rows_of(got, "actions", "trace", "object_id", "at") == [
        ("reply", target, "2026-03-01 12:00:00"),
        ("share", target, "2026-03-01 12:00:01"),
        ("like", target, "2026-03-01 12:00:02"),
        ("follow", "did:plc:ana", "2026-03-01 12:00:03"),
    ]
    assert rows_of(got, "posts", "post_id", "kind") == [
        ("at://did:plc:ben/app.bsky.feed.post/r1", "reply"),
        ("at://did:plc:ben/app.bsky.feed.repost/r2", "share"),
    ]
    assert rows_of(got, "interactions", "other_id", "kind") == [("did:plc:ana", "follow")]
    assert got.accepted.to_list() == [2, 3, 4, 5, 6, 7]
