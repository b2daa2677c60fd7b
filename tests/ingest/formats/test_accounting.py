"""Accounting: every record is accepted or has exactly one fault, whatever it holds."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunks import LINE, Chunk, ReadingOptions
from ingest.formats import canonicalise, recognise

CELLS = st.one_of(
    st.none(),
    st.sampled_from([
        "ana", "ben", " ", "1.23E+17", "a\x00b", "a\u200bb", "2026-03-01T12:00:00Z", "01/02/2026 03:04", "soon", "post", "share",
        "reply", "like", "jump", "https://www.ex.org/a?utm_x=1", "RT @ana: one two three four five six", "NA", "[deleted]",
        "text with \x07 bell", "['a', 'b']", '["a"]', '[{"id": 1}]', "[", "true", "7",
    ]),
    st.text(max_size=12),
)  # fmt: skip
HEADERS = st.sampled_from([
    "account_id created_at action object text post_id client ip",
    "account_id post_id created_at text kind is_retweet hashtags urls mentions shared_post_id followers handle",
    "account_id trace object_id at",
    "account_id object_id timestamp content_id",
    "account_id at event ip device success",
    "account_id handle created_at followers",
    "ad_id account_id at landing_url spend",
    "tweetid userid tweet_time tweet_text is_retweet retweet_tweetid hashtags urls user_mentions",
    "author content publish_date post_type retweet tweet_id tco1_step1",
    "id author created_utc body parent_id subreddit",
    "id author created_utc title selftext url domain subreddit",
    "id type date from_id text forwarded_from",
    "id author_id created_at text referenced_tweets entities.urls",
    "uri author.did indexedat record.text record.facets record.langs",
    "did time_us commit.collection commit.operation commit.rkey commit.record.subject.uri",
    "id uri created_at content account.acct account.url mentions tags",
])  # fmt: skip


@st.composite
def chunks(draw: st.DrawFn) -> Chunk:
    columns = draw(HEADERS).split()
    rows = draw(st.lists(st.lists(CELLS, min_size=len(columns), max_size=len(columns)), max_size=6))
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    frame = frame.with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias(LINE))
    marked = draw(st.sets(st.integers(2, 8), max_size=2))
    marks = {draw(st.sampled_from(columns)): frozenset(marked & set(frame[LINE]))} if marked else {}
    return Chunk(frame, lambda _: b"raw", damaged=marks, inexact=marks)


@settings(deadline=None, max_examples=60)  # the first example also loads the suffix list
@given(chunks())
def test_every_record_is_accepted_or_has_exactly_one_fault(chunk: Chunk):
    options = ReadingOptions()
    columns = [name for name in chunk.frame.columns if name != LINE]
    profile = recognise(columns, chunk.frame.drop(LINE), "file", options, None)
    got = canonicalise(chunk, profile, options)
    faulty = [fault.line for fault in got.faults]
    assert sorted([*got.accepted.to_list(), *faulty]) == chunk.frame[LINE].to_list()
    assert got.accepted.to_list() == sorted(got.accepted.to_list())
    assert len(set(faulty)) == len(faulty)
    for name, frame in got.frames.items():
        if "line" in frame.columns:
            assert set(frame["line"]) <= set(got.accepted.to_list())
        if name in ("posts", "actions", "sessions", "ads"):
            assert frame["account_id"].null_count() == frame["at"].null_count() == 0
        if name == "actions":
            assert frame["object_id"].null_count() == frame["block"].null_count() == frame["trace"].null_count() == 0
    assert set(got.claims["line"]) <= set(got.accepted.to_list())
