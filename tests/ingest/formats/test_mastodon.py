"""Mastodon statuses."""

from tests.ingest.formats.raw_tables import read, rows_of

CONTENT = (
    '<p>Vote &amp; see <a href="https://www.ex.org/a?utm_source=m" rel="nofollow"><span class="invisible">https://</span>'
    '<span>ex.org/a</span></a> <a href="https://m.ex/tags/now" class="mention hashtag" rel="tag">#<span>Now</span></a>'
    ' <a href="https://m.ex/@ben" class="u-url mention">@<span>ben</span></a></p>'
)


def test_statuses():
    rows = [
        {"id": "1", "uri": "https://m.ex/users/ana/statuses/1", "created_at": "2026-03-01T12:00:00.000Z", "content": CONTENT,
         "language": "en", "account.id": "11", "account.acct": "ana", "account.url": "https://m.ex/@ana",
         "account.display_name": "Ana", "account.followers_count": "5", "tags": '[{"name":"now","url":"https://m.ex/tags/now"}]',
         "mentions": '[{"id":"12","acct":"ben","username":"ben","url":"https://m.ex/@ben"}]', "application.name": "Web"},
        {"id": "2", "uri": "https://m.ex/users/eve/statuses/2/activity", "created_at": "2026-03-01T12:00:20.000Z",
         "content": "", "account.id": "13", "account.acct": "eve", "account.url": "https://m.ex/@eve",
         "reblog.id": "1", "reblog.uri": "https://m.ex/users/ana/statuses/1", "reblog.account.url": "https://m.ex/@ana",
         "reblog.created_at": "2026-03-01T12:00:00.000Z", "tags": "[]", "mentions": "[]"},
    ]  # fmt: skip
    got = read(rows)
    assert rows_of(got, "posts", "account_id", "kind", "text", "urls", "hashtags", "mentions", "client") == [
        (
            "https://m.ex/@ana",
            "post",
            "Vote & see https://ex.org/a #Now @ben",
            ["ex.org/a"],
            ["now"],
            ["https://m.ex/@ben"],
            "Web",
        ),
        ("https://m.ex/@eve", "share", None, [], [], [], None),
    ]
    assert rows_of(got, "actions", "account_id", "trace", "object_id", "block")[-2:] == [
        ("https://m.ex/@eve", "share", "https://m.ex/users/ana/statuses/1", "https://m.ex/@ana"),
        ("https://m.ex/@eve", "fast_share", "https://m.ex/@ana", ""),
    ]
