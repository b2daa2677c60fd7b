"""Reddit dumps."""

from tests.ingest.formats.raw_tables import csv, read, rows_of


def test_comments_answer_what_stands_above_them():
    rows = csv("""
id,author,author_fullname,subreddit,created_utc,body,link_id,parent_id,score
c1,ana,t2_1,talk,1664583753,see https://www.ex.org/a now,t3_s1,t3_s1,1
c2,[deleted],,talk,1664583754,[deleted],t3_s1,t1_c1,1
c3,AutoModerator,t2_3,talk,1664583755,[removed],t3_s1,t1_c1,1
""")
    got = read(rows)
    assert rows_of(got, "posts", "post_id", "account_id", "kind", "text", "reply_to_post_id") == [
        ("t1_c1", "ana", "reply", "see https://www.ex.org/a now", "t3_s1"),
        ("t1_c3", "AutoModerator", "reply", None, "t1_c1"),
    ]
    assert rows_of(got, "actions", "account_id", "trace", "object_id", "block") == [
        ("ana", "reply", "t3_s1", "talk"),
        ("ana", "url", "ex.org/a", "ex.org"),
        ("ana", "domain", "ex.org", ""),
        ("AutoModerator", "reply", "t1_c1", "talk"),
    ]


def test_deleted_is_nobody():
    rows = csv("""
id,author,subreddit,created_utc,title,selftext,url,domain,crosspost_parent
s1,[deleted],talk,1664590954,Bye,,https://www.reddit.com/r/talk/s1,self.talk,
""")
    (fault,) = read(rows).faults
    assert (fault.column, fault.reason) == ("author", "no_account")


def test_submissions():
    rows = csv("""
id,author,subreddit,created_utc,title,selftext,url,domain,crosspost_parent
s1,ana,talk,1664590954,When states can process,,https://news.ex.org/a?ref=x,news.ex.org,
s2,ben,talk,1664590955,Why,Because,https://www.reddit.com/r/talk/s2,self.talk,
s3,eve,chat,1664590956,Look,,https://news.ex.org/a,news.ex.org,t3_s1
""")
    got = read(rows)
    assert rows_of(got, "posts", "post_id", "kind", "text", "urls", "shared_post_id") == [
        ("t3_s1", "post", "When states can process", ["news.ex.org/a"], None),
        ("t3_s2", "post", "Why\nBecause", [], None),
        ("t3_s3", "share", "Look", ["news.ex.org/a"], "t3_s1"),
    ]
    assert rows_of(got, "actions", "account_id", "trace", "object_id", "block") == [
        ("ana", "url", "news.ex.org/a", "ex.org"),
        ("ana", "domain", "ex.org", ""),
        ("eve", "share", "t3_s1", "chat"),
    ]
