"""Real files: each header is recognised, or read through a shipped mapping, and a slice of its rows gives the right counts."""

from collections import Counter
from pathlib import Path

import pytest

from ingest.chunks import Chunk
from ingest.formats import load_mapping
from tests.ingest.formats.real_tables import csv_chunk, json_chunk, parquet_chunk, through

pytestmark = pytest.mark.real_data

ROWS = 2000  # of each file: enough to meet its oddities, quick enough for every run
MAPPINGS = Path(__file__).parents[3] / "sample_data" / "mappings"

# file, format or mapping, faults among the first rows, and the traces that must come out.
PARQUET = [
    ("ira_2012_2016.parquet", "troll tweets", {}, {"text", "hashtag", "url", "share", "mention"}),
    ("coortweet_russian.parquet", "bare table", {}, {"share"}),
    ("german_elections_to_sep7.parquet", "link_table_several_objects", {}, {"url", "hashtag", "domain", "media"}),
    ("mixes/mix_gop2015_posts.parquet", "posts", {}, {"share", "text", "hashtag", "url", "mention"}),
    ("mixes/mix_demonetisation2016_posts.parquet", "posts", {}, {"share", "text", "hashtag", "url"}),
    ("mixes/mix_injected2016_shares.parquet", "bare table", {}, {"share"}),
    ("reddit_midterms_2022_oct_comments.parquet", "reddit comments", {}, {"reply", "text", "url"}),
    (
        "reddit_midterms_2022_oct_submissions.parquet",
        "reddit submissions",
        {"no_account": 2},
        {"url", "domain", "text"},
    ),
    ("weibo_ced_reposts_dev.parquet", "weibo_reposts", {"bad_timestamp": 2}, {"share"}),
    ("fake_trend_bots_deletions_wk1.parquet", "deleted_tweets", {}, set()),
    ("fake_trend_bots_users_dev.parquet", "account_profiles", {}, set()),
    ("ira_facebook_ads_to_2016.parquet", "facebook_ads", {"bad_timestamp": 1}, {"landing_page"}),
    ("telegram_ru_news_dev.parquet", "telegram channels", {}, {"text", "url", "domain"}),
    ("voterfraud2020_retweets_dev.parquet", "retweets_by_day", {}, {"share"}),
    ("celebrity_fans_2016.parquet", "fan_timelines", {}, set()),
]
OTHERS = [
    ("raw/gop_debate_2015_Sentiment.csv.gz", "tweets_by_name", {}, {"share", "text", "hashtag"}),
    ("raw/demonetization-tweets.csv.gz", "twitter_search_r", {"id_precision_lost": 1}, {"share", "client", "hashtag"}),
    ("raw/hebrew_tweets_with_id_and_labels.csv.gz", "flattened twitter", {}, {"reply", "client", "text"}),
    ("raw/ira_MoneyForm.csv.gz", "troll tweets", {}, {"text", "url"}),
    ("raw/ira_4MySquad3312143142.csv.gz", "troll tweets", {}, {"text", "url"}),
    ("raw/ira_authors_dev.csv.gz", "troll accounts", {}, set()),
    ("raw/rba-dataset_first_rows.csv", "risk-based authentication set", {}, {"ip"}),
    ("raw/pheme_ferguson_rumour_sources.v1_1.jsonl.gz", "twitter v1.1", {}, {"text", "url", "client", "media"}),
    ("raw/pheme_sydneysiege_rumour_sources.v1_1.jsonl.gz", "twitter v1.1", {}, {"text", "client"}),
    ("raw/TwiBot-20_sample.json.gz", "twibot profiles", {}, set()),
]


def check(chunk: Chunk, expected: str, faults: dict[str, int], traces: set[str]) -> None:
    path = MAPPINGS / f"{expected}.toml"
    name, got = through(chunk, load_mapping(path) if path.exists() else None)
    assert name == expected
    assert Counter(fault.reason for fault in got.faults) == faults
    assert got.accepted.len() + len(got.faults) == chunk.frame.height
    found = set(got.frames["actions"]["trace"]) if "actions" in got.frames else set()
    assert traces <= found
    assert any(frame.height for frame in got.frames.values())


@pytest.mark.parametrize(("file", "expected", "faults", "traces"), PARQUET, ids=[case[0] for case in PARQUET])
def test_parquet_files(shared: Path, file: str, expected: str, faults: dict[str, int], traces: set[str]):
    check(parquet_chunk(shared / "data" / file, ROWS), expected, faults, traces)


@pytest.mark.parametrize(("file", "expected", "faults", "traces"), OTHERS, ids=[case[0] for case in OTHERS])
def test_csv_and_json_files(shared: Path, file: str, expected: str, faults: dict[str, int], traces: set[str]):
    path = shared / "data" / file
    encoding = "windows-1252" if "demonetization" in file else "utf-8-sig"
    check(json_chunk(path) if "json" in file else csv_chunk(path, encoding, ROWS), expected, faults, traces)
