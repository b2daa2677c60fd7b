"""Twitter tables of archives and research sets."""

from ingest.chunks import ReadingOptions
from tests.ingest.formats.raw_tables import csv, read, rows_of


def test_the_archive_of_information_operations():
    rows = csv("""
tweetid,userid,user_display_name,user_screen_name,follower_count,account_creation_date,tweet_language,tweet_text,tweet_time,tweet_client_name,in_reply_to_userid,in_reply_to_tweetid,quoted_tweet_tweetid,is_retweet,retweet_userid,retweet_tweetid,hashtags,urls,user_mentions
20,1,Ana,ana_a,5,2013-08-29,en,look at this #One,2016-05-06 12:34,TweetDeck,,,,false,,,[One],[https://ex.org/a],"[2, 3]"
21,2,Ben,ben_b,6,2013-08-29,en,RT @ana_a: look at this,2016-05-06 12:35,TweetDeck,,,,true,1,20,[],[],[1]
22,3,Eve,eve_e,7,2013-08-29,en,no,2016-05-06 12:36,TweetDeck,1,20,,false,,,"['One', 'Two', 'Three']",,
""")
    got = read(rows)
    assert rows_of(got, "actions", "account_id", "trace", "object_id", "block") == [
        ("1", "url", "ex.org/a", "ex.org"),
        ("1", "domain", "ex.org", ""),
        ("1", "hashtag", "one", ""),
        ("1", "mention", "2", ""),
        ("1", "mention", "3", ""),
        ("1", "client", "TweetDeck", ""),
        ("2", "share", "20", "1"),
        ("2", "client", "TweetDeck", ""),
        ("3", "reply", "20", "1"),
        ("3", "reply_author", "1", ""),
        ("3", "hashtag", "one", ""),
        ("3", "hashtag", "two", ""),
        ("3", "hashtag", "three", ""),
        ("3", "hashtag_sequence", "one two three", "one"),
        ("3", "client", "TweetDeck", ""),
    ]
    assert rows_of(got, "posts", "at")[0] == ("2016-05-06 12:34:00",)
    assert rows_of(got, "accounts", "account_id", "handle", "followers", "created_at")[0] == (
        "1",
        "ana_a",
        5,
        "2013-08-29 00:00:00",
    )


def test_flattened_api_rows():
    rows = csv("""
tweet_id,tweet_created_at,tweet_text,source,retweeted_status_created_at,retweeted_status_id,retweeted_user_id,in_reply_to_status_id,is_quote_status,hashtags,user_mentions,urls,media,lang,user_id,user_name,user_screen_name,user_verified,user_followers_count,user_created_at
20,Thu Jan 02 18:26:44 +0000 2020,look https://t.co/x,"<a href=""http://instagram.com"" rel=""nofollow"">Instagram</a>",,,,,FALSE,,,https://www.ex.org/p/B6/?igshid=1,,iw,1,Ana,ana_a,FALSE,22,Mon Jan 14 17:05:47 +0000 2019
21,Thu Jan 02 18:27:00 +0000 2020,RT @ana_a: look,,Thu Jan 02 18:26:44 +0000 2020,20,1,,TRUE,,,,,iw,2,Ben,ben_b,FALSE,9,Mon Jan 14 17:05:47 +0000 2019
""")
    got = read(rows)
    assert rows_of(got, "posts", "post_id", "kind", "client", "urls") == [
        ("20", "post", "Instagram", ["ex.org/p/B6"]),
        ("21", "share", None, []),
    ]
    assert rows_of(got, "actions", "account_id", "trace", "object_id", "block")[-2:] == [
        ("2", "share", "20", "1"),
        ("2", "fast_share", "1", ""),
    ]


TROLLS = """
external_author_id,author,content,region,language,publish_date,harvested_date,following,followers,updates,post_type,account_type,retweet,account_category,tweet_id,tco1_step1
9.06E+17,ANA,We want one bridge over the river,US,English,10/1/2017 19:58,10/1/2017 19:59,1052,9636,253,,Right,0,RightTroll,914580356430536707,https://www.ex.org/a
9.06E+17,BEN,We want one bridge over the river,US,English,10/1/2017 20:03,10/1/2017 20:04,1054,9637,254,RETWEET,Right,1,RightTroll,914621840496189440,
"""


def test_troll_tables_as_published_count_months_first():
    got = read(csv(TROLLS))
    assert rows_of(got, "posts", "post_id", "account_id", "at", "kind", "lang", "urls") == [
        ("914580356430536707", "ANA", "2017-10-01 19:58:00", "post", "English", ["ex.org/a"]),
        ("914621840496189440", "BEN", "2017-10-01 20:03:00", "share", "English", []),
    ]
    fingerprint = got.frames["posts"]["fingerprint"][0]
    assert rows_of(got, "actions", "account_id", "trace", "object_id")[-1] == ("BEN", "share", f"text:{fingerprint}")


def test_the_persons_day_order_wins_over_that_of_the_format():
    got = read(csv(TROLLS), ReadingOptions(day_order="day"))
    assert rows_of(got, "posts", "at")[0] == ("2017-01-10 19:58:00",)


def test_troll_tweets_split_by_author_have_no_ids_of_their_own():
    rows = csv("""
author_id,content,region,language,publish_date,harvested_date,following,followers,updates,post_type,retweet
MoneyAna,Look http://t.co/BYC9fVWEiI,United States,LANGUAGE UNDEFINED,2015-08-11 08:14:00,2015-08-11 08:14:00,37,0,1,,0
MoneyAna,What a day https://t.co/one,United States,English,2015-08-11 08:15:00,2015-08-11 08:15:00,38,2,2,R,1
MoneyAna,Yes,United States,English,2015-08-11 08:15:00,2015-08-11 08:15:00,38,2,3,Q,1
""")
    got = read(rows)
    assert rows_of(got, "posts", "account_id", "kind", "lang") == [
        ("MoneyAna", "post", None),
        ("MoneyAna", "share", "English"),
        ("MoneyAna", "quote", "English"),
    ]
    assert got.claims.height == 0
    assert rows_of(got, "actions", "trace", "object_id") == [("url", "t.co/BYC9fVWEiI"), ("share", "url:t.co/one")]


def test_the_authors_of_the_troll_tweets_are_accounts():
    rows = csv("""
author_id,author,external_author_id,account_type,account_category,new_june_2018
ana1,ana,2528776985,Russian,NonEnglish,0
""")
    assert rows_of(read(rows), "accounts", "account_id", "handle", "platform") == [("ana1", "ana", "twitter")]
